//! Brevo, transactional SMS: `POST /v3/transactionalSMS/send`.
//! <https://developers.brevo.com/docs/transactional-sms-endpoints>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, connector, credits, exchange, parse_config, text, word,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    sender: String,
    organisation_prefix: Option<String>,
    tag: Option<String>,
}

/// `code` of an error, of whatever endpoint. <https://developers.brevo.com/docs/how-it-works#error-codes>
const CODES: &CodeTable = &[
    ("account_under_validation", K::AuthenticationFailed),
    ("bad_request", K::InvalidConfig),
    ("campaign_processing", K::InvalidConfig),
    ("campaign_sent", K::InvalidConfig),
    ("document_not_found", K::InvalidConfig),
    ("duplicate_parameter", K::InvalidConfig),
    ("duplicate_request", K::Other),
    ("invalid_parameter", K::InvalidConfig),
    ("method_not_allowed", K::InvalidConfig),
    ("missing_parameter", K::InvalidConfig),
    ("not_acceptable", K::InvalidConfig),
    ("not_enough_credits", K::InsufficientFunds),
    ("out_of_range", K::InvalidConfig),
    ("permission_denied", K::AuthenticationFailed),
    ("reseller_permission_denied", K::AuthenticationFailed),
    ("unauthorized", K::AuthenticationFailed),
    ("unprocessable_entity", K::InvalidConfig),
];

struct Brevo;

impl Connector for Brevo {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Brevo {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        standing(&exchange(Request::get("https://api.brevo.com/v3/account").credential("account"))?)
    }
}

impl Reports for Brevo {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Brevo, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sms<'a> {
    recipient: &'a str,
    sender: &'a str,
    r#type: &'static str,
    content: &'a str,
    unicode_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation_prefix: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    web_url: Option<&'a str>,
}

/// Not `transactionalSMS/sms`, which Brevo gave up for this one.
/// <https://developers.brevo.com/changelog/2025/5/1>
fn request(config: &Config, message: &Message) -> Request {
    let sender = message.sender.as_deref().unwrap_or(&config.sender);
    let prefix = config.organisation_prefix.as_deref();
    Request::post("https://api.brevo.com/v3/transactionalSMS/send").credential("key").json(&Sms {
        recipient: &message.to,
        // A numeric sender has digits only.
        sender: sender.strip_prefix('+').unwrap_or(sender),
        r#type: "transactional",
        content: &message.text,
        unicode_enabled: !text::is_gsm7(&message.text) || !prefix.is_none_or(text::is_gsm7),
        organisation_prefix: prefix,
        tag: config.tag.as_deref(),
        web_url: message.callback_url.as_deref(),
    })
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    match word(&response.value(), "/messageId") {
        Some(id) if response.is_success() => Ok(accepted(ReceiptStatus::Accepted, id)),
        _ => Err(refusal(response)),
    }
}

fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    response.refused(CODES, word(&answer, "/code"), word(&answer, "/message"))
}

/// What is left for SMS is counted in Brevo's own credits, which are no currency. Without a package of them there is
/// only the name.
fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    let Some(plans) = answer.pointer("/plan").and_then(|plans| plans.as_array()).filter(|_| response.is_success())
    else {
        return Err(refusal(response));
    };
    let sms = plans.iter().find(|plan| word(plan, "/type").as_deref() == Some("sms"));
    let left = sms.and_then(|plan| word(plan, "/credits"));
    let nothing = Standing { name: None, balance: None, extra: Vec::new() };
    Ok(Standing { name: word(&answer, "/companyName"), ..left.map_or(nothing, credits) })
}
