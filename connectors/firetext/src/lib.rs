//! FireText: `POST /api/sendsms/json`.
//! <https://www.firetext.co.uk/docs>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, connector, credits, exchange, parse_config, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    from: String,
}

/// <https://www.firetext.co.uk/docs>
const CODES: &CodeTable = &[
    ("1", K::AuthenticationFailed),
    ("2", K::InvalidRecipient),
    ("3", K::InvalidConfig),
    ("4", K::InvalidConfig),
    ("5", K::ContentRejected),
    ("6", K::InvalidConfig),
    ("7", K::InsufficientFunds),
    ("8", K::InvalidConfig),
    ("9", K::InvalidConfig),
    ("10", K::InvalidConfig),
    ("11", K::InvalidConfig),
];

struct FireText;

impl Connector for FireText {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for FireText {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        let nothing: [(&str, &str); 0] = [];
        let request = Request::post("https://www.firetext.co.uk/api/credit/json").credential("credit").form(nothing);
        standing(&exchange(request)?)
    }
}

impl Reports for FireText {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(FireText, "connector-complete");

fn request(config: &Config, message: &Message) -> Request {
    let from = message.sender.as_deref().unwrap_or(&config.from);
    let mut form = vec![
        ("to", message.to.trim_start_matches('+')),
        ("from", from.strip_prefix('+').unwrap_or(from)),
        ("message", &message.text),
        // The one thing that a receipt has of ours.
        ("reference", &message.reference),
    ];
    if let Some(callback) = &message.callback_url {
        form.push(("receipt", callback));
    }
    Request::post("https://www.firetext.co.uk/api/sendsms/json").credential("key").form(form)
}

/// What was asked, or a refusal under 200.
fn read(response: &Response) -> Result<serde_json::Value, Failure> {
    let answer = response.value();
    let code = word(&answer, "/code");
    if response.is_success() && code.as_deref() == Some("0") {
        return Ok(answer);
    }
    Err(response.refused(CODES, code.filter(|code| code != "0"), word(&answer, "/description")))
}

/// FireText's id of the message, where it tells one, is in a header. Its receipts don't have it.
fn reply(response: &Response) -> Result<Receipt, Failure> {
    read(response)?;
    let id = response.header("x-message").filter(|id| !id.is_empty()).map(str::to_owned);
    let message_ids = id.into_iter().collect();
    Ok(Receipt { status: ReceiptStatus::Queued, message_ids, segments: None, price: None, extra: Vec::new() })
}

/// A number of messages, not of money.
fn standing(response: &Response) -> Result<Standing, Failure> {
    let left = word(&read(response)?, "/responseData");
    left.map(credits).ok_or_else(|| response.refused(CODES, None, None))
}
