//! MessageBird: `POST https://rest.messagebird.com/messages`.
//! <https://developers.messagebird.com/api/sms-messaging/#send-outbound-sms>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, balance, connector, credits, exchange, failure, kind_of,
    parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
struct Config {
    originator: String,
}

/// Codes of refusals. <https://developers.messagebird.com/api/#api-errors>
const CODES: &CodeTable = &[
    ("2", K::AuthenticationFailed),
    ("9", K::InvalidConfig),
    ("10", K::InvalidConfig),
    ("20", K::InvalidConfig),
    ("21", K::InvalidConfig),
    ("25", K::InsufficientFunds),
    ("98", K::InvalidConfig),
    ("99", K::ProviderUnavailable),
];

struct MessageBird;

impl Connector for MessageBird {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for MessageBird {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        standing(&exchange(Request::get("https://rest.messagebird.com/balance").credential("balance"))?)
    }
}

impl Reports for MessageBird {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(MessageBird, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    originator: &'a str,
    recipients: &'a str,
    body: &'a str,
    /// Without it there are no reports.
    reference: &'a str,
    validity: u32,
    datacoding: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    report_url: Option<&'a str>,
}

fn request(config: &Config, message: &Message) -> Request {
    let sender = message.sender.as_ref().unwrap_or(&config.originator);
    let body = Body {
        originator: sender.trim_start_matches('+'),
        recipients: message.to.trim_start_matches('+'),
        body: &message.text,
        reference: &message.reference,
        validity: message.validity_seconds.max(1),
        // GSM 7-bit unless the text does not fit it.
        datacoding: "auto",
        report_url: message.callback_url.as_deref(),
    };
    Request::post("https://rest.messagebird.com/messages").credential("key").json(&body)
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let created: Value = response.json()?;
    let recipient = "/recipients/items/0";
    // It can be known at once that it won't arrive.
    if word(&created, &format!("{recipient}/status")).as_deref() == Some("delivery_failed") {
        let reason = word(&created, &format!("{recipient}/statusReason")).unwrap_or_default();
        let kind = kind_of(report::REASONS, &report::reason(&reason)).unwrap_or(K::Other);
        return Err(failure(kind, format!("delivery failed: {reason}")));
    }
    let id = word(&created, "/id").ok_or_else(|| refusal(response))?;
    let segments = word(&created, &format!("{recipient}/messagePartCount")).and_then(|count| count.parse().ok());
    Ok(Receipt { segments, ..accepted(ReceiptStatus::Accepted, id) })
}

/// `errors`, each with code, description and the parameter that it speaks of.
fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let told = response.refused(CODES, word(&answer, "/errors/0/code"), word(&answer, "/errors/0/description"));
    let of_recipient = word(&answer, "/errors/0/parameter").is_some_and(|parameter| parameter.starts_with("recipient"));
    if of_recipient && told.kind == K::InvalidConfig { Failure { kind: K::InvalidRecipient, ..told } } else { told }
}

/// In a currency that is named in words, or in credits. <https://developers.messagebird.com/api/balance/>
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let told: Value = response.json()?;
    let found = word(&told, "/amount").zip(word(&told, "/type"));
    let (amount, unit) = found.ok_or_else(|| refusal(response))?;
    Ok(match unit.as_str() {
        "euros" => balance(amount, "EUR"),
        "dollars" => balance(amount, "USD"),
        "pounds" => balance(amount, "GBP"),
        _ => credits(amount),
    })
}
