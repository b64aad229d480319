//! Burst SMS (now Kudosity), Transmit SMS API: `POST /send-sms.json`.
//! <https://developers.kudosity.com>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, Word, accepted, balance, connector, exchange, parse_config,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    from: Option<String>,
}

/// In minutes: 72 hours. 0 would mean the longest.
const VALIDITY_MAX: u32 = 4320;

/// <https://developers.kudosity.com/reference/status-codes>
const CODES: &CodeTable = &[
    ("AUTH_FAILED", K::AuthenticationFailed),
    ("AUTH_FAILED_NO_DATA", K::AuthenticationFailed),
    ("BAD_CALLER_ID", K::InvalidConfig),
    ("FIELD_EMPTY", K::InvalidConfig),
    ("FIELD_INVALID", K::InvalidConfig),
    ("LEDGER_ERROR", K::InsufficientFunds),
    ("NOT_IMPLEMENTED", K::InvalidConfig),
    ("NO_ACCESS", K::AuthenticationFailed),
    ("OVER_LIMIT", K::RateLimited),
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
    let validity = message.validity_seconds.div_ceil(60).clamp(1, VALIDITY_MAX).to_string();
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

#[derive(Deserialize)]
struct Answer {
    message_id: Option<Word>,
    balance: Option<Word>,
    currency: Option<String>,
    error: Verdict,
}

/// Also of a yes.
#[derive(Deserialize)]
struct Verdict {
    code: String,
    description: Option<String>,
}

/// What was asked, or a refusal under any status.
fn read(response: &Response) -> Result<Answer, Failure> {
    match response.json::<Answer>() {
        Ok(answer) if response.is_success() && answer.error.code == "SUCCESS" => Ok(answer),
        Ok(Answer { error, .. }) => Err(response.refused(CODES, Some(error.code), error.description)),
        Err(unreadable) if response.is_success() => Err(unreadable),
        Err(_) => Err(response.refused(CODES, None, None)),
    }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let id = read(response)?.message_id.and_then(Word::filled);
    id.map(|id| accepted(ReceiptStatus::Accepted, id)).ok_or_else(|| response.refused(CODES, None, None))
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = read(response)?;
    match (answer.balance.and_then(Word::filled), answer.currency) {
        (Some(amount), Some(currency)) => Ok(balance(amount, currency)),
        _ => Err(response.refused(CODES, None, None)),
    }
}
