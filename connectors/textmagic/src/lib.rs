//! Textmagic, API v2: `POST /api/v2/messages`.
//! <https://docs.textmagic.com/#tag/Outbound-Messages>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Money, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = response.value();
    if !response.is_success() {
        return Err(refusal(response, &answer));
    }
    // Reports name the message, which a session or a schedule is not.
    let own = || word(&answer, "/id").filter(|_| word(&answer, "/type").as_deref() == Some("message"));
    let id = word(&answer, "/messageId").or_else(own);
    let id = id.ok_or_else(|| response.refused(CODES, None, Some("the answer names no message".to_owned())))?;
    Ok(accepted(ReceiptStatus::Queued, id))
}

/// The first field that it blames, else what it says of the whole request.
fn refusal(response: &Response, answer: &Value) -> Failure {
    // PHP writes an empty table as a list.
    let fields = answer.pointer("/errors/fields").and_then(Value::as_object);
    let field = fields.and_then(|fields| fields.keys().next().cloned());
    let place = field.as_ref().map_or_else(|| "/errors/common".to_owned(), |field| format!("/errors/fields/{field}"));
    let text = word(answer, &place).or_else(|| word(answer, &format!("{place}/0")));
    let text = text.or_else(|| word(answer, "/message"));
    // There is no code for it either.
    let no_money = field.is_none() && response.status == 400 && text.as_deref().is_some_and(speaks_of_balance);
    let refused = response.refused(CODES, field, text);
    if no_money { Failure { kind: K::InsufficientFunds, ..refused } } else { refused }
}

fn speaks_of_balance(text: &str) -> bool {
    text.to_lowercase().contains("balance")
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    if !response.is_success() {
        return Err(refusal(response, &answer));
    }
    let name = word(&answer, "/username");
    let name = name.ok_or_else(|| response.refused(CODES, None, Some("the answer names no user".to_owned())))?;
    let balance = word(&answer, "/balance").zip(word(&answer, "/currency/id"));
    let balance = balance.map(|(amount, currency)| Money { amount, currency });
    Ok(Standing { name: Some(name), balance, extra: Vec::new() })
}
