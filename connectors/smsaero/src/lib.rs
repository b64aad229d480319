//! SMS Aero, API v2: `POST /v2/sms/send`.
//! <https://smsaero.ru/integration/documentation/api/>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, parse_config,
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
    ("no credits", K::InsufficientFunds),
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
        balance(&exchange(Request::post(config.method("balance")).credential("balance").json(&Empty {}))?)
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

/// Every answer has this shape; `result` and `reason` are the first API's, which the second still gives at times.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    success: bool,
    data: Value,
    message: Option<Value>,
    result: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Taken {
    id: Word,
    status: Word,
    #[serde(default)]
    cost: Word,
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let data = said_yes(response)?;
    // One recipient gives an object; older gates give a list of one.
    let data = data.get(0).cloned().unwrap_or(data);
    let Ok(Taken { id, status, cost }) = serde_json::from_value(data) else {
        return Err(response.refused(CODES, None, Some("the answer names no message".to_owned())));
    };
    // An id is a number above 0.
    if matches!(id.as_str(), "" | "0") {
        return Err(response.refused(CODES, None, Some("the answer names no message".to_owned())));
    }
    // A refused message has an id and a price all the same.
    if status.as_str() == "6" {
        return Err(response.refused(&[("6", K::ContentRejected)], Some(status.0), Some("rejected".to_owned())));
    }
    let mut receipt = accepted(ReceiptStatus::Queued, id.0);
    receipt.price = cost.filled().map(|amount| Money { amount, currency: CURRENCY.to_owned() });
    Ok(receipt)
}

#[derive(Deserialize)]
struct Balance {
    balance: Word,
}

fn balance(response: &Response) -> Result<Standing, Failure> {
    match serde_json::from_value(said_yes(response)?) {
        Ok(Balance { balance }) => Ok(countersign_sdk::balance(balance.0, CURRENCY)),
        Err(_) => Err(response.refused(CODES, None, Some("the answer has no balance".to_owned()))),
    }
}

/// The data of an answer whose status and body both say yes.
fn said_yes(response: &Response) -> Result<Value, Failure> {
    let answer = match response.json::<Answer>() {
        Ok(answer) => answer,
        Err(unreadable) if response.is_success() => return Err(unreadable),
        Err(_) => return Err(response.refused(CODES, None, None)),
    };
    if response.is_success() && answer.success {
        return Ok(answer.data);
    }
    let text = answer.reason.or_else(|| answer.message.as_ref().map(words)).filter(|text| !text.is_empty());
    let field = answer.data.as_object().and_then(|fields| fields.iter().next());
    let code = field.map(|(name, _)| name.clone()).or(answer.result).or_else(|| text.clone());
    let text = match field {
        Some((name, why)) => Some(format!("{} {name}: {}", text.unwrap_or_default(), words(why))),
        None => text.or_else(|| code.clone()),
    };
    Err(response.refused(CODES, code, text))
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
