//! Infobip 2FA: `POST https://{subdomain}.api.infobip.com/2fa/2/pin`, and `…/{pin}/verify` with the code.
//! <https://www.infobip.com/docs/api/platform/2fa/pin-sending-and-verification>

use countersign_sdk::encoding::percent_encode;
use countersign_sdk::{
    Account, Attempt, Call, CodeTable, Fail as _, Failure, FailureKind as K, Request, Response, Standing, StartRequest,
    Started, Verdict, Verification, connector, exchange, failure, parse_config, started,
};
use serde::{Deserialize, Serialize};

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

struct Infobip;

impl Verification for Infobip {
    fn start(_call: &Call, config: &str, request: &StartRequest) -> Result<Started, Failure> {
        reply(&exchange(pin(&parse_config(config)?, request))?)
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
        let found: Application = response.json()?;
        Ok(Standing { name: Some(found.name), balance: None, extra: Vec::new() })
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

/// A resend keeps pin and code, where the first is known.
fn pin(config: &Config, asked: &StartRequest) -> Request {
    if let Some(previous) = &asked.previous {
        let url = config.resource(&format!("pin/{}/resend", percent_encode(previous)));
        return Request::post(url).credential("key").json(&Again { track_delivery: false });
    }
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    pin_id: String,
    sms_status: Option<String>,
    nc_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    verified: bool,
    pin_error: Option<String>,
}

#[derive(Deserialize)]
struct Application {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    request_error: Wrapped,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped {
    service_exception: Told,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    message_id: Option<String>,
    text: Option<String>,
}

/// A 200 may say that nothing was sent.
fn reply(response: &Response) -> Result<Started, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let sent: Sent = response.json()?;
    match (sent.sms_status.as_deref(), sent.nc_status) {
        (Some("MESSAGE_SENT"), _) => Ok(started(sent.pin_id)),
        (Some("MESSAGE_NOT_SENT"), Some(status)) if status.ends_with("NOT_REACHABLE") => {
            Err(failure(K::InvalidRecipient, "the number can't be reached").code(status))
        }
        (Some("MESSAGE_NOT_SENT"), _) => Err(failure(K::Other, "the message was not sent").code("MESSAGE_NOT_SENT")),
        _ => Err(failure(K::InvalidResponse, "the answer does not say whether the message was sent").maybe_sent()),
    }
}

/// <https://www.infobip.com/docs/api/platform/2fa/pin-sending-and-verification/verify-2fa-phone-number>
fn verdict(response: &Response) -> Result<Verdict, Failure> {
    if !response.is_success() {
        let known = response.status == 404 && response.json::<Refused>().is_ok();
        return if known { Ok(Verdict::Gone) } else { Err(refusal(response)) };
    }
    let checked: Checked = response.json()?;
    Ok(match (checked.verified, checked.pin_error.as_deref()) {
        (true, None | Some("NO_ERROR")) => Verdict::Approved,
        (false, Some("WRONG_PIN")) => Verdict::Wrong,
        (false, Some("TTL_EXPIRED" | "PIN_EXPIRED")) => Verdict::Expired,
        (false, Some("NO_MORE_PIN_ATTEMPTS")) => Verdict::TooMany,
        _ => Verdict::Other,
    })
}

fn refusal(response: &Response) -> Failure {
    let Ok(refused) = response.json::<Refused>() else { return response.refused(CODES, None, None) };
    let told = refused.request_error.service_exception;
    response.refused(CODES, told.message_id, told.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_verified_without_an_error_is_right() {
        let said = |body: &str| verdict(&Response::new(200, body)).ok();
        assert_eq!(said(r#"{"verified": true}"#), Some(Verdict::Approved));
        assert_eq!(said(r#"{"verified": true, "pinError": "WRONG_PIN"}"#), Some(Verdict::Other));
        assert_eq!(said(r#"{"verified": false}"#), Some(Verdict::Other));
        assert!(said("{}").is_none());
    }
}
