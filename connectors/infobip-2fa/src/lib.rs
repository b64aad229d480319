//! Infobip 2FA: `POST https://{subdomain}.api.infobip.com/2fa/2/pin`, and `…/{pin}/verify` with the code.
//! <https://www.infobip.com/docs/api/platform/2fa/pin-sending-and-verification>

use countersign_sdk::encoding::percent_encode;
use countersign_sdk::{
    Account, Attempt, Call, CodeTable, Fail as _, Failure, FailureKind as K, Request, Response, Standing, StartRequest,
    Started, Verdict, Verification, connector, exchange, failure, parse_config, started, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
struct Config {
    subdomain: String,
    application_id: String,
    message_id: String,
    sender: Option<String>,
}

impl Config {
    fn resource(&self, path: &str) -> String {
        format!("https://{}.api.infobip.com/2fa/2/{path}", self.subdomain)
    }
}

/// Names of a service exception. <https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes>
const CODES: &CodeTable = &[
    ("BAD_REQUEST", K::InvalidConfig),
    ("FORBIDDEN", K::AuthenticationFailed),
    ("TOO_MANY_REQUESTS", K::RateLimited),
    ("UNAUTHORIZED", K::AuthenticationFailed),
];

/// A 200's word for a message that was not sent.
const NOT_SENT: &str = "MESSAGE_NOT_SENT";

struct Infobip;

impl Verification for Infobip {
    fn start(_call: &Call, config: &str, request: &StartRequest) -> Result<Started, Failure> {
        let config: Config = parse_config(config)?;
        if let Some(previous) = &request.previous {
            let response = exchange(again(&config, previous))?;
            // A pin that Infobip has forgotten meanwhile is followed by another one.
            if !is_unknown_pin(&response) {
                return reply(&response);
            }
        }
        reply(&exchange(pin(&config, request))?)
    }

    fn check(_call: &Call, config: &str, attempt: &Attempt) -> Result<Verdict, Failure> {
        let config: Config = parse_config(config)?;
        let unknown =
            "Infobip checks a code by its pin's id alone, and the answer that had it never came: send it again";
        let id = attempt.id.as_ref().ok_or_else(|| failure(K::Other, unknown))?;
        let url = config.resource(&format!("pin/{}/verify", percent_encode(id)));
        verdict(&exchange(Request::post(url).credential("key").json(&Pin { pin: &attempt.code }))?)
    }
}

impl Account for Infobip {
    /// The application: that it is there says that host, key and id belong together.
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let url = config.resource(&format!("applications/{}", percent_encode(&config.application_id)));
        let response = exchange(Request::get(url).credential("application"))?;
        if !response.is_success() {
            return Err(refusal(&response));
        }
        let unnamed = || failure(K::InvalidResponse, "the answer tells of no application");
        let name = word(&response.value(), "/name").ok_or_else(unnamed)?;
        Ok(Standing { name: Some(name), balance: None, extra: Vec::new() })
    }
}

connector!(Infobip, "verification-with-account");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Start<'a> {
    application_id: &'a str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    to: &'a str,
    track_delivery: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Again {
    track_delivery: bool,
}

#[derive(Serialize)]
struct Pin<'a> {
    pin: &'a str,
}

/// A resend keeps pin and code.
fn again(config: &Config, previous: &str) -> Request {
    let url = config.resource(&format!("pin/{}/resend", percent_encode(previous)));
    Request::post(url).credential("key").json(&Again { track_delivery: false })
}

fn pin(config: &Config, asked: &StartRequest) -> Request {
    let from = asked.sender.as_deref().or(config.sender.as_deref());
    let body = Start {
        application_id: &config.application_id,
        message_id: &config.message_id,
        from: from.map(digits),
        to: digits(&asked.to),
        track_delivery: false,
    };
    Request::post(config.resource("pin")).credential("key").json(&body)
}

/// Infobip writes numbers without their plus.
fn digits(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

/// A 200 may say that nothing was sent.
fn reply(response: &Response) -> Result<Started, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let answer = response.value();
    let nothing = || failure(K::InvalidResponse, "the answer does not say whether the message was sent").maybe_sent();
    match word(&answer, "/smsStatus").as_deref() {
        Some("MESSAGE_SENT") => Ok(started(word(&answer, "/pinId").ok_or_else(nothing)?)),
        Some(NOT_SENT) => Err(not_sent(word(&answer, "/ncStatus"))),
        _ => Err(nothing()),
    }
}

/// What Infobip's number lookup, which it makes before it sends, found out.
fn not_sent(lookup: Option<String>) -> Failure {
    match lookup {
        Some(status) if status == "NC_DESTINATION_NOT_REACHABLE" => {
            failure(K::InvalidRecipient, "the number can't be reached").code(status)
        }
        Some(status) => failure(K::Other, "the message was not sent").code(status),
        None => failure(K::Other, "the message was not sent").code(NOT_SENT),
    }
}

/// <https://www.infobip.com/docs/api/platform/2fa/pin-sending-and-verification/verify-2fa-phone-number>
fn verdict(response: &Response) -> Result<Verdict, Failure> {
    let answer = response.value();
    if !response.is_success() {
        return if is_unknown_pin(response) { Ok(Verdict::Gone) } else { Err(refusal(response)) };
    }
    let nothing = || failure(K::InvalidResponse, "the answer does not say whether the code is right").maybe_sent();
    let verified = answer.get("verified").and_then(Value::as_bool).ok_or_else(nothing)?;
    Ok(match (verified, word(&answer, "/pinError").as_deref()) {
        (true, None | Some("NO_ERROR")) => Verdict::Approved,
        (false, Some("WRONG_PIN")) => Verdict::Wrong,
        (false, Some("TTL_EXPIRED" | "PIN_EXPIRED")) => Verdict::Expired,
        (false, Some("NO_MORE_PIN_ATTEMPTS")) => Verdict::TooMany,
        _ => Verdict::Other,
    })
}

/// A gateway's 404 says nothing of a pin.
fn is_unknown_pin(response: &Response) -> bool {
    response.status == 404 && code_of(&response.value()).is_some()
}

const EXCEPTION: &str = "/requestError/serviceException";

/// Of the 2FA service's own exception, or of the shape that Infobip's newer services answer with.
fn code_of(answer: &Value) -> Option<String> {
    word(answer, &format!("{EXCEPTION}/messageId")).or_else(|| word(answer, "/errorCode"))
}

fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let text = word(&answer, &format!("{EXCEPTION}/text")).or_else(|| word(&answer, "/description"));
    let faults = faults(&answer);
    let of_recipient = faults.iter().any(|(field, _)| field == "to" || field.ends_with(".to"));
    let said = text.map(|text| faults.iter().fold(text, |text, (field, fault)| format!("{text}; {field}: {fault}")));
    let told = response.refused(CODES, code_of(&answer), said);
    let kind = if of_recipient && told.kind == K::InvalidConfig { K::InvalidRecipient } else { told.kind };
    Failure { kind, ..told }
}

/// Fields that are wrong, and the first thing that is wrong with each.
fn faults(answer: &Value) -> Vec<(String, String)> {
    let by_field = answer.pointer(&format!("{EXCEPTION}/validationErrors")).and_then(Value::as_object);
    let of_old = by_field.into_iter().flatten().map(|(field, faults)| (field.clone(), word(faults, "/0")));
    let violations = answer.get("violations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_new = violations.iter().map(|one| (word(one, "/property").unwrap_or_default(), word(one, "/violation")));
    of_old.chain(of_new).map(|(field, fault)| (field, fault.unwrap_or_default())).collect()
}
