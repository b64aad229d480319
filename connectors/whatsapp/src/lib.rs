//! WhatsApp, Cloud API: `POST /{version}/{phone number}/messages`, templates of category authentication.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/copy-code-button-authentication-templates>

mod report;

use countersign_sdk::{
    Account, Call, Callback, Certainty, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, failure, kind_of,
    parse_config, word,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(crate) struct Config {
    phone_number_id: String,
    verify_token: Option<String>,
    language: String,
    version: String,
}

impl Config {
    fn number(&self) -> String {
        format!("https://graph.facebook.com/{}/{}", self.version, self.phone_number_id)
    }
}

/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>, and those of the Graph API
/// beneath it: <https://developers.facebook.com/docs/graph-api/guides/error-handling>.
///
/// Who has no WhatsApp can still get an SMS, and a template that Meta paused says nothing of the next connector's text:
/// neither is a word on the recipient or on what is sent.
const CODES: &CodeTable = &[
    ("0", K::AuthenticationFailed),
    ("1", K::ProviderUnavailable),
    ("2", K::ProviderUnavailable),
    ("3", K::AuthenticationFailed),
    ("4", K::RateLimited),
    ("10", K::AuthenticationFailed),
    ("17", K::RateLimited),
    ("33", K::InvalidConfig),
    ("100", K::InvalidConfig),
    ("102", K::AuthenticationFailed),
    ("190", K::AuthenticationFailed),
    ("200", K::AuthenticationFailed),
    ("341", K::RateLimited),
    ("368", K::AuthenticationFailed),
    ("613", K::RateLimited),
    ("80007", K::RateLimited),
    ("130429", K::RateLimited),
    ("130472", K::Other),
    ("130497", K::UnsupportedDestination),
    ("131000", K::ProviderUnavailable),
    ("131001", K::ContentRejected),
    ("131002", K::InvalidConfig),
    ("131005", K::AuthenticationFailed),
    ("131006", K::InvalidConfig),
    ("131008", K::InvalidConfig),
    ("131009", K::InvalidConfig),
    ("131016", K::ProviderUnavailable),
    ("131021", K::InvalidRecipient),
    ("131026", K::UnsupportedDestination),
    ("131030", K::UnsupportedDestination),
    ("131031", K::AuthenticationFailed),
    ("131037", K::InvalidConfig),
    ("131042", K::InsufficientFunds),
    ("131045", K::InvalidConfig),
    ("131047", K::InvalidConfig),
    ("131048", K::RateLimited),
    ("131049", K::Other),
    ("131050", K::RecipientBlocked),
    ("131051", K::InvalidConfig),
    ("131055", K::InvalidConfig),
    ("131056", K::RateLimited),
    ("131057", K::ProviderUnavailable),
    ("131062", K::InvalidConfig),
    ("131063", K::InvalidConfig),
    ("131064", K::QuotaExceeded),
    ("132000", K::InvalidConfig),
    ("132001", K::InvalidConfig),
    ("132005", K::InvalidConfig),
    ("132007", K::InvalidConfig),
    ("132008", K::InvalidConfig),
    ("132012", K::InvalidConfig),
    ("132015", K::InvalidConfig),
    ("132016", K::InvalidConfig),
    ("132018", K::InvalidConfig),
    ("133000", K::InvalidConfig),
    ("133004", K::ProviderUnavailable),
    ("133006", K::InvalidConfig),
    ("133007", K::AuthenticationFailed),
    ("133010", K::InvalidConfig),
    ("133016", K::RateLimited),
    ("134011", K::InvalidConfig),
    ("135000", K::InvalidConfig),
    ("2494100", K::ProviderUnavailable),
];

struct WhatsApp;

impl Connector for WhatsApp {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message)?)?)
    }
}

impl Account for WhatsApp {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let url = format!("{}?fields=verified_name,quality_rating", config.number());
        standing(&exchange(Request::get(url).credential("token_account"))?)
    }
}

impl Reports for WhatsApp {
    fn handle(_call: &Call, config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(&parse_config(config)?, callback)
    }
}

connector!(WhatsApp, "connector-complete");

/// The code stands in the body and again in the button that copies it, or hands it to the app.
fn request(config: &Config, message: &Message) -> Result<Request, Failure> {
    let code = message.parameters.iter().find(|parameter| parameter.name == "code").map(|code| &code.value);
    let missing = || failure(K::InvalidConfig, "WhatsApp sends nothing without a template and a code");
    let (code, template) = code.zip(message.template_id.as_ref()).ok_or_else(missing)?;
    // Meta writes `pt_BR` where everybody else writes `pt-BR`.
    let language = message.template_locale.as_ref().unwrap_or(&config.language).replace('-', "_");
    let parameters = json!([{ "type": "text", "text": code }]);
    let body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to,
        "type": "template",
        "template": {
            "name": template,
            "language": { "code": language },
            "components": [
                { "type": "body", "parameters": parameters },
                { "type": "button", "sub_type": "url", "index": "0", "parameters": parameters },
            ],
        },
        "biz_opaque_callback_data": message.reference,
    });
    Ok(Request::post(format!("{}/messages", config.number())).credential("token").json(&body))
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let sent = response.value();
    let id = word(&sent, "/messages/0/id").filter(|_| response.is_success()).ok_or_else(|| refusal(response))?;
    // Meta holds back the first messages of a new template, and decides on the others later.
    let status = match word(&sent, "/messages/0/message_status").as_deref() {
        Some("held_for_quality_assessment" | "paused") => ReceiptStatus::Queued,
        _ => ReceiptStatus::Accepted,
    };
    Ok(accepted(status, id))
}

/// An error of the Graph API, as an answer and as a webhook has it: its code, what that means, and its words.
pub(crate) fn told(error: &Value) -> (Option<String>, Option<K>, Option<String>) {
    let code = word(error, "/code");
    // 200 to 299 are permissions, each its own.
    let of_permission = code.as_deref().is_some_and(|code| code.len() == 3 && code.starts_with('2'));
    let permission = of_permission.then_some(K::AuthenticationFailed);
    let kind = code.as_deref().and_then(|code| kind_of(CODES, code)).or(permission);
    // The details say what was wrong in this message, the rest only what the code means.
    let text = ["/error_data/details", "/message", "/title"].iter().find_map(|pointer| word(error, pointer));
    (code, kind, text)
}

fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let (code, kind, text) = told(answer.get("error").unwrap_or(&Value::Null));
    let failure = response.refused(CODES, code, text);
    // A missing permission comes with 500, and is a clear no all the same.
    let clear = kind.is_some_and(|kind| kind != K::ProviderUnavailable);
    let certainty = if clear { Certainty::NotSent } else { failure.certainty };
    Failure { kind: kind.unwrap_or(failure.kind), certainty, ..failure }
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let node = response.value();
    // A node always has its id.
    word(&node, "/id").filter(|_| response.is_success()).ok_or_else(|| refusal(response))?;
    let quality = word(&node, "/quality_rating").map(|value| Field { name: "quality_rating".to_owned(), value });
    Ok(Standing { name: word(&node, "/verified_name"), balance: None, extra: quality.into_iter().collect() })
}
