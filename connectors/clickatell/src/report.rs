//! Status callbacks: a list of changes (One API), or one change (REST API), to one address of the integration.
//! <https://docs.clickatell.com/channels/one-api/one-api-message-status-table/>
//! <https://www.clickatell.com/developers/api-documentation/rest-api-status-callback/>

use countersign_sdk::{
    Callback, Failure, FailureKind as K, Handled, Report, ReportStatus as S, handled, report, unreadable, word,
};
use serde_json::Value;

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let body: Value = serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no JSON"))?;
    // Both number their states, and differently: 4 is sent in the one and delivered in the other.
    let reports: Result<Vec<Report>, Failure> = match body.get("event") {
        Some(event) => updates(event).iter().map(|update| read(update, one_api)).collect(),
        None => Ok(vec![read(&body, rest)?]),
    };
    Ok(handled(200, reports?))
}

/// None in an event of another kind: what a recipient wrote, say.
fn updates(event: &Value) -> &[Value] {
    event.get("messageStatusUpdate").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn read(update: &Value, meaning: fn(&str) -> (S, Option<K>)) -> Result<Report, Failure> {
    let id = word(update, "/messageId").ok_or_else(|| unreadable("it names no message"))?;
    let code = word(update, "/statusCode").ok_or_else(|| unreadable("it names no status"))?;
    let (status, kind) = meaning(code.trim_start_matches('0'));
    let failed = matches!(status, S::Undelivered | S::Rejected | S::Expired);
    Ok(Report {
        reference: word(update, "/clientMessageId"),
        // In milliseconds; anything shorter is another unit.
        at: word(update, "/timestamp").and_then(|at| at.parse().ok()).filter(|at| *at > 1_000_000_000_000),
        kind,
        provider_code: Some(code).filter(|_| failed),
        text: word(update, "/statusDescription").or_else(|| word(update, "/status")).filter(|_| failed),
        ..report(status, id)
    })
}

fn one_api(code: &str) -> (S, Option<K>) {
    match code {
        "2" | "3" => (S::Accepted, None),
        "4" => (S::Sent, None),
        "5" | "6" => (S::Delivered, None),
        "20" => (S::Expired, None),
        "21" | "22" | "60" | "61" => (S::Rejected, None),
        "23" | "100" => (S::Undelivered, None),
        "25" => (S::Rejected, Some(K::InsufficientFunds)),
        "26" | "27" | "28" => (S::Rejected, Some(K::QuotaExceeded)),
        "29" => (S::Undelivered, Some(K::InvalidRecipient)),
        _ => (S::Other, None),
    }
}

fn rest(code: &str) -> (S, Option<K>) {
    match code {
        "2" | "8" | "11" => (S::Accepted, None),
        "3" => (S::Sent, None),
        "4" => (S::Delivered, None),
        "5" | "6" => (S::Rejected, None),
        "7" | "9" => (S::Undelivered, None),
        "10" => (S::Expired, None),
        "12" => (S::Rejected, Some(K::InsufficientFunds)),
        "14" => (S::Rejected, Some(K::QuotaExceeded)),
        _ => (S::Other, None),
    }
}
