//! sms-gammu-gateway, a small HTTP server before Gammu and a GSM modem: `POST /sms`.
//! <https://github.com/pajikos/sms-gammu-gateway#send-a-sms-lock>

use countersign_sdk::text::is_gsm7;
use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, Response, connector, exchange, parse_config,
    word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    url: String,
    smsc: Option<String>,
}

struct Gammu;

impl Connector for Gammu {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

connector!(Gammu, "connector");

#[derive(Serialize)]
struct Body<'a> {
    text: &'a str,
    number: &'a str,
    unicode: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    smsc: Option<&'a str>,
}

pub(crate) fn request(config: &Config, message: &Message) -> Request {
    let body = Body {
        text: &message.text,
        number: &message.to,
        // Gammu writes what is no GSM 7-bit as it thinks fit, unless it is told.
        unicode: !is_gsm7(&message.text),
        smsc: config.smsc.as_deref(),
    };
    Request::post(format!("{}/sms", config.url)).credential("account").json(&body)
}

/// `{"status": 200, "message": "[255, 0]"}`: the modem's number for each part, from 0 to 255. They come round again
/// and are no ids.
pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let told: Value = if response.is_success() { response.json()? } else { response.value() };
    let message = word(&told, "/message");
    let parts = message.as_deref().and_then(|message| message.strip_prefix('[')?.strip_suffix(']'));
    let parts = parts.filter(|parts| !parts.is_empty()).map(|parts| parts.split(',').count());
    match parts.filter(|_| response.is_success() && word(&told, "/status").as_deref() == Some("200")) {
        Some(parts) => Ok(Receipt {
            status: ReceiptStatus::Accepted,
            message_ids: Vec::new(),
            segments: u32::try_from(parts).ok(),
            price: None,
            extra: Vec::new(),
        }),
        None => Err(response.refused(&[], None, message)),
    }
}
