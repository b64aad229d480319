//! Kavenegar: `POST /v1/{key}/verify/lookup.json` for templates, `POST /v1/{key}/sms/send.json` for texts.
//! <https://kavenegar.com/rest.html>

mod report;

use countersign_sdk::{
    Account, Call, Callback, Certainty, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, balance, connector, exchange,
    failure, parse_config,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    sender: Option<String>,
}

/// <https://kavenegar.com/rest.html#result-general>
const CODES: &CodeTable = &[
    ("400", K::InvalidConfig),
    ("401", K::AuthenticationFailed),
    ("402", K::Other),
    ("403", K::AuthenticationFailed),
    ("404", K::InvalidConfig),
    ("405", K::InvalidConfig),
    ("406", K::InvalidConfig),
    ("407", K::AuthenticationFailed),
    ("409", K::ProviderUnavailable),
    ("411", K::InvalidRecipient),
    ("412", K::InvalidConfig),
    ("413", K::ContentRejected),
    ("414", K::InvalidConfig),
    ("416", K::AuthenticationFailed),
    ("418", K::InsufficientFunds),
    ("420", K::ContentRejected),
    ("422", K::ContentRejected),
    ("424", K::InvalidConfig),
    ("426", K::InvalidConfig),
    ("427", K::InvalidConfig),
    ("429", K::RateLimited),
    ("431", K::InvalidConfig),
    ("432", K::InvalidConfig),
    ("451", K::RateLimited),
    // Until the account is confirmed, only its owner is written to.
    ("501", K::UnsupportedDestination),
];

/// The places of a template that have a name of their own; the code goes into the first.
const TOKENS: [&str; 5] = ["token", "token2", "token3", "token10", "token20"];

struct Kavenegar;

impl Connector for Kavenegar {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message)?)?)
    }
}

impl Account for Kavenegar {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        let url = "https://api.kavenegar.com/v1//account/info.json";
        standing(&exchange(Request::post(url).credential("info"))?)
    }
}

impl Reports for Kavenegar {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Kavenegar, "connector-complete");

pub(crate) fn request(config: &Config, message: &Message) -> Result<Request, Failure> {
    let receptor = receptor(&message.to);
    let (method, form) = match &message.template_id {
        Some(template) => {
            let mut form = vec![("receptor", receptor.as_str()), ("template", template)];
            form.extend(tokens(message)?);
            ("verify/lookup", form)
        }
        None => {
            let mut form = vec![("receptor", receptor.as_str()), ("message", &message.text)];
            form.extend(message.sender.as_ref().or(config.sender.as_ref()).map(|sender| ("sender", sender.as_str())));
            ("sms/send", form)
        }
    };
    Ok(Request::post(format!("https://api.kavenegar.com/v1//{method}.json")).credential("key").form(form))
}

/// `09…` in Iran, `00` and the calling code elsewhere.
fn receptor(to: &str) -> String {
    let digits = to.trim_start_matches('+');
    digits.strip_prefix("98").map_or_else(|| format!("00{digits}"), |national| format!("0{national}"))
}

/// A parameter named like a place goes there; the code into `token`, unless that was given.
fn tokens(message: &Message) -> Result<Vec<(&str, &str)>, Failure> {
    let value = |name: &str| message.parameters.iter().find(|parameter| parameter.name == name);
    let place = |token| {
        let found = value(token).or_else(|| if token == "token" { value("code") } else { None })?;
        Some((token, found.value.as_str()))
    };
    let tokens: Vec<_> = TOKENS.into_iter().filter_map(place).collect();
    let none = || failure(K::InvalidConfig, "the message has no code, which a template needs");
    if tokens.first().is_some_and(|(token, _)| *token == "token") { Ok(tokens) } else { Err(none()) }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "return")]
    told: Told,
    #[serde(default)]
    entries: Value,
}

#[derive(Deserialize)]
struct Told {
    status: Word,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    messageid: Word,
    status: Option<Word>,
    statustext: Option<String>,
    cost: Option<Word>,
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let entries = answer(response)?;
    // One entry for one recipient: in a list, or, of a template, alone.
    let entry = entries.get(0).cloned().unwrap_or(entries);
    let entry: Option<Entry> = serde_json::from_value(entry).ok();
    let unread = || response.refused(CODES, None, Some("the answer names no message".to_owned()));
    let entry = entry.filter(|entry| !matches!(entry.messageid.as_str(), "" | "0")).ok_or_else(unread)?;
    // A number that its network shields from such lines is told at once, in a yes.
    if entry.status.as_ref().is_some_and(|status| status.as_str() == "14") {
        return Err(response.refused(&[("14", K::RecipientBlocked)], Some("14".to_owned()), entry.statustext));
    }
    let queued = entry.status.is_some_and(|status| matches!(status.as_str(), "1" | "2"));
    let status = if queued { ReceiptStatus::Queued } else { ReceiptStatus::Accepted };
    let mut receipt = accepted(status, entry.messageid.0);
    receipt.price = entry.cost.and_then(Word::filled).map(|amount| Money { amount, currency: "IRR".to_owned() });
    Ok(receipt)
}

/// The HTTP status repeats the code that stands in the answer, which is the provider's word.
fn answer(response: &Response) -> Result<Value, Failure> {
    let Ok(Answer { told, entries }) = response.json::<Answer>() else {
        return Err(response.refused(CODES, None, None));
    };
    if told.status.as_str() == "200" && response.is_success() {
        return Ok(entries);
    }
    // A refusal, and no trouble of the server's.
    let clear = told.status.as_str() == "501";
    let refused = response.refused(CODES, told.status.filled(), told.message);
    Err(if clear { Failure { certainty: Certainty::NotSent, ..refused } } else { refused })
}

#[derive(Deserialize)]
struct Info {
    remaincredit: Word,
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let info: Option<Info> = serde_json::from_value(answer(response)?).ok();
    let unread = || response.refused(CODES, None, Some("the answer names no credit".to_owned()));
    Ok(balance(info.ok_or_else(unread)?.remaincredit.0, "IRR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_is_in_rials() {
        let answer = r#"{"return": {"status": 200}, "entries": [{"messageid": 8792343, "status": 1, "cost": 120}]}"#;
        let price = reply(&Response::new(200, answer)).unwrap().price.unwrap();
        assert_eq!((price.amount.as_str(), price.currency.as_str()), ("120", "IRR"));
    }
}
