//! RingCentral: `POST …/extension/~/sms` of a RingEX user, or `POST …/a2p-sms/batches` of High Volume SMS.
//! <https://developers.ringcentral.com/guide/messaging/sms/sending-sms>,
//! <https://developers.ringcentral.com/guide/messaging/sms/high-volume/sending-highvolume-sms>

use countersign_sdk::{
    Account, Call, CodeTable, Connector, Failure, FailureKind as K, Field, Message, Receipt, ReceiptStatus, Request,
    Response, Standing, Word, accepted, connector, exchange, parse_config,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Config {
    from: String,
    api: Api,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Api {
    Sms,
    HighVolume,
}

const ACCOUNT: &str = "https://platform.ringcentral.com/restapi/v1.0/account/~";

/// Of the API: <https://developers.ringcentral.com/guide/basics/errors>, and with each method in
/// <https://developers.ringcentral.com/api-reference/SMS/createSMSMessage>. Of a message:
/// <https://developers.ringcentral.com/guide/messaging/sms/sms-errors>.
const CODES: &CodeTable = &[
    ("BIL-103", K::InvalidConfig),
    ("CMN-101", K::InvalidConfig),
    ("CMN-102", K::InvalidConfig),
    ("CMN-201", K::ProviderUnavailable),
    ("CMN-203", K::ProviderUnavailable),
    ("CMN-301", K::RateLimited),
    ("CMN-401", K::AuthenticationFailed),
    ("CMN-408", K::AuthenticationFailed),
    ("MSG-240", K::UnsupportedDestination),
    ("MSG-241", K::InvalidConfig),
    ("MSG-242", K::InvalidConfig),
    ("MSG-243", K::RecipientBlocked),
    ("MSG-245", K::InvalidConfig),
    ("MSG-246", K::InvalidConfig),
    ("MSG-247", K::InvalidRecipient),
    ("MSG-304", K::InvalidConfig),
    ("MSG-314", K::InvalidConfig),
    ("MSG-367", K::InvalidConfig),
    ("MSG-384", K::QuotaExceeded),
    ("MSG-388", K::UnsupportedDestination),
    ("SMS-CAR-400", K::UnsupportedDestination),
    ("SMS-CAR-411", K::InvalidRecipient),
    ("SMS-CAR-413", K::RecipientBlocked),
    ("SMS-CAR-414", K::InvalidConfig),
    ("SMS-CAR-430", K::ContentRejected),
    ("SMS-CAR-431", K::ContentRejected),
    ("SMS-CAR-432", K::ContentRejected),
    ("SMS-CAR-433", K::ContentRejected),
    ("SMS-CAR-450", K::QuotaExceeded),
    ("SMS-CAR-451", K::QuotaExceeded),
    ("SMS-CAR-452", K::QuotaExceeded),
    ("SMS-CAR-461", K::InvalidConfig),
    ("SMS-CAR-500", K::ProviderUnavailable),
    ("SMS-RC-410", K::UnsupportedDestination),
    ("SMS-RC-413", K::RecipientBlocked),
    ("SMS-RC-430", K::ContentRejected),
    ("SMS-RC-500", K::ProviderUnavailable),
    ("SMS-RC-501", K::ProviderUnavailable),
    ("SMS-RC-503", K::InvalidConfig),
    ("SMS-RC-504", K::InvalidConfig),
    ("SMS-UP-410", K::InvalidRecipient),
    ("SMS-UP-413", K::RecipientBlocked),
    ("SMS-UP-414", K::InvalidConfig),
    ("SMS-UP-430", K::ContentRejected),
    ("SMS-UP-431", K::InvalidConfig),
    ("SMS-UP-432", K::ContentRejected),
    ("SMS-UP-433", K::ContentRejected),
    ("SMS-UP-500", K::ProviderUnavailable),
];

struct RingCentral;

impl Connector for RingCentral {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        let answer = exchange(request(&config, message))?;
        match config.api {
            Api::Sms => sent(&answer),
            Api::HighVolume => taken(&answer),
        }
    }
}

impl Account for RingCentral {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        standing(&exchange(Request::get(format!("{ACCOUNT}/extension/~")).credential("user_account"))?)
    }
}

