//! Textlocal: `POST /send/`, in the United Kingdom and in India.
//! <https://api.txtlocal.com/docs/sendsms>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, parse_config, text,
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
    ("4", K::InvalidConfig),
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
        standing(&exchange(Request::post(config.resource("balance")).credential("balance").form(nothing))?)
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

#[derive(Deserialize)]
struct Answer {
    status: String,
    #[serde(default)]
    messages: Vec<Sent>,
    message: Option<Parts>,
    #[serde(default)]
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Sent {
    id: Word,
}

#[derive(Deserialize)]
struct Parts {
    num_parts: Option<u32>,
}

#[derive(Deserialize)]
struct Problem {
    code: Word,
    message: Option<String>,
}

/// Under 200, whatever it says.
fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer: Answer = match response.json() {
        Ok(answer) => answer,
        Err(unreadable) if response.is_success() => return Err(unreadable),
        Err(_) => return Err(response.refused(CODES, None, None)),
    };
    let id = answer.messages.into_iter().next().and_then(|sent| sent.id.filled());
    match (answer.status.as_str(), id) {
        ("success", Some(id)) if response.is_success() => {
            let mut receipt = accepted(ReceiptStatus::Accepted, id);
            receipt.segments = answer.message.and_then(|message| message.num_parts).filter(|parts| *parts > 0);
            Ok(receipt)
        }
        ("failure", _) => Err(refusal(response, answer.errors)),
        _ => Err(response.refused(CODES, None, None)),
    }
}

/// A failure without a code is still one.
fn refusal(response: &Response, errors: Vec<Problem>) -> Failure {
    let (code, text) = match errors.into_iter().next() {
        Some(problem) => (problem.code.filled(), problem.message),
        None => (None, None),
    };
    response.refused(CODES, code.or_else(|| Some("failure".to_owned())), text)
}

#[derive(Deserialize)]
struct Balance {
    balance: Credits,
}

#[derive(Deserialize)]
struct Credits {
    sms: Word,
}

/// A number of messages, not of money.
fn standing(response: &Response) -> Result<Standing, Failure> {
    match response.json::<Balance>() {
        Ok(Balance { balance: Credits { sms } }) if response.is_success() => {
            let extra = vec![Field { name: "sms-credits".to_owned(), value: sms.0 }];
            Ok(Standing { name: None, balance: None, extra })
        }
        _ => Err(reply(response).err().unwrap_or_else(|| response.refused(CODES, None, None))),
    }
}
