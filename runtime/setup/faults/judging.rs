//! A fault as it is asked for, read; and as it is shown.

use std::time::Duration;

use super::{FaultBody, PutFault};
use crate::clock::Timestamp;
use crate::connector::reason::Reason;
use crate::egress::{Injected, Rehearsal};
use crate::phone;
use crate::setup::SetupError;

const SECONDS: u64 = 600;
const SECONDS_MAX: u64 = 3600;
const LATENCY_MS_MAX: u64 = 60_000;
const RETRY_AFTER_MAX: u64 = 86_400;
const BODY_BYTES_MAX: usize = 4096;
const TYPE_BYTES_MAX: usize = 100;
const COUNTRIES_MAX: usize = 250;

pub(super) fn told(fault: &Injected) -> FaultBody {
    let of = |kind: &str| FaultBody { kind: kind.to_owned(), ..FaultBody::default() };
    match fault {
        Injected::Latency(late) => {
            FaultBody { ms: Some(u64::try_from(late.as_millis()).unwrap_or(u64::MAX)), ..of("latency") }
        }
        Injected::Status { status, retry_after } => {
            FaultBody { status: Some(u64::from(*status)), retry_after: retry_after.map(u64::from), ..of("status") }
        }
        Injected::Reset => of("reset"),
        Injected::Refused => of("refused"),
        Injected::BadTls => of("bad-tls"),
        Injected::HalfAnswer => of("half-answer"),
        Injected::Silent { status, content_type, body } => FaultBody {
            status: Some(u64::from(*status)),
            content_type: Some(content_type.clone()),
            body: Some(body.clone()),
            ..of("silent")
        },
    }
}

/// What was asked for, or everything that is wrong with it.
pub(super) fn rehearsal(put: &PutFault, now: Timestamp) -> Result<Rehearsal, SetupError> {
    let mut reasons = Vec::new();
    let percent = put.percent.unwrap_or(100);
    if !(1..=100).contains(&percent) {
        reasons.push(Reason::at("percent", "/percent", "is 1 to 100"));
    }
    let seconds = put.for_seconds.unwrap_or(SECONDS);
    if !(1..=SECONDS_MAX).contains(&seconds) {
        reasons.push(Reason::at("for-seconds", "/for_seconds", "is 1 to 3600"));
    }
    if put.countries.len() > COUNTRIES_MAX {
        reasons.push(Reason::at("countries", "/countries", "names at most 250 countries"));
    }
    for (n, country) in put.countries.iter().take(COUNTRIES_MAX).enumerate() {
        if !phone::is_country(country) {
            let text = "is no country that telephone numbers belong to, such as `DE`";
            reasons.push(Reason::at("country", &format!("/countries/{n}"), text));
        }
    }
    let fault = fault(&put.fault, &mut reasons);
    match (fault, u8::try_from(percent)) {
        (Some(fault), Ok(percent)) if reasons.is_empty() => {
            let until = now.plus(Duration::from_secs(seconds));
            Ok(Rehearsal::new(fault, percent, put.countries.clone(), now, until))
        }
        _ => Err(SetupError::Refused { what: "the fault", reasons }),
    }
}

fn fault(body: &FaultBody, reasons: &mut Vec<Reason>) -> Option<Injected> {
    let takes: &[&str] = match body.kind.as_str() {
        "latency" => &["ms"],
        "status" => &["status", "retry_after"],
        "silent" => &["status", "body", "content_type"],
        "reset" | "refused" | "bad-tls" | "half-answer" => &[],
        _ => {
            let text = "is one of `latency`, `status`, `reset`, `refused`, `bad-tls`, `half-answer`, `silent`";
            reasons.push(Reason::at("kind", "/fault/kind", text));
            return None;
        }
    };
    let given = [
        ("ms", body.ms.is_some()),
        ("status", body.status.is_some()),
        ("retry_after", body.retry_after.is_some()),
        ("body", body.body.is_some()),
        ("content_type", body.content_type.is_some()),
    ];
    for (field, _) in given.iter().filter(|(field, given)| *given && !takes.contains(field)) {
        let text = format!("does not go with `{}`", body.kind);
        reasons.push(Reason::at("unknown-field", &format!("/fault/{field}"), &text));
    }
    match body.kind.as_str() {
        "latency" => {
            let ms = within(body.ms, 1..=LATENCY_MS_MAX, "ms", "is 1 to 60000", reasons)?;
            Some(Injected::Latency(Duration::from_millis(ms)))
        }
        "status" => {
            let status = within(body.status, 300..=599, "status", "is 300 to 599", reasons);
            let retry_after = match body.retry_after {
                None => None,
                seconds => within(seconds, 0..=RETRY_AFTER_MAX, "retry_after", "is at most 86400", reasons),
            };
            let status = u16::try_from(status?).ok()?;
            Some(Injected::Status { status, retry_after: retry_after.and_then(|seconds| u32::try_from(seconds).ok()) })
        }
        "silent" => silent(body, reasons),
        "reset" => Some(Injected::Reset),
        "refused" => Some(Injected::Refused),
        "bad-tls" => Some(Injected::BadTls),
        _ => Some(Injected::HalfAnswer),
    }
}

fn silent(body: &FaultBody, reasons: &mut Vec<Reason>) -> Option<Injected> {
    let status = within(body.status.or(Some(200)), 200..=299, "status", "is 200 to 299", reasons);
    let answer = body.body.clone().unwrap_or_else(|| r#"{"id": "injected"}"#.to_owned());
    if answer.len() > BODY_BYTES_MAX {
        reasons.push(Reason::at("body", "/fault/body", "has at most 4096 bytes"));
    }
    let content_type = body.content_type.clone().unwrap_or_else(|| "application/json".to_owned());
    let fits = content_type.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !fits || !(1..=TYPE_BYTES_MAX).contains(&content_type.len()) {
        reasons.push(Reason::at("content-type", "/fault/content_type", "is a media type, such as `application/json`"));
    }
    Some(Injected::Silent { status: u16::try_from(status?).ok()?, content_type, body: answer })
}

fn within(
    value: Option<u64>,
    range: std::ops::RangeInclusive<u64>,
    field: &str,
    text: &str,
    reasons: &mut Vec<Reason>,
) -> Option<u64> {
    let fits = value.filter(|value| range.contains(value));
    if fits.is_none() {
        reasons.push(Reason::at("range", &format!("/fault/{field}"), text));
    }
    fits
}
