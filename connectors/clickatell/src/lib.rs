//! Clickatell: the One API, `POST /v1/message`, and the REST API before it, `POST /messages`.
//! <https://guides.clickatell.com/clickatell-chat-commerce-platform/developer/channels/whatsapp-and-sms-one-api>

mod report;

use countersign_sdk::{
    Account, Call, Callback, Certainty, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, exchange, parse_config,
    word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    api: Api,
    from: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Api {
    OneApi,
    Rest,
}

/// <https://docs.clickatell.com/channels/one-api/one-api-errors-table/>
const ONE_API_CODES: &CodeTable = &[
    ("1", K::AuthenticationFailed),
    ("2", K::AuthenticationFailed),
    ("3", K::AuthenticationFailed),
    ("7", K::AuthenticationFailed),
    ("18", K::ProviderUnavailable),
    ("19", K::ProviderUnavailable),
    ("20", K::InsufficientFunds),
    ("21", K::InvalidConfig),
    ("22", K::InvalidConfig),
    ("23", K::InvalidConfig),
    ("24", K::ContentRejected),
    ("25", K::InvalidRecipient),
    ("26", K::RecipientBlocked),
    ("27", K::InvalidRecipient),
    ("28", K::UnsupportedDestination),
    ("30", K::InvalidConfig),
    ("38", K::InvalidConfig),
    ("39", K::InvalidConfig),
    ("40", K::InvalidConfig),
    ("41", K::InvalidConfig),
    ("42", K::InvalidConfig),
    ("43", K::RateLimited),
    ("44", K::InvalidConfig),
    ("45", K::InvalidConfig),
    ("46", K::AuthenticationFailed),
    ("100", K::ContentRejected),
    ("101", K::UnsupportedDestination),
    ("110", K::UnsupportedDestination),
    ("111", K::UnsupportedDestination),
];

/// <https://docs.clickatell.com/archive/channels/sms-information-archived/api-error-codes/>
const REST_CODES: &CodeTable = &[
    ("1", K::AuthenticationFailed),
    ("7", K::AuthenticationFailed),
    ("100", K::InvalidConfig),
    ("101", K::InvalidConfig),
    ("102", K::InvalidConfig),
    ("105", K::InvalidRecipient),
    ("106", K::InvalidConfig),
    ("108", K::AuthenticationFailed),
    ("109", K::InvalidConfig),
    ("113", K::ContentRejected),
    ("114", K::UnsupportedDestination),
    ("116", K::ContentRejected),
    ("120", K::InvalidConfig),
    ("121", K::RecipientBlocked),
    ("122", K::RecipientBlocked),
    ("123", K::InvalidConfig),
    ("128", K::RecipientBlocked),
    ("130", K::QuotaExceeded),
    ("160", K::InvalidConfig),
    ("161", K::InvalidConfig),
    ("165", K::InvalidConfig),
    ("166", K::InvalidConfig),
    ("167", K::InvalidConfig),
    ("301", K::InsufficientFunds),
    ("901", K::ProviderUnavailable),
];

struct Clickatell;

impl Connector for Clickatell {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        reply(config.api, &exchange(request(&config, message))?)
    }
}

impl Account for Clickatell {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let url = "https://platform.clickatell.com/public-client/balance";
        standing(config.api, &exchange(Request::get(url).header("accept", "application/json").credential("balance"))?)
    }
}

impl Reports for Clickatell {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Clickatell, "connector-complete");

#[derive(Serialize)]
struct OneApi<'a> {
    messages: [OneApiMessage<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OneApiMessage<'a> {
    channel: &'a str,
    to: &'a str,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    /// Comes back with the report.
    client_message_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rest<'a> {
    content: &'a str,
    to: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    client_message_id: &'a str,
    /// In minutes.
    validity_period: u32,
    charset: &'a str,
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let (to, content) = (message.to.trim_start_matches('+'), message.text.as_str());
    let from = message.sender.as_ref().or(config.from.as_ref()).map(|from| from.trim_start_matches('+'));
    let client_message_id = message.reference.as_str();
    // The REST API answers in XML to those who like it better.
    let request = |path: &str| {
        let request = Request::post(format!("https://platform.clickatell.com/{path}"));
        request.header("accept", "application/json").credential("key")
    };
    match config.api {
        Api::OneApi => {
            let message = OneApiMessage { channel: "sms", to, content, from, client_message_id };
            request("v1/message").json(&OneApi { messages: [message] })
        }
        Api::Rest => {
            // A day is what it takes unless told; rounded down, so that no code comes after its end.
            let validity_period = (message.validity_seconds / 60).clamp(1, 1440);
            let rest = Rest { content, to: [to], from, client_message_id, validity_period, charset: "UTF-8" };
            request("messages").json(&rest)
        }
    }
}

pub(crate) fn reply(api: Api, response: &Response) -> Result<Receipt, Failure> {
    let answer = response.value();
    let taken = response.is_success() && word(&answer, "/messages/0/accepted").as_deref() == Some("true");
    match word(&answer, "/messages/0/apiMessageId") {
        Some(id) if taken => Ok(accepted(ReceiptStatus::Accepted, id)),
        _ => Err(refusal(api, response, &answer)),
    }
}

/// What was told of the message, else of the whole request: an object in the One API (`error`), two texts and a number
/// in the REST API (`error`, `errorCode`, `errorDescription`).
fn refusal(api: Api, response: &Response, answer: &Value) -> Failure {
    let told = |names: &[&str]| {
        let places = ["/messages/0", ""].into_iter();
        places
            .flat_map(|place| names.iter().map(move |name| format!("{place}/{name}")))
            .find_map(|at| word(answer, &at))
    };
    // The list of codes has leading zeros, answers have none.
    let code = told(&["errorCode", "error/code"]).map(|code| code.trim_start_matches('0').to_owned());
    let text = told(&["errorDescription", "error/description", "error"]);
    let refused = text.is_some() || word(answer, "/messages/0/accepted").as_deref() == Some("false");
    let (codes, internal) = if api == Api::OneApi { (ONE_API_CODES, "18") } else { (REST_CODES, "901") };
    let failure = response.refused(codes, code, text);
    match failure.provider_code.as_deref() {
        // Trouble of its own, whatever the status says.
        Some(code) if code == internal => failure.maybe_sent(),
        // A no in words alone.
        None if refused && response.is_success() => {
            Failure { kind: K::Other, certainty: Certainty::NotSent, ..failure }
        }
        _ => failure,
    }
}

/// <https://www.clickatell.com/developers/api-documentation/rest-api-get-account-balance/>
fn standing(api: Api, response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    match word(&answer, "/balance").zip(word(&answer, "/currency")) {
        Some((amount, currency)) if response.is_success() => Ok(balance(amount, currency)),
        _ => Err(refusal(api, response, &answer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_a_table_twice() {
        for table in [ONE_API_CODES, REST_CODES] {
            for (index, (code, _)) in table.iter().enumerate() {
                assert_eq!(table.iter().position(|(other, _)| other == code), Some(index), "{code}");
            }
        }
    }
}
