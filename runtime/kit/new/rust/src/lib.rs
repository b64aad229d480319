//! {{name}}: `POST /v1/messages`. Two functions and a table; the host does the rest.

use countersign_sdk::{
    Call, Certainty, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Message, Receipt, ReceiptStatus,
    Request, Response, accepted, connector, exchange, failure, kind_of, kind_of_status, parse_config,
};
use serde::{Deserialize, Serialize};

/// What the form holds, without its secrets: those never come here.
#[derive(Deserialize)]
struct Config {
    from: String,
}

/// The provider's codes, in the contract's words.
const CODES: &CodeTable = &[
    ("invalid_number", K::InvalidRecipient),
    ("opted_out", K::RecipientBlocked),
    ("no_credit", K::InsufficientFunds),
    ("unknown_sender", K::InvalidConfig),
];

struct Provider;

impl Connector for Provider {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

connector!(Provider, "connector", "wit");

#[derive(Serialize)]
struct Body<'a> {
    to: &'a str,
    from: &'a str,
    text: &'a str,
    reference: &'a str,
    validity_seconds: u32,
}

fn request(config: &Config, message: &Message) -> Request {
    // `token` is a credential of connector.toml: its place is left empty, and the host fills it.
    Request::post("https://api.{{id}}.example/v1/messages").credential("token").json(&Body {
        to: &message.to,
        from: message.sender.as_deref().unwrap_or(&config.from),
        text: &message.text,
        reference: &message.reference,
        validity_seconds: message.validity_seconds,
    })
}

#[derive(Deserialize)]
struct Taken {
    id: String,
    segments: Option<u32>,
}

#[derive(Deserialize)]
struct Refused {
    code: String,
    message: String,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if response.is_success() {
        let taken: Taken = response.json()?;
        return Ok(Receipt { segments: taken.segments, ..accepted(ReceiptStatus::Accepted, taken.id) });
    }
    // A status tells the kind where the code does not, and whether something may have been sent all the same.
    let (by_status, certainty): (K, Certainty) = kind_of_status(response.status);
    let told = match response.json::<Refused>() {
        Ok(refused) => failure(kind_of(CODES, &refused.code).unwrap_or(by_status), refused.message).code(refused.code),
        Err(_) => failure(by_status, format!("status {}", response.status)),
    };
    Err(Failure { certainty, ..told }.retry_after(response.retry_after()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_more_than_the_status() {
        let told = reply(&Response::new(400, r#"{"code": "opted_out", "message": "STOP"}"#)).unwrap_err();
        assert_eq!((told.kind, told.certainty), (K::RecipientBlocked, Certainty::NotSent));
    }

    #[test]
    fn a_yes_without_an_id_leaves_a_doubt() {
        assert_eq!(reply(&Response::new(201, "{}")).unwrap_err().certainty, Certainty::Unknown);
    }
}
