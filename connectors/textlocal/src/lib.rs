//! Textlocal: `POST /send/`, in the United Kingdom and in India.
//! <https://api.txtlocal.com/docs/sendsms>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, connector, credits, exchange, parse_config, text, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    region: String,
    sender: String,
    test: bool,
}

impl Config {
    fn resource(&self, command: &str) -> String {
        let host = if self.region == "in" { "api.textlocal.in" } else { "api.txtlocal.com" };
        format!("https://{host}/{command}/")
    }
}

/// Error codes of <https://api.txtlocal.com/docs/sendsms> and <https://api.textlocal.in/docs/sendsms>.
const CODES: &CodeTable = &[
    ("1", K::InvalidConfig),
    ("2", K::InvalidConfig),
    ("3", K::AuthenticationFailed),
    // "No recipients specified": the one that was given is no number.
    ("4", K::InvalidRecipient),
    ("5", K::ContentRejected),
    ("6", K::ContentRejected),
    ("7", K::InsufficientFunds),
    ("32", K::InvalidRecipient),
    ("33", K::InvalidConfig),
    ("43", K::InvalidConfig),
    ("44", K::InvalidConfig),
    ("51", K::InvalidRecipient),
    // A promotional account of India may not send at night.
    ("192", K::InvalidConfig),
    ("202", K::InvalidRecipient),
];

struct Textlocal;

impl Connector for Textlocal {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Textlocal {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let nothing: [(&str, &str); 0] = [];
        let request = Request::post(config.resource("balance")).credential("balance").form(nothing);
        standing(&exchange(request)?)
    }
}

impl Reports for Textlocal {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Textlocal, "connector-complete");

fn request(config: &Config, message: &Message) -> Request {
    let sender = message.sender.as_deref().unwrap_or(&config.sender);
    let mut form = vec![
        ("numbers", message.to.trim_start_matches('+')),
        ("sender", sender.strip_prefix('+').unwrap_or(sender)),
        ("message", &message.text),
        // The one thing that a receipt has of ours.
        ("custom", &message.reference),
    ];
    if !text::is_gsm7(&message.text) {
        form.push(("unicode", "true"));
    }
    if let Some(callback) = &message.callback_url {
        form.push(("receipt_url", callback));
    }
    if config.test {
        form.push(("test", "true"));
    }
    Request::post(config.resource("send")).credential("key").form(form)
}

/// Under 200, whatever it says.
fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = response.value();
    match (word(&answer, "/status").as_deref(), word(&answer, "/messages/0/id")) {
        (Some("success"), Some(id)) if response.is_success() => {
            let mut receipt = accepted(ReceiptStatus::Accepted, id);
            let parts = word(&answer, "/message/num_parts").and_then(|parts| parts.parse().ok());
            receipt.segments = parts.filter(|parts| *parts > 0);
            Ok(receipt)
        }
        _ => Err(refusal(response)),
    }
}

/// A failure without a code is still one. A warning tells what the error's "no valid numbers" does not.
fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let failed = word(&answer, "/status").filter(|status| status == "failure");
    let words = [word(&answer, "/errors/0/message"), word(&answer, "/warnings/0/message")];
    let text = words.into_iter().flatten().collect::<Vec<_>>().join(": ");
    // On India's Do Not Disturb register, which promotional accounts heed: another account reaches the number.
    let is_register = text.contains("DND");
    let told = response.refused(CODES, word(&answer, "/errors/0/code").or(failed), Some(text));
    if is_register { Failure { kind: K::UnsupportedDestination, ..told } } else { told }
}

/// A number of messages, not of money.
fn standing(response: &Response) -> Result<Standing, Failure> {
    match word(&response.value(), "/balance/sms") {
        Some(left) if response.is_success() => Ok(credits(left)),
        _ => Err(refusal(response)),
    }
}
