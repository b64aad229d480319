//! Telnyx: `POST /v2/messages`. <https://developers.telnyx.com/api-reference/messages/send-a-message>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
struct Config {
    region: Region,
    from: Option<String>,
    messaging_profile_id: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Region {
    Us,
    Eu,
    Au,
}

impl Config {
    /// <https://developers.telnyx.com/docs/account-setup/regional-endpoints>
    fn resource(&self, name: &str) -> String {
        let domain = match self.region {
            Region::Us => "telnyx.com",
            Region::Eu => "telnyx.eu",
            Region::Au => "telnyx.com.au",
        };
        format!("https://api.{domain}/v2/{name}")
    }
}

/// What `40300` says of a message that was sent at once; in a report it may also be a number that is off for good.
pub(crate) const STOPPED: &str = "40300";

/// Of requests (10xxx, 20xxx, 403xx) and of reports (400xx).
/// <https://developers.telnyx.com/docs/messaging/messages/error-codes> and
/// <https://developers.telnyx.com/development/api-fundamentals/api-errors>
const CODES: &CodeTable = &[
    ("10001", K::InvalidConfig),
    ("10002", K::InvalidRecipient),
    ("10003", K::InvalidConfig),
    ("10004", K::InvalidConfig),
    ("10005", K::InvalidConfig),
    ("10006", K::InvalidConfig),
    ("10007", K::ProviderUnavailable),
    ("10008", K::ProviderUnavailable),
    ("10009", K::AuthenticationFailed),
    ("10010", K::AuthenticationFailed),
    ("10011", K::RateLimited),
    ("10015", K::InvalidConfig),
    ("10016", K::InvalidRecipient),
    ("10039", K::UnsupportedDestination),
    ("20002", K::AuthenticationFailed),
    ("20006", K::AuthenticationFailed),
    ("20012", K::AuthenticationFailed),
    ("20013", K::AuthenticationFailed),
    ("20014", K::InvalidConfig),
    ("20015", K::InvalidConfig),
    ("20016", K::InvalidConfig),
    ("20017", K::InvalidConfig),
    ("20100", K::InsufficientFunds),
    ("40001", K::InvalidRecipient),
    ("40002", K::ContentRejected),
    ("40003", K::ContentRejected),
    ("40004", K::Other),
    ("40006", K::ProviderUnavailable),
    ("40007", K::Other),
    ("40008", K::Other),
    ("40009", K::ContentRejected),
    ("40010", K::InvalidConfig),
    ("40011", K::RateLimited),
    ("40012", K::InvalidRecipient),
    ("40013", K::InvalidConfig),
    ("40015", K::ContentRejected),
    ("40016", K::QuotaExceeded),
    ("40017", K::ContentRejected),
    ("40018", K::RateLimited),
    ("40019", K::InvalidConfig),
    ("40020", K::FraudBlocked),
    ("40100", K::InvalidConfig),
    ("40150", K::InvalidConfig),
    ("40151", K::InvalidConfig),
    ("40155", K::InvalidConfig),
    ("40300", K::RecipientBlocked),
    ("40301", K::UnsupportedDestination),
    ("40302", K::ContentRejected),
    ("40304", K::InvalidConfig),
    ("40305", K::InvalidConfig),
    ("40306", K::InvalidConfig),
    ("40307", K::InvalidConfig),
    ("40308", K::InvalidConfig),
    ("40309", K::UnsupportedDestination),
    ("40310", K::InvalidRecipient),
    ("40311", K::InvalidConfig),
    ("40312", K::InvalidConfig),
    ("40313", K::InvalidConfig),
    ("40314", K::AuthenticationFailed),
    ("40315", K::InvalidConfig),
    ("40316", K::InvalidConfig),
    ("40318", K::RateLimited),
    ("40319", K::UnsupportedDestination),
    ("40320", K::InvalidConfig),
    ("40321", K::InvalidConfig),
    ("40322", K::ContentRejected),
    ("40323", K::InvalidConfig),
    ("40325", K::InvalidConfig),
    ("40328", K::ContentRejected),
    ("40329", K::InvalidConfig),
    ("40330", K::InvalidConfig),
    ("40331", K::UnsupportedDestination),
    ("40333", K::QuotaExceeded),
];

struct Telnyx;

impl Connector for Telnyx {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Telnyx {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(Request::get(config.resource("balance")).credential("balance"))?)
    }
}

impl Reports for Telnyx {
    fn handle(call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(call, callback)
    }
}

connector!(Telnyx, "connector-complete");

#[derive(Serialize)]
struct Body<'a> {
    to: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messaging_profile_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<&'a str>,
    r#type: &'static str,
}

fn request(config: &Config, message: &Message) -> Request {
    let body = Body {
        to: &message.to,
        text: &message.text,
        from: message.sender.as_deref().or(config.from.as_deref()),
        messaging_profile_id: config.messaging_profile_id.as_deref(),
        webhook_url: message.callback_url.as_deref(),
        r#type: "SMS",
    };
    let post = Request::post(config.resource("messages")).header("idempotency-key", &message.reference);
    post.credential("key").json(&body)
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response, &response.value()));
    }
    let answer: Value = response.json()?;
    let data = answer.get("data").unwrap_or(&Value::Null);
    let id = word(data, "/id").filter(|_| word(data, "/errors/0/code").is_none());
    let id = id.ok_or_else(|| refusal(response, data))?;
    Ok(Receipt { segments: segments(data), price: price(data), ..accepted(ReceiptStatus::Queued, id) })
}

/// `errors`, each with code, title, detail and the place in the request that it speaks of.
fn refusal(response: &Response, answer: &Value) -> Failure {
    let text = word(answer, "/errors/0/detail").or_else(|| word(answer, "/errors/0/title"));
    let told = response.refused(CODES, word(answer, "/errors/0/code"), text);
    // "The phone number is invalid" may be said of the sender.
    let of_sender = word(answer, "/errors/0/source/pointer").is_some_and(|pointer| pointer.starts_with("/from"));
    if of_sender && told.kind == K::InvalidRecipient { Failure { kind: K::InvalidConfig, ..told } } else { told }
}

fn segments(message: &Value) -> Option<u32> {
    message.get("parts").and_then(Value::as_u64).and_then(|parts| parts.try_into().ok())
}

fn price(message: &Value) -> Option<Money> {
    let (amount, currency) = word(message, "/cost/amount").zip(word(message, "/cost/currency"))?;
    Some(Money { amount, currency })
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    let found = word(&answer, "/data/balance").zip(word(&answer, "/data/currency")).filter(|_| response.is_success());
    let (amount, currency) = found.ok_or_else(|| refusal(response, &answer))?;
    Ok(balance(amount, currency))
}
