//! Delivery receipts of the SMS API, status callbacks of the Messages API.
//! <https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts> and
//! <https://developer.vonage.com/en/messages/concepts/messages-status-callbacks>

use countersign_sdk::encoding::{from_form, from_hex};
use countersign_sdk::{
    Callback, CodeTable, Failure, Handled, Moment, Money, Report, ReportStatus as S, field_of, handled, header_of,
    kind_of, not_signed, query_of, report, signing, unreadable, word,
};
use serde_json::Value;

use super::codes::{MESSAGES, RECEIPTS, code_of};
use super::{Api, Config, sms};

pub(crate) fn handle(config: &Config, callback: &Callback) -> Result<Handled, Failure> {
    let read = match config.api {
        Api::Sms => receipt(config, callback)?,
        Api::Messages => status(callback)?,
    };
    Ok(handled(200, vec![read]))
}

/// By GET, as a form or as JSON: the account's settings say which.
fn fields_of(callback: &Callback) -> Result<Vec<(String, String)>, Failure> {
    let kind = header_of(callback, "content-type").unwrap_or_default();
    if callback.method == "GET" {
        return Ok(query_of(callback));
    }
    if !kind.contains("json") {
        return Ok(from_form(&callback.body));
    }
    let fields = json(callback)?;
    let names = fields.as_object().into_iter().flat_map(|fields| fields.keys());
    Ok(names.map(|name| (name.clone(), word(&fields, &format!("/{name}")).unwrap_or_default())).collect())
}

fn receipt(config: &Config, callback: &Callback) -> Result<Report, Failure> {
    let fields = fields_of(callback)?;
    let field = |name: &str| field_of(&fields, &[name]);
    let key = format!("callback_{}", config.signature_method);
    // A key whose method can't be verified speaks for no callback either.
    if signing::is_set("callback_token") {
        let signature = field("sig").and_then(|sign| from_hex(&sign)).unwrap_or_default();
        let others: Vec<_> = fields.iter().filter(|(name, _)| name != "sig").cloned().collect();
        if !signing::is_set(&key) || !signing::verify(&key, sms::signed(&others), signature)? {
            return Err(not_signed("Vonage"));
        }
    }
    let id = field("messageId").ok_or_else(|| unreadable("it names no message"))?;
    let state = match field("status").ok_or_else(|| unreadable("it has no status"))?.as_str() {
        "accepted" | "buffered" => S::Sent,
        "delivered" => S::Delivered,
        "expired" => S::Expired,
        "failed" => S::Undelivered,
        "rejected" => S::Rejected,
        _ => S::Other,
    };
    let code = field("err-code").filter(|code| code != "0");
    Ok(Report {
        reference: field("client-ref"),
        at: field("message-timestamp").as_deref().and_then(Moment::milliseconds_of),
        network: field("network-code"),
        ..with_code(report(state, id), RECEIPTS, code)
    })
}

fn status(callback: &Callback) -> Result<Report, Failure> {
    // The token names the body's digest. <https://developer.vonage.com/en/getting-started/concepts/webhooks>
    if signing::is_set("callback_token") {
        let token = header_of(callback, "authorization").and_then(|value| value.strip_prefix("Bearer "));
        if !signing::verify("callback_token", &callback.body, token.unwrap_or_default())? {
            return Err(not_signed("Vonage"));
        }
    }
    let told = json(callback)?;
    let id = word(&told, "/message_uuid").ok_or_else(|| unreadable("it names no message"))?;
    let code = told.get("error").and_then(|error| code_of(error).or_else(|| word(error, "/title")));
    let state = match (word(&told, "/status").as_deref(), code.as_deref()) {
        (Some("submitted"), _) => S::Sent,
        (Some("delivered" | "read"), _) => S::Delivered,
        // Vonage gave up when the ttl had passed.
        (Some("rejected" | "undeliverable"), Some("1360")) => S::Expired,
        (Some("undeliverable"), _) => S::Undelivered,
        (Some("rejected"), _) => S::Rejected,
        _ => S::Other,
    };
    let price = word(&told, "/usage/price").zip(word(&told, "/usage/currency"));
    Ok(Report {
        reference: word(&told, "/client_ref"),
        at: word(&told, "/timestamp").as_deref().and_then(Moment::milliseconds_of),
        text: word(&told, "/error/detail"),
        network: word(&told, "/destination/network_code"),
        segments: word(&told, "/sms/count_total").and_then(|count| count.parse().ok()),
        price: price.map(|(amount, currency)| Money { amount, currency }),
        ..with_code(report(state, id), MESSAGES, code)
    })
}

fn json(callback: &Callback) -> Result<Value, Failure> {
    serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is not the JSON that Vonage documents"))
}

/// A code of something else than a failure, such as of a handset that is busy just now, has no kind yet.
fn with_code(report: Report, table: &CodeTable, code: Option<String>) -> Report {
    let failed = matches!(report.status, S::Undelivered | S::Expired | S::Rejected);
    let kind = code.as_deref().filter(|_| failed).and_then(|code| kind_of(table, code));
    Report { kind, provider_code: code, ..report }
}
