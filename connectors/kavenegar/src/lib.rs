//! Kavenegar: `POST /v1/{key}/verify/lookup.json` for templates, `POST /v1/{key}/sms/send.json` for texts.
//! <https://kavenegar.com/rest.html>

mod report;

use countersign_sdk::{
    Account, Call, Callback, Certainty, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, exchange, failure,
    kind_of, parse_config, word,
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
    ("417", K::InvalidConfig),
    ("418", K::InsufficientFunds),
    ("419", K::InvalidConfig),
    ("420", K::ContentRejected),
    ("422", K::ContentRejected),
    ("424", K::InvalidConfig),
    ("426", K::InvalidConfig),
    ("427", K::InvalidConfig),
    ("428", K::InvalidConfig),
    ("429", K::RateLimited),
    ("431", K::InvalidConfig),
    ("432", K::InvalidConfig),
    ("451", K::RateLimited),
    // Until the account is confirmed, only its owner is written to.
    ("501", K::UnsupportedDestination),
    ("607", K::InvalidConfig),
];

/// States of a message that is lost already in the answer to its own request.
const LOST: &CodeTable = &[
    ("6", K::Other),
    ("11", K::Other),
    ("13", K::Other),
    // A number that its network shields from such lines.
    ("14", K::RecipientBlocked),
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

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = answer(response)?;
    // One entry for one recipient: in a list, or, of a template, alone.
    let place = if answer.pointer("/entries/0").is_some() { "/entries/0" } else { "/entries" };
    let entry = |name: &str| word(&answer, &format!("{place}/{name}"));
    let status = entry("status").unwrap_or_default();
    if kind_of(LOST, &status).is_some() {
        return Err(response.refused(LOST, Some(status), entry("statustext")));
    }
    let unread = || response.refused(CODES, None, Some("the answer names no message".to_owned()));
    let id = entry("messageid").filter(|id| id != "0").ok_or_else(unread)?;
    let queued = matches!(status.as_str(), "1" | "2");
    let mut receipt = accepted(if queued { ReceiptStatus::Queued } else { ReceiptStatus::Accepted }, id);
    receipt.price = entry("cost").map(|amount| Money { amount, currency: "IRR".to_owned() });
    Ok(receipt)
}

/// The answer, if it says yes. The HTTP status repeats the code that stands in it, which is the provider's word.
fn answer(response: &Response) -> Result<Value, Failure> {
    let answer = response.value();
    let code = word(&answer, "/return/status");
    if code.as_deref() == Some("200") && response.is_success() {
        return Ok(answer);
    }
    // Refusals, and no trouble of the server's.
    let clear = matches!(code.as_deref(), Some("501" | "607"));
    let refused = response.refused(CODES, code, word(&answer, "/return/message"));
    Err(if clear { Failure { certainty: Certainty::NotSent, ..refused } } else { refused })
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let left = word(&answer(response)?, "/entries/remaincredit");
    let unread = || response.refused(CODES, None, Some("the answer names no credit".to_owned()));
    Ok(balance(left.ok_or_else(unread)?, "IRR"))
}
