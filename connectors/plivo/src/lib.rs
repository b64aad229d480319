//! Plivo: `POST /v1/Account/{auth_id}/Message/`. <https://www.plivo.com/docs/messaging/api/messages#send-a-message>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, balance, connector, exchange, extra_of, failure, parse_config,
    word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    auth_id: String,
    src: Option<String>,
    powerpack_uuid: Option<String>,
    log: bool,
    dlt_entity_id: Option<String>,
    dlt_template_id: Option<String>,
    dlt_template_category: Option<String>,
}

impl Config {
    fn resource(&self, name: &str) -> String {
        format!("https://api.plivo.com/v1/Account/{}/{name}", self.auth_id)
    }
}

/// How long Plivo may try, in seconds.
/// <https://support.plivo.com/hc/en-us/articles/14814454609561-Message-Expiry>
const EXPIRY: std::ops::RangeInclusive<u32> = 5..=10_799;

/// What Plivo says of a message that it could not deliver; a refusal has words alone.
/// <https://www.plivo.com/docs/messaging/troubleshooting/error-codes>
pub(crate) const CODES: &CodeTable = &[
    ("10", K::ContentRejected),
    ("20", K::ProviderUnavailable),
    ("30", K::ContentRejected),
    ("40", K::InvalidConfig),
    ("50", K::InvalidRecipient),
    ("60", K::Other),
    ("70", K::InvalidRecipient),
    ("80", K::Other),
    ("90", K::UnsupportedDestination),
    ("100", K::UnsupportedDestination),
    ("110", K::ContentRejected),
    ("200", K::RecipientBlocked),
    ("201", K::UnsupportedDestination),
    ("300", K::ProviderUnavailable),
    ("450", K::UnsupportedDestination),
    ("900", K::InsufficientFunds),
    ("910", K::AuthenticationFailed),
    ("1000", K::Other),
];

struct Plivo;

impl Connector for Plivo {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Plivo {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(Request::get(config.resource("")).credential("details"))?)
    }
}

impl Reports for Plivo {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Plivo, "connector-complete");

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    src: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    powerpack_uuid: Option<&'a str>,
    dst: &'a str,
    text: &'a str,
    r#type: &'static str,
    log: &'static str,
    message_expiry: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dlt_entity_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dlt_template_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dlt_template_category: Option<&'a str>,
}

fn request(config: &Config, message: &Message) -> Request {
    // A sender for this recipient beats the configuration's; a Powerpack beats a single sender, and Plivo takes one.
    let powerpack = config.powerpack_uuid.as_deref().filter(|_| message.sender.is_none());
    let sender = message.sender.as_ref().or(config.src.as_ref()).filter(|_| powerpack.is_none());
    let body = Body {
        src: sender.map(|sender| sender.trim_start_matches('+')),
        powerpack_uuid: powerpack,
        dst: message.to.trim_start_matches('+'),
        text: &message.text,
        r#type: "sms",
        log: if config.log { "true" } else { "false" },
        message_expiry: message.validity_seconds.clamp(*EXPIRY.start(), *EXPIRY.end()),
        url: message.callback_url.as_deref(),
        method: message.callback_url.is_some().then_some("POST"),
        dlt_entity_id: extra_of(message, "dlt-entity-id").or(config.dlt_entity_id.as_deref()),
        dlt_template_id: extra_of(message, "dlt-template-id").or(config.dlt_template_id.as_deref()),
        dlt_template_category: config.dlt_template_category.as_deref(),
    };
    Request::post(config.resource("Message/")).credential("account").json(&body)
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let answer: Value = response.json()?;
    let ids = |at: &str| -> Vec<String> {
        let listed = answer.get(at).and_then(Value::as_array).into_iter().flatten();
        listed.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let message_ids = ids("message_uuid");
    if message_ids.is_empty() && !ids("invalid_number").is_empty() {
        return Err(failure(K::InvalidRecipient, "Plivo calls the number invalid"));
    }
    if message_ids.is_empty() {
        return Err(refusal(response));
    }
    Ok(Receipt { message_ids, ..accepted(ReceiptStatus::Queued, "") })
}

/// A refusal has no code: words, or words for each field.
fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let fields = || answer.get("error").filter(|error| error.is_object() || error.is_array()).map(Value::to_string);
    let text = word(&answer, "/error").or_else(fields);
    // The one that says more than its status.
    // <https://support.plivo.com/support/solutions/articles/17000088423-what-happens-to-my-outbound-messages-if-i-don-t-have-sufficient-balance-in-my-plivo-account->
    let no_money = text.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains("insufficient credit"));
    let told = response.refused(CODES, None, text);
    if no_money { Failure { kind: K::InsufficientFunds, ..told } } else { told }
}

/// Credits are in US dollars. <https://docs.plivo.com/docs/account/api/account/the-account-object/>
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let account = response.value();
    let credits = word(&account, "/cash_credits").ok_or_else(|| refusal(response))?;
    Ok(Standing { name: word(&account, "/name"), ..balance(credits, "USD") })
}
