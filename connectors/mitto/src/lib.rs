//! Mitto, SMS API: `POST /sms`.
//! <https://docs.mitto.ch/sms-bulk-sms-api-reference/>

use countersign_sdk::text::is_gsm7;
use countersign_sdk::{
    Call, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Message, Receipt, ReceiptStatus, Request,
    Response, accepted, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Config {
    from: String,
    region: Option<String>,
}

/// Two days, which is what a message has unless told.
const VALIDITY_MINUTES_MAX: u32 = 2880;

/// <https://docs.mitto.ch/sms-bulk-sms-api-reference/>
const CODES: &CodeTable = &[
    ("1", K::ProviderUnavailable),
    ("2", K::InvalidConfig),
    ("3", K::ContentRejected),
    ("4", K::ContentRejected),
    ("5", K::InvalidConfig),
    ("6", K::InvalidConfig),
    ("7", K::InvalidRecipient),
    ("8", K::InvalidRecipient),
];

struct Mitto;

impl Connector for Mitto {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

connector!(Mitto, "connector");

#[derive(Serialize)]
struct Body<'a> {
    from: &'a str,
    to: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'a str>,
    reference: &'a str,
    /// In minutes; rounded down, so that no code comes after its end.
    validity: u32,
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let body = Body {
        from: message.sender.as_ref().unwrap_or(&config.from).trim_start_matches('+'),
        to: message.to.trim_start_matches('+'),
        text: &message.text,
        // It takes a text for GSM unless told, and refuses what does not fit.
        r#type: (!is_gsm7(&message.text)).then_some("Unicode"),
        reference: &message.reference,
        validity: (message.validity_seconds / 60).clamp(1, VALIDITY_MINUTES_MAX),
    };
    let region = config.region.as_ref().map(|region| format!("-{region}")).unwrap_or_default();
    Request::post(format!("https://rest{region}.mittoapi.net/sms")).credential("key").json(&body)
}

pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = response.value();
    let text = word(&answer, "/responseText");
    // The status is 200 either way: the code says yes or no.
    match (word(&answer, "/responseCode").as_deref(), word(&answer, "/id")) {
        (Some("0"), Some(id)) if response.is_success() => Ok(accepted(ReceiptStatus::Accepted, id)),
        (Some("0") | None, _) => Err(response.refused(CODES, None, text)),
        (Some(code), _) => {
            let told = response.refused(CODES, Some(code.to_owned()), text);
            // An internal error is no refusal.
            Err(if code == "1" { told.maybe_sent() } else { told })
        }
    }
}
