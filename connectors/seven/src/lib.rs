//! seven (formerly sms77): `POST /api/sms`.
//! <https://docs.seven.io/en/rest-api/endpoints/sms>

mod md5;
mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, balance, connector, exchange, parse_config, signing, word,
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
    // "Sender invalid" in the documentation; the SDK still calls it the country's code.
    ("201", K::InvalidConfig),
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
    /// In whole minutes, none more than the code lives.
    ttl: u32,
    to: &'a str,
}

fn request(config: &Config, message: &Message) -> Request {
    Request::post("https://gateway.seven.io/api/sms").header("accept", "application/json").json(&Sms {
        text: &message.text,
        from: message.sender.as_deref().or(config.from.as_deref()),
        foreign_id: &message.reference,
        label: config.label.as_deref(),
        ttl: (message.validity_seconds / 60).max(1),
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

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = response.value();
    match word(&answer, "/messages/0/id") {
        Some(id) if response.is_success() && word(&answer, "/messages/0/success").as_deref() == Some("true") => {
            let mut receipt = accepted(ReceiptStatus::Accepted, id);
            let parts = word(&answer, "/messages/0/parts").and_then(|parts| parts.parse().ok());
            receipt.segments = parts.filter(|parts| *parts > 0);
            Ok(receipt)
        }
        _ => Err(refusal(response)),
    }
}

/// A request that seven does not read at all is answered with the code alone, also under 200; one that it reads, with a
/// code for all and one for each recipient. 100 is a yes.
fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let first = |places: &[&str]| places.iter().find_map(|place| word(&answer, place));
    let code = first(&["/messages/0/error", "/code", "/success", ""]).filter(|code| code != "100");
    response.refused(CODES, code, first(&["/messages/0/error_text", "/description"]))
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    match (word(&answer, "/amount"), word(&answer, "/currency")) {
        (Some(amount), Some(currency)) if response.is_success() => Ok(balance(amount, currency)),
        _ => Err(refusal(response)),
    }
}
