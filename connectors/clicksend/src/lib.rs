//! ClickSend, SMS: `POST /v3/sms/send`.
//! <https://developers.clicksend.com/docs/messaging/sms/other/send-sms>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Money,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    from: Option<String>,
}

/// Application status codes, of a request or of a message in it.
/// <https://developers.clicksend.com/docs/#application-status-codes>
const CODES: &CodeTable = &[
    ("ACCOUNT_NOT_ACTIVATED", K::AuthenticationFailed),
    ("ALREADY_EXISTS", K::InvalidConfig),
    ("COUNTRY_NOT_ENABLED", K::UnsupportedDestination),
    ("EMPTY_MESSAGE", K::ContentRejected),
    ("INSUFFICIENT_CREDIT", K::InsufficientFunds),
    ("INTERNAL_ERROR", K::ProviderUnavailable),
    ("INTERNAL_SERVER_ERROR", K::ProviderUnavailable),
    ("INVALID_CREDENTIALS", K::AuthenticationFailed),
    ("INVALID_RECIPIENT", K::InvalidRecipient),
    ("INVALID_SCHEDULE", K::InvalidConfig),
    ("INVALID_SENDER_ID", K::InvalidConfig),
    ("MISSING_CREDENTIALS", K::AuthenticationFailed),
    ("MISSING_REQUIRED_FIELDS", K::InvalidConfig),
    ("NOT_ENOUGH_PERMISSION_TO_LIST_ID", K::InvalidConfig),
    ("SOMETHING_IS_WRONG", K::ProviderUnavailable),
    // The same text to the same number a moment ago.
    ("THROTTLED", K::RateLimited),
    ("TOO_MANY_RECIPIENTS", K::InvalidConfig),
    ("TOO_MANY_REQUESTS", K::RateLimited),
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

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = answer(response)?;
    // SUCCESS of the request says that it was read; each message has a status of its own.
    let sent = |name: &str| word(&answer, &format!("/data/messages/0/{name}"));
    match (sent("status").as_deref(), sent("message_id")) {
        (Some("SUCCESS"), Some(id)) => {
            let mut receipt = accepted(ReceiptStatus::Queued, id);
            receipt.segments = sent("message_parts").and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0);
            let price = sent("message_price").zip(word(&answer, "/data/_currency/currency_name_short"));
            receipt.price = price.map(|(amount, currency)| Money { amount, currency });
            Ok(receipt)
        }
        (Some("SUCCESS") | None, _) => Err(response.refused(CODES, None, None)),
        (Some(status), _) => Err(refusal(response, Some(status.to_owned()), None)),
    }
}

/// The answer, if its envelope says yes.
fn answer(response: &Response) -> Result<Value, Failure> {
    let answer = response.value();
    let code = word(&answer, "/response_code");
    if response.is_success() && code.as_deref() == Some("SUCCESS") {
        return Ok(answer);
    }
    Err(refusal(response, code, word(&answer, "/response_msg")))
}

fn refusal(response: &Response, code: Option<String>, text: Option<String>) -> Failure {
    let trouble = matches!(code.as_deref(), Some("INTERNAL_ERROR" | "INTERNAL_SERVER_ERROR" | "SOMETHING_IS_WRONG"));
    let told = response.refused(CODES, code.clone(), text.or(code));
    // Trouble of its own, whatever the status says.
    if trouble { told.maybe_sent() } else { told }
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    answer(response)?;
    Ok(Standing { name: None, balance: None, extra: Vec::new() })
}
