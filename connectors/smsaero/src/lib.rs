//! SMS Aero, API v2: `POST /v2/sms/send`.
//! <https://smsaero.ru/integration/documentation/api/>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    sign: String,
    domain: String,
    test: bool,
}

impl Config {
    fn method(&self, name: &str) -> String {
        format!("https://gate.smsaero.{}/v2/{name}", self.domain)
    }
}

/// SMS Aero has no codes: it names the field that it refuses, or says why in a text.
const CODES: &CodeTable = &[
    ("number", K::InvalidRecipient),
    ("text", K::ContentRejected),
    ("sign", K::InvalidConfig),
    ("callbackUrl", K::InvalidConfig),
    // The first API's, which it wrote so: <https://pypi.org/project/django-smsaero/>.
    ("no credits", K::InsufficientFunds),
    ("incorrect user or password", K::AuthenticationFailed),
    ("incorrect sender name", K::InvalidConfig),
    ("incorrect destination adress", K::InvalidRecipient),
    ("empty field", K::InvalidConfig),
    ("Your request was made with invalid credentials.", K::AuthenticationFailed),
];

/// What SMS Aero bills in.
const CURRENCY: &str = "RUB";

struct SmsAero;

impl Connector for SmsAero {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for SmsAero {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(Request::post(config.method("balance")).credential("balance").json(&Empty {}))?)
    }
}

impl Reports for SmsAero {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(SmsAero, "connector-complete");

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    number: &'a str,
    text: &'a str,
    sign: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_format: Option<&'a str>,
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let callback_url = message.callback_url.as_deref();
    let body = Body {
        number: message.to.trim_start_matches('+'),
        text: &message.text,
        sign: message.sender.as_deref().unwrap_or(&config.sign),
        callback_url,
        callback_format: callback_url.map(|_| "JSON"),
    };
    let method = if config.test { "sms/testsend" } else { "sms/send" };
    Request::post(config.method(method)).credential("account").json(&body)
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = said_yes(response)?;
    // One recipient gives an object; older gates give a list of one.
    let told =
        |name: &str| word(&answer, &format!("/data/{name}")).or_else(|| word(&answer, &format!("/data/0/{name}")));
    // An id is a number above 0.
    let Some((id, status)) = told("id").filter(|id| id != "0").zip(told("status")) else {
        return Err(response.refused(CODES, None, Some("the answer names no message".to_owned())));
    };
    // A refused message has an id and a price all the same.
    if status == "6" {
        return Err(response.refused(&[("6", K::ContentRejected)], Some(status), Some("rejected".to_owned())));
    }
    let mut receipt = accepted(ReceiptStatus::Queued, id);
    receipt.price = told("cost").map(|amount| Money { amount, currency: CURRENCY.to_owned() });
    Ok(receipt)
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    match word(&said_yes(response)?, "/data/balance") {
        Some(amount) => Ok(balance(amount, CURRENCY)),
        None => Err(response.refused(CODES, None, Some("the answer has no balance".to_owned()))),
    }
}

/// An answer whose status and body both say yes.
fn said_yes(response: &Response) -> Result<Value, Failure> {
    let answer = if response.is_success() { response.json()? } else { response.value() };
    match answer.get("success") {
        Some(Value::Bool(true)) if response.is_success() => Ok(answer),
        _ => Err(refusal(response, &answer)),
    }
}

/// The field that is refused, or why; `result` and `reason` are the first API's, which the second still gives at times.
fn refusal(response: &Response, answer: &Value) -> Failure {
    let text = word(answer, "/reason").or_else(|| answer.get("message").map(words)).filter(|text| !text.is_empty());
    let field = answer.get("data").and_then(Value::as_object).and_then(|fields| fields.iter().next());
    if let Some((name, why)) = field {
        let text = format!("{} {name}: {}", text.unwrap_or_default(), words(why));
        return response.refused(CODES, Some(name.clone()), Some(text));
    }
    let known =
        CODES.iter().find(|(code, _)| text.as_ref().is_some_and(|text| text.contains(code) && code.contains(' ')));
    let code = known.map(|(code, _)| (*code).to_owned()).or_else(|| word(answer, "/result")).or_else(|| text.clone());
    response.refused(CODES, code.clone(), text.or(code))
}

/// A text, or whatever else stands in its place.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_whatever_holds_them() {
        let read = |json: &str| words(&serde_json::from_str(json).unwrap());
        assert_eq!(["\"a\"", "[\"a\", 1]", "null", "{\"a\": 1}"].map(read), ["a", "a, 1", "", "{\"a\":1}"]);
    }
}
