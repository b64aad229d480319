//! BulkSMS, JSON REST API: `POST /v1/messages`.
//! <https://www.bulksms.com/developer/json/v1/#tag/Message%2Fpaths%2F~1messages%2Fpost>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, connector, credits, exchange, parse_config, text, word,
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

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let created = response.value();
    match (word(&created, "/0/id"), word(&created, "/0/status/type").as_deref()) {
        // A message without a route, or to somebody who answered STOP, is created and has failed already.
        (_, Some("FAILED")) if response.is_success() => {
            let subtype = word(&created, "/0/status/subtype").unwrap_or_else(|| "FAILED".to_owned());
            Err(response.refused(CODES, Some(subtype), Some("the message failed at once".to_owned())))
        }
        (Some(id), Some(_)) if response.is_success() => Ok(accepted(ReceiptStatus::Accepted, id)),
        _ => Err(refusal(response)),
    }
}

fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let kind = word(&answer, "/type");
    let code = kind.as_deref().and_then(|kind| kind.rsplit_once('#')).map(|(_, code)| code.to_owned());
    response.refused(CODES, code, word(&answer, "/detail").or_else(|| word(&answer, "/title")))
}

/// A balance in BulkSMS's own credits, which are no currency.
fn standing(response: &Response) -> Result<Standing, Failure> {
    let profile = response.value();
    match (word(&profile, "/username"), word(&profile, "/credits/balance")) {
        (name, Some(left)) if response.is_success() => Ok(Standing { name, ..credits(left) }),
        _ => Err(refusal(response)),
    }
}
