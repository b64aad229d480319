//! Africa's Talking, bulk SMS: `POST /version1/messaging`.
//! <https://developers.africastalking.com/docs/sms/sending/bulk>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Money,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, exchange, failure,
    parse_config, word,
};
use serde::Deserialize;
use serde_json::Value;

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

/// Codes of a recipient, and the same as words, which stand where the recipients are missing.
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
    ("CouldNotRoute", K::UnsupportedDestination),
    ("DoNotDisturbRejection", K::InvalidConfig),
    ("GatewayError", K::ProviderUnavailable),
    ("InsufficientBalance", K::InsufficientFunds),
    ("InternalServerError", K::ProviderUnavailable),
    ("InvalidPhoneNumber", K::InvalidRecipient),
    ("InvalidSenderId", K::InvalidConfig),
    ("RejectedByGateway", K::Other),
    ("RiskHold", K::FraudBlocked),
    ("UnsupportedNumberType", K::InvalidRecipient),
    ("UserInBlacklist", K::RecipientBlocked),
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

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    // A 201 says only that the request was read; the yes or no stands at the recipient.
    let answer = response.value();
    let recipient = |name: &str| word(&answer, &format!("/SMSMessageData/Recipients/0/{name}"));
    let Some(code) = recipient("statusCode") else { return Err(refusal(response, &answer)) };
    match (code.as_str(), recipient("messageId").filter(|id| id != "None")) {
        ("100" | "101" | "102", Some(id)) if response.is_success() => {
            let mut receipt = accepted(taken(&code), id);
            receipt.segments =
                recipient("messageParts").and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0);
            receipt.price = recipient("cost").as_deref().and_then(money);
            Ok(receipt)
        }
        ("100" | "101" | "102", _) => Err(response.refused(CODES, None, recipient("status"))),
        _ => Err(refused(response, code, recipient("status"))),
    }
}

fn taken(code: &str) -> ReceiptStatus {
    if code == "102" { ReceiptStatus::Queued } else { ReceiptStatus::Accepted }
}

/// Without recipients: a word in their place (`InvalidSenderId`), their number (`Sent to 0/1 …`), or, of a request that
/// was refused as a whole, a sentence that is no JSON.
fn refusal(response: &Response, answer: &Value) -> Failure {
    let Some(text) = word(answer, "/SMSMessageData/Message") else {
        return response.refused(CODES, None, Some(response.text()).filter(|text| !text.starts_with(['<', '{'])));
    };
    if text.starts_with("Sent to 0/") {
        return failure(K::Other, text);
    }
    if text.contains(' ') {
        response.refused(CODES, None, Some(text))
    } else {
        refused(response, text.clone(), Some(text))
    }
}

fn refused(response: &Response, code: String, text: Option<String>) -> Failure {
    let own = matches!(code.as_str(), "500" | "501" | "InternalServerError" | "GatewayError");
    let told = response.refused(CODES, Some(code), text);
    // Trouble of its own, told with a 201: the message may be on its way.
    if own { told.maybe_sent() } else { told }
}

/// `KES 0.8000`
fn money(text: &str) -> Option<Money> {
    let (currency, amount) = text.split_once(' ')?;
    Some(Money { amount: amount.to_owned(), currency: currency.to_owned() })
}

/// <https://developers.africastalking.com/docs/application>
fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    let told = word(&answer, "/UserData/balance").filter(|_| response.is_success());
    let told = told.as_deref().and_then(money).ok_or_else(|| refusal(response, &answer))?;
    Ok(balance(told.amount, told.currency))
}
