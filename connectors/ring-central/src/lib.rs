//! RingCentral: `POST …/extension/~/sms` of a RingEX user, or `POST …/a2p-sms/batches` of High Volume SMS.
//! <https://developers.ringcentral.com/guide/messaging/sms/sending-sms>,
//! <https://developers.ringcentral.com/guide/messaging/sms/high-volume/sending-highvolume-sms>

use countersign_sdk::{
    Account, Call, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Field, Message, Receipt, ReceiptStatus,
    Request, Response, Standing, accepted, connector, exchange, parse_config, word,
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
/// <https://developers.ringcentral.com/guide/messaging/sms/sms-errors>. What a carrier refuses without a reason is no word on
/// the text.
const CODES: &CodeTable = &[
    ("BIL-103", K::InvalidConfig),
    ("CMN-101", K::InvalidConfig),
    ("CMN-102", K::InvalidConfig),
    ("CMN-103", K::InvalidConfig),
    ("CMN-104", K::InvalidConfig),
    ("CMN-109", K::InvalidConfig),
    ("CMN-120", K::InvalidConfig),
    ("CMN-201", K::ProviderUnavailable),
    ("CMN-202", K::InvalidConfig),
    ("CMN-203", K::ProviderUnavailable),
    ("CMN-301", K::RateLimited),
    ("CMN-302", K::RateLimited),
    ("CMN-303", K::RateLimited),
    ("CMN-401", K::AuthenticationFailed),
    ("CMN-402", K::AuthenticationFailed),
    ("CMN-403", K::InvalidConfig),
    ("CMN-404", K::AuthenticationFailed),
    ("CMN-405", K::AuthenticationFailed),
    ("CMN-406", K::InvalidConfig),
    ("CMN-408", K::AuthenticationFailed),
    ("FeatureNotAvailable", K::InvalidConfig),
    ("InsufficientPermissions", K::AuthenticationFailed),
    ("InvalidParameter", K::InvalidConfig),
    ("MSG-240", K::UnsupportedDestination),
    ("MSG-241", K::InvalidConfig),
    ("MSG-242", K::InvalidConfig),
    ("MSG-243", K::RecipientBlocked),
    ("MSG-245", K::InvalidConfig),
    ("MSG-246", K::InvalidConfig),
    ("MSG-247", K::InvalidRecipient),
    ("MSG-290", K::ProviderUnavailable),
    ("MSG-304", K::InvalidConfig),
    ("MSG-305", K::RateLimited),
    ("MSG-309", K::InvalidRecipient),
    ("MSG-310", K::InvalidConfig),
    ("MSG-314", K::InvalidConfig),
    ("MSG-324", K::InvalidRecipient),
    ("MSG-331", K::InvalidConfig),
    ("MSG-338", K::ContentRejected),
    ("MSG-367", K::InvalidConfig),
    ("MSG-384", K::QuotaExceeded),
    ("MSG-388", K::UnsupportedDestination),
    ("SMS-CAR-104", K::Other),
    ("SMS-CAR-199", K::Other),
    ("SMS-CAR-400", K::UnsupportedDestination),
    ("SMS-CAR-410", K::Other),
    ("SMS-CAR-411", K::InvalidRecipient),
    ("SMS-CAR-412", K::Other),
    ("SMS-CAR-413", K::RecipientBlocked),
    ("SMS-CAR-414", K::InvalidConfig),
    ("SMS-CAR-430", K::ContentRejected),
    ("SMS-CAR-431", K::Other),
    ("SMS-CAR-432", K::ContentRejected),
    ("SMS-CAR-433", K::ContentRejected),
    ("SMS-CAR-434", K::ContentRejected),
    ("SMS-CAR-435", K::ContentRejected),
    ("SMS-CAR-450", K::QuotaExceeded),
    ("SMS-CAR-451", K::QuotaExceeded),
    ("SMS-CAR-452", K::QuotaExceeded),
    ("SMS-CAR-460", K::UnsupportedDestination),
    ("SMS-CAR-461", K::InvalidConfig),
    ("SMS-CAR-500", K::ProviderUnavailable),
    ("SMS-RC-410", K::InvalidRecipient),
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

/// The carrier said nothing, or nothing that RingCentral knows: the message may have arrived.
const UNCLEAR: [&str; 2] = ["SMS-CAR-104", "SMS-CAR-199"];

/// A message of a user has its state at once, also one that says that nothing was sent.
fn sent(response: &Response) -> Result<Receipt, Failure> {
    let sent = response.value();
    let Some(id) = word(&sent, "/id").filter(|_| response.is_success()) else { return Err(refusal(response)) };
    let states = ["/messageStatus", "/to/0/messageStatus"].map(|pointer| word(&sent, pointer));
    if let Some(failed) = states.iter().flatten().find(|state| state.ends_with("Failed")) {
        let code = word(&sent, "/deliveryErrorCode").or_else(|| word(&sent, "/to/0/errorCode"));
        let code = code.unwrap_or_else(|| failed.clone());
        let unclear = UNCLEAR.contains(&code.as_str());
        let told = response.refused(CODES, Some(code), Some(format!("RingCentral says {failed}")));
        return Err(if unclear { told.maybe_sent() } else { told });
    }
    let queued = states.iter().flatten().any(|state| state == "Queued");
    Ok(accepted(if queued { ReceiptStatus::Queued } else { ReceiptStatus::Accepted }, id))
}

/// A batch is taken without the recipients that are none; ours has one.
fn taken(response: &Response) -> Result<Receipt, Failure> {
    let batch = response.value();
    if let Some(rejected) = batch.pointer("/rejected/0").filter(|_| response.is_success()) {
        let code = word(rejected, "/errorCode").unwrap_or_else(|| "rejected".to_owned());
        let of_parameter = code.starts_with("CMN-");
        let told = response.refused(CODES, Some(code), word(rejected, "/description"));
        return Err(Failure { kind: if of_parameter { K::InvalidRecipient } else { told.kind }, ..told });
    }
    let id = word(&batch, "/id").filter(|_| response.is_success()).ok_or_else(|| refusal(response))?;
    Ok(accepted(ReceiptStatus::Queued, id))
}

/// What is in the list is the logical code; outside it may be a general word, such as `InvalidParameter`.
fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let told = |name: &str| word(&answer, &format!("/errors/0/{name}")).or_else(|| word(&answer, &format!("/{name}")));
    let of_recipient =
        told("parameterName").is_some_and(|name| name == "to" || name.starts_with("to.") || name.starts_with("to["));
    let code = told("errorCode");
    // Whatever is wrong with the login or its token, the status may be 400 as well.
    let of_login = code.as_deref().is_some_and(|code| code.starts_with("OAU-"));
    let failure = response.refused(CODES, code, told("message"));
    let kind = match failure.kind {
        _ if of_login => K::AuthenticationFailed,
        K::InvalidConfig if of_recipient => K::InvalidRecipient,
        kind => kind,
    };
    Failure { kind, ..failure }
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let found = response.value();
    word(&found, "/id").filter(|_| response.is_success()).ok_or_else(|| refusal(response))?;
    let status = word(&found, "/status").map(|value| Field { name: "status".to_owned(), value });
    Ok(Standing { name: word(&found, "/name"), balance: None, extra: status.into_iter().collect() })
}
