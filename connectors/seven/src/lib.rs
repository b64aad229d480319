//! seven (formerly sms77): `POST /api/sms`.
//! <https://docs.seven.io/en/rest-api/endpoints/sms>

mod md5;
mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, Word, accepted, balance, connector, exchange, parse_config, signing,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    from: Option<String>,
    label: Option<String>,
}

/// <https://docs.seven.io/en/rest-api/endpoints/sms>, and `ErrorCode` of `@seven.io/client`.
const CODES: &CodeTable = &[
    ("101", K::Other),
    ("201", K::UnsupportedDestination),
    ("202", K::InvalidRecipient),
    ("300", K::AuthenticationFailed),
    ("301", K::InvalidConfig),
    ("304", K::InvalidConfig),
    ("305", K::InvalidConfig),
    ("306", K::InvalidConfig),
    ("400", K::InvalidConfig),
    ("401", K::ContentRejected),
    // The same text went to the same number a moment ago.
    ("402", K::RateLimited),
    ("403", K::QuotaExceeded),
    ("500", K::InsufficientFunds),
    ("600", K::ProviderUnavailable),
    ("700", K::Other),
    ("900", K::AuthenticationFailed),
    ("901", K::AuthenticationFailed),
    ("902", K::AuthenticationFailed),
    ("903", K::AuthenticationFailed),
];

struct Seven;

impl Connector for Seven {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let request = request(&parse_config(config)?, message).credential("key");
        reply(&exchange(signed(call, "POST", request, "signing")?)?)
    }
}

impl Account for Seven {
    fn check(call: &Call, _config: &str) -> Result<Standing, Failure> {
        let request = Request::get("https://gateway.seven.io/api/balance").header("accept", "application/json");
        standing(&exchange(signed(call, "GET", request.credential("balance"), "balance_signing")?)?)
    }
}

impl Reports for Seven {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Seven, "connector-complete");

#[derive(Serialize)]
struct Sms<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    foreign_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    /// In minutes.
    ttl: u32,
    to: &'a str,
}

fn request(config: &Config, message: &Message) -> Request {
    Request::post("https://gateway.seven.io/api/sms").header("accept", "application/json").json(&Sms {
        text: &message.text,
        from: message.sender.as_deref().or(config.from.as_deref()),
        foreign_id: &message.reference,
        label: config.label.as_deref(),
        ttl: message.validity_seconds.div_ceil(60).max(1),
        to: &message.to,
    })
}

/// What seven signs over, in both directions: `Client` and `WebhookVerifier` of `@seven.io/client`.
fn to_sign(timestamp: &str, nonce: &str, method: &str, url: &str, body: &[u8]) -> String {
    [timestamp, nonce, method, url, &md5::hex(body)].join("\n")
}

fn signed(call: &Call, method: &str, request: Request, credential: &str) -> Result<Request, Failure> {
    if !signing::is_set(credential) {
        return Ok(request);
    }
    let timestamp = (call.issued_at / 1000).to_string();
    let data = to_sign(&timestamp, &call.nonce, method, request.url(), request.body().as_bytes());
    let marker = signing::sign(credential, data)?;
    let request = request.header("x-timestamp", timestamp).header("x-nonce", call.nonce.clone());
    Ok(request.header("x-signature", marker).credential(credential))
}

#[derive(Deserialize)]
struct Answer {
    /// A code, also of a yes.
    success: Option<Word>,
    #[serde(default)]
    messages: Vec<Sent>,
    code: Option<Word>,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    id: Option<Word>,
    #[serde(default)]
    success: bool,
    error: Option<Word>,
    error_text: Option<String>,
    parts: Option<u32>,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    // A request that seven does not read at all is answered with the code alone, also under 200.
    if let Ok(code) = response.json::<Word>() {
        return Err(response.refused(CODES, code.filled().filter(|code| code != "100"), None));
    }
    let answer: Answer = match response.json() {
        Ok(answer) => answer,
        Err(unreadable) if response.is_success() => return Err(unreadable),
        Err(_) => return Err(response.refused(CODES, None, None)),
    };
    let said = answer.code.or(answer.success).and_then(Word::filled);
    let Some(sent) = answer.messages.into_iter().next() else {
        return Err(response.refused(CODES, said.filter(|code| code != "100"), answer.description));
    };
    match sent.id.and_then(Word::filled) {
        Some(id) if sent.success && response.is_success() => {
            let mut receipt = accepted(ReceiptStatus::Accepted, id);
            receipt.segments = sent.parts.filter(|parts| *parts > 0);
            Ok(receipt)
        }
        _ => {
            let code = sent.error.and_then(Word::filled).or(said).filter(|code| code != "100");
            Err(response.refused(CODES, code, sent.error_text))
        }
    }
}

#[derive(Deserialize)]
struct Balance {
    amount: Word,
    currency: String,
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    match response.json::<Balance>() {
        Ok(found) if response.is_success() => Ok(balance(found.amount.0, found.currency)),
        _ => Err(reply(response).err().unwrap_or_else(|| response.refused(CODES, None, None))),
    }
}
