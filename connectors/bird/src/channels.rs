//! The Channels API. <https://docs.bird.com/api/channels-api/supported-channels/programmable-sms/sending-sms-messages>

use countersign_sdk::{
    CodeTable, Failure, FailureKind as K, Message, Receipt, ReceiptStatus, Request, Response, accepted, failure, word,
};
use serde::Serialize;

use super::Config;

/// `failure.code` of a message. Refusals have codes that say no more than their status.
/// <https://docs.bird.com/api/channels-api/message-status-and-interactions/message-failure-codes>
pub(crate) const CODES: &CodeTable = &[
    ("11001", K::InvalidConfig),
    ("11002", K::InvalidConfig),
    ("12001", K::ProviderUnavailable),
    ("12002", K::InvalidConfig),
    ("12003", K::UnsupportedDestination),
    ("15005", K::InvalidRecipient),
];

#[derive(Serialize)]
struct Body<'a> {
    receiver: Receiver<'a>,
    body: Content<'a>,
    reference: &'a str,
}

#[derive(Serialize)]
struct Receiver<'a> {
    contacts: [Contact<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contact<'a> {
    identifier_key: &'static str,
    identifier_value: &'a str,
}

#[derive(Serialize)]
struct Content<'a> {
    r#type: &'static str,
    text: Text<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

pub(crate) fn resource(config: &Config) -> String {
    format!("https://api.bird.com/workspaces/{}/channels/{}", config.workspace_id, config.channel_id)
}

pub(crate) fn request(config: &Config, message: &Message) -> Result<Request, Failure> {
    if message.sender.is_some() {
        return Err(failure(
            K::InvalidConfig,
            "a channel has its own sender: the one for this recipient can't be used",
        ));
    }
    let body = Body {
        receiver: Receiver { contacts: [Contact { identifier_key: "phonenumber", identifier_value: &message.to }] },
        body: Content { r#type: "text", text: Text { text: &message.text } },
        reference: &message.reference,
    };
    Ok(Request::post(format!("{}/messages", resource(config))).credential("channel").json(&body))
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let id = word(&response.json()?, "/id").ok_or_else(|| refusal(response))?;
    Ok(accepted(ReceiptStatus::Accepted, id))
}

pub(crate) fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let text = ["/message", "/detail", "/title"].iter().find_map(|at| word(&answer, at));
    response.refused(CODES, word(&answer, "/code"), text)
}
