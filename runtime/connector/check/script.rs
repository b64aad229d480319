//! The provider of a transcript: it answers in order, and says what it was asked otherwise than expected.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use super::compare;
use crate::connector::stand_in::{self, Answer, Asked, StandIn};
use crate::connector::transcript::{Expected, WireFault};

struct Script {
    exchanges: Vec<Expected>,
    next: usize,
    differences: Vec<String>,
}

pub(super) struct Provider {
    origin: Url,
    script: Arc<Mutex<Script>>,
    /// None where nobody listens.
    _stand_in: Option<StandIn>,
}

impl Provider {
    /// Listen; with `refused`, where nobody does.
    pub(super) async fn start(exchanges: Vec<Expected>, refused: bool) -> io::Result<Self> {
        // A refused connection never becomes a request: nothing can be compared.
        let next = if refused { exchanges.len() } else { 0 };
        let script = Arc::new(Mutex::new(Script { exchanges, next, differences: Vec::new() }));
        if refused {
            return Ok(Self { origin: stand_in::nobody().await?, script, _stand_in: None });
        }
        let own = Arc::clone(&script);
        let stand_in = StandIn::start(move |asked| held(&own).answer(&asked)).await?;
        Ok(Self { origin: stand_in.origin().clone(), script, _stand_in: Some(stand_in) })
    }

    /// Where it listens.
    pub(super) fn origin(&self) -> &Url {
        &self.origin
    }

    /// What was not as expected on the wire.
    pub(super) fn differences(&self) -> Vec<String> {
        let script = held(&self.script);
        let missing = script.exchanges.iter().skip(script.next);
        let missing = missing
            .map(|e| format!("this request was expected and never made: {} {}", e.request.method, e.request.url));
        script.differences.iter().cloned().chain(missing).collect()
    }
}

fn held(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Script {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let at = self.next;
        self.next += 1;
        let Some(expected) = self.exchanges.get(at) else {
            self.differences.push(format!("an unexpected request: {} {}", asked.method, asked.target));
            return Answer::Fault(WireFault::Reset);
        };
        self.differences.extend(compare::request(&expected.request, asked));
        match expected.fault {
            Some(fault) => Answer::Fault(fault),
            None => Answer::Reply(expected.reply.clone().unwrap_or_default()),
        }
    }
}
