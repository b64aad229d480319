//! Status notifications of both APIs. <https://gatewayapi.com/docs/apis/rest/#delivery-status-notification>,
//! <https://gatewayapi.com/docs/message/overview/#webhook-callbacks>

use countersign_sdk::encoding::{from_base64, from_hex};
use countersign_sdk::{
    Callback, Failure, Handled, Moment, Report, ReportStatus, handled, header_of, kind_of, not_signed, report, signing,
    unreadable, word,
};
use serde_json::Value;

use super::CODES;

const NO_STATUS: &str = "it tells no message's status";

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
    let told: Value = serde_json::from_slice(&body).map_err(|_| unreadable(NO_STATUS))?;
    let time = word(&told, "/time").and_then(|time| milliseconds(&time));
    of(&told, ["/id", "/status", "/userref", "/code", "/error"], time)
}

/// A report of what stands at these places: id, status, reference, code and words of a failure.
fn of(told: &Value, places: [&str; 5], time: Option<u64>) -> Result<Handled, Failure> {
    let [id, status, reference, code, text] = places.map(|place| word(told, place));
    let (id, status) = id.zip(status).ok_or_else(|| unreadable(NO_STATUS))?;
    Ok(handled(
        200,
        vec![Report {
            reference,
            at: time,
            kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
            provider_code: code,
            text,
            ..report(state_of(&status), id)
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

/// `Signature: v1=` and the HMAC of the body, in hexadecimal.
pub(crate) fn handle_messaging(callback: &Callback) -> Result<Handled, Failure> {
    let signature = header_of(callback, "signature").map(|header| header.trim().trim_start_matches("v1="));
    let signature = signature.and_then(from_hex).unwrap_or_default();
    if signing::is_set("signature") && !signing::verify("signature", &callback.body, signature)? {
        return Err(not_signed("GatewayAPI"));
    }
    let told: Value = serde_json::from_slice(&callback.body).map_err(|_| unreadable(NO_STATUS))?;
    match word(&told, "/event_type").as_deref() {
        Some("message.status.sms" | "messaging.status.sms" | "message.status.rcs") => {}
        // What comes in is nothing of ours. A refusal would be tried again, and again.
        Some(_) => return Ok(handled(200, Vec::new())),
        None => return Err(unreadable(NO_STATUS)),
    }
    let time = word(&told, "/event/status_at").and_then(|time| Moment::milliseconds_of(&time));
    let places =
        ["/event/msg_id", "/event/status", "/event/reference", "/event/error/hex_code", "/event/error/details"];
    of(&told, places, time)
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
    fn claims_are_read_whatever_their_length() {
        for (part, claim) in [("e30", "{}"), ("eyJhIjoxfQ", "{\"a\":1}"), ("eyJhIjoifn4_In0", "{\"a\":\"~~?\"}")] {
            assert_eq!(claims(&format!("x.{part}.y")).as_deref(), Some(claim.as_bytes()));
        }
        assert_eq!(claims("x"), None);
    }
}
