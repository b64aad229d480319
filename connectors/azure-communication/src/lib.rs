//! Azure Communication Services, `POST /sms`.
//! <https://learn.microsoft.com/rest/api/communication/sms/sms/send>

mod report;
mod signed;

use countersign_sdk::encoding::sha256_hex;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Moment, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    ("422", K::InvalidConfig),
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

/// 202 says that Azure looked at every recipient; what it says of one is inside, and may be with another status as well
/// where there is but one.
fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = response.value();
    let told = |name: &str| word(&answer, &format!("/value/0/{name}"));
    match (told("successful").as_deref(), told("messageId"), told("httpStatusCode")) {
        (Some("true"), Some(id), _) if response.is_success() => Ok(accepted(ReceiptStatus::Accepted, id)),
        (Some("false"), _, Some(status)) => {
            let inside = Response { status: status.parse().unwrap_or_default(), ..response.clone() };
            let failure = inside.refused(RECIPIENT, Some(status), told("errorMessage"));
            // What Azure could not take as a repetition, or of this sender, says nothing of the number.
            let of_request = told("repeatabilityResult").is_some_and(|result| result.eq_ignore_ascii_case("rejected"))
                || failure.text.contains("From phone number");
            let kind = if of_request && failure.kind == K::InvalidRecipient { K::InvalidConfig } else { failure.kind };
            Err(Failure { kind, ..failure })
        }
        _ => Err(refusal(response)),
    }
}

/// Azure's codes of a whole request are words to the status (`Denied` to 401), which says it all.
fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    // A gateway's own page of problems (RFC 9457) has a title in place of a code.
    let text = word(&answer, "/error/message").or_else(|| word(&answer, "/title"));
    response.refused(&[], word(&answer, "/error/code"), text)
}

/// What the resource can send from; the numbers themselves are no business of a log.
fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    let numbers = answer.get("phoneNumbers").and_then(Value::as_array).filter(|_| response.is_success());
    let numbers = numbers.ok_or_else(|| refusal(response))?.iter();
    let kinds = numbers.filter_map(|one| Some((word(one, "/countryCode")?, word(one, "/phoneNumberType")?)));
    let extra = kinds.map(|(name, value)| Field { name, value }).collect();
    Ok(Standing { name: None, balance: None, extra })
}
