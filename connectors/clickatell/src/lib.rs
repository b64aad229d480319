//! Clickatell: the One API, `POST /v1/message`, and the REST API before it, `POST /messages`.
//! <https://guides.clickatell.com/clickatell-chat-commerce-platform/developer/channels/whatsapp-and-sms-one-api>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, balance, connector, exchange, parse_config,
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
    ("105", K::InvalidRecipient),
    ("106", K::InvalidConfig),
    ("108", K::AuthenticationFailed),
    ("113", K::ContentRejected),
    ("114", K::UnsupportedDestination),
    ("121", K::RecipientBlocked),
    ("122", K::RecipientBlocked),
    ("128", K::RecipientBlocked),
    ("130", K::QuotaExceeded),
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
        standing(config.api, &exchange(Request::get(url).credential("balance"))?)
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
    let request = |path: &str| Request::post(format!("https://platform.clickatell.com/{path}")).credential("key");
    match config.api {
        Api::OneApi => {
            let message = OneApiMessage { channel: "sms", to, content, from, client_message_id };
            request("v1/message").json(&OneApi { messages: [message] })
        }
        Api::Rest => {
            // A day is what it takes unless told.
            let validity_period = message.validity_seconds.div_ceil(60).clamp(1, 1440);
            let rest = Rest { content, to: [to], from, client_message_id, validity_period, charset: "UTF-8" };
            request("messages").json(&rest)
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    messages: Option<Vec<Sent>>,
    #[serde(flatten)]
    trouble: Trouble,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(default)]
    accepted: bool,
    api_message_id: Option<String>,
    #[serde(flatten)]
    trouble: Trouble,
}

/// An object in the One API; two texts and a number in the REST API. The same for a message as for the whole request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Trouble {
    error: Option<Value>,
    error_code: Option<Word>,
    error_description: Option<String>,
}

impl Trouble {
    fn code(&self) -> Option<String> {
        let inside = || serde_json::from_value::<Word>(self.error.as_ref()?.get("code")?.clone()).ok();
        // The list of codes has leading zeros, answers have none.
        let code = self.error_code.clone().or_else(inside)?.filled()?;
        Some(code.trim_start_matches('0').to_owned()).filter(|code| !code.is_empty())
    }

    fn text(&self) -> Option<String> {
        let inside = || self.error.as_ref().and_then(|error| error.get("description").unwrap_or(error).as_str());
        self.error_description.as_deref().or_else(inside).map(str::to_owned)
    }
}

pub(crate) fn reply(api: Api, response: &Response) -> Result<Receipt, Failure> {
    let Ok(answer) = response.json::<Answer>() else { return Err(refusal(api, response, None)) };
    let sent = answer.messages.unwrap_or_default().into_iter().next();
    match sent {
        Some(Sent { accepted: true, api_message_id: Some(id), .. }) if response.is_success() && !id.is_empty() => {
            Ok(accepted(ReceiptStatus::Accepted, id))
        }
        // A message's own reason says more than the request's.
        Some(sent) if sent.trouble.code().is_some() => Err(refusal(api, response, Some(&sent.trouble))),
        _ => Err(refusal(api, response, Some(&answer.trouble))),
    }
}

fn refusal(api: Api, response: &Response, trouble: Option<&Trouble>) -> Failure {
    let (codes, internal) = if api == Api::OneApi { (ONE_API_CODES, "18") } else { (REST_CODES, "901") };
    let code = trouble.and_then(Trouble::code);
    let doubtful = code.as_deref() == Some(internal);
    let told = response.refused(codes, code, trouble.and_then(Trouble::text));
    // Trouble of its own, whatever the status says.
    if doubtful { told.maybe_sent() } else { told }
}

#[derive(Deserialize)]
struct Balance {
    balance: Word,
    currency: String,
}

/// <https://www.clickatell.com/developers/api-documentation/rest-api-get-account-balance/>
fn standing(api: Api, response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(api, response, response.json().ok().as_ref()));
    }
    let found: Balance = response.json()?;
    Ok(balance(found.balance.0, found.currency))
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
