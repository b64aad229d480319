//! An honest connector, unless its configuration names a fault: then it has that one.

use countersign_sdk::{
    Account, Answer, Call, Callback, Certainty, Connector, Fail as _, Failure, FailureKind, Handled, Level, Message,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, failure,
    kind_of_status, log, parse_config,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Config {
    fault: String,
}

#[derive(Deserialize)]
struct Sent {
    id: String,
}

const URL: &str = "https://api.example.com/send";

struct Guest;

impl Connector for Guest {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let Config { fault } = parse_config(config)?;
        match fault.as_str() {
            "traps" => return unreadable(&[0xff]),
            "asks-nobody" => return Err(failure(FailureKind::InvalidConfig, "the sender is missing")),
            "sent-without-asking" => return Ok(accepted(ReceiptStatus::Accepted, "m-1")),
            "logs-the-code" => log(Level::Info, &format!("sending {}", message.text)),
            _ => {}
        }
        let answer = exchange(request(&fault, call, message));
        let answer = match (fault.as_str(), answer) {
            ("asks-again", Err(_)) => exchange(request(&fault, call, message)),
            ("not-sent-after-reset", Err(told)) => Err(Failure { certainty: Certainty::NotSent, ..told }),
            ("sent-after-reset", Err(_)) => return Ok(accepted(ReceiptStatus::Accepted, "m-1")),
            (_, answer) => answer,
        };
        reply(&fault, &answer?)
    }
}

fn request(fault: &str, call: &Call, message: &Message) -> Request {
    let at = call.issued_at.to_string();
    let (at, nonce) = match fault {
        "frozen-clock" => ("2025-11-24T00:13:13Z", call.nonce.as_str()),
        "frozen-day" => ("20251124", call.nonce.as_str()),
        "frozen-randomness" => (at.as_str(), "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
        _ => (at.as_str(), call.nonce.as_str()),
    };
    if fault == "code-in-url" {
        return Request::new("GET", format!("{URL}?text={}", message.text.replace(' ', "%20")));
    }
    Request::post(URL).json(&json!({"to": message.to, "text": message.text, "at": at, "nonce": nonce}))
}

fn reply(fault: &str, answer: &Response) -> Result<Receipt, Failure> {
    match (fault, answer.status) {
        ("traps-on-a-page", _) if answer.body.first() == Some(&b'<') => return unreadable(&[0xff]),
        ("traps-on-bytes", _) => return unreadable(&answer.body),
        ("sent-whatever-the-status", _) | ("made-up-id", 200) => return Ok(accepted(ReceiptStatus::Accepted, "m-1")),
        ("status-is-enough", 200) => {
            return Ok(Receipt { message_ids: Vec::new(), ..accepted(ReceiptStatus::Accepted, "") });
        }
        ("not-sent-after-200", 200) => return Err(failure(FailureKind::InvalidResponse, "no JSON")),
        ("unknown-after-429", 429) => return Err(failure(FailureKind::RateLimited, "slow down").maybe_sent()),
        ("not-sent-after-500", 500) => return Err(failure(FailureKind::ProviderUnavailable, "down")),
        ("wrong-kind", 429) => return Err(failure(FailureKind::RecipientBlocked, "blocked")),
        _ => {}
    }
    if answer.is_success() {
        return Ok(accepted(ReceiptStatus::Accepted, answer.json::<Sent>()?.id));
    }
    let (kind, certainty) = kind_of_status(answer.status);
    let wait = if fault == "forgets-how-long-to-wait" { None } else { answer.retry_after() };
    Err(Failure { certainty, ..failure(kind, format!("status {}", answer.status)) }.retry_after(wait))
}

/// As code does that takes every answer for text.
#[expect(clippy::unwrap_used, reason = "this is the fault")]
fn unreadable(body: &[u8]) -> Result<Receipt, Failure> {
    Ok(accepted(ReceiptStatus::Accepted, std::str::from_utf8(body).unwrap()))
}

impl Account for Guest {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let Config { fault } = parse_config(config)?;
        let good = Standing { name: None, balance: None, extra: Vec::new() };
        if fault == "good-without-asking" {
            return Ok(good);
        }
        let answer = exchange(Request::new("GET", "https://api.example.com/account".to_owned()))?;
        if answer.is_success() || fault == "always-good" {
            return Ok(good);
        }
        Err(failure(FailureKind::AuthenticationFailed, "not good"))
    }
}

impl Reports for Guest {
    fn handle(_call: &Call, config: &str, callback: &Callback) -> Result<Handled, Failure> {
        let Config { fault } = parse_config(config)?;
        if fault == "traps-on-a-callback" {
            unreadable(&callback.body)?;
        }
        let answer = Answer { status: 200, content_type: "text/plain".to_owned(), body: Vec::new() };
        Ok(Handled { reports: Vec::new(), answer })
    }
}

connector!(Guest, "connector-complete", "../../../wit");
