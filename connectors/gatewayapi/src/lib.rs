//! GatewayAPI: `POST /rest/mtsms` (<https://gatewayapi.com/docs/apis/rest/>), or `POST /mobile/single` of the Mobile
//! Messaging API (<https://gatewayapi.com/docs/message/overview/>).

mod report;

use countersign_sdk::text::is_gsm7;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    sender: String,
    platform: String,
    api: String,
    message_class: Option<String>,
    priority: Option<String>,
    label: Option<String>,
}

/// Shortest life of the REST API, which lengthens what is shorter, and longest of both (five days), in seconds.
const VALIDITY_MIN: u32 = 60;
const VALIDITY_MAX: u32 = 432_000;

/// <https://gatewayapi.com/docs/errors/>: of requests (0x02, 0x03), and of reports (0x10).
const CODES: &CodeTable = &[
    ("0x0210", K::AuthenticationFailed),
    ("0x0211", K::AuthenticationFailed),
    ("0x0212", K::InvalidConfig),
    ("0x0213", K::AuthenticationFailed),
    // The same text to the same number, again and again.
    ("0x0214", K::RateLimited),
    ("0x0215", K::RecipientBlocked),
    ("0x0216", K::InsufficientFunds),
    ("0x0217", K::UnsupportedDestination),
    ("0x0218", K::InvalidConfig),
    ("0x021D", K::InvalidConfig),
    ("0x021E", K::InvalidConfig),
    ("0x021F", K::UnsupportedDestination),
    ("0x0220", K::InvalidConfig),
    ("0x0222", K::InvalidConfig),
    ("0x0223", K::AuthenticationFailed),
    ("0x0224", K::AuthenticationFailed),
    ("0x0311", K::InvalidConfig),
    ("0x1010", K::InvalidRecipient),
    ("0x1011", K::InvalidRecipient),
    ("0x1012", K::InvalidRecipient),
    ("0x1020", K::InvalidRecipient),
    ("0x1025", K::InvalidRecipient),
    ("0x1030", K::ContentRejected),
    ("0x1033", K::ContentRejected),
    ("0x1034", K::UnsupportedDestination),
    ("0x1035", K::ContentRejected),
    ("0x1037", K::QuotaExceeded),
    ("0x103C", K::RecipientBlocked),
    ("0x1040", K::InvalidRecipient),
    ("0x1048", K::InvalidRecipient),
    ("0x1054", K::UnsupportedDestination),
    ("0x1057", K::UnsupportedDestination),
    ("0x1060", K::InvalidRecipient),
    ("0x1061", K::InvalidRecipient),
    ("0x1062", K::InvalidRecipient),
    ("0x1065", K::InvalidConfig),
    ("0x1066", K::InvalidConfig),
    ("0x1067", K::InvalidConfig),
    ("0x1084", K::InvalidRecipient),
    ("0x1093", K::RecipientBlocked),
    ("0x1905", K::InvalidConfig),
    // Fields of a request that the Mobile Messaging API refuses by name.
    ("recipient", K::InvalidRecipient),
    ("sender", K::InvalidConfig),
    ("message", K::ContentRejected),
];

struct GatewayApi;

impl Connector for GatewayApi {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        let request = if config.api == "messaging" { request_messaging } else { request };
        reply(&exchange(request(&config, message))?)
    }
}

impl Account for GatewayApi {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let url = format!("https://gatewayapi.{}/rest/me", config.platform);
        standing(&exchange(Request::get(url).credential("me"))?)
    }
}

impl Reports for GatewayApi {
    fn handle(_call: &Call, config: &str, callback: &Callback) -> Result<Handled, Failure> {
        let config: Config = parse_config(config)?;
        if config.api == "messaging" { report::handle_messaging(callback) } else { report::handle(callback) }
    }
}

connector!(GatewayApi, "connector-complete");

/// A message in the words of either API.
#[derive(Serialize, Default)]
struct Sms<'a> {
    sender: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipients: Option<[Recipient; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    userref: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity_period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

#[derive(Serialize)]
struct Recipient {
    msisdn: u64,
}

/// A number as the documentation's examples have it. E.164 has 15 digits at most.
fn msisdn(message: &Message) -> u64 {
    message.to.trim_start_matches('+').parse().unwrap_or_default()
}

/// What both APIs call the same.
fn common<'a>(config: &'a Config, message: &'a Message) -> Sms<'a> {
    Sms {
        sender: message.sender.as_deref().unwrap_or(&config.sender).trim_start_matches('+'),
        message: &message.text,
        priority: config.priority.clone(),
        label: config.label.as_deref(),
        ..Sms::default()
    }
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let sms = Sms {
        recipients: Some([Recipient { msisdn: msisdn(message) }]),
        userref: Some(&message.reference),
        validity_period: Some(message.validity_seconds.clamp(VALIDITY_MIN, VALIDITY_MAX)),
        // Without it, what is no GSM 7-bit becomes question marks.
        encoding: (!is_gsm7(&message.text)).then_some("UCS2"),
        callback_url: message.callback_url.as_deref(),
        class: config.message_class.as_deref(),
        priority: config.priority.as_deref().map(str::to_uppercase),
        ..common(config, message)
    };
    Request::post(format!("https://gatewayapi.{}/rest/mtsms", config.platform)).credential("rest").json(&sms)
}

pub(crate) fn request_messaging(config: &Config, message: &Message) -> Request {
    let sms = Sms {
        recipient: Some(msisdn(message)),
        reference: Some(&message.reference),
        expiration: Some(format!("PT{}S", message.validity_seconds.clamp(1, VALIDITY_MAX))),
        ..common(config, message)
    };
    let url = format!("https://messaging.gatewayapi.{}/mobile/single", config.platform);
    Request::post(url).credential("messaging").json(&sms)
}

/// The REST API gives a list of ids, the other one.
pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = said_yes(response)?;
    let Some(id) = word(&answer, "/ids/0").or_else(|| word(&answer, "/msg_id")) else {
        return Err(response.refused(CODES, None, Some("the answer names no message".to_owned())));
    };
    let mut receipt = accepted(ReceiptStatus::Queued, id);
    let price = word(&answer, "/usage/total_cost").zip(word(&answer, "/usage/currency"));
    receipt.price = price.map(|(amount, currency)| Money { amount, currency });
    Ok(receipt)
}

fn said_yes(response: &Response) -> Result<Value, Failure> {
    if response.is_success() { response.json() } else { Err(refusal(response)) }
}

fn refusal(response: &Response) -> Failure {
    let refused = response.value();
    // The Mobile Messaging API says what is wrong with which field: `{"loc": ["body", "recipient"], "msg": "…"}`.
    let field = refused.pointer("/detail/0/loc").and_then(Value::as_array).and_then(|path| path.last()?.as_str());
    if let Some(field) = field {
        return response.refused(CODES, Some(field.to_owned()), word(&refused, "/detail/0/msg"));
    }
    // `Unauthorized IP-address: %1`, and the address beside it.
    let mut text = word(&refused, "/message").or_else(|| word(&refused, "/detail"));
    for index in 0.. {
        let Some(value) = word(&refused, &format!("/variables/{index}")) else { break };
        text = text.map(|text| text.replace(&format!("%{}", index + 1), &value));
    }
    response.refused(CODES, word(&refused, "/code"), text)
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let me = said_yes(response)?;
    match word(&me, "/credit").zip(word(&me, "/currency")) {
        Some((credit, currency)) => Ok(Standing { name: word(&me, "/id"), ..balance(credit, currency) }),
        None => Err(response.refused(CODES, None, Some("the answer has no balance".to_owned()))),
    }
}
