//! Brevo, transactional SMS: `POST /v3/transactionalSMS/sms`.
//! <https://developers.brevo.com/reference/send-transac-sms>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, parse_config, text,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    sender: String,
    organisation_prefix: Option<String>,
    tag: Option<String>,
}

/// `code` of an error. <https://developers.brevo.com/docs/how-it-works#error-codes>
const CODES: &CodeTable = &[
    ("account_under_validation", K::AuthenticationFailed),
    ("bad_request", K::InvalidConfig),
    ("duplicate_parameter", K::InvalidConfig),
    ("invalid_parameter", K::InvalidConfig),
    ("method_not_allowed", K::InvalidConfig),
    ("missing_parameter", K::InvalidConfig),
    ("not_acceptable", K::InvalidConfig),
    ("not_enough_credits", K::InsufficientFunds),
    ("out_of_range", K::InvalidConfig),
    ("permission_denied", K::AuthenticationFailed),
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

/// Not `transactionalSMS/send`, which answers before Brevo has looked at credit and sender.
fn request(config: &Config, message: &Message) -> Request {
    let sender = message.sender.as_deref().unwrap_or(&config.sender);
    let prefix = config.organisation_prefix.as_deref();
    Request::post("https://api.brevo.com/v3/transactionalSMS/sms").credential("key").json(&Sms {
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    message_id: Word,
    sms_count: Option<u32>,
}

#[derive(Deserialize, Default)]
struct Refused {
    code: Option<String>,
    message: Option<String>,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let created: Created = response.json()?;
    let Some(id) = created.message_id.filled() else { return Err(response.refused(CODES, None, None)) };
    let mut receipt = accepted(ReceiptStatus::Accepted, id);
    receipt.segments = created.sms_count.filter(|parts| *parts > 0);
    Ok(receipt)
}

fn refusal(response: &Response) -> Failure {
    let refused: Refused = response.json().unwrap_or_default();
    response.refused(CODES, refused.code, refused.message)
}

#[derive(Deserialize)]
struct Company {
    #[serde(rename = "companyName")]
    name: Option<String>,
    #[serde(default)]
    plan: Vec<Plan>,
}

#[derive(Deserialize)]
struct Plan {
    r#type: String,
    credits: Word,
}

/// What is left for SMS is counted in Brevo's own credits, which are no currency.
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let company: Company = response.json()?;
    let sms = company.plan.into_iter().filter(|plan| plan.r#type == "sms");
    let extra = sms.map(|plan| Field { name: "sms-credits".to_owned(), value: plan.credits.0 }).collect();
    Ok(Standing { name: company.name, balance: None, extra })
}
