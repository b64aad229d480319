//! Bandwidth, Messaging API v2: `POST /api/v2/users/{account}/messages`.
//! <https://dev.bandwidth.com/apis/messaging-apis/messaging/#tag/Messages/operation/createMessage>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Moment, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
struct Config {
    account_id: String,
    client_id: Option<String>,
    application_id: String,
    from: String,
    priority: String,
}

impl Config {
    fn resource(&self, name: &str) -> String {
        format!("https://messaging.bandwidth.com/api/v2/users/{}/{name}", self.account_id)
    }

    /// Client credentials are the newer ones, and beat a user.
    fn credential(&self, client: &'static str, user: &'static str) -> &'static str {
        if self.client_id.is_some() { client } else { user }
    }
}

/// Types of refusals: <https://dev.bandwidth.com/docs/messaging/errors>.
const TYPES: &CodeTable = &[
    ("forbidden", K::AuthenticationFailed),
    ("max-message-queue-size-exceeded", K::RateLimited),
    ("request-validation", K::InvalidConfig),
    ("unauthorized", K::AuthenticationFailed),
];

struct Bandwidth;

impl Connector for Bandwidth {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message))?)
    }
}

impl Account for Bandwidth {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let credential = config.credential("client_account", "user_account");
        standing(&exchange(Request::get(config.resource("media")).credential(credential))?)
    }
}

impl Reports for Bandwidth {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Bandwidth, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Text<'a> {
    application_id: &'a str,
    to: [&'a str; 1],
    from: &'a str,
    text: &'a str,
    tag: &'a str,
    expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'a str>,
}

fn request(call: &Call, config: &Config, message: &Message) -> Request {
    let ends = call.issued_at / 1000 + u64::from(message.validity_seconds);
    let text = Text {
        application_id: &config.application_id,
        to: [&message.to],
        from: message.sender.as_deref().unwrap_or(&config.from),
        text: &message.text,
        tag: &message.reference,
        expiration: Moment::from_seconds(ends).iso8601(),
        priority: Some(config.priority.as_str()).filter(|priority| *priority != "default"),
    };
    Request::post(config.resource("messages")).credential(config.credential("client", "user")).json(&text)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    id: String,
    segment_count: Option<u32>,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let created: Created = response.json()?;
    let segments = created.segment_count.filter(|segments| *segments > 0);
    Ok(Receipt { segments, ..accepted(ReceiptStatus::Queued, created.id) })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    #[serde(rename = "type")]
    kind: Option<String>,
    description: Option<String>,
    #[serde(default)]
    field_errors: Vec<Wrong>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wrong {
    field_name: String,
    description: Option<String>,
}

/// A refusal of the whole request names the field that is wrong, and says of it what matters.
fn refusal(response: &Response) -> Failure {
    let refused: Refused = response.json().unwrap_or_default();
    let wrong = refused.field_errors.into_iter().next();
    let by_field = match wrong.as_ref().map(|wrong| wrong.field_name.as_str()) {
        Some(name) if name == "to" || name.starts_with("to[") => Some(K::InvalidRecipient),
        Some("text") => Some(K::ContentRejected),
        _ => None,
    };
    let told = response.refused(TYPES, refused.kind, wrong.and_then(|wrong| wrong.description).or(refused.description));
    Failure { kind: by_field.filter(|_| told.kind == K::InvalidConfig).unwrap_or(told.kind), ..told }
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    response.json::<Vec<Value>>()?;
    Ok(Standing { name: None, balance: None, extra: Vec::new() })
}
