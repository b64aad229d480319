//! Bandwidth, Messaging API v2: `POST /api/v2/users/{account}/messages`.
//! <https://dev.bandwidth.com/apis/messaging-apis/messaging/#tag/Messages/operation/createMessage>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Moment, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};

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
    ("unsupported-content-type", K::InvalidConfig),
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

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let created = response.value();
    let id = word(&created, "/id").filter(|_| response.is_success()).ok_or_else(|| refusal(response))?;
    let segments =
        word(&created, "/segmentCount").and_then(|count| count.parse().ok()).filter(|segments| *segments > 0);
    Ok(Receipt { segments, ..accepted(ReceiptStatus::Queued, id) })
}

/// A refusal of the whole request names the field that is wrong, and says of it what matters.
fn refusal(response: &Response) -> Failure {
    let refused = response.value();
    let said = ["/fieldErrors/0/description", "/description", "/errors/0/description", "/message"];
    let text = said.iter().find_map(|pointer| word(&refused, pointer));
    let kind = word(&refused, "/type").or_else(|| word(&refused, "/errors/0/type"));
    let told = response.refused(TYPES, kind, text);
    let kind = match word(&refused, "/fieldErrors/0/fieldName").as_deref() {
        _ if told.kind != K::InvalidConfig => told.kind,
        Some(name) if name == "to" || name.starts_with("to[") => K::InvalidRecipient,
        Some("text") => K::ContentRejected,
        _ => told.kind,
    };
    Failure { kind, ..told }
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() || !response.value().is_array() {
        return Err(refusal(response));
    }
    Ok(Standing { name: None, balance: None, extra: Vec::new() })
}
