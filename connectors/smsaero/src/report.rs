//! Callbacks: a message's state, by `callbackUrl` of the message. SMS Aero signs nothing: the address that nobody can
//! guess speaks for a callback.

use countersign_sdk::encoding::from_form;
use countersign_sdk::{Callback, Failure, Handled, ReportStatus, Word, handled, report, unreadable};
use serde::Deserialize;

#[derive(Deserialize)]
struct State {
    id: Word,
    status: Word,
}

/// JSON is what we ask for; a form has the same fields.
pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let state = serde_json::from_slice(&callback.body).ok().or_else(|| form(callback));
    let State { id, status } = state.ok_or_else(|| unreadable("it names no message or no status"))?;
    let mut told = report(state_of(status.as_str()), id.0);
    told.provider_code = status.filled();
    // SMS Aero tries again unless the answer is 200.
    Ok(handled(200, vec![told]))
}

fn form(callback: &Callback) -> Option<State> {
    let fields = from_form(&callback.body);
    let field = |name: &str| fields.iter().find(|(found, _)| found == name).map(|(_, value)| Word(value.clone()));
    Some(State { id: field("id")?, status: field("status")? })
}

fn state_of(status: &str) -> ReportStatus {
    match status {
        // In the queue, waiting for the operator's word, looked at by a moderator.
        "0" | "4" | "8" => ReportStatus::Accepted,
        "1" => ReportStatus::Delivered,
        "2" => ReportStatus::Undelivered,
        "3" => ReportStatus::Sent,
        "6" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_sms_aeros_states_is_read() {
        use ReportStatus as S;
        let expected = [S::Accepted, S::Delivered, S::Undelivered, S::Sent, S::Accepted, S::Rejected, S::Accepted];
        assert_eq!(["0", "1", "2", "3", "4", "6", "8"].map(state_of), expected);
        assert_eq!(state_of("5"), S::Other);
    }
}
