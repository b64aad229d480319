//! 46elks: `POST /a1/sms`.
//! <https://46elks.com/docs/send-sms>

mod report;

use countersign_sdk::{
    Account, Call, Callback, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus, Reports,
    Request, Response, Standing, accepted, balance, connector, exchange, parse_config, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    from: String,
    dontlog: bool,
}

struct Elks;

impl Connector for Elks {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Elks {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        standing(&exchange(Request::get("https://api.46elks.com/a1/me").credential("account"))?)
    }
}

impl Reports for Elks {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Elks, "connector-complete");

fn request(config: &Config, message: &Message) -> Request {
    let mut form = vec![
        ("from", message.sender.as_deref().unwrap_or(&config.from)),
        ("to", &message.to),
        ("message", &message.text),
    ];
    if let Some(callback) = &message.callback_url {
        form.push(("whendelivered", callback));
    }
    if config.dontlog {
        form.push(("dontlog", "message"));
    }
    Request::post("https://api.46elks.com/a1/sms").credential("login").form(form)
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let created = response.value();
    if let Some(failed) = word(&created, "/status").filter(|status| status == "failed") {
        return Err(response.refused(&[], Some(failed), Some("the message failed at once".to_owned())));
    }
    let id = word(&created, "/id").ok_or_else(|| response.refused(&[], None, None))?;
    let mut receipt = accepted(ReceiptStatus::Accepted, id);
    receipt.segments = word(&created, "/parts").and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0);
    Ok(receipt)
}

/// 46elks has no codes but the status and a sentence. 403 is an empty account, not a wrong password.
/// <https://46elks.com/docs/overview>
fn refusal(response: &Response) -> Failure {
    let text = word(&response.value(), "/error").unwrap_or_else(|| response.text());
    let told = response.refused(&[], None, Some(text));
    let is_empty = response.status == 403 && told.text.to_lowercase().contains("credit");
    if is_empty { Failure { kind: K::InsufficientFunds, ..told } } else { told }
}

/// The balance is in 10,000ths of the currency. An account without a currency has not been opened yet.
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let me = response.value();
    if word(&me, "/id").is_none() {
        return Err(response.refused(&[], None, None));
    }
    let parts = me.pointer("/balance").and_then(|parts| parts.as_u64());
    let known = parts.zip(word(&me, "/currency"));
    let balance = known
        .and_then(|(parts, currency)| balance(format!("{}.{:04}", parts / 10_000, parts % 10_000), currency).balance);
    Ok(Standing { name: word(&me, "/displayname"), balance, extra: Vec::new() })
}
