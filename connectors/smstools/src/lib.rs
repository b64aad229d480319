//! The bridge before SMS Server Tools 3 or Gammu's SMSD: `POST /messages`. It is `examples/smstools-bridge` of this
//! project, and its README is its documentation.

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    url: String,
    from: Option<String>,
}

const CODES: &CodeTable = &[
    ("unauthorized", K::AuthenticationFailed),
    ("not-found", K::InvalidConfig),
    ("invalid-number", K::InvalidRecipient),
    ("invalid-text", K::ContentRejected),
    ("invalid-sender", K::InvalidConfig),
    ("invalid-callback", K::InvalidConfig),
    ("invalid-reference", K::InvalidConfig),
    ("invalid-validity", K::InvalidConfig),
    ("invalid-body", K::InvalidConfig),
    ("queue-full", K::ProviderUnavailable),
    ("queue-unavailable", K::ProviderUnavailable),
];

struct Bridge;

impl Connector for Bridge {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Bridge {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(Request::get(format!("{}/status", config.url)).credential("status"))?)
    }
}

impl Reports for Bridge {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Bridge, "connector-complete");

#[derive(Serialize)]
struct Body<'a> {
    to: &'a str,
    text: &'a str,
    reference: &'a str,
    validity_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let body = Body {
        to: &message.to,
        text: &message.text,
        reference: &message.reference,
        validity_seconds: message.validity_seconds.max(1),
        sender: message.sender.as_deref().or(config.from.as_deref()),
        callback_url: message.callback_url.as_deref(),
    };
    Request::post(format!("{}/messages", config.url)).credential("token").json(&body)
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let taken = said_yes(response)?;
    match word(&taken, "/id") {
        Some(id) => Ok(accepted(ReceiptStatus::Queued, id)),
        None => Err(response.refused(CODES, None, Some("the answer names no message".to_owned()))),
    }
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let status = said_yes(response)?;
    match word(&status, "/backend").zip(word(&status, "/queued")) {
        Some((backend, value)) => {
            let queued = Field { name: "queued".to_owned(), value };
            Ok(Standing { name: Some(backend), balance: None, extra: vec![queued] })
        }
        None => Err(response.refused(CODES, None, Some("the answer tells no backend".to_owned()))),
    }
}

fn said_yes(response: &Response) -> Result<Value, Failure> {
    if response.is_success() {
        return response.json();
    }
    let refused = response.value();
    Err(response.refused(CODES, word(&refused, "/code"), word(&refused, "/message")))
}
