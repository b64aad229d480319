//! Where names are looked up: by the system, or from a script, so that a test can have a name that changes its mind.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

/// Who is asked for a name's addresses. No configuration chooses it.
#[derive(Clone, Debug, Default)]
pub enum Names {
    /// The system's resolver.
    #[default]
    System,
    /// These answers.
    Scripted(Script),
}

/// What each name resolves to: one answer for each look-up in order, the last for all that follow.
#[derive(Clone, Debug, Default)]
pub struct Script(Arc<Mutex<HashMap<String, VecDeque<Vec<IpAddr>>>>>);

impl Script {
    /// Let `name` resolve to these, in order.
    pub fn add(&self, name: &str, answers: impl IntoIterator<Item = Vec<IpAddr>>) {
        if let Ok(mut script) = self.0.lock() {
            script.insert(name.to_owned(), answers.into_iter().collect());
        }
    }

    fn next(&self, name: &str) -> Option<Vec<IpAddr>> {
        let mut script = self.0.lock().ok()?;
        let answers = script.get_mut(name)?;
        if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
    }
}

impl Names {
    /// Addresses of a name, without a port. None if it does not resolve.
    pub(super) async fn look_up(&self, host: &str) -> Option<Vec<SocketAddr>> {
        match self {
            Self::System => {
                // The final dot makes the name absolute: no search domain of this machine may complete it.
                let absolute = format!("{}.", host.trim_end_matches('.'));
                Some(tokio::net::lookup_host((absolute.as_str(), 0)).await.ok()?.collect())
            }
            Self::Scripted(script) => {
                Some(script.next(host)?.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
            }
        }
    }
}
