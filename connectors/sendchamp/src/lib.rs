//! Sendchamp: `POST /api/v1/sms/send`.
//! <https://github.com/sendchamp/ai/blob/main/openapi/sms-verification.yaml>

use countersign_sdk::{
    Account, Call, CodeTable, Connector, Failure, FailureKind as K, Field, Message, Receipt, ReceiptStatus, Request,
    Response, Standing, Word, accepted, connector, exchange, kind_of_status, parse_config,
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

/// The status stands in the body again, under one name or the other.
#[derive(Deserialize)]
struct Answer<T> {
    #[serde(alias = "code")]
    status_code: Option<Word>,
    status: Option<String>,
    message: Option<String>,
    data: Option<T>,
}

/// What was asked, or a refusal under any status.
fn read<T: serde::de::DeserializeOwned>(response: &Response) -> Result<T, Failure> {
    let answer: Answer<T> = match response.json() {
        Ok(answer) => answer,
        Err(unreadable) if response.is_success() => return Err(unreadable),
        Err(_) => return Err(response.refused(WORDS, None, None)),
    };
    let code = answer.status_code.and_then(|code| code.0.parse::<u16>().ok());
    let is_yes = code.is_none_or(|code| (200..300).contains(&code)) && answer.status.as_deref() != Some("error");
    match answer.data {
        Some(data) if is_yes && response.is_success() => Ok(data),
        // A yes without what was asked for.
        _ if is_yes && response.is_success() => Err(response.refused(WORDS, None, answer.message)),
        _ => Err(refusal(response, code.unwrap_or(response.status), answer.message.unwrap_or_default())),
    }
}

/// By its words, else by the status that the body has, which is the narrower one under 200.
fn refusal(response: &Response, code: u16, text: String) -> Failure {
    let said = text.to_lowercase();
    let by_words = WORDS.iter().find(|(part, _)| said.contains(part)).map(|(_, kind)| *kind);
    let by_code = if (200..300).contains(&code) { K::Other } else { kind_of_status(code).0 };
    let told = response.refused(&[], Some(code.to_string()), Some(text));
    Failure { kind: by_words.unwrap_or(by_code), ..told }
}

#[derive(Deserialize)]
struct Sent {
    id: Option<Word>,
    reference: Option<Word>,
    status: Option<String>,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let sent: Sent = read(response)?;
    if sent.status.as_deref() == Some("failed") {
        return Err(response.refused(WORDS, sent.status, Some("the message failed at once".to_owned())));
    }
    let id = sent.id.and_then(Word::filled).or_else(|| sent.reference.and_then(Word::filled));
    id.map(|id| accepted(ReceiptStatus::Accepted, id)).ok_or_else(|| response.refused(WORDS, None, None))
}

#[derive(Deserialize)]
struct Wallet {
    business_name: Option<String>,
    wallet_balance: Word,
}

/// The wallet's currency is not told.
fn standing(response: &Response) -> Result<Standing, Failure> {
    let wallet: Wallet = read(response)?;
    let extra = vec![Field { name: "wallet-balance".to_owned(), value: wallet.wallet_balance.0 }];
    Ok(Standing { name: wallet.business_name, balance: None, extra })
}
