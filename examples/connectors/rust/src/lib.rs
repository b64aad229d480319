//! Twilio, Programmable Messaging: `POST /2010-04-01/Accounts/{sid}/Messages.json`.
//! <https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>
//!
//! The same connector as in the other folders beside this one. The one that comes with Countersign does more:
//! `connectors/twilio`.

use countersign_sdk::{
    Call, Certainty, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Message, Money, Receipt,
    ReceiptStatus, Request, Response, accepted, connector, exchange, failure, kind_of, kind_of_status, parse_config,
};
use serde::Deserialize;

/// What the form holds, without its secrets: those never come here.
#[derive(Deserialize)]
struct Config {
    account_sid: String,
    from: String,
}

/// Longest validity that Twilio takes, in seconds.
const VALIDITY_MAX: u32 = 36_000;

/// <https://www.twilio.com/docs/api/errors>
const CODES: &CodeTable = &[
    ("14107", K::RateLimited),
    ("20003", K::AuthenticationFailed),
    ("20005", K::AuthenticationFailed),
    ("20404", K::InvalidConfig),
    ("20429", K::RateLimited),
    ("20500", K::ProviderUnavailable),
    ("20503", K::ProviderUnavailable),
    ("21211", K::InvalidRecipient),
    ("21212", K::InvalidConfig),
    ("21214", K::InvalidRecipient),
    ("21217", K::InvalidRecipient),
    ("21265", K::InvalidRecipient),
    ("21266", K::InvalidConfig),
    ("21408", K::UnsupportedDestination),
    ("21601", K::InvalidConfig),
    ("21602", K::ContentRejected),
    ("21603", K::InvalidConfig),
    ("21604", K::InvalidRecipient),
    ("21606", K::InvalidConfig),
    ("21608", K::UnsupportedDestination),
    ("21610", K::RecipientBlocked),
    ("21611", K::RateLimited),
    ("21612", K::UnsupportedDestination),
    ("21614", K::InvalidRecipient),
    ("21617", K::ContentRejected),
    ("21619", K::ContentRejected),
    ("21635", K::InvalidRecipient),
    ("21654", K::ContentRejected),
    ("21659", K::InvalidConfig),
    ("21660", K::InvalidConfig),
    ("21701", K::InvalidConfig),
    ("21703", K::InvalidConfig),
    ("21704", K::InvalidConfig),
    ("21705", K::InvalidConfig),
    ("21712", K::InvalidConfig),
    ("30001", K::RateLimited),
    ("30002", K::AuthenticationFailed),
    ("30003", K::Other),
    ("30004", K::RecipientBlocked),
    ("30005", K::InvalidRecipient),
    ("30006", K::InvalidRecipient),
    ("30007", K::ContentRejected),
    ("30034", K::InvalidConfig),
    ("30450", K::FraudBlocked),
    ("30453", K::FraudBlocked),
    ("60410", K::FraudBlocked),
    ("63038", K::QuotaExceeded),
];

struct Twilio;

impl Connector for Twilio {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

connector!(Twilio, "connector", "../../../wit");

fn request(config: &Config, message: &Message) -> Request {
    let validity = message.validity_seconds.clamp(1, VALIDITY_MAX).to_string();
    // A sender for this recipient beats the configuration's; one that begins with MG is a messaging service.
    let sender = message.sender.as_deref().unwrap_or(&config.from);
    let field = if sender.starts_with("MG") { "MessagingServiceSid" } else { "From" };
    let mut form =
        vec![("To", message.to.as_str()), ("Body", &message.text), ("ValidityPeriod", &validity), (field, sender)];
    if let Some(callback) = &message.callback_url {
        form.push(("StatusCallback", callback));
    }
    let url = format!("https://api.twilio.com/2010-04-01/Accounts/{}/Messages.json", config.account_sid);
    // `account` is a credential of connector.toml: the host writes SID and token into the request as it leaves.
    Request::post(url).credential("account").form(form)
}

#[derive(Deserialize)]
struct Created {
    sid: String,
    status: Option<String>,
    num_segments: Option<String>,
    price: Option<String>,
    price_unit: Option<String>,
}

#[derive(Deserialize)]
struct Refused {
    code: Option<u32>,
    message: Option<String>,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let created: Created = response.json()?;
    let status = match created.status.as_deref() {
        Some("queued" | "accepted" | "scheduled") => ReceiptStatus::Queued,
        _ => ReceiptStatus::Accepted,
    };
    let mut receipt = accepted(status, created.sid);
    // Twilio counts in text, and says 0 as long as a messaging service has not chosen a sender.
    receipt.segments = created.num_segments.and_then(|segments| segments.parse().ok()).filter(|segments| *segments > 0);
    receipt.price = created.price.zip(created.price_unit).map(|(amount, currency)| Money { amount, currency });
    Ok(receipt)
}

fn refusal(response: &Response) -> Failure {
    let (by_status, certainty) = kind_of_status(response.status);
    // Twilio refuses before it sends: a 4xx is a clear no. Only its own trouble leaves a doubt.
    let certainty = if response.status < 500 { Certainty::NotSent } else { certainty };
    let told = match response.json::<Refused>() {
        Ok(Refused { code, message }) => {
            let code = code.map(|code| code.to_string());
            let kind = code.as_deref().and_then(|code| kind_of(CODES, code)).unwrap_or(by_status);
            let text = message.unwrap_or_else(|| format!("status {}", response.status));
            Failure { provider_code: code, ..failure(kind, text) }
        }
        Err(_) => failure(by_status, format!("Twilio answered with status {}", response.status)),
    };
    Failure { certainty, ..told }.retry_after(response.retry_after())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_more_than_the_status() {
        let told = reply(&Response::new(400, r#"{"code": 21610, "message": "STOP"}"#)).unwrap_err();
        assert_eq!((told.kind, told.provider_code.as_deref()), (K::RecipientBlocked, Some("21610")));
    }

    #[test]
    fn a_yes_without_an_id_leaves_a_doubt() {
        assert_eq!(reply(&Response::new(201, "{}")).unwrap_err().certainty, Certainty::Unknown);
    }
}
