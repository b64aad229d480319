//! The SMS API. <https://bird.com/docs/api/reference/create-sms-message>

use countersign_sdk::{
    CodeTable, Fail as _, Failure, FailureKind as K, Message, Money, Receipt, ReceiptStatus, Request, Response,
    accepted, failure, kind_of, word,
};
use serde::Serialize;
use serde_json::Value;

use super::Config;

/// Names of refusals that say more than their status. <https://bird.com/docs/errors>
const NAMES: &CodeTable = &[
    ("SMSInvalidRecipient", K::InvalidRecipient),
    ("SMSSenderNotConfigured", K::InvalidConfig),
    ("SMSNoEligibleSender", K::InvalidConfig),
    ("SenderCategoryNotPermitted", K::InvalidConfig),
];

/// What a message's `error` says, in answers and in events.
pub(crate) const ERRORS: &CodeTable = &[
    ("invalid_destination", K::InvalidRecipient),
    ("unreachable", K::Other),
    ("landline_unreachable", K::InvalidRecipient),
    ("blocked_by_carrier", K::ContentRejected),
    ("content_rejected", K::ContentRejected),
    ("blocked_by_recipient", K::RecipientBlocked),
    ("recipient_opted_out", K::RecipientBlocked),
    ("sender_unregistered", K::InvalidConfig),
    ("provider_unavailable", K::ProviderUnavailable),
    ("insufficient_balance", K::InsufficientFunds),
    ("unknown", K::Other),
];

#[derive(Serialize)]
struct Body<'a> {
    to: &'a str,
    from: &'a str,
    text: &'a str,
    /// Bird then keeps no text that could be read later.
    category: &'static str,
    /// Comes back with every event.
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    reference: &'a str,
}

pub(crate) fn resource(config: &Config, name: &str) -> String {
    format!("https://{}.platform.bird.com/v1/{name}", config.region)
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let body = Body {
        to: &message.to,
        from: message.sender.as_deref().unwrap_or(&config.from),
        text: &message.text,
        category: "authentication",
        metadata: Metadata { reference: &message.reference },
    };
    let post = Request::post(resource(config, "sms/messages")).header("idempotency-key", &message.reference);
    post.credential("key").json(&body)
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let message: Value = response.json()?;
    if matches!(word(&message, "/status").as_deref(), Some("rejected" | "failed")) {
        let code = word(&message, "/last_error/code").unwrap_or_default();
        let text = word(&message, "/last_error/description").unwrap_or_else(|| "the message was rejected".to_owned());
        return Err(failure(kind_of(ERRORS, &code).unwrap_or(K::Other), text).code(code));
    }
    let id = word(&message, "/id").ok_or_else(|| refusal(response))?;
    let segments = word(&message, "/segments/count").and_then(|count| count.parse().ok());
    Ok(Receipt { segments, price: price(&message), ..accepted(ReceiptStatus::Accepted, id) })
}

/// What was charged, if that is known already. Events tell parts of it in any order, and no total.
fn price(message: &Value) -> Option<Money> {
    let (amount, currency) = word(message, "/cost/amount").zip(word(message, "/cost/currency_code"))?;
    Some(Money { amount, currency })
}

/// `error`, with a code that never changes and a name that people can read.
pub(crate) fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let told = response.refused(&[], word(&answer, "/error/code"), word(&answer, "/error/message"));
    let by_name = word(&answer, "/error/name").and_then(|name| kind_of(NAMES, &name));
    let told = Failure { kind: by_name.unwrap_or(told.kind), ..told };
    // An earlier request with the same key is under way, or was answered: it may have been taken.
    if response.status == 409 { Failure { kind: K::Other, ..told }.maybe_sent() } else { told }
}
