//! MSG91, flows: `POST /api/v5/flow`.
//! <https://docs.msg91.com/sms/send-sms>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail, Failure, FailureKind as K, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, credits, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub(crate) struct Config {
    sender: Option<String>,
    code_variable: String,
}

/// <https://api.msg91.com/apidoc/textsms/error-code-text-sms.php>
const CODES: &CodeTable = &[
    ("001", K::ProviderUnavailable),
    ("002", K::ProviderUnavailable),
    ("101", K::InvalidRecipient),
    ("102", K::ContentRejected),
    ("103", K::InvalidConfig),
    ("104", K::AuthenticationFailed),
    ("105", K::AuthenticationFailed),
    ("106", K::AuthenticationFailed),
    ("107", K::InvalidConfig),
    ("201", K::AuthenticationFailed),
    ("202", K::InvalidRecipient),
    ("203", K::InvalidConfig),
    ("205", K::InvalidConfig),
    ("207", K::AuthenticationFailed),
    ("208", K::AuthenticationFailed),
    ("209", K::InvalidConfig),
    ("210", K::InvalidConfig),
    ("301", K::InsufficientFunds),
    ("302", K::AuthenticationFailed),
    ("303", K::AuthenticationFailed),
    ("306", K::ProviderUnavailable),
    ("307", K::InvalidConfig),
    ("308", K::InvalidConfig),
    ("309", K::InvalidConfig),
    ("310", K::ContentRejected),
    ("311", K::RateLimited),
    ("400", K::InvalidConfig),
    ("401", K::AuthenticationFailed),
    ("418", K::AuthenticationFailed),
    ("505", K::UnsupportedDestination),
    ("506", K::QuotaExceeded),
    ("601", K::ProviderUnavailable),
];

struct Msg91;

impl Connector for Msg91 {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Msg91 {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        // Type 4 is the route for what is not advertising.
        let url = "https://control.msg91.com/api/balance.php?type=4";
        standing(&exchange(Request::get(url).credential("balance"))?)
    }
}

impl Reports for Msg91 {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Msg91, "connector-complete");

#[derive(Serialize)]
struct Body<'a> {
    template_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'a String>,
    /// Addresses stay as they are.
    short_url: &'a str,
    recipients: [Map<String, Value>; 1],
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let body = Body {
        template_id: message.template_id.as_deref().unwrap_or_default(),
        sender: message.sender.as_ref().or(config.sender.as_ref()),
        short_url: "0",
        recipients: [recipient(config, message)],
    };
    Request::post("https://control.msg91.com/api/v5/flow").credential("key").json(&body)
}

/// The template's variables stand beside the number, each by its name.
fn recipient(config: &Config, message: &Message) -> Map<String, Value> {
    let name = |name: &str| if name == "code" { config.code_variable.clone() } else { name.to_owned() };
    let variables = message.parameters.iter();
    let mut recipient: Map<_, _> =
        variables.map(|variable| (name(&variable.name), Value::from(variable.value.as_str()))).collect();
    // Last: no variable takes the number's place.
    recipient.insert("mobiles".to_owned(), message.to.trim_start_matches('+').into());
    recipient
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = response.value();
    if !response.is_success() || word(&answer, "/type").as_deref() != Some("success") {
        return Err(refusal(response, &answer));
    }
    // Of a yes, the message is the request's id.
    match word(&answer, "/message") {
        Some(id) => Ok(accepted(ReceiptStatus::Accepted, id)),
        None => Err(response.refused(CODES, None, Some("the answer names no request".to_owned()))),
    }
}

/// The same by different names: of a flow, of the balance, and of a key that is refused before either.
fn refusal(response: &Response, answer: &Value) -> Failure {
    let told = |names: &[&str]| names.iter().find_map(|name| word(answer, name));
    // An error in a 2xx is a clear no, also without a code.
    let error = told(&["/type", "/msgType", "/status"]).filter(|kind| matches!(kind.as_str(), "error" | "fail"));
    let code = told(&["/apiError", "/code"]).or(error.filter(|_| response.is_success()));
    let own = code.as_deref().is_some_and(|code| matches!(code, "001" | "002" | "601"));
    let text = told(&["/message", "/msg", "/errors", "/errors/0"]);
    let key = text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case("authentication failure"));
    let refused = response.refused(CODES, code, text);
    match (own, key) {
        // Trouble of its own, told in a 2xx, leaves a doubt.
        (true, _) => refused.maybe_sent(),
        // The key is refused in words alone.
        (_, true) => Failure { kind: K::AuthenticationFailed, ..refused },
        _ => refused,
    }
}

/// A number alone: credits of the route, of no currency.
/// <https://api.msg91.com/apidoc/basic/route-balance.php>
fn standing(response: &Response) -> Result<Standing, Failure> {
    let text = response.text();
    if response.is_success() && text.parse::<f64>().is_ok_and(f64::is_finite) {
        return Ok(credits(text));
    }
    match response.value() {
        answer @ Value::Object(_) => Err(refusal(response, &answer)),
        // Some errors are text alone.
        _ => Err(response.refused(CODES, None, Some(text).filter(|text| !text.starts_with('<')))),
    }
}
