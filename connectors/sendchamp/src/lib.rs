//! Sendchamp: `POST /api/v1/sms/send`.
//! <https://github.com/sendchamp/ai/blob/main/openapi/sms-verification.yaml>

use countersign_sdk::{
    Account, Call, CodeTable, Connector, Failure, FailureKind as K, Message, Receipt, ReceiptStatus, Request, Response,
    Standing, accepted, connector, credits, exchange, kind_of_status, parse_config, word,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    sender_name: String,
    nigerian_route: String,
}

/// Sendchamp has no codes but words, of which these parts are told apart.
/// <https://github.com/sendchamp/ai/blob/main/skills/sendchamp/sendchamp-sms-send-message/SKILL.md#common-errors>
const WORDS: &CodeTable = &[
    ("low balance", K::InsufficientFunds),
    ("insufficient", K::InsufficientFunds),
    ("invalid sender", K::InvalidConfig),
];

struct Sendchamp;

impl Connector for Sendchamp {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Sendchamp {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        standing(&exchange(Request::get("https://api.sendchamp.com/api/v1/wallet-balance").credential("wallet"))?)
    }
}

connector!(Sendchamp, "connector-with-account");

#[derive(Serialize)]
struct Sms<'a> {
    to: &'a str,
    message: &'a str,
    sender_name: &'a str,
    route: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    country_code: Option<&'a str>,
}

fn request(config: &Config, message: &Message) -> Request {
    Request::post("https://api.sendchamp.com/api/v1/sms/send").credential("key").json(&Sms {
        to: &message.to,
        message: &message.text,
        sender_name: message.sender.as_deref().unwrap_or(&config.sender_name),
        route: if message.calling_code == "234" { &config.nigerian_route } else { "international" },
        country_code: message.country.as_deref(),
    })
}

/// What was asked, or a refusal under any status. The status stands in the body again, under one name or the other.
fn read(response: &Response) -> Result<serde_json::Value, Failure> {
    let answer = response.value();
    let code = word(&answer, "/status_code").or_else(|| word(&answer, "/code")).and_then(|code| code.parse().ok());
    let said = word(&answer, "/message");
    let is_refused =
        code.is_some_and(|code| !(200..300).contains(&code)) || word(&answer, "/status").as_deref() == Some("error");
    if is_refused || (!response.is_success() && said.is_some()) {
        return Err(refusal(response, code.unwrap_or(response.status), said.unwrap_or_default()));
    }
    // A yes without what was asked for says nothing, nor does a gateway's page.
    if response.is_success() { Ok(answer) } else { Err(response.refused(WORDS, None, None)) }
}

/// By its words, else by the status that the body has, which is the narrower one under 200: its own trouble is a doubt.
fn refusal(response: &Response, code: u16, text: String) -> Failure {
    let said = text.to_lowercase();
    let by_words = WORDS.iter().find(|(part, _)| said.contains(part)).map(|(_, kind)| *kind);
    let told = response.refused(&[], Some(code.to_string()), Some(text));
    let (by_code, certainty) = match code {
        200..=299 => (K::Other, told.certainty),
        500.. => kind_of_status(code),
        _ => (kind_of_status(code).0, told.certainty),
    };
    Failure { kind: by_words.unwrap_or(by_code), certainty, ..told }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = read(response)?;
    if let Some(failed) = word(&answer, "/data/status").filter(|status| status == "failed") {
        return Err(response.refused(WORDS, Some(failed), Some("the message failed at once".to_owned())));
    }
    let id = word(&answer, "/data/id").or_else(|| word(&answer, "/data/reference"));
    id.map(|id| accepted(ReceiptStatus::Accepted, id)).ok_or_else(|| response.refused(WORDS, None, None))
}

/// The wallet's currency is not told.
fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = read(response)?;
    let left = word(&answer, "/data/wallet_balance").ok_or_else(|| response.refused(WORDS, None, None))?;
    Ok(Standing { name: word(&answer, "/data/business_name"), ..credits(left) })
}
