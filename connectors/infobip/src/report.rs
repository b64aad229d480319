//! Delivery reports: one callback may speak of several messages. Infobip signs none that go to a message's own address.
//! <https://www.infobip.com/docs/api/channels/sms/logs-and-status-reports/receive-outbound-sms-message-reports-v3>

use countersign_sdk::{
    Callback, Failure, Handled, Moment, Money, Report, ReportStatus as S, handled, kind_of, report, unreadable, word,
};
use serde_json::Value;

use super::codes::CODES;

/// What an error is called where there is none.
const NO_ERROR: &str = "NO_ERROR";

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let body: Value =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is not the JSON that Infobip documents"))?;
    let results = body.get("results").and_then(Value::as_array).ok_or_else(|| unreadable("it has no results"))?;
    Ok(handled(200, results.iter().map(read).collect::<Result<_, _>>()?))
}

fn read(result: &Value) -> Result<Report, Failure> {
    let id = word(result, "/messageId").ok_or_else(|| unreadable("it names no message"))?;
    let name = word(result, "/status/name");
    let state = match (word(result, "/status/groupName").as_deref(), name.as_deref()) {
        (Some("PENDING"), Some("PENDING_ACCEPTED")) => S::Accepted,
        // An operator took it, who tells no more.
        (Some("PENDING"), _) | (_, Some("DELIVERED_TO_OPERATOR")) => S::Sent,
        (Some("DELIVERED"), _) => S::Delivered,
        (Some("UNDELIVERABLE"), _) => S::Undelivered,
        // The time was over without a report: it may have arrived.
        (_, Some("EXPIRED_DLR_UNKNOWN")) => S::Other,
        (Some("EXPIRED"), _) => S::Expired,
        (Some("REJECTED"), _) => S::Rejected,
        _ => S::Other,
    };
    let failed = matches!(state, S::Undelivered | S::Expired | S::Rejected);
    let error = word(result, "/error/name").filter(|error| error != NO_ERROR);
    // The error says more than the state, if it is one that is known.
    let kind = [&error, &name].into_iter().flatten().find_map(|name| kind_of(CODES, name)).filter(|_| failed);
    let code = error.or(name).filter(|_| failed);
    let count = word(result, "/messageCount");
    let price = word(result, "/price/pricePerMessage").zip(word(result, "/price/currency"));
    Ok(Report {
        reference: word(result, "/callbackData"),
        at: word(result, "/doneAt").as_deref().and_then(Moment::milliseconds_of),
        kind,
        text: word(result, "/error/description").or_else(|| word(result, "/status/description")).filter(|_| failed),
        provider_code: code,
        network: word(result, "/mccMnc"),
        // The price is of one part.
        price: price.filter(|_| count.as_deref() == Some("1")).map(|(amount, currency)| Money { amount, currency }),
        segments: count.and_then(|count| count.parse().ok()),
        ..report(state, id)
    })
}
