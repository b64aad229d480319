//! Status notifications of both APIs. <https://gatewayapi.com/docs/apis/rest/#delivery-status-notification>,
//! <https://gatewayapi.com/docs/message/overview/#webhook-callbacks>

use countersign_sdk::encoding::{from_base64, from_hex};
use countersign_sdk::{
    Callback, Failure, Handled, Moment, Report, ReportStatus, Word, handled, header_of, kind_of, not_signed, report,
    signing, unreadable,
};
use serde::Deserialize;

use super::CODES;

#[derive(Deserialize)]
struct Notification {
    id: Word,
    #[serde(default)]
    time: Word,
    status: String,
    error: Option<String>,
    code: Option<String>,
    userref: Option<String>,
}

/// The REST API signs a token that holds the notification: what counts is there, and not in the body.
pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let body = if signing::is_set("token") {
        let token = header_of(callback, "x-gwapi-signature").unwrap_or_default();
        if !signing::verify("token", &callback.body, token)? {
            return Err(not_signed("GatewayAPI"));
        }
        claims(token).ok_or_else(|| unreadable("its token holds nothing"))?
    } else {
        callback.body.clone()
    };
    let told: Notification = serde_json::from_slice(&body).map_err(|_| unreadable("it is no status notification"))?;
    Ok(handled(
        200,
        vec![Report {
            reference: told.userref.filter(|reference| !reference.is_empty()),
            at: milliseconds(told.time.as_str()),
            kind: told.code.as_deref().and_then(|code| kind_of(CODES, code)),
            provider_code: told.code,
            text: told.error,
            ..report(state_of(&told.status), told.id.0)
        }],
    ))
}

/// The middle part of a token: base64 of RFC 4648 §5, without padding.
fn claims(token: &str) -> Option<Vec<u8>> {
    let middle = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    let padding = "=".repeat((4 - middle.len() % 4) % 4);
    from_base64(&format!("{middle}{padding}"))
}

/// Seconds since 1970, in messages of old with a fraction.
fn milliseconds(seconds: &str) -> Option<u64> {
    seconds.split('.').next()?.parse::<u64>().ok()?.checked_mul(1000)
}

#[derive(Deserialize)]
struct Envelope {
    event_type: String,
    event: Event,
}

#[derive(Deserialize)]
struct Event {
    msg_id: String,
    reference: Option<String>,
    status: String,
    status_at: Option<String>,
    error: Option<Trouble>,
}

#[derive(Deserialize)]
struct Trouble {
    hex_code: Option<String>,
    details: Option<String>,
}

/// `Signature: v1=` and the HMAC of the body, in hexadecimal.
pub(crate) fn handle_messaging(callback: &Callback) -> Result<Handled, Failure> {
    let signature = header_of(callback, "signature").and_then(|header| header.trim().strip_prefix("v1="));
    let signature = signature.and_then(from_hex).unwrap_or_default();
    if signing::is_set("signature") && !signing::verify("signature", &callback.body, signature)? {
        return Err(not_signed("GatewayAPI"));
    }
    let Envelope { event_type, event } =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no event of a message's status"))?;
    if !matches!(event_type.as_str(), "message.status.sms" | "messaging.status.sms" | "message.status.rcs") {
        return Err(unreadable("it is no event of a message's status"));
    }
    let (code, text) = event.error.map_or((None, None), |error| (error.hex_code, error.details));
    Ok(handled(
        200,
        vec![Report {
            reference: event.reference.filter(|reference| !reference.is_empty()),
            at: event.status_at.as_deref().and_then(Moment::milliseconds_of),
            kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
            provider_code: code,
            text,
            ..report(state_of(&event.status), event.msg_id)
        }],
    ))
}

fn state_of(status: &str) -> ReportStatus {
    match status {
        "SCHEDULED" | "BUFFERED" => ReportStatus::Accepted,
        // The network took it on the phone's behalf: no phone said so.
        "ENROUTE" | "ACCEPTED" => ReportStatus::Sent,
        "DELIVERED" | "READ" => ReportStatus::Delivered,
        "EXPIRED" => ReportStatus::Expired,
        "UNDELIVERABLE" => ReportStatus::Undelivered,
        "DELETED" | "REJECTED" | "SKIPPED" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_gatewayapis_states_is_read() {
        use ReportStatus as S;
        let read = ["UNKNOWN", "SCHEDULED", "BUFFERED", "ENROUTE", "DELIVERED", "EXPIRED"].map(state_of);
        assert_eq!(read, [S::Other, S::Accepted, S::Accepted, S::Sent, S::Delivered, S::Expired]);
        let read = ["DELETED", "UNDELIVERABLE", "ACCEPTED", "REJECTED", "SKIPPED", "READ"].map(state_of);
        assert_eq!(read, [S::Rejected, S::Undelivered, S::Sent, S::Rejected, S::Rejected, S::Delivered]);
    }

    #[test]
    fn claims_are_read_whatever_their_length() {
        for (part, claim) in [("e30", "{}"), ("eyJhIjoxfQ", "{\"a\":1}"), ("eyJhIjoifn4_In0", "{\"a\":\"~~?\"}")] {
            assert_eq!(claims(&format!("x.{part}.y")).as_deref(), Some(claim.as_bytes()));
        }
        assert_eq!(claims("x"), None);
    }
}
