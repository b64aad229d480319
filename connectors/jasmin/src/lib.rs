//! Jasmin, its HTTP API (`POST /send`) or the REST API before it (`POST /secure/send`).
//! <https://docs.jasminsms.com/en/latest/apis/ja-http/index.html>,
//! <https://docs.jasminsms.com/en/latest/apis/rest/index.html>

mod report;

use std::collections::BTreeMap;

use countersign_sdk::text::{is_gsm7, utf16_hex};
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, encoding, exchange, parse_config,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    url: String,
    api: String,
    username: String,
    from: Option<String>,
    tags: Option<String>,
    currency: Option<String>,
}

impl Config {
    fn is_rest(&self) -> bool {
        self.api == "rest"
    }
}

/// Jasmin has no codes: these stand somewhere in its words.
const CODES: &CodeTable = &[
    ("Authentication failure", K::AuthenticationFailed),
    ("Authentication required", K::AuthenticationFailed),
    ("Cannot send MT messages", K::AuthenticationFailed),
    ("Argument [to] has an invalid value", K::InvalidRecipient),
    ("destination_address filter mismatch", K::UnsupportedDestination),
    ("source_address filter mismatch", K::InvalidConfig),
    ("content filter mismatch", K::ContentRejected),
    ("Setting source address not authorized", K::InvalidConfig),
    ("Long content not authorized", K::ContentRejected),
    ("No route found", K::UnsupportedDestination),
    ("Failover route has no bound connectors", K::ProviderUnavailable),
    ("Cannot charge submit_sm", K::InsufficientFunds),
    ("User throughput exceeded", K::RateLimited),
    ("Cannot send submit_sm", K::ProviderUnavailable),
    ("Jasmin httpapi connection error", K::ProviderUnavailable),
];

struct Jasmin;

impl Connector for Jasmin {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Jasmin {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let request = if config.is_rest() {
            Request::get(format!("{}/secure/balance", config.url)).credential("rest_balance")
        } else {
            let query = encoding::query(&[("username", &config.username)]);
            Request::get(format!("{}/balance?{query}", config.url)).credential("http_balance")
        };
        standing(&config, &exchange(request)?)
    }
}

impl Reports for Jasmin {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Jasmin, "connector-complete");

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let validity = message.validity_seconds.div_ceil(60).max(1).to_string();
    // Jasmin makes GSM 7-bit of UTF-8, and question marks of the rest: UCS-2 is taken as hexadecimal digits.
    let plain = is_gsm7(&message.text);
    let hex = if plain { String::new() } else { utf16_hex(&message.text) };
    let mut fields = BTreeMap::from([("to", message.to.as_str()), ("validity-period", &validity)]);
    fields.extend(match plain {
        true => [("coding", "0"), ("content", message.text.as_str())],
        false => [("coding", "8"), ("hex-content", &hex)],
    });
    fields.extend(message.sender.as_deref().or(config.from.as_deref()).map(|from| ("from", from)));
    fields.extend(config.tags.as_deref().map(|tags| ("tags", tags)));
    if let Some(url) = &message.callback_url {
        // Level 3: what the SMSC answers, and what the phone's network says later.
        fields.extend([("dlr", "yes"), ("dlr-level", "3"), ("dlr-method", "POST"), ("dlr-url", url)]);
    }
    if config.is_rest() {
        return Request::post(format!("{}/secure/send", config.url)).credential("rest").json(&fields);
    }
    fields.insert("username", &config.username);
    Request::post(format!("{}/send", config.url)).credential("http").form(fields)
}

/// `Success "039effd3-bf10-472f-a4df-961fc5c8de1a"`. The REST API has it in JSON, without the last quotation mark.
pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let said = said(response);
    let id = said.strip_prefix("Success \"").map(|rest| rest.trim_end_matches('"'));
    match id.filter(|id| response.is_success() && is_uuid(id)) {
        Some(id) => Ok(accepted(ReceiptStatus::Queued, id)),
        None => Err(refusal(response, &said)),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|digit| digit.is_ascii_hexdigit() || digit == b'-')
}

/// What an answer says, without what the REST API wraps it in.
fn said(response: &Response) -> String {
    let text = |value: Value| value.as_str().map(str::to_owned);
    match serde_json::from_slice(&response.body) {
        Ok(Value::Object(mut fields)) => ["data", "message", "title"]
            .into_iter()
            .find_map(|name| fields.remove(name))
            .and_then(text)
            .unwrap_or_default(),
        Ok(value) => text(value).unwrap_or_default(),
        Err(_) => response.text(),
    }
}

fn refusal(response: &Response, said: &str) -> Failure {
    let code = CODES.iter().map(|(words, _)| *words).find(|words| said.contains(words));
    let words = said.strip_prefix("Error \"").map(|rest| rest.trim_end_matches('"'));
    response.refused(CODES, code.map(str::to_owned), words.or(code).map(str::to_owned))
}

#[derive(Deserialize)]
struct Balance {
    balance: Word,
    sms_count: Word,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Rest { data: Balance },
    Http(Balance),
}

/// Either figure is `ND` where the user has no limit.
fn standing(config: &Config, response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response, &said(response)));
    }
    let (Told::Rest { data } | Told::Http(data)) = response.json()?;
    let defined = |Word(figure): Word| Some(figure).filter(|figure| figure != "ND");
    let (amount, count) = (defined(data.balance), defined(data.sms_count));
    let money = amount.clone().zip(config.currency.clone()).map(|(amount, currency)| Money { amount, currency });
    let named = [("balance", amount), ("sms_count", count)];
    let extra = named.into_iter().filter_map(|(name, value)| Some(Field { name: name.to_owned(), value: value? }));
    Ok(Standing { name: Some(config.username.clone()), balance: money, extra: extra.collect() })
}
