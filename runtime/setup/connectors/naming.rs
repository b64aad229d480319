//! What a connector may be called.

use super::judge::Judged;
use crate::connector::reason::Reason;
use crate::setup::SetupError;

/// Whether a connector may be called so.
pub(in crate::setup) fn connector_name(name: &str) -> Result<(), SetupError> {
    match fault(name) {
        Some(fault) => Err(refused(vec![fault])),
        None => Ok(()),
    }
}

/// A judgement with what is wrong with the name, so that all is told at once.
pub(super) fn judged(name: &str, judged: Result<Judged, SetupError>) -> Result<Judged, SetupError> {
    match (fault(name), judged) {
        (None, judged) => judged,
        (Some(fault), Err(SetupError::Refused { reasons, .. })) => {
            Err(refused(std::iter::once(fault).chain(reasons).collect()))
        }
        (Some(fault), Ok(_) | Err(SetupError::ApprovalNeeded { .. })) => Err(refused(vec![fault])),
        (Some(_), Err(other)) => Err(other),
    }
}

fn refused(reasons: Vec<Reason>) -> SetupError {
    SetupError::Refused { what: "the connector", reasons }
}

fn fault(name: &str) -> Option<Reason> {
    let fits = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    let text = "a connector's name has 1 to 64 lower-case letters, digits, `-` and `_`";
    (!fits || !(1..=64).contains(&name.len())).then(|| Reason::at("name", "/name", text))
}
