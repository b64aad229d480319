//! The Messages API. <https://developer.vonage.com/en/api/messages#SendMessage>

use countersign_sdk::{Failure, Message, Receipt, ReceiptStatus, Request, Response, accepted, signing, word};
use serde::Serialize;

use super::codes::refusal;
use super::{Config, recipient};

/// What `ttl` may be, in seconds.
const TTL: std::ops::RangeInclusive<u32> = 20..=604_800;

#[derive(Serialize)]
struct Body<'a> {
    channel: &'static str,
    message_type: &'static str,
    from: &'a str,
    to: &'a str,
    text: &'a str,
    ttl: u32,
    client_ref: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<&'a str>,
    /// The version that the callback is to be written in, whatever the account is set to.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sms: Option<Options<'a>>,
}

#[derive(Serialize)]
struct Options<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_id: Option<&'a str>,
}

pub(crate) fn request(config: &Config, message: &Message) -> Result<Request, Failure> {
    let options = Options { entity_id: config.entity_id(message), content_id: config.content_id(message) };
    let body = Body {
        channel: "sms",
        message_type: "text",
        from: config.sender(message),
        to: recipient(message),
        text: &message.text,
        ttl: message.validity_seconds.clamp(*TTL.start(), *TTL.end()),
        client_ref: &message.reference,
        webhook_url: message.callback_url.as_deref(),
        webhook_version: message.callback_url.is_some().then_some("v1"),
        sms: (options.entity_id.is_some() || options.content_id.is_some()).then_some(options),
    };
    let host = config.region.as_ref().map_or("api.nexmo.com".to_owned(), |region| format!("api-{region}.vonage.com"));
    let post = Request::post(format!("https://{host}/v1/messages")).json(&body);
    if config.application_id.is_none() {
        return Ok(post.credential("messages"));
    }
    let token = signing::token("application", &[])?;
    Ok(post.header("authorization", format!("Bearer {token}")).credential("application"))
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    match word(&response.json()?, "/message_uuid") {
        Some(id) => Ok(accepted(ReceiptStatus::Accepted, id)),
        None => Err(refusal(response)),
    }
}
