//! Webhooks of the field `messages`: Meta's handshake, and the states of what was sent, signed with the app's secret.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status>

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Answer, Callback, Failure, FailureKind as K, Handled, Report, ReportStatus as S, Word, failure, handled, header_of,
    kind_of, not_signed, query_of, report, signing, unreadable,
};
use serde::Deserialize;

use crate::{CODES, Config, Told};

const KEY: &str = "callback";

#[derive(Deserialize)]
struct Event {
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    value: Changed,
}

#[derive(Deserialize)]
struct Changed {
    #[serde(default)]
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    id: String,
    status: String,
    timestamp: Option<Word>,
    biz_opaque_callback_data: Option<String>,
    #[serde(default)]
    errors: Vec<Told>,
}

pub(crate) fn handle(config: &Config, callback: &Callback) -> Result<Handled, Failure> {
    if callback.method == "GET" {
        return handshake(config, callback);
    }
    // Without the app's secret the address alone speaks for what comes.
    if signing::is_set(KEY) && !signing::verify(KEY, &callback.body, signature(callback))? {
        return Err(not_signed("Meta"));
    }
    let unlike = |_| unreadable("it is no webhook of WhatsApp");
    let event: Event = serde_json::from_slice(&callback.body).map_err(unlike)?;
    // What people write to the number comes here too, and has no states.
    let changes = event.entry.into_iter().flat_map(|entry| entry.changes);
    Ok(handled(200, changes.flat_map(|change| change.value.statuses).map(reported).collect()))
}

/// Meta asks once whether the address is ours: it wants its challenge back from whoever knows the token.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint>
fn handshake(config: &Config, callback: &Callback) -> Result<Handled, Failure> {
    let query = query_of(callback);
    let asked = |name: &str| query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let token = asked("hub.verify_token").filter(|token| Some(*token) == config.verify_token.as_deref());
    if asked("hub.mode") != Some("subscribe") || token.is_none() {
        return Err(failure(K::AuthenticationFailed, "the handshake has another verify token than the configuration"));
    }
    // A number. Whatever else somebody asks for is not said under our name.
    let challenge = asked("hub.challenge").filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let body = challenge.ok_or_else(|| unreadable("the challenge is no number"))?.as_bytes().to_vec();
    let answer = Answer { status: 200, content_type: "text/plain".to_owned(), body };
    Ok(Handled { reports: Vec::new(), answer })
}

fn signature(callback: &Callback) -> Vec<u8> {
    let header = header_of(callback, "x-hub-signature-256").unwrap_or_default();
    header.strip_prefix("sha256=").and_then(from_hex).unwrap_or_default()
}

fn reported(status: Status) -> Report {
    let seconds: Option<u64> = status.timestamp.and_then(|at| at.0.parse().ok());
    let error = status.errors.into_iter().next();
    let code = error.as_ref().and_then(Told::code);
    let state = match status.status.as_str() {
        "sent" => S::Sent,
        "delivered" | "read" | "played" => S::Delivered,
        "failed" => S::Undelivered,
        _ => S::Other,
    };
    Report {
        reference: status.biz_opaque_callback_data,
        at: seconds.map(|seconds| seconds * 1000),
        kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
        provider_code: code,
        text: error.and_then(Told::text),
        ..report(state, status.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_a_message_is_read() {
        let read = |state: &str| {
            let status = format!(r#"{{"id": "wamid.1", "status": "{state}", "timestamp": "1768478405"}}"#);
            let report = reported(serde_json::from_str(&status).unwrap());
            (report.status, report.at)
        };
        let at = Some(1_768_478_405_000);
        assert_eq!(read("sent"), (S::Sent, at));
        assert_eq!(read("delivered"), (S::Delivered, at));
        assert_eq!(read("read"), (S::Delivered, at));
        assert_eq!(read("failed"), (S::Undelivered, at));
        assert_eq!(read("deleted"), (S::Other, at));
    }
}
