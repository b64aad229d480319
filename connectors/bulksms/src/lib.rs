//! BulkSMS, JSON REST API: `POST /v1/messages`.
//! <https://www.bulksms.com/developer/json/v1/#tag/Message%2Fpaths%2F~1messages%2Fpost>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, parse_config, text,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    from: Option<String>,
    routing_group: Option<String>,
}

/// What stands behind `#` in the `type` of an error (<https://www.bulksms.com/developer/json/v1/errors/>), and the
/// `subtype` of a message that failed.
const CODES: &CodeTable = &[
    ("authentication-failed", K::AuthenticationFailed),
    ("bad-request", K::InvalidConfig),
    ("insufficient-credits", K::InsufficientFunds),
    ("not-found", K::InvalidConfig),
    ("BLOCKED", K::RecipientBlocked),
    ("EXPIRED", K::Other),
    ("HANDSET_ERROR", K::Other),
    ("NOT_SENT", K::UnsupportedDestination),
];

struct BulkSms;

impl Connector for BulkSms {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for BulkSms {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        standing(&exchange(Request::get("https://api.bulksms.com/v1/profile").credential("profile"))?)
    }
}

impl Reports for BulkSms {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(BulkSms, "connector-complete");

#[derive(Serialize)]
struct Sender<'a> {
    r#type: &'static str,
    address: &'a str,
}

/// BulkSMS would take a short code for an international number.
fn sender(address: &str) -> Sender<'_> {
    let digits = address.strip_prefix('+').unwrap_or(address);
    let r#type = match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true if address.len() <= 6 => "SHORTCODE",
        true => "INTERNATIONAL",
        false => "ALPHANUMERIC",
    };
    Sender { r#type, address }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Submission<'a> {
    to: &'a str,
    body: &'a str,
    /// What is not in the alphabet of `TEXT` would arrive as `?`.
    encoding: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Sender<'a>>,
    delivery_reports: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    routing_group: Option<&'a str>,
}

/// Without `deduplication-id`: it has 32 bits, and two messages that fell on one number would be taken for one. Without
/// `userSuppliedId`, which holds 20 characters: our references are longer.
fn request(config: &Config, message: &Message) -> Request {
    Request::post("https://api.bulksms.com/v1/messages").credential("token").json(&Submission {
        to: &message.to,
        body: &message.text,
        encoding: if text::is_gsm7(&message.text) { "TEXT" } else { "UNICODE" },
        from: message.sender.as_deref().or(config.from.as_deref()).map(sender),
        delivery_reports: "ALL",
        routing_group: config.routing_group.as_deref(),
    })
}

#[derive(Deserialize)]
struct Created {
    id: Word,
    status: Status,
    #[serde(rename = "numberOfParts")]
    parts: Option<u32>,
}

#[derive(Deserialize)]
struct Status {
    r#type: String,
    subtype: Option<String>,
}

#[derive(Deserialize, Default)]
struct Refused {
    r#type: Option<String>,
    title: Option<String>,
    detail: Option<String>,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let Some(created) = response.json::<Vec<Created>>()?.into_iter().next() else {
        return Err(response.refused(CODES, None, None));
    };
    // A message without a route, or to somebody who answered STOP, is created and has failed already.
    if created.status.r#type == "FAILED" {
        let subtype = created.status.subtype.unwrap_or_else(|| "FAILED".to_owned());
        return Err(response.refused(CODES, Some(subtype), Some("the message failed at once".to_owned())));
    }
    let Some(id) = created.id.filled() else { return Err(response.refused(CODES, None, None)) };
    let mut receipt = accepted(ReceiptStatus::Accepted, id);
    receipt.segments = created.parts.filter(|parts| *parts > 0);
    Ok(receipt)
}

fn refusal(response: &Response) -> Failure {
    let refused: Refused = response.json().unwrap_or_default();
    let code = refused.r#type.as_deref().and_then(|kind| kind.rsplit_once('#')).map(|(_, code)| code.to_owned());
    response.refused(CODES, code, refused.detail.or(refused.title))
}

#[derive(Deserialize)]
struct Profile {
    username: String,
    credits: Credits,
}

#[derive(Deserialize)]
struct Credits {
    balance: Option<Word>,
}

/// A balance in BulkSMS's own credits, which are no currency.
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let profile: Profile = response.json()?;
    let credits = profile.credits.balance.and_then(Word::filled);
    let extra = credits.map(|value| Field { name: "credits".to_owned(), value });
    Ok(Standing { name: Some(profile.username), balance: None, extra: extra.into_iter().collect() })
}
