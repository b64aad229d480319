//! Textmagic, API v2: `POST /api/v2/messages`.
//! <https://docs.textmagic.com/#tag/Outbound-Messages>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, parse_config,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub(crate) struct Config {
    from: Option<String>,
}

/// Textmagic has no codes: a validation that failed names the field.
/// <https://www.textmagic.com/docs/api/response-codes/>
const CODES: &CodeTable = &[("from", K::InvalidConfig), ("phones", K::InvalidRecipient), ("text", K::ContentRejected)];

struct Textmagic;

impl Connector for Textmagic {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Textmagic {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        standing(&exchange(Request::get("https://rest.textmagic.com/api/v2/user").credential("user"))?)
    }
}

impl Reports for Textmagic {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Textmagic, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    text: &'a str,
    phones: &'a str,
    /// Comes back with the report.
    reference_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let body = Body {
        text: &message.text,
        phones: message.to.trim_start_matches('+'),
        reference_id: &message.reference,
        from: message.sender.as_deref().or(config.from.as_deref()),
    };
    Request::post("https://rest.textmagic.com/api/v2/messages").credential("login").json(&body)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    id: Option<Word>,
    #[serde(rename = "type")]
    kind: Option<String>,
    message_id: Option<Word>,
}

#[derive(Deserialize)]
struct Refused {
    message: Option<String>,
    errors: Option<Errors>,
}

#[derive(Deserialize)]
struct Errors {
    #[serde(default)]
    common: Value,
    #[serde(default)]
    fields: Value,
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let created: Created = response.json()?;
    // Reports name the message, which a session or a schedule is not.
    let own = created.id.filter(|_| created.kind.as_deref() == Some("message"));
    let id = created.message_id.and_then(Word::filled).or_else(|| own.and_then(Word::filled));
    let id = id.ok_or_else(|| response.refused(CODES, None, Some("the answer names no message".to_owned())))?;
    Ok(accepted(ReceiptStatus::Queued, id))
}

fn refusal(response: &Response) -> Failure {
    let Ok(refused) = response.json::<Refused>() else { return response.refused(CODES, None, None) };
    let Some(errors) = refused.errors else { return response.refused(CODES, None, refused.message) };
    // PHP writes an empty table as a list.
    let fields = errors.fields.as_object().and_then(|fields: &Map<String, Value>| fields.iter().next());
    let (field, told) = fields.map_or((None, &errors.common), |(field, told)| (Some(field.clone()), told));
    let told = told.as_str().or_else(|| told.get(0)?.as_str()).map(str::to_owned);
    response.refused(CODES, field, told.or(refused.message))
}

#[derive(Deserialize)]
struct User {
    username: Option<String>,
    balance: Option<Word>,
    currency: Option<Currency>,
}

#[derive(Deserialize)]
struct Currency {
    id: Option<String>,
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let User { username, balance, currency } = response.json()?;
    let name = username.ok_or_else(|| response.refused(CODES, None, Some("the answer names no user".to_owned())))?;
    let balance = balance.and_then(Word::filled).zip(currency.and_then(|currency| currency.id));
    let balance = balance.map(|(amount, currency)| Money { amount, currency });
    Ok(Standing { name: Some(name), balance, extra: Vec::new() })
}
