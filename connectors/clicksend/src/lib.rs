//! ClickSend, SMS: `POST /v3/sms/send`.
//! <https://developers.clicksend.com/docs/messaging/sms/other/send-sms>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Money,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, parse_config,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Config {
    from: Option<String>,
}

/// Application status codes, of a request or of a message in it.
/// <https://developers.clicksend.com/docs/#application-status-codes>
const CODES: &CodeTable = &[
    ("ACCOUNT_NOT_ACTIVATED", K::AuthenticationFailed),
    ("COUNTRY_NOT_ENABLED", K::UnsupportedDestination),
    ("EMPTY_MESSAGE", K::ContentRejected),
    ("INSUFFICIENT_CREDIT", K::InsufficientFunds),
    ("INTERNAL_ERROR", K::ProviderUnavailable),
    ("INVALID_CREDENTIALS", K::AuthenticationFailed),
    ("INVALID_RECIPIENT", K::InvalidRecipient),
    ("INVALID_SENDER_ID", K::InvalidConfig),
    ("MISSING_CREDENTIALS", K::AuthenticationFailed),
    ("MISSING_REQUIRED_FIELDS", K::InvalidConfig),
    // The same text to the same number a moment ago.
    ("THROTTLED", K::RateLimited),
    ("UNAUTHORIZED", K::AuthenticationFailed),
];

struct ClickSend;

impl Connector for ClickSend {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for ClickSend {
    /// The statistics, not the account: the account's answer holds the API key.
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        let url = "https://rest.clicksend.com/v3/statistics/sms";
        standing(&exchange(Request::get(url).credential("statistics"))?)
    }
}

impl Reports for ClickSend {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(ClickSend, "connector-complete");

#[derive(Serialize)]
struct Body<'a> {
    messages: [Sms<'a>; 1],
}

#[derive(Serialize)]
struct Sms<'a> {
    to: &'a str,
    body: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    /// Comes back with the report.
    custom_string: &'a str,
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let sms = Sms {
        to: &message.to,
        body: &message.text,
        from: message.sender.as_deref().or(config.from.as_deref()),
        custom_string: &message.reference,
    };
    Request::post("https://rest.clicksend.com/v3/sms/send").credential("login").json(&Body { messages: [sms] })
}

#[derive(Deserialize)]
struct Envelope {
    response_code: Option<String>,
    response_msg: Option<String>,
    data: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Data {
    messages: Vec<Sent>,
    #[serde(rename = "_currency")]
    currency: Option<Currency>,
}

#[derive(Deserialize)]
struct Currency {
    currency_name_short: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    status: Option<String>,
    message_id: Option<String>,
    message_parts: Option<Word>,
    message_price: Option<Word>,
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let data = answer(response)?;
    // SUCCESS of the request says that it was read; each message has a status of its own.
    let unread = || response.refused(CODES, None, None);
    let Data { messages, currency } = data.and_then(|data| serde_json::from_value(data).ok()).ok_or_else(unread)?;
    let sent = messages.into_iter().next().ok_or_else(unread)?;
    match (sent.status.as_deref(), sent.message_id.filter(|id| !id.is_empty())) {
        (Some("SUCCESS"), Some(id)) => {
            let mut receipt = accepted(ReceiptStatus::Queued, id);
            receipt.segments = sent.message_parts.and_then(|parts| parts.0.parse().ok()).filter(|parts| *parts > 0);
            let currency = currency.and_then(|currency| currency.currency_name_short);
            let price = sent.message_price.and_then(Word::filled).zip(currency);
            receipt.price = price.map(|(amount, currency)| Money { amount, currency });
            Ok(receipt)
        }
        (Some("SUCCESS") | None, _) => Err(unread()),
        (Some(status), _) => Err(refusal(response, Some(status.to_owned()), None)),
    }
}

/// What stands in the envelope of a yes.
fn answer(response: &Response) -> Result<Option<serde_json::Value>, Failure> {
    let Ok(envelope) = response.json::<Envelope>() else { return Err(response.refused(CODES, None, None)) };
    if response.is_success() && envelope.response_code.as_deref() == Some("SUCCESS") {
        return Ok(envelope.data);
    }
    Err(refusal(response, envelope.response_code, envelope.response_msg))
}

fn refusal(response: &Response, code: Option<String>, text: Option<String>) -> Failure {
    let trouble = code.as_deref() == Some("INTERNAL_ERROR");
    let told = response.refused(CODES, code.clone(), text.or(code));
    // Trouble of its own, whatever the status says.
    if trouble { told.maybe_sent() } else { told }
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    answer(response)?;
    Ok(Standing { name: None, balance: None, extra: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_has_the_accounts_currency() {
        let answer = r#"{"response_code": "SUCCESS", "data": {
            "messages": [{"status": "SUCCESS", "message_id": "A-1", "message_parts": 1, "message_price": "0.0792"}],
            "_currency": {"currency_name_short": "AUD"}
        }}"#;
        let price = reply(&Response::new(200, answer)).unwrap().price.unwrap();
        assert_eq!((price.amount.as_str(), price.currency.as_str()), ("0.0792", "AUD"));
    }
}
