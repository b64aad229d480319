//! WhatsApp, Cloud API: `POST /{version}/{phone number}/messages`, templates of category authentication.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/copy-code-button-authentication-templates>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, failure, parse_config,
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

/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>
///
/// Who has no WhatsApp can still get an SMS, and a template that Meta paused says nothing of the next connector's text:
/// neither is a word on the recipient or on what is sent.
pub(crate) const CODES: &CodeTable = &[
    ("0", K::AuthenticationFailed),
    ("1", K::ProviderUnavailable),
    ("2", K::ProviderUnavailable),
    ("3", K::AuthenticationFailed),
    ("4", K::RateLimited),
    ("10", K::AuthenticationFailed),
    ("33", K::InvalidConfig),
    ("100", K::InvalidConfig),
    ("190", K::AuthenticationFailed),
    ("200", K::AuthenticationFailed),
    ("368", K::AuthenticationFailed),
    ("80007", K::RateLimited),
    ("130429", K::RateLimited),
    ("130472", K::Other),
    ("130497", K::UnsupportedDestination),
    ("131000", K::ProviderUnavailable),
    ("131005", K::AuthenticationFailed),
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
    ("131048", K::RateLimited),
    ("131049", K::Other),
    ("131056", K::RateLimited),
    ("131057", K::ProviderUnavailable),
    ("132000", K::InvalidConfig),
    ("132001", K::InvalidConfig),
    ("132005", K::InvalidConfig),
    ("132007", K::InvalidConfig),
    ("132008", K::InvalidConfig),
    ("132012", K::InvalidConfig),
    ("132015", K::InvalidConfig),
    ("132016", K::InvalidConfig),
    ("133010", K::InvalidConfig),
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

#[derive(Deserialize)]
struct Sent {
    messages: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    id: String,
    message_status: Option<String>,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let sent: Sent = response.json()?;
    let one = sent.messages.into_iter().next().filter(|one| !one.id.is_empty()).ok_or_else(|| refusal(response))?;
    let status = match one.message_status.as_deref() {
        Some("held_for_quality_assessment") => ReceiptStatus::Queued,
        _ => ReceiptStatus::Accepted,
    };
    Ok(accepted(status, one.id))
}

#[derive(Default, Deserialize)]
struct Refused {
    error: Told,
}

/// An error of the Graph API, as an answer and as a webhook has it.
#[derive(Default, Deserialize)]
pub(crate) struct Told {
    code: Option<Word>,
    message: Option<String>,
    title: Option<String>,
    error_data: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    details: Option<String>,
}

impl Told {
    pub(crate) fn code(&self) -> Option<String> {
        self.code.clone().and_then(Word::filled)
    }

    /// The details say what was wrong in this message, the rest only what the code means.
    pub(crate) fn text(self) -> Option<String> {
        self.error_data.and_then(|data| data.details).or(self.message).or(self.title)
    }
}

fn refusal(response: &Response) -> Failure {
    let told = response.json::<Refused>().unwrap_or_default().error;
    response.refused(CODES, told.code(), told.text())
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let node: Value = response.json()?;
    let text = |name: &str| node.get(name).and_then(Value::as_str).map(str::to_owned);
    // A node always has its id.
    text("id").ok_or_else(|| refusal(response))?;
    let quality = text("quality_rating").map(|value| Field { name: "quality_rating".to_owned(), value });
    Ok(Standing { name: text("verified_name"), balance: None, extra: quality.into_iter().collect() })
}
