//! Vonage: the SMS API, `POST https://rest.nexmo.com/sms/json`, and the Messages API, `POST /v1/messages`.
//! <https://developer.vonage.com/en/api/sms> and <https://developer.vonage.com/en/api/messages>.

mod codes;
mod messages;
mod report;
mod sms;

use countersign_sdk::{
    Account, Call, Callback, Connector, Failure, FailureKind, Handled, Message, Receipt, Reports, Request, Response,
    Standing, balance, connector, exchange, extra_of, failure, parse_config, word,
};
use serde::Deserialize;

use codes::refusal;

#[derive(Deserialize)]
pub(crate) struct Config {
    api: Api,
    api_key: Option<String>,
    signature_method: String,
    application_id: Option<String>,
    region: Option<String>,
    from: String,
    entity_id: Option<String>,
    content_id: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Api {
    Sms,
    Messages,
}

impl Config {
    /// A number without its plus, or a name.
    fn sender<'a>(&'a self, message: &'a Message) -> &'a str {
        let sender = message.sender.as_ref().unwrap_or(&self.from);
        sender.strip_prefix('+').unwrap_or(sender)
    }

    /// India's ids: of the message, else of the configuration.
    fn entity_id<'a>(&'a self, message: &'a Message) -> Option<&'a str> {
        extra_of(message, "dlt-entity-id").or(self.entity_id.as_deref())
    }

    fn content_id<'a>(&'a self, message: &'a Message) -> Option<&'a str> {
        extra_of(message, "dlt-template-id").or(self.content_id.as_deref())
    }
}

/// Vonage takes numbers without the plus.
fn recipient(message: &Message) -> &str {
    message.to.trim_start_matches('+')
}

struct Vonage;

impl Connector for Vonage {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        match config.api {
            Api::Sms => sms::reply(&exchange(sms::request(&config, message, call)?)?),
            Api::Messages => messages::reply(&exchange(messages::request(&config, message)?)?),
        }
    }
}

impl Account for Vonage {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        if config.api_key.is_none() {
            return Err(failure(FailureKind::InvalidConfig, "the balance needs the API key and its secret"));
        }
        standing(&exchange(Request::get("https://rest.nexmo.com/account/get-balance").credential("balance"))?)
    }
}

impl Reports for Vonage {
    fn handle(_call: &Call, config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(&parse_config(config)?, callback)
    }
}

connector!(Vonage, "connector-complete");

/// In euros, whatever the account pays in. <https://developer.vonage.com/en/api/account#getAccountBalance>
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let value = word(&response.json()?, "/value").ok_or_else(|| refusal(response))?;
    Ok(balance(value, "EUR"))
}
