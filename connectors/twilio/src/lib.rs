//! Twilio, Programmable Messaging: `POST /2010-04-01/Accounts/{sid}/Messages.json`.
//! <https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>

mod report;

use countersign_sdk::{
    Account, Call, Callback, Certainty, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message,
    Money, Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, failure,
    kind_of, kind_of_status, parse_config,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Config {
    account_sid: String,
    api_key_sid: Option<String>,
    messaging_service_sid: Option<String>,
    from: Option<String>,
    region: Option<String>,
    edge: Option<String>,
    status_callback: Option<String>,
    risk_check: Option<String>,
}

impl Config {
    /// <https://www.twilio.com/docs/global-infrastructure/understanding-twilio-regions>
    fn resource(&self, name: &str) -> String {
        let host = match (&self.edge, &self.region) {
            (Some(edge), Some(region)) => format!("api.{edge}.{region}.twilio.com"),
            _ => "api.twilio.com".to_owned(),
        };
        format!("https://{host}/2010-04-01/Accounts/{}/{name}.json", self.account_sid)
    }

    fn credential(&self, account: &'static str, key: &'static str) -> &'static str {
        if self.api_key_sid.is_some() { key } else { account }
    }
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
    ("21611", K::QuotaExceeded),
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
    ("30001", K::QuotaExceeded),
    ("30002", K::AuthenticationFailed),
    ("30003", K::InvalidRecipient),
    ("30004", K::RecipientBlocked),
    ("30005", K::InvalidRecipient),
    ("30006", K::InvalidRecipient),
    ("30007", K::ContentRejected),
    ("30034", K::ContentRejected),
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

impl Account for Twilio {
    /// The balance, not the account: the account's answer holds the token.
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let credential = config.credential("account_balance", "api_key_balance");
        balance(&exchange(Request::get(config.resource("Balance")).credential(credential))?)
    }
}

impl Reports for Twilio {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Twilio, "connector-complete");

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let validity = message.validity_seconds.clamp(1, VALIDITY_MAX).to_string();
    let mut form = vec![("To", message.to.as_str()), ("Body", &message.text), ("ValidityPeriod", &validity)];
    // A sender for this recipient beats the configuration's; a messaging service beats a single number.
    match (&message.sender, &config.messaging_service_sid, &config.from) {
        (Some(sender), _, _) if sender.starts_with("MG") => form.push(("MessagingServiceSid", sender)),
        (Some(sender), _, _) => form.push(("From", sender)),
        (None, Some(service), _) => form.push(("MessagingServiceSid", service)),
        (None, None, Some(from)) => form.push(("From", from)),
        (None, None, None) => {}
    }
    if let Some(callback) = config.status_callback.as_ref().or(message.callback_url.as_ref()) {
        form.push(("StatusCallback", callback));
    }
    if let Some(check) = &config.risk_check {
        form.push(("RiskCheck", check));
    }
    Request::post(config.resource("Messages")).credential(config.credential("account", "api_key")).form(form)
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

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let created: Created = response.json()?;
    let status = match created.status.as_deref() {
        Some("queued" | "accepted" | "scheduled") => ReceiptStatus::Queued,
        _ => ReceiptStatus::Accepted,
    };
    let mut receipt = accepted(status, created.sid);
    receipt.segments = created.num_segments.and_then(|segments| segments.parse().ok()).filter(|segments| *segments > 0);
    receipt.price = created.price.zip(created.price_unit).map(|(amount, currency)| Money { amount, currency });
    Ok(receipt)
}

fn refusal(response: &Response) -> Failure {
    let (by_status, certainty) = kind_of_status(response.status);
    let Ok(refused) = response.json::<Refused>() else {
        let told = failure(by_status, format!("Twilio answered with status {}", response.status));
        return Failure { certainty, ..told }.retry_after(response.retry_after());
    };
    let code = refused.code.map(|code| code.to_string()).unwrap_or_default();
    let known = kind_of(CODES, &code);
    let text = refused.message.unwrap_or_else(|| format!("status {}", response.status));
    let told = failure(known.unwrap_or(by_status), text).retry_after(response.retry_after());
    // Twilio refuses before it sends: a code of its own is a clear no. Only its own trouble (5xx) leaves a doubt.
    let certainty = if response.status < 500 { Certainty::NotSent } else { certainty };
    let told = Failure { certainty, ..told };
    if code.is_empty() { told } else { told.code(code) }
}

#[derive(Deserialize)]
struct Balance {
    balance: String,
    currency: String,
}

fn balance(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let found: Balance = response.json()?;
    Ok(Standing {
        name: None,
        balance: Some(Money { amount: found.balance, currency: found.currency }),
        extra: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_the_table_twice() {
        for (index, (code, _)) in CODES.iter().enumerate() {
            assert_eq!(CODES.iter().position(|(other, _)| other == code), Some(index), "{code}");
        }
    }

    #[test]
    fn a_code_says_more_than_the_status() {
        let told =
            reply(&Response::new(400, r#"{"code": 21610, "message": "Attempt to send to unsubscribed recipient"}"#))
                .unwrap_err();
        assert_eq!(
            (told.kind, told.certainty, told.provider_code.as_deref()),
            (K::RecipientBlocked, Certainty::NotSent, Some("21610"))
        );
    }

    #[test]
    fn an_answer_that_is_no_json_leaves_a_doubt_only_where_there_is_one() {
        assert_eq!(reply(&Response::new(201, "<html>")).unwrap_err().certainty, Certainty::Unknown);
        assert_eq!(reply(&Response::new(502, "<html>")).unwrap_err().certainty, Certainty::Unknown);
        assert_eq!(reply(&Response::new(503, "")).unwrap_err().certainty, Certainty::NotSent);
        assert_eq!(reply(&Response::new(429, "")).unwrap_err().kind, K::RateLimited);
    }
}
