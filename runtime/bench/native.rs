//! The baseline: the source of `connectors/twilio`, as this binary's own code.

use countersign_sdk as sdk;

use crate::connector::call::{Answer, Asked, Native};
use crate::connector::contract::{Certainty, Failure, FailureKind, Message, Money, Pair, Receipt, ReceiptStatus};

#[path = "../../connectors/twilio/src/lib.rs"]
#[allow(dead_code, reason = "what a component exports is not called natively")]
mod twilio;

/// Twilio without its sandbox.
pub(super) const TWILIO: Native = Native { request, reply };

fn request(config: &str, message: &Message) -> Result<Asked, Failure> {
    let config = sdk::parse_config(config).map_err(failure)?;
    let (method, url, headers, body, credentials) = twilio::request(&config, &lower(message)).into_parts();
    let headers = headers.into_iter().map(|header| Pair { name: header.name, value: header.value }).collect();
    Ok(Asked { method, url, headers, body, credentials })
}

fn reply(answer: Answer) -> Result<Receipt, Failure> {
    let header = |pair: Pair| sdk::Header { name: pair.name, value: pair.value };
    let headers = answer.headers.into_iter().map(header).collect();
    let read = twilio::reply(&sdk::Response { status: answer.status, headers, body: answer.body });
    read.map(receipt).map_err(failure)
}

fn lower(m: &Message) -> sdk::Message {
    let parameter = |pair: &Pair| sdk::Parameter { name: pair.name.clone(), value: pair.value.clone() };
    let field = |pair: &Pair| sdk::Field { name: pair.name.clone(), value: pair.value.clone() };
    sdk::Message {
        to: m.to.clone(),
        calling_code: m.calling_code.clone(),
        country: m.country.clone(),
        purpose: m.purpose.clone(),
        locale: m.locale.clone(),
        reference: m.reference.clone(),
        validity_seconds: m.validity_seconds,
        sender: m.sender.clone(),
        text: m.text.clone(),
        template_id: m.template_id.clone(),
        template_locale: m.template_locale.clone(),
        parameters: m.parameters.iter().map(parameter).collect(),
        callback_url: m.callback_url.clone(),
        client_ip: m.client_ip.clone(),
        extra: m.extra.iter().map(field).collect(),
    }
}

fn receipt(receipt: sdk::Receipt) -> Receipt {
    Receipt {
        status: match receipt.status {
            sdk::ReceiptStatus::Accepted => ReceiptStatus::Accepted,
            sdk::ReceiptStatus::Queued => ReceiptStatus::Queued,
            sdk::ReceiptStatus::Other => ReceiptStatus::Other,
        },
        message_ids: receipt.message_ids,
        segments: receipt.segments,
        price: receipt.price.map(|money| Money { amount: money.amount, currency: money.currency }),
        extra: receipt.extra.into_iter().map(|field| Pair { name: field.name, value: field.value }).collect(),
    }
}

/// A failure ends the benchmark: its text is what somebody will read.
fn failure(failure: sdk::Failure) -> Failure {
    Failure {
        kind: FailureKind::Other,
        certainty: Certainty::Unknown,
        provider_code: failure.provider_code,
        text: failure.text,
        retry_after_seconds: failure.retry_after_seconds,
        extra: Vec::new(),
    }
}
