//! Twilio, Programmable Messaging: `POST /2010-04-01/Accounts/{sid}/Messages.json`.
//! <https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, exchange, parse_config, word,
};
use serde::Deserialize;
use serde_json::Value;

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

/// Of refusals (up to 21xxx, 63xxx) and of reports (30xxx). <https://www.twilio.com/docs/api/errors>
pub(crate) const CODES: &CodeTable = &[
    ("10001", K::AuthenticationFailed),
    ("10002", K::InvalidConfig),
    ("14107", K::RateLimited),
    ("14108", K::InvalidConfig),
    ("20003", K::AuthenticationFailed),
    ("20005", K::AuthenticationFailed),
    ("20006", K::AuthenticationFailed),
    ("20008", K::AuthenticationFailed),
    ("20010", K::AuthenticationFailed),
    ("20403", K::AuthenticationFailed),
    ("20404", K::InvalidConfig),
    ("20422", K::InvalidConfig),
    ("20429", K::RateLimited),
    ("20500", K::ProviderUnavailable),
    ("20503", K::ProviderUnavailable),
    ("21210", K::InvalidConfig),
    ("21211", K::InvalidRecipient),
    ("21212", K::InvalidConfig),
    ("21214", K::InvalidRecipient),
    ("21217", K::InvalidRecipient),
    ("21219", K::UnsupportedDestination),
    ("21265", K::InvalidRecipient),
    ("21266", K::InvalidConfig),
    ("21268", K::InvalidRecipient),
    ("21401", K::InvalidConfig),
    ("21408", K::UnsupportedDestination),
    ("21601", K::InvalidConfig),
    ("21602", K::ContentRejected),
    ("21603", K::InvalidConfig),
    ("21604", K::InvalidRecipient),
    ("21605", K::ContentRejected),
    ("21606", K::InvalidConfig),
    ("21607", K::InvalidConfig),
    ("21608", K::UnsupportedDestination),
    ("21609", K::InvalidConfig),
    ("21610", K::RecipientBlocked),
    ("21611", K::RateLimited),
    ("21612", K::UnsupportedDestination),
    ("21614", K::InvalidRecipient),
    ("21616", K::InvalidConfig),
    ("21617", K::ContentRejected),
    ("21618", K::ContentRejected),
    ("21619", K::ContentRejected),
    ("21624", K::InvalidConfig),
    ("21635", K::InvalidRecipient),
    ("21654", K::ContentRejected),
    ("21657", K::InvalidConfig),
    ("21658", K::InvalidConfig),
    ("21659", K::InvalidConfig),
    ("21660", K::InvalidConfig),
    ("21661", K::InvalidConfig),
    ("21701", K::InvalidConfig),
    ("21702", K::InvalidConfig),
    ("21703", K::InvalidConfig),
    ("21704", K::InvalidConfig),
    ("21705", K::InvalidConfig),
    ("21708", K::InvalidConfig),
    ("21709", K::InvalidConfig),
    ("21711", K::InvalidConfig),
    ("21712", K::InvalidConfig),
    ("21715", K::InvalidConfig),
    ("21730", K::ProviderUnavailable),
    ("30001", K::RateLimited),
    ("30002", K::AuthenticationFailed),
    // Switched off, out of coverage: another route may reach it, and it is a number all the same.
    ("30003", K::Other),
    ("30004", K::RecipientBlocked),
    ("30005", K::InvalidRecipient),
    ("30006", K::InvalidRecipient),
    ("30007", K::ContentRejected),
    ("30008", K::Other),
    ("30010", K::InvalidConfig),
    ("30012", K::InvalidConfig),
    ("30013", K::InvalidConfig),
    ("30017", K::ProviderUnavailable),
    // A sender that is not registered: the next connector has another.
    ("30018", K::InvalidConfig),
    ("30019", K::ContentRejected),
    ("30020", K::ProviderUnavailable),
    ("30021", K::ProviderUnavailable),
    ("30022", K::RateLimited),
    ("30023", K::QuotaExceeded),
    ("30024", K::InvalidConfig),
    ("30027", K::QuotaExceeded),
    ("30032", K::InvalidConfig),
    ("30033", K::InvalidConfig),
    ("30034", K::InvalidConfig),
    ("30035", K::InvalidConfig),
    ("30044", K::ContentRejected),
    ("30045", K::InvalidConfig),
    ("30410", K::ProviderUnavailable),
    ("30450", K::FraudBlocked),
    ("30453", K::FraudBlocked),
    ("60410", K::FraudBlocked),
    ("60728", K::RateLimited),
    ("63038", K::QuotaExceeded),
    ("90007", K::InvalidConfig),
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
        standing(&exchange(Request::get(config.resource("Balance")).credential(credential))?)
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

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let created = answer(response)?;
    // It can be known at once that it won't arrive.
    if let Some(code) = word(&created, "/error_code") {
        return Err(response.refused(CODES, Some(code), word(&created, "/error_message")));
    }
    let id = word(&created, "/sid").ok_or_else(|| response.refused(CODES, None, None))?;
    let status = match word(&created, "/status").as_deref() {
        Some("queued" | "accepted" | "scheduled") => ReceiptStatus::Queued,
        _ => ReceiptStatus::Accepted,
    };
    // A messaging service counts and prices later: until then it says 0 and null.
    let segments = word(&created, "/num_segments").and_then(|segments| segments.parse().ok());
    let price = word(&created, "/price").zip(word(&created, "/price_unit"));
    Ok(Receipt {
        segments: segments.filter(|segments| *segments > 0),
        price: price.map(|(amount, currency)| Money { amount, currency }),
        ..accepted(status, id)
    })
}

/// The body of a yes. Twilio refuses before it sends: a code of its own is a clear no.
fn answer(response: &Response) -> Result<Value, Failure> {
    let answer = response.value();
    if response.is_success() {
        return Ok(answer);
    }
    Err(response.refused(CODES, word(&answer, "/code"), word(&answer, "/message")))
}

/// <https://www.twilio.com/docs/usage/api/balance>
fn standing(response: &Response) -> Result<Standing, Failure> {
    let told = answer(response)?;
    let found = word(&told, "/balance").zip(word(&told, "/currency"));
    let (amount, currency) = found.ok_or_else(|| response.refused(CODES, None, None))?;
    Ok(balance(amount, currency))
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
}
