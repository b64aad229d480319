//! Termii, messaging: `POST /api/sms/send`.
//! <https://developers.termii.com/messaging-api>

mod report;

use countersign_sdk::text::is_gsm7;
use countersign_sdk::{
    Account, Call, Callback, Certainty, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, balance, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    from: String,
    channel: String,
    server: Option<String>,
}

impl Config {
    /// Each account has a server of its own.
    fn resource(&self, path: &str) -> String {
        match &self.server {
            Some(server) => format!("https://{server}.api.termii.com/api/{path}"),
            None => format!("https://api.ng.termii.com/api/{path}"),
        }
    }
}

/// Termii has sentences for codes; in lower case, and as much as they all begin with.
/// <https://developers.termii.com/error>
const SENTENCES: &[(&str, K)] = &[
    ("unauthorized", K::AuthenticationFailed),
    ("your account is not active", K::AuthenticationFailed),
    ("you are not set up on this route", K::UnsupportedDestination),
    // Of the same, in answers.
    ("country inactive", K::UnsupportedDestination),
    ("no route on your account", K::UnsupportedDestination),
    ("your device has reached the daily limit", K::QuotaExceeded),
    ("invalid sender id", K::InvalidConfig),
    // Of the same, in answers.
    ("applicationsenderid not found", K::InvalidConfig),
    ("device not found", K::InvalidConfig),
    ("device not active", K::InvalidConfig),
    ("insufficient balance", K::InsufficientFunds),
    ("no active subscription on your device", K::InvalidConfig),
    ("service temporarily unavailable", K::ProviderUnavailable),
    ("this service is currently not active on your account", K::InvalidConfig),
];

struct Termii;

impl Connector for Termii {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Termii {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(Request::get(config.resource("get-balance")).credential("balance"))?)
    }
}

impl Reports for Termii {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Termii, "connector-complete");

/// The host adds `api_key`.
#[derive(Serialize)]
struct Body<'a> {
    to: &'a str,
    from: &'a str,
    sms: &'a str,
    r#type: &'a str,
    channel: &'a str,
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let body = Body {
        to: message.to.trim_start_matches('+'),
        from: message.sender.as_ref().unwrap_or(&config.from),
        sms: &message.text,
        r#type: if is_gsm7(&message.text) { "plain" } else { "unicode" },
        channel: &config.channel,
    };
    Request::post(config.resource("sms/send")).credential("key").json(&body)
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = response.value();
    if !response.is_success() || word(&answer, "/code").as_deref() != Some("ok") {
        return Err(refusal(response, &answer));
    }
    // The id is longer than a number can be, and comes as a text as well.
    match word(&answer, "/message_id_str").or_else(|| word(&answer, "/message_id")) {
        Some(id) => Ok(accepted(ReceiptStatus::Accepted, id)),
        None => Err(response.refused(&[], None, Some("the answer names no message".to_owned()))),
    }
}

fn refusal(response: &Response, answer: &Value) -> Failure {
    // A sentence, or a list of what is wrong.
    let text = word(answer, "/message").or_else(|| word(answer, "/message/0/issue"));
    let told = text.as_deref().unwrap_or_default().to_lowercase();
    let kind = SENTENCES.iter().find(|(sentence, _)| told.starts_with(sentence)).map(|(_, kind)| *kind);
    let refused = response.refused(&[], word(answer, "/code"), text);
    match kind {
        // Its own word is a clear no, but for its own trouble.
        Some(kind) if response.status < 500 => Failure { kind, certainty: Certainty::NotSent, ..refused },
        Some(kind) => Failure { kind, ..refused },
        None => refused,
    }
}

/// <https://developers.termii.com/balance>
fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    match word(&answer, "/balance").zip(word(&answer, "/currency")) {
        Some((amount, currency)) if response.is_success() => Ok(balance(amount, currency)),
        _ => Err(refusal(response, &answer)),
    }
}
