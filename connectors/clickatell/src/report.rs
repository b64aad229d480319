//! Status callbacks: a list of changes (One API), or one change (REST API), to one address of the integration.
//! <https://docs.clickatell.com/channels/one-api/one-api-message-status-table/>
//! <https://www.clickatell.com/developers/api-documentation/rest-api-status-callback/>

use countersign_sdk::{
    Callback, Failure, FailureKind as K, Handled, Report, ReportStatus as S, Word, handled, report, unreadable,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Body {
    event: Option<Event>,
    #[serde(flatten)]
    update: Update,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    message_status_update: Vec<Update>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    message_id: Option<String>,
    client_message_id: Option<String>,
    status_code: Option<Word>,
    status: Option<String>,
    status_description: Option<String>,
    timestamp: Option<Word>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let body: Body = serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no JSON"))?;
    // Both number their states, and differently: 4 is sent in the one and delivered in the other.
    let reports: Result<Vec<Report>, Failure> = match body.event {
        Some(event) => event.message_status_update.into_iter().map(|update| read(update, one_api)).collect(),
        None => Ok(vec![read(body.update, rest)?]),
    };
    Ok(handled(200, reports?))
}

fn read(update: Update, meaning: fn(&str) -> (S, Option<K>)) -> Result<Report, Failure> {
    let id = update.message_id.filter(|id| !id.is_empty()).ok_or_else(|| unreadable("it names no message"))?;
    let code = update.status_code.and_then(Word::filled).ok_or_else(|| unreadable("it names no status"))?;
    let (status, kind) = meaning(code.trim_start_matches('0'));
    let failed = matches!(status, S::Undelivered | S::Rejected | S::Expired);
    Ok(Report {
        reference: update.client_message_id.filter(|id| !id.is_empty()),
        // In milliseconds; anything shorter is another unit.
        at: update.timestamp.and_then(|at| at.0.parse().ok()).filter(|at| *at > 1_000_000_000_000),
        kind,
        provider_code: Some(code).filter(|_| failed),
        text: update.status_description.or(update.status).filter(|_| failed),
        ..report(status, id)
    })
}

fn one_api(code: &str) -> (S, Option<K>) {
    match code {
        "2" | "3" => (S::Accepted, None),
        "4" => (S::Sent, None),
        "5" | "6" => (S::Delivered, None),
        "20" => (S::Expired, None),
        "21" | "22" => (S::Rejected, None),
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
