//! Gupshup, Enterprise gateway: `POST /GatewayAPI/rest` with a form, `SendMessage`.
//! <https://docs.gupshup.io/docs/send-message-to-single-number>

mod report;

use countersign_sdk::text::is_gsm7;
use countersign_sdk::{
    Call, Callback, CodeTable, Connector, Fail, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, accepted, connector, exchange, extra_of, parse_config, word,
};
use serde::Deserialize;

const GATEWAY: &str = "https://enterprise.smsgupshup.com/GatewayAPI/rest";

#[derive(Deserialize)]
struct Config {
    userid: String,
    from: Option<String>,
    dlt_entity_id: Option<String>,
    dlt_template_id: Option<String>,
}

/// <https://docs.gupshup.io/docs/error-codes>; 175 is told by <https://docs.suprsend.com/v1.2.1/docs/gupshup-sms-errors>.
const CODES: &CodeTable = &[
    ("101", K::InvalidConfig),
    ("102", K::AuthenticationFailed),
    ("103", K::AuthenticationFailed),
    ("104", K::AuthenticationFailed),
    ("105", K::InvalidRecipient),
    ("106", K::InvalidConfig),
    ("107", K::InvalidConfig),
    ("108", K::InvalidConfig),
    ("109", K::InvalidConfig),
    ("175", K::UnsupportedDestination),
];

/// "Unknown error has occurred": of a message, too, nobody knows what became of it.
const UNKNOWN: &str = "100";

struct Gupshup;

impl Connector for Gupshup {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Reports for Gupshup {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Gupshup, "connector-with-reports");

fn request(config: &Config, message: &Message) -> Request {
    let mut form = vec![
        ("method", "SendMessage"),
        ("userid", config.userid.as_str()),
        ("auth_scheme", "plain"),
        ("v", "1.1"),
        ("format", "json"),
        ("send_to", message.to.trim_start_matches('+')),
        ("msg_type", if is_gsm7(&message.text) { "TEXT" } else { "UNICODE_TEXT" }),
        ("msg", &message.text),
    ];
    let optional = [
        ("mask", message.sender.as_deref().or(config.from.as_deref())),
        ("principalEntityId", extra_of(message, "dlt-entity-id").or(config.dlt_entity_id.as_deref())),
        ("dltTemplateId", extra_of(message, "dlt-template-id").or(config.dlt_template_id.as_deref())),
    ];
    form.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    Request::post(GATEWAY).credential("login").form(form)
}

/// Status, then the message's id or the error's code, then Gupshup's words; failures come with 200 as well. Some come as
/// text (`error | 102 | …`, `success | number | id`), whatever format was asked for.
fn told(response: &Response) -> [Option<String>; 3] {
    let (answer, text) = (response.value(), response.text());
    if answer.is_object() {
        return ["status", "id", "details"].map(|name| word(&answer, &format!("/response/{name}")));
    }
    let mut parts = text.splitn(3, '|').map(|part| Some(part.trim().to_owned()).filter(|part| !part.is_empty()));
    let [status, second, third] = [(); 3].map(|()| parts.next().flatten());
    match status.as_deref() {
        Some("error") => [status, second, third],
        Some("success") => [status, third, None],
        _ => [None, None, Some(text).filter(|_| !response.is_success())],
    }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let [status, id, details] = told(response);
    match (status.as_deref(), id) {
        (Some("success"), Some(id)) if response.is_success() => Ok(accepted(ReceiptStatus::Queued, id)),
        (Some("error"), code) => {
            let unknown = code.as_deref() == Some(UNKNOWN);
            let told = response.refused(CODES, code, details);
            Err(if unknown { told.maybe_sent() } else { told })
        }
        // A success that names no message, or a word that is neither.
        _ => Err(response.refused(CODES, None, details)),
    }
}
