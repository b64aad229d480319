//! Kannel, smsbox's sendsms interface: a POST whose headers are the parameters, or a GET with a query.
//! <https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html#AEN4623>

mod report;

use countersign_sdk::text::is_gsm7;
use countersign_sdk::{
    Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus, Reports,
    Request, Response, connector, encoding, exchange, kind_of, parse_config,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Config {
    url: String,
    username: String,
    login: String,
    from: Option<String>,
    smsc: Option<String>,
    account: Option<String>,
    number: String,
}

/// Kannel has no codes: these are its words.
const CODES: &CodeTable = &[
    ("Authorization failed for sendsms", K::AuthenticationFailed),
    ("Sender missing and no global set, rejected", K::InvalidConfig),
    ("Missing receiver number, rejected", K::InvalidRecipient),
    ("Empty receiver number not allowed, rejected", K::InvalidRecipient),
    // Lists of prefixes, most often: what this gateway serves.
    ("Number(s) has/have been denied by white- and/or black-lists.", K::UnsupportedDestination),
    ("Not routable. Do not try again.", K::UnsupportedDestination),
    ("Temporal failure, try again later.", K::ProviderUnavailable),
    ("Sending failed.", K::ProviderUnavailable),
    ("Charset or body misformed, rejected", K::ContentRejected),
    ("Account field misformed or too long, rejected", K::InvalidConfig),
    ("Coding field misformed, rejected", K::InvalidConfig),
    ("DLR-Mask field misformed, rejected", K::InvalidConfig),
    ("DLR-URL field misformed, rejected", K::InvalidConfig),
    ("Validity field misformed, rejected", K::InvalidConfig),
    ("Unsupported content-type, rejected", K::InvalidConfig),
];

struct Kannel;

impl Connector for Kannel {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Reports for Kannel {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Kannel, "connector-with-reports");

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let to = if config.number == "digits" { message.to.trim_start_matches('+') } else { message.to.as_str() };
    // Kannel does not look at the text: what is no GSM 7-bit would go out as question marks.
    let coding = if is_gsm7(&message.text) { "0" } else { "2" };
    // Rounded down: what would arrive behind the code's life is of no use.
    let validity = (message.validity_seconds / 60).max(1).to_string();
    let dlr_url = message.callback_url.as_ref().map(|url| report::address(url, &message.reference));
    let mut fields = vec![("username", config.username.as_str()), ("to", to)];
    fields.extend(message.sender.as_deref().or(config.from.as_deref()).map(|from| ("from", from)));
    fields.extend([("coding", coding), ("validity", &validity)]);
    fields.extend(config.smsc.as_deref().map(|smsc| ("smsc", smsc)));
    fields.extend(config.account.as_deref().map(|account| ("account", account)));
    if let Some(url) = &dlr_url {
        fields.extend([("dlr-mask", report::MASK), ("dlr-url", url)]);
    }
    if config.login == "query" {
        fields.extend([("charset", "UTF-8"), ("text", &message.text)]);
        return Request::get(format!("{}?{}", config.url, encoding::query(&fields))).credential("query");
    }
    let post = Request::post(&config.url).credential("header");
    let post = fields.iter().fold(post, |post, (name, value)| post.header(&format!("x-kannel-{name}"), *value));
    post.content("text/plain; charset=UTF-8", message.text.as_bytes())
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let said = response.text();
    let status = match said.as_str() {
        // The last is what it says with `immediate-sendsms-reply`.
        _ if !response.is_success() => None,
        "0: Accepted for delivery" | "Sent." => Some(ReceiptStatus::Accepted),
        "3: Queued for later delivery" => Some(ReceiptStatus::Queued),
        _ => None,
    };
    match status {
        // Kannel gives no id: its reports have our reference.
        Some(status) => Ok(Receipt { status, message_ids: Vec::new(), segments: None, price: None, extra: Vec::new() }),
        None => {
            let known = kind_of(CODES, &said).map(|_| said);
            Err(response.refused(CODES, known.clone(), known))
        }
    }
}