connector!(RingCentral, "connector-with-account");

fn request(config: &Config, message: &Message) -> Request {
    let from = message.sender.as_ref().unwrap_or(&config.from);
    let (path, body) = match config.api {
        Api::Sms => (
            "extension/~/sms",
            json!({ "from": { "phoneNumber": from }, "to": [{ "phoneNumber": message.to }], "text": message.text }),
        ),
        Api::HighVolume => {
            ("a2p-sms/batches", json!({ "from": from, "text": message.text, "messages": [{ "to": [message.to] }] }))
        }
    };
    Request::post(format!("{ACCOUNT}/{path}")).credential("user").json(&body)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    id: Option<Word>,
    message_status: Option<String>,
    delivery_error_code: Option<String>,
    #[serde(default)]
    to: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    error_code: Option<String>,
}

/// A message of a user has its state at once, also one that says that nothing was sent.
fn sent(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let sent: Sent = response.json()?;
    let status = match sent.message_status.as_deref() {
        Some(failed @ ("SendingFailed" | "DeliveryFailed")) => {
            let of_recipient = sent.to.into_iter().next().and_then(|to| to.error_code);
            let code = sent.delivery_error_code.or(of_recipient).unwrap_or_else(|| failed.to_owned());
            return Err(response.refused(CODES, Some(code), Some(format!("RingCentral says {failed}"))));
        }
        Some("Queued") => ReceiptStatus::Queued,
        _ => ReceiptStatus::Accepted,
    };
    let id = sent.id.and_then(Word::filled).ok_or_else(|| refusal(response))?;
    Ok(accepted(status, id))
}

#[derive(Deserialize)]
struct Batch {
    id: Option<Word>,
    #[serde(default)]
    rejected: Vec<Rejected>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rejected {
    error_code: Option<String>,
    description: Option<String>,
}

/// A batch is taken without the recipients that are none; ours has one.
fn taken(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let batch: Batch = response.json()?;
    if let Some(rejected) = batch.rejected.into_iter().next() {
        let code = rejected.error_code.unwrap_or_else(|| "rejected".to_owned());
        let of_parameter = code.starts_with("CMN-");
        let told = response.refused(CODES, Some(code), rejected.description);
        return Err(Failure { kind: if of_parameter { K::InvalidRecipient } else { told.kind }, ..told });
    }
    let id = batch.id.and_then(Word::filled).ok_or_else(|| refusal(response))?;
    Ok(accepted(ReceiptStatus::Queued, id))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    error_code: Option<String>,
    message: Option<String>,
    parameter_name: Option<String>,
    #[serde(default)]
    errors: Vec<Refused>,
}

/// What is in the list is the logical code; outside it may be a general word, such as `InvalidParameter`.
fn refusal(response: &Response) -> Failure {
    let mut refused: Refused = response.json().unwrap_or_default();
    let first = std::mem::take(&mut refused.errors).into_iter().next().unwrap_or(refused);
    let of_recipient =
        first.parameter_name.is_some_and(|name| name == "to" || name.starts_with("to.") || name.starts_with("to["));
    let told = response.refused(CODES, first.error_code, first.message);
    let kind = if of_recipient && told.kind == K::InvalidConfig { K::InvalidRecipient } else { told.kind };
    Failure { kind, ..told }
}

#[derive(Deserialize)]
struct Extension {
    id: Option<Word>,
    name: Option<String>,
    status: Option<String>,
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let found: Extension = response.json()?;
    found.id.and_then(Word::filled).ok_or_else(|| refusal(response))?;
    let status = found.status.map(|value| Field { name: "status".to_owned(), value });
    Ok(Standing { name: found.name, balance: None, extra: status.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_the_table_twice() {
        for (index, (code, _)) in CODES.iter().enumerate() {
            assert_eq!(CODES.iter().position(|(other, _)| other == code), Some(index), "{code}");
        }
    }
}
