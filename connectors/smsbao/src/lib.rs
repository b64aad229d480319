//! SMSBao: one GET, to mainland China by `/sms` and to other countries by `/wsms`; a code alone is the answer.
//! <https://www.smsbao.com/openapi/56.html>

use countersign_sdk::encoding::query;
use countersign_sdk::{
    Account, Call, CodeTable, Connector, Failure, FailureKind as K, Message, Receipt, ReceiptStatus, Request, Response,
    Standing, connector, credits, exchange, parse_config, signing,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    username: String,
    signature: Option<String>,
    goods_id: Option<String>,
}

/// <https://www.smsbao.com/openapi/56.html>
const CODES: &CodeTable = &[
    ("-1", K::InvalidConfig),
    ("30", K::AuthenticationFailed),
    ("40", K::AuthenticationFailed),
    ("41", K::InsufficientFunds),
    ("42", K::AuthenticationFailed),
    ("43", K::AuthenticationFailed),
    ("50", K::ContentRejected),
    ("51", K::InvalidRecipient),
];

/// What SMSBao's documentation says of a code, since its answer says no more.
fn words(code: &str) -> &'static str {
    match code {
        "-1" => "a parameter is missing",
        "30" => "wrong password",
        "40" => "the account does not exist",
        "41" => "the balance is not enough",
        "42" => "the account has expired",
        "43" => "this IP address is not permitted",
        "50" => "the text has a word that is not permitted",
        "51" => "the number is wrong",
        _ => "it refused with a code that is not documented",
    }
}

struct SmsBao;

impl Connector for SmsBao {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message)?)?)
    }
}

impl Account for SmsBao {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let fields = vec![("u", config.username.as_str())];
        standing(&exchange(get("query", fields, "api_key_balance", "password_balance")?)?)
    }
}

connector!(SmsBao, "connector-with-account");

fn request(config: &Config, message: &Message) -> Result<Request, Failure> {
    let text = match message.sender.as_ref().or(config.signature.as_ref()) {
        Some(signature) if !message.text.starts_with('【') => format!("【{signature}】{}", message.text),
        _ => message.text.clone(),
    };
    let mut fields = vec![("u", config.username.as_str())];
    let path = match message.to.strip_prefix("+86") {
        Some(number) => {
            fields.extend(config.goods_id.as_deref().map(|id| ("g", id)));
            fields.push(("m", number));
            "sms"
        }
        None => {
            fields.push(("m", &message.to));
            "wsms"
        }
    };
    fields.push(("c", &text));
    get(path, fields, "api_key", "password")
}

fn get(path: &str, fields: Vec<(&str, &str)>, api_key: &str, password: &str) -> Result<Request, Failure> {
    let url = format!("https://api.smsbao.com/{path}?{}", query(&fields));
    if signing::is_set(api_key) {
        return Ok(Request::get(url).credential(api_key));
    }
    let marker = signing::digest(password, &[])?;
    Ok(Request::get(format!("{url}&p={marker}")).credential(password))
}

/// The first line, if it is a number: anything else is not SMSBao's.
fn code(response: &Response) -> Option<String> {
    let text = response.text();
    let line = text.lines().next().unwrap_or_default().trim();
    line.parse::<i16>().is_ok().then(|| line.to_owned())
}

fn refused(response: &Response, code: Option<String>) -> Failure {
    let said = code.as_deref().map(|code| words(code).to_owned());
    response.refused(CODES, code, said)
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    match code(response) {
        // It names no message.
        Some(code) if code == "0" && response.is_success() => Ok(Receipt {
            status: ReceiptStatus::Accepted,
            message_ids: Vec::new(),
            segments: None,
            price: None,
            extra: Vec::new(),
        }),
        code => Err(refused(response, code)),
    }
}

/// `0`, and on the next line how many messages were sent and how many are left.
fn standing(response: &Response) -> Result<Standing, Failure> {
    let text = response.text();
    let left = text.lines().nth(1).and_then(|line| line.split(',').nth(1));
    match (code(response), left) {
        (Some(code), Some(left)) if code == "0" && response.is_success() => Ok(credits(left.trim())),
        (code, _) => Err(refused(response, code.filter(|code| code != "0"))),
    }
}
