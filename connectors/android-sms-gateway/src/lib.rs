//! SMSGate, an app that sends from Android phones: `POST /3rdparty/v1/messages`, or `POST /messages` of a phone itself.
//! <https://docs.sms-gate.app/features/sending-messages/>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, encoding, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Config {
    url: Option<String>,
    path: String,
    device_id: Option<String>,
    sim_number: Option<u8>,
    device_active_within: Option<u16>,
    skip_phone_validation: bool,
    priority: i8,
}

impl Config {
    fn resource(&self, name: &str) -> String {
        format!("{}{}/{name}", self.url.as_deref().unwrap_or("https://api.sms-gate.app"), self.path)
    }
}

/// What SMSGate takes as an id, in characters.
const ID_CHARS_MAX: usize = 36;

/// Shortest life that it takes, in seconds.
const TTL_MIN: u32 = 5;

/// SMSGate has no codes: these stand somewhere in its words, or in those of Android:
/// <https://developer.android.com/reference/android/telephony/SmsManager>.
pub(crate) const CODES: &CodeTable = &[
    ("can't parse phone number", K::InvalidRecipient),
    ("not mobile phone number", K::InvalidRecipient),
    ("invalid phone number", K::InvalidRecipient),
    ("queue limits exceeded", K::ProviderUnavailable),
    ("RESULT_ERROR_LIMIT_EXCEEDED", K::RateLimited),
    ("RESULT_RIL_REQUEST_RATE_LIMITED", K::RateLimited),
    ("RESULT_NO_DEFAULT_SMS_APP", K::InvalidConfig),
    ("RESULT_INVALID_SMSC_ADDRESS", K::InvalidConfig),
    ("RESULT_RIL_INVALID_SMSC_ADDRESS", K::InvalidConfig),
    // The SIM card may write to fixed numbers only; the system asks before it writes to a short one.
    ("RESULT_ERROR_FDN_CHECK_FAILURE", K::UnsupportedDestination),
    ("RESULT_ERROR_SHORT_CODE_NOT_ALLOWED", K::UnsupportedDestination),
    ("RESULT_ERROR_SHORT_CODE_NEVER_ALLOWED", K::UnsupportedDestination),
    ("RESULT_ERROR_NO_SERVICE", K::ProviderUnavailable),
    ("RESULT_ERROR_RADIO_OFF", K::ProviderUnavailable),
    ("RESULT_RADIO_NOT_AVAILABLE", K::ProviderUnavailable),
    ("RESULT_NETWORK_ERROR", K::ProviderUnavailable),
    ("RESULT_RIL_MODEM_ERR", K::ProviderUnavailable),
    ("RESULT_RIL_NETWORK_NOT_READY", K::ProviderUnavailable),
    ("RESULT_RIL_RADIO_NOT_AVAILABLE", K::ProviderUnavailable),
    ("No SIMs found", K::ProviderUnavailable),
];

/// The entry of the table that stands in these words.
pub(crate) fn known(words: &str) -> Option<&'static str> {
    CODES.iter().map(|(code, _)| *code).find(|code| words.contains(code))
}

struct SmsGate;

impl Connector for SmsGate {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let id = id_of(message);
        reply(&id, &exchange(request(&parse_config(config)?, message, &id))?)
    }
}

impl Account for SmsGate {
    /// The phones: nothing that they tell is a secret.
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let name = if config.path.is_empty() { "device" } else { "devices" };
        standing(&exchange(Request::get(config.resource(name)).credential("devices"))?)
    }
}

impl Reports for SmsGate {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(SmsGate, "connector-complete");

/// Our reference, by which a repeat is refused; a long one by its digest.
fn id_of(message: &Message) -> String {
    if message.reference.len() <= ID_CHARS_MAX {
        return message.reference.clone();
    }
    encoding::sha256_hex(&message.reference).chars().take(ID_CHARS_MAX).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    id: &'a str,
    phone_numbers: [&'a str; 1],
    text_message: Text<'a>,
    ttl: u32,
    with_delivery_report: bool,
    is_encrypted: bool,
    priority: i8,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sim_number: Option<u8>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

pub(crate) fn request(config: &Config, message: &Message, id: &str) -> Request {
    let body = Body {
        id,
        phone_numbers: [&message.to],
        text_message: Text { text: &message.text },
        ttl: message.validity_seconds.max(TTL_MIN),
        with_delivery_report: true,
        is_encrypted: false,
        priority: config.priority,
        device_id: config.device_id.as_deref(),
        sim_number: config.sim_number,
    };
    let hours = config.device_active_within.map(|hours| hours.to_string());
    let mut query = Vec::new();
    query.extend(config.skip_phone_validation.then_some(("skipPhoneValidation", "true")));
    query.extend(hours.as_deref().map(|hours| ("deviceActiveWithin", hours)));
    let mut url = config.resource("messages");
    if !query.is_empty() {
        url = format!("{url}?{}", encoding::query(&query));
    }
    Request::post(url).credential("account").json(&body)
}

pub(crate) fn reply(id: &str, response: &Response) -> Result<Receipt, Failure> {
    // It has a message of this id: ours, from a call whose answer was lost.
    if response.status == 409 {
        return Ok(accepted(ReceiptStatus::Queued, id));
    }
    if !response.is_success() {
        return Err(refusal(response));
    }
    let taken: Value = response.json()?;
    let Some((id, state)) = word(&taken, "/id").zip(word(&taken, "/state")) else {
        return Err(response.refused(CODES, None, Some("the answer names no message".to_owned())));
    };
    if state == "Failed" || state == "Cancelled" {
        let text = word(&taken, "/recipients/0/error");
        let code = text.as_deref().and_then(known).map_or(state, str::to_owned);
        return Err(response.refused(CODES, Some(code), text.or(Some("the phone could not send it".to_owned()))));
    }
    Ok(accepted(ReceiptStatus::Queued, id))
}

fn refusal(response: &Response) -> Failure {
    let text = word(&response.value(), "/message");
    let code = text.as_deref().and_then(known);
    response.refused(CODES, code.map(str::to_owned), text)
}

/// The names of the phones, or their ids.
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let devices: Vec<Value> = response.json()?;
    let name = |device: &Value| word(device, "/name").or_else(|| word(device, "/id"));
    let extra = devices.iter().filter_map(name).map(|value| Field { name: "device".to_owned(), value });
    Ok(Standing { name: None, balance: None, extra: extra.collect() })
}
