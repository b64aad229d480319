//! GatewayAPI: `POST /rest/mtsms` (<https://gatewayapi.com/docs/apis/rest/>), or `POST /mobile/single` of the Mobile
//! Messaging API (<https://gatewayapi.com/docs/message/overview/>).

mod report;

use countersign_sdk::text::is_gsm7;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, parse_config,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Config {
    sender: String,
    platform: String,
    api: String,
    message_class: Option<String>,
    priority: Option<String>,
    label: Option<String>,
}

/// Longest life that the Mobile Messaging API takes: five days, in seconds.
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
    // Fields of a request that the Mobile Messaging API refuses by name.
    ("recipient", K::InvalidRecipient),
    ("sender", K::InvalidConfig),
    ("message", K::ContentRejected),
];

struct GatewayApi;

impl Connector for GatewayApi {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        if config.api == "messaging" {
            reply_messaging(&exchange(request_messaging(&config, message))?)
        } else {
            reply(&exchange(request(&config, message))?)
        }
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

#[derive(Serialize)]
struct Sms<'a> {
    sender: &'a str,
    message: &'a str,
    recipients: [Recipient<'a>; 1],
    userref: &'a str,
    validity_period: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
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
struct Recipient<'a> {
    msisdn: &'a str,
}

fn sender<'a>(config: &'a Config, message: &'a Message) -> &'a str {
    message.sender.as_deref().unwrap_or(&config.sender).trim_start_matches('+')
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let sms = Sms {
        sender: sender(config, message),
        message: &message.text,
        recipients: [Recipient { msisdn: message.to.trim_start_matches('+') }],
        userref: &message.reference,
        validity_period: message.validity_seconds.clamp(1, VALIDITY_MAX),
        // Without it, what is no GSM 7-bit becomes question marks.
        encoding: (!is_gsm7(&message.text)).then_some("UCS2"),
        callback_url: message.callback_url.as_deref(),
        class: config.message_class.as_deref(),
        priority: config.priority.as_deref().map(str::to_uppercase),
        label: config.label.as_deref(),
    };
    Request::post(format!("https://gatewayapi.{}/rest/mtsms", config.platform)).credential("rest").json(&sms)
}

#[derive(Serialize)]
struct MobileMessage<'a> {
    sender: &'a str,
    message: &'a str,
    recipient: u64,
    reference: &'a str,
    expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

pub(crate) fn request_messaging(config: &Config, message: &Message) -> Request {
    let mobile = MobileMessage {
        sender: sender(config, message),
        message: &message.text,
        // E.164 has 15 digits at most.
        recipient: message.to.trim_start_matches('+').parse().unwrap_or_default(),
        reference: &message.reference,
        expiration: format!("PT{}S", message.validity_seconds.clamp(1, VALIDITY_MAX)),
        priority: config.priority.as_deref(),
        label: config.label.as_deref(),
    };
    let url = format!("https://messaging.gatewayapi.{}/mobile/single", config.platform);
    Request::post(url).credential("messaging").json(&mobile)
}

#[derive(Deserialize)]
struct Taken {
    ids: Vec<Word>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    total_cost: Word,
    currency: String,
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let taken: Taken = response.json()?;
    let Some(id) = taken.ids.into_iter().find_map(Word::filled) else { return Err(no_id(response)) };
    let mut receipt = accepted(ReceiptStatus::Queued, id);
    receipt.price = taken.usage.map(|usage| Money { amount: usage.total_cost.0, currency: usage.currency });
    Ok(receipt)
}

#[derive(Deserialize)]
struct MobileTaken {
    msg_id: String,
}

pub(crate) fn reply_messaging(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let taken: MobileTaken = response.json()?;
    if taken.msg_id.is_empty() { Err(no_id(response)) } else { Ok(accepted(ReceiptStatus::Queued, taken.msg_id)) }
}

fn no_id(response: &Response) -> Failure {
    response.refused(CODES, None, Some("the answer names no message".to_owned()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refused {
    code: Option<String>,
    message: Option<String>,
    variables: Vec<Word>,
    /// Of the Mobile Messaging API: what is wrong with which field.
    detail: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    loc: Vec<Word>,
    msg: String,
}

fn refusal(response: &Response) -> Failure {
    let refused: Refused = response.json().unwrap_or_default();
    if let Some(Detail { loc, msg }) = refused.detail.into_iter().next() {
        return response.refused(CODES, loc.into_iter().next_back().map(|field| field.0), Some(msg));
    }
    // `Unauthorized IP-address: %1`, and the address beside it.
    let fill = |text: String, (index, Word(value)): (usize, &Word)| text.replace(&format!("%{}", index + 1), value);
    let text = refused.message.map(|text| refused.variables.iter().enumerate().fold(text, fill));
    response.refused(CODES, refused.code, text)
}

#[derive(Deserialize)]
struct Me {
    credit: Word,
    currency: String,
    id: Word,
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let me: Me = response.json()?;
    Ok(Standing { name: me.id.filled(), ..countersign_sdk::balance(me.credit.0, me.currency) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_the_table_twice() {
        for (index, (code, _)) in CODES.iter().enumerate() {
            assert_eq!(CODES.iter().position(|(other, _)| other == code), Some(index), "{code}");
        }
    }
}
