//! Azure Communication Services, `POST /sms`.
//! <https://learn.microsoft.com/rest/api/communication/sms/sms/send>

mod report;
mod signed;

use countersign_sdk::encoding::sha256_hex;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Moment, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Config {
    resource: String,
    geography: Option<String>,
    from: String,
    delivery_reports: bool,
}

impl Config {
    fn host(&self) -> String {
        let geography = self.geography.as_ref().map(|geography| format!(".{geography}")).unwrap_or_default();
        format!("{}{geography}.communication.azure.com", self.resource)
    }
}

const SEND: &str = "/sms?api-version=2026-01-23";
const NUMBERS: &str = "/phoneNumbers?skip=0&api-version=2025-06-01&top=100";

/// How long Azure can wait for the carrier's report before it reports that there is none, in seconds.
const REPORT_WAIT: (u32, u32) = (60, 43_200);

/// Of one recipient, the status alone, as HTTP has it.
/// <https://learn.microsoft.com/rest/api/communication/errorcodes>
const RECIPIENT: &CodeTable = &[
    ("400", K::InvalidRecipient),
    ("401", K::AuthenticationFailed),
    ("403", K::AuthenticationFailed),
    ("404", K::InvalidConfig),
    ("429", K::RateLimited),
    ("500", K::ProviderUnavailable),
    ("503", K::ProviderUnavailable),
];

struct Azure;

impl Connector for Azure {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for Azure {
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let request = signed::request(call, &parse_config(config)?, "GET", NUMBERS, b"", "key_account")?;
        standing(&exchange(request)?)
    }
}

impl Reports for Azure {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Azure, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Send<'a> {
    from: &'a str,
    sms_recipients: [Recipient<'a>; 1],
    message: &'a str,
    sms_send_options: Options<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recipient<'a> {
    to: &'a str,
    repeatability_request_id: String,
    repeatability_first_sent: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options<'a> {
    enable_delivery_report: bool,
    tag: &'a str,
    delivery_report_timeout_in_seconds: u32,
}

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let (shortest, longest) = REPORT_WAIT;
    let send = Send {
        from: message.sender.as_deref().unwrap_or(&config.from),
        sms_recipients: [Recipient {
            to: &message.to,
            repeatability_request_id: uuid_of(&message.reference),
            repeatability_first_sent: Moment::of(call).http_date(),
        }],
        message: &message.text,
        sms_send_options: Options {
            enable_delivery_report: config.delivery_reports,
            tag: &message.reference,
            delivery_report_timeout_in_seconds: message.validity_seconds.clamp(shortest, longest),
        },
    };
    // Serialising to memory fails only for maps whose keys are no strings, which this has not.
    let body = serde_json::to_vec(&send).unwrap_or_default();
    Ok(signed::request(call, config, "POST", SEND, &body, "key")?.content("application/json", body))
}

/// The same UUID (version 8, RFC 9562 §5.8) for the same reference: Azure does a repeated request once.
fn uuid_of(reference: &str) -> String {
    let digest = sha256_hex(reference);
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}

#[derive(Deserialize)]
struct Sent {
    value: Vec<Outcome>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    message_id: Option<String>,
    http_status_code: u16,
    successful: bool,
    error_message: Option<String>,
}

/// 202 says that Azure looked at every recipient; what it says of one is inside.
fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let sent: Sent = response.json()?;
    match sent.value.into_iter().next() {
        Some(Outcome { successful: true, message_id: Some(id), .. }) if !id.is_empty() => {
            Ok(accepted(ReceiptStatus::Accepted, id))
        }
        Some(Outcome { successful: false, http_status_code, error_message, .. }) => {
            let inside = Response::new(http_status_code, "");
            Err(inside.refused(RECIPIENT, Some(http_status_code.to_string()), error_message))
        }
        _ => Err(refusal(response)),
    }
}

#[derive(Deserialize)]
struct Refused {
    error: Error,
}

#[derive(Deserialize)]
struct Error {
    code: Option<String>,
    message: Option<String>,
}

/// Azure's codes of a whole request are words to the status (`Denied` to 401), which says it all.
fn refusal(response: &Response) -> Failure {
    let error = response.json::<Refused>().map(|refused| refused.error).ok();
    let (code, text) = error.map(|error| (error.code, error.message)).unwrap_or_default();
    response.refused(&[], code, text)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Numbers {
    phone_numbers: Vec<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Number {
    country_code: String,
    phone_number_type: String,
}

/// What the resource can send from; the numbers themselves are no business of a log.
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let found: Numbers = response.json()?;
    let extra =
        found.phone_numbers.into_iter().map(|one| Field { name: one.country_code, value: one.phone_number_type });
    Ok(Standing { name: None, balance: None, extra: extra.collect() })
}
