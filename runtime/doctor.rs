//! What is wrong with an installation, and how to mend it. Works beside a running service and without one; changes
//! nothing, and sends no connector's request: providers are only connected to, and one of them is asked for the time.
//!
//! Each subject has a file: a thin probe that looks, and a judgement of what was seen, which is pure.

mod clock;
mod connectors;
mod database;
mod engine;
mod folder;
mod front;
mod hosts;
mod identity;
mod limits;
mod setup;
mod store;
mod who;

use serde::Serialize;

use crate::app;
use crate::config::Config;
use crate::egress::{Egress, EgressError, Names, as_far_as_possible};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, and will not under some circumstance.
    Warn,
    /// It does not work.
    Fail,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: String,
    /// How bad it is.
    pub status: Status,
    /// What was seen. No secret, and nothing that could drive a terminal.
    pub seen: String,
    /// What to do about it; none where nothing has to be done.
    pub fix: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(check: &str, seen: impl Into<String>) -> Self {
        Self::new(check, Status::Ok, &seen.into(), None)
    }

    /// Not as it should be.
    pub fn warn(check: &str, seen: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(check, Status::Warn, &seen.into(), Some(&fix.into()))
    }

    /// Broken.
    pub fn fail(check: &str, seen: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(check, Status::Fail, &seen.into(), Some(&fix.into()))
    }

    /// Strangers' words may be among these.
    fn new(check: &str, status: Status, seen: &str, fix: Option<&str>) -> Self {
        Self { check: plain(check), status, seen: plain(seen), fix: fix.map(plain) }
    }
}

/// One line, without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// All checks, in the order in which to read them.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// This program's version.
    pub version: &'static str,
    /// The worst of all checks.
    pub status: Status,
    /// The checks.
    pub checks: Vec<Finding>,
}

impl From<Vec<Finding>> for Report {
    fn from(checks: Vec<Finding>) -> Self {
        let status = checks.iter().map(|check| check.status).max().unwrap_or(Status::Ok);
        Self { version: env!("CARGO_PKG_VERSION"), status, checks }
    }
}

/// Look at everything.
pub async fn examine(config: &Config) -> Report {
    let (mut checks, egress) = configuration(config);
    checks.extend(folder::examine(&config.data.dir, config.store.is_none()));
    let (about_store, opened) = store::examine(config).await;
    checks.extend(about_store);
    let running = folder::running(&config.data.dir);
    let process = running.as_ref().map_or("self".to_owned(), |instance| instance.pid.to_string());
    checks.extend(limits::examine(config, &process));
    checks.push(engine::examine());
    let used = match &opened {
        Some(opened) => connectors::used(&*opened.store).await,
        None => Ok(Vec::new()),
    };
    let used = used.unwrap_or_else(|error| {
        checks.push(Finding::fail("connectors", error, "read the service's own log at its next start"));
        Vec::new()
    });
    if let Some(egress) = &egress {
        let (about_hosts, time) = hosts::examine(egress, &used).await;
        checks.extend(about_hosts);
        checks.push(clock::examine(time));
        checks.extend(front::examine(egress, config, running.as_ref(), &used).await);
        checks.extend(identity::examine(egress, config).await);
    }
    if let Some(opened) = &opened {
        checks.extend(setup::examine(opened, config, &used).await);
    }
    checks.into()
}

/// Whether the service could start with it, beyond what reading it tells.
fn configuration(config: &Config) -> (Vec<Finding>, Option<Egress>) {
    let fix = "correct that option, then ask again";
    let options = match app::way_out(config, Names::System) {
        Ok(options) => options,
        Err(error) => return (vec![Finding::fail("configuration", format!("{error:#}"), fix)], None),
    };
    let (egress, wrong) = as_far_as_possible(options);
    if wrong.is_empty() {
        return (vec![Finding::ok("configuration", "valid")], egress);
    }
    let told = |error: &EgressError| match error {
        EgressError::Source(..) => {
            let fix = "name an address that `ip address` shows, or let the machine have it first";
            Finding::fail(hosts::SOURCE, error.to_string(), fix)
        }
        _ => Finding::fail("configuration", error.to_string(), fix),
    };
    (wrong.iter().map(told).collect(), egress)
}

/// Bytes, for people.
fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_048_576 => format!("{} KiB", tenths(1 << 10)),
        1_048_576..1_073_741_824 => format!("{} MiB", tenths(1 << 20)),
        _ => format!("{} GiB", tenths(1 << 30)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_says_drives_no_terminal() {
        let finding = Finding::fail("a\u{1b}[2J", "x\r\n\u{1b}[31m", "y\u{7}");
        let told = serde_json::to_string(&finding).unwrap();
        assert!(!told.contains("u001b") && !told.contains("\\n") && !told.contains("u0007"), "{told}");
    }

    #[test]
    fn the_worst_check_is_the_reports() {
        assert_eq!(Report::from(Vec::new()).status, Status::Ok);
        let checks = vec![Finding::ok("a", ""), Finding::fail("b", "", ""), Finding::warn("c", "", "")];
        assert_eq!(Report::from(checks).status, Status::Fail);
        assert_eq!((size(1536).as_str(), size(3 << 29).as_str()), ("1.5 KiB", "1.5 GiB"));
    }
}
