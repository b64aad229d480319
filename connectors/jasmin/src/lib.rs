//! Jasmin, its HTTP API (`POST /send`) or the REST API before it (`POST /secure/send`).
//! <https://docs.jasminsms.com/en/latest/apis/ja-http/index.html>,
//! <https://docs.jasminsms.com/en/latest/apis/rest/index.html>

mod report;

use std::collections::BTreeMap;

use countersign_sdk::text::{is_gsm7, utf16_hex};
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, credits, encoding, exchange,
    parse_config, word,
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
    ("Setting dlr level not authorized", K::InvalidConfig),
    ("Setting dlr method not authorized", K::InvalidConfig),
    ("Setting validity period not authorized", K::InvalidConfig),
    ("Setting hex content not authorized", K::InvalidConfig),
    ("validity_period filter mismatch", K::InvalidConfig),
    ("Cannot check balance", K::AuthenticationFailed),
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
    // Rounded down: what would arrive behind the code's life is of no use.
    let validity = (message.validity_seconds / 60).max(1).to_string();
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
    let value = response.value();
    let wrapped = ["/data", "/message", "/title", ""].into_iter().find_map(|place| word(&value, place));
    wrapped.unwrap_or_else(|| if value.is_null() { response.text() } else { String::new() })
}

fn refusal(response: &Response, said: &str) -> Failure {
    let code = CODES.iter().map(|(words, _)| *words).find(|words| said.contains(words));
    let words = said.strip_prefix("Error \"").map(|rest| rest.trim_end_matches('"'));
    response.refused(CODES, code.map(str::to_owned), words.or(code).map(str::to_owned))
}

/// Either figure is `ND` where the user has no limit; the REST API wraps both.
fn standing(config: &Config, response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response, &said(response)));
    }
    let told = response.json::<Value>()?;
    let figure = |name: &str| word(&told, &format!("/{name}")).or_else(|| word(&told, &format!("/data/{name}")));
    let Some((amount, count)) = figure("balance").zip(figure("sms_count")) else {
        return Err(response.refused(CODES, None, Some("the answer has no balance".to_owned())));
    };
    let mut standing = match (amount.as_str(), &config.currency) {
        ("ND", _) => Standing { name: None, balance: None, extra: Vec::new() },
        (_, Some(currency)) => balance(amount, currency),
        (_, None) => credits(amount),
    };
    standing.name = Some(config.username.clone());
    standing.extra.extend((count != "ND").then(|| Field { name: "sms_count".to_owned(), value: count }));
    Ok(standing)
}
