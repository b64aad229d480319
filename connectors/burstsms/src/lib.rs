//! Burst SMS (now Kudosity), Transmit SMS API: `POST /send-sms.json`.
//! <https://developers.kudosity.com>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, balance, connector, exchange, parse_config, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    from: Option<String>,
}

/// In minutes: 72 hours, after which they give up themselves.
const VALIDITY_MAX: u32 = 4320;

/// <https://developers.kudosity.com/reference/status-codes>, and those of sending.
const CODES: &CodeTable = &[
    ("AUTH_FAILED", K::AuthenticationFailed),
    ("AUTH_FAILED_NO_DATA", K::AuthenticationFailed),
    ("BAD_CALLER_ID", K::InvalidConfig),
    ("FIELD_EMPTY", K::InvalidConfig),
    ("FIELD_INVALID", K::InvalidConfig),
    ("KEY_EXISTS", K::InvalidConfig),
    ("LEDGER_ERROR", K::InsufficientFunds),
    ("LIST_EMPTY", K::InvalidRecipient),
    ("NOT_IMPLEMENTED", K::InvalidConfig),
    ("NO_ACCESS", K::AuthenticationFailed),
    ("OVER_LIMIT", K::RateLimited),
    // Of the one number that was given, none is left.
    ("RECIPIENTS_ERROR", K::InvalidRecipient),
];

struct BurstSms;

impl Connector for BurstSms {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for BurstSms {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        standing(&exchange(Request::get("https://api.transmitsms.com/get-balance.json").credential("balance"))?)
    }
}

impl Reports for BurstSms {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(BurstSms, "connector-complete");

fn request(config: &Config, message: &Message) -> Request {
    // Whole minutes, and none more than the code lives; 0 would be the longest.
    let validity = (message.validity_seconds / 60).clamp(1, VALIDITY_MAX).to_string();
    let mut form =
        vec![("message", message.text.as_str()), ("to", message.to.trim_start_matches('+')), ("validity", &validity)];
    if let Some(from) = message.sender.as_deref().or(config.from.as_deref()) {
        form.push(("from", from.strip_prefix('+').unwrap_or(from)));
    }
    if let Some(callback) = &message.callback_url {
        form.push(("dlr_callback", callback));
    }
    Request::post("https://api.transmitsms.com/send-sms.json").credential("login").form(form)
}

/// What was asked, or a refusal under any status: every answer has a code, also a yes.
fn read(response: &Response) -> Result<serde_json::Value, Failure> {
    let answer = response.value();
    let code = word(&answer, "/error/code");
    if response.is_success() && code.as_deref() == Some("SUCCESS") {
        return Ok(answer);
    }
    Err(response.refused(CODES, code, word(&answer, "/error/description")))
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = read(response)?;
    let id = word(&answer, "/message_id").ok_or_else(|| response.refused(CODES, None, None))?;
    let mut receipt = accepted(ReceiptStatus::Accepted, id);
    receipt.segments = word(&answer, "/sms").and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0);
    Ok(receipt)
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = read(response)?;
    match (word(&answer, "/balance"), word(&answer, "/currency")) {
        (Some(amount), Some(currency)) => Ok(balance(amount, currency)),
        _ => Err(response.refused(CODES, None, None)),
    }
}
