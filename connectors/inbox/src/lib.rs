//! The service's own inbox, which answers at a name that exists inside the service only.

use countersign_sdk::{
    Call, Connector, Fail as _, Failure, Message, Receipt, ReceiptStatus, Request, Response, accepted, connector,
    exchange, failure, kind_of_status,
};
use serde::{Deserialize, Serialize};

const URL: &str = "https://inbox.countersign.internal/messages";

struct Inbox;

impl Connector for Inbox {
    fn send(_call: &Call, _config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(message))?)
    }
}

connector!(Inbox, "connector");

#[derive(Serialize)]
struct Sms<'a> {
    to: &'a str,
    text: &'a str,
    purpose: &'a str,
    reference: &'a str,
    sender: Option<&'a str>,
}

fn request(message: &Message) -> Request {
    Request::post(URL).json(&Sms {
        to: &message.to,
        text: &message.text,
        purpose: &message.purpose,
        reference: &message.reference,
        sender: message.sender.as_deref(),
    })
}

#[derive(Deserialize)]
struct Kept {
    id: String,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        let (kind, certainty) = kind_of_status(response.status);
        let told = failure(kind, format!("the inbox answered with status {}", response.status));
        return Err(Failure { certainty, ..told }.retry_after(response.retry_after()));
    }
    Ok(accepted(ReceiptStatus::Accepted, response.json::<Kept>()?.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inboxs_id_becomes_the_message_id() {
        assert_eq!(
            reply(&Response::new(201, r#"{"id": "in_1"}"#)).map(|receipt| receipt.message_ids).ok(),
            Some(vec!["in_1".to_owned()])
        );
    }
}
