//! Africa's Talking, bulk SMS: `POST /version1/messaging`.
//! <https://developers.africastalking.com/docs/sms/sending/bulk>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Money,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, balance, connector, exchange,
    failure, parse_config,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Config {
    username: String,
    from: Option<String>,
}

impl Config {
    /// The sandbox is chosen by its user name, as in the provider's own SDKs.
    fn resource(&self, path: &str) -> String {
        let host = if self.username == "sandbox" { "api.sandbox.africastalking.com" } else { "api.africastalking.com" };
        format!("https://{host}/version1/{path}")
    }
}

/// Codes of a recipient, and the word that stands where the recipients are missing.
/// <https://developers.africastalking.com/docs/sms/sending/bulk>
const CODES: &CodeTable = &[
    ("401", K::FraudBlocked),
    ("402", K::InvalidConfig),
    ("403", K::InvalidRecipient),
    ("404", K::InvalidRecipient),
    ("405", K::InsufficientFunds),
    ("406", K::RecipientBlocked),
    ("407", K::UnsupportedDestination),
    // A promotional sender in Nigeria, at a time when it may not send; another sender may.
    ("409", K::InvalidConfig),
    ("500", K::ProviderUnavailable),
    ("501", K::ProviderUnavailable),
    ("502", K::Other),
    ("InvalidSenderId", K::InvalidConfig),
];

struct AfricasTalking;

impl Connector for AfricasTalking {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for AfricasTalking {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let url = format!("{}?username={}", config.resource("user"), config.username);
        standing(&exchange(Request::get(url).header("accept", "application/json").credential("balance"))?)
    }
}

impl Reports for AfricasTalking {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(AfricasTalking, "connector-complete");

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let mut form = vec![
        ("username", config.username.as_str()),
        ("to", &message.to),
        ("message", &message.text),
        ("bulkSMSMode", "1"),
    ];
    if let Some(from) = message.sender.as_ref().or(config.from.as_ref()) {
        form.push(("from", from));
    }
    // It answers in XML unless asked for JSON.
    let request = Request::post(config.resource("messaging")).header("accept", "application/json");
    request.credential("key").form(form)
}

#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "SMSMessageData")]
    data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Data {
    #[serde(default)]
    message: String,
    #[serde(default)]
    recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    status_code: Word,
    status: Option<String>,
    message_id: Option<String>,
    message_parts: Option<u32>,
    cost: Option<String>,
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    // A 201 says only that the request was read; the yes or no stands at the recipient.
    let Ok(Sent { data }) = response.json::<Sent>() else { return Err(refusal(response)) };
    let Some(recipient) = data.recipients.into_iter().next() else {
        return Err(nobody(response, data.message));
    };
    match (recipient.status_code.as_str(), recipient.message_id.filter(|id| !id.is_empty() && id != "None")) {
        ("100" | "101" | "102", Some(id)) if response.is_success() => {
            let mut receipt = accepted(taken(recipient.status_code.as_str()), id);
            receipt.segments = recipient.message_parts.filter(|parts| *parts > 0);
            receipt.price = recipient.cost.as_deref().and_then(money);
            Ok(receipt)
        }
        ("100" | "101" | "102", _) => Err(response.refused(CODES, None, recipient.status)),
        (code, _) => {
            let told = response.refused(CODES, Some(code.to_owned()), recipient.status);
            // Trouble of its own, told with a 201: the message may be on its way.
            Err(if matches!(code, "500" | "501") { told.maybe_sent() } else { told })
        }
    }
}

fn taken(code: &str) -> ReceiptStatus {
    if code == "102" { ReceiptStatus::Queued } else { ReceiptStatus::Accepted }
}

/// An answer without recipients has a word in their place (`InvalidSenderId`), or counts them (`Sent to 0/1 …`).
fn nobody(response: &Response, text: String) -> Failure {
    if text.starts_with("Sent to 0/") {
        return failure(K::Other, text);
    }
    let code = Some(text.clone()).filter(|text| !text.contains(' '));
    response.refused(CODES, code, Some(text))
}

/// Refused as a whole: the status, and a sentence that is no JSON.
fn refusal(response: &Response) -> Failure {
    response.refused(CODES, None, Some(response.text()).filter(|text| !text.starts_with(['<', '{'])))
}

/// `KES 0.8000`
fn money(text: &str) -> Option<Money> {
    let (currency, amount) = text.split_once(' ')?;
    Some(Money { amount: amount.to_owned(), currency: currency.to_owned() })
}

#[derive(Deserialize)]
struct User {
    #[serde(rename = "UserData")]
    data: UserData,
}

#[derive(Deserialize)]
struct UserData {
    balance: String,
}

/// <https://developers.africastalking.com/docs/application>
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let user: User = response.json()?;
    let told = money(&user.data.balance).ok_or_else(|| response.refused(CODES, None, Some(user.data.balance)))?;
    Ok(balance(told.amount, told.currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_is_a_price() {
        let answer = r#"{"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [
            {"statusCode": 102, "number": "+254711000123", "status": "Success", "cost": "KES 0.8000", "messageId": "ATXid_1"}
        ]}}"#;
        let receipt = reply(&Response::new(201, answer)).unwrap();
        let price = receipt.price.unwrap();
        assert_eq!((price.amount.as_str(), price.currency.as_str()), ("0.8000", "KES"));
        assert!(matches!(receipt.status, ReceiptStatus::Queued));
        assert!(money("0").is_none());
    }
}
