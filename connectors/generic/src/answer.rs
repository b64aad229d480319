//! What an answer means: a yes by the rules, else a no by the provider's code, else by its status.

use countersign_sdk::{
    Certainty, Fail as _, Failure, FailureKind as K, Money, Receipt, ReceiptStatus, Response, failure, kind_of_status,
};

use crate::find::Reading;
use crate::shape::{self, Answer, Check, Currency, Kind, Meaning, Place, Range, Rule};

/// Longest piece of a body that a failure quotes, in characters.
const QUOTED_CHARS_MAX: usize = 200;
/// Longest code, in characters: whatever is longer is none.
const CODE_CHARS_MAX: usize = 64;

pub(crate) fn reply(answer: &Answer, response: &Response) -> Result<Receipt, Failure> {
    let reading = Reading::of(response)?;
    let fits = |rule: &&Rule| within(&rule.statuses, response.status);
    if answer.success.iter().filter(fits).any(|rule| rule.check.as_ref().is_none_or(|check| holds(check, &reading))) {
        return receipt(answer, &reading);
    }
    match code(answer, &reading) {
        None if answer.success.iter().any(|rule| fits(&rule)) => Err(failure(
            K::InvalidResponse,
            format!("the provider's answer is neither a yes nor a no{}", quoted(&reading)),
        )
        .maybe_sent()),
        code => Err(refusal(answer, &reading, code)),
    }
}

fn within(ranges: &[Range], status: u16) -> bool {
    ranges.iter().any(|range| (range.0..=range.1).contains(&status))
}

/// Everything that is there is as it should be, and something is there.
fn holds(check: &Check, reading: &Reading<'_>) -> bool {
    let found = reading.at(&check.at);
    !found.is_empty() && (check.is.is_empty() || found.iter().all(|value| check.is.contains(value)))
}

fn receipt(answer: &Answer, reading: &Reading<'_>) -> Result<Receipt, Failure> {
    let message_ids = answer.message_id.as_ref().map(|place| reading.at(place));
    if message_ids.as_ref().is_some_and(Vec::is_empty) {
        // A proxy's page has a good status too.
        return Err(failure(K::InvalidResponse, "the provider's answer has no message-id").maybe_sent());
    }
    let queued = answer.queued.as_ref().is_some_and(|check| holds(check, reading));
    let segments = reading.first(answer.segments.as_ref()).and_then(|found| found.parse().ok());
    let amount = reading.first(answer.amount.as_ref()).filter(|amount| is_decimal(amount));
    let currency = answer.currency.as_ref().and_then(|currency| match currency {
        Currency::Always(currency) => Some(currency.clone()),
        Currency::At(place) => reading.first(Some(place)),
    });
    let is_currency = |found: &String| found.len() == 3 && found.bytes().all(|byte| byte.is_ascii_alphabetic());
    Ok(Receipt {
        status: if queued { ReceiptStatus::Queued } else { ReceiptStatus::Accepted },
        message_ids: message_ids.unwrap_or_default(),
        segments: segments.filter(|segments: &u32| *segments > 0),
        price: amount.zip(currency.filter(is_currency)).map(|(amount, currency)| Money { amount, currency }),
        extra: Vec::new(),
    })
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let are = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    are(whole) && are(part)
}

/// The provider's code: at its place, else where the yes would have stood. A whole body is a code only if the table
/// has it, since a proxy's page is a body too.
fn code(answer: &Answer, reading: &Reading<'_>) -> Option<String> {
    let checks = || answer.success.iter().filter_map(|rule| rule.check.as_ref());
    let places: Vec<&Place> = match &answer.code {
        Some(place) => vec![place],
        None => checks().map(|check| &check.at).collect(),
    };
    let is_yes = |place: &Place, value: &String| checks().any(|check| check.at == *place && check.is.contains(value));
    let known = |value: &str| answer.codes.iter().any(|(code, _)| code == value);
    let mut found: Vec<(bool, String)> = Vec::new();
    for place in places {
        let values = reading.at(place).into_iter().filter(|value| !is_yes(place, value));
        found.extend(values.map(|value| (*place == Place::Body, value)));
    }
    let first_known = found.iter().find(|(_, value)| known(value));
    let first = first_known.or_else(|| found.iter().find(|(whole, value)| !whole && is_code(value)));
    first.map(|(_, value)| value.clone())
}

fn is_code(value: &str) -> bool {
    value.chars().count() <= CODE_CHARS_MAX && !value.chars().any(char::is_control)
}

fn refusal(answer: &Answer, reading: &Reading<'_>, code: Option<String>) -> Failure {
    let status = reading.response.status;
    let (by_status, doubt) = kind_of_status(status);
    let by_code = code.as_ref().and_then(|code| answer.codes.iter().find(|(known, _)| known == code));
    let meaning: Option<&Meaning> = by_code
        .map(|(_, meaning)| meaning)
        .or_else(|| answer.statuses.iter().find(|(range, _)| within(&[*range], status)).map(|(_, meaning)| meaning));
    // A status that says yes says nothing about a no.
    let otherwise = if code.is_some() && by_status == K::InvalidResponse { K::Other } else { by_status };
    // A provider's own code is a clear no; only its own trouble (5xx) leaves a doubt.
    let certainty = match (meaning.and_then(|meaning| meaning.certainty), &code) {
        (Some(shape::Certainty::NotSent), _) => Certainty::NotSent,
        (Some(shape::Certainty::Unknown), _) => Certainty::Unknown,
        (None, Some(_)) if status < 500 => Certainty::NotSent,
        (None, _) => doubt,
    };
    let text = reading.first(answer.text.as_ref());
    let text = text.unwrap_or_else(|| format!("the provider answered with status {status}{}", quoted(reading)));
    let wait = match &answer.retry_after {
        Some(place) => reading.first(Some(place)).and_then(|found| found.parse().ok()),
        None => reading.response.retry_after(),
    };
    let kind = meaning.map_or(otherwise, |meaning| kind(meaning.kind));
    Failure { provider_code: code, certainty, ..failure(kind, text) }.retry_after(wait)
}

fn kind(kind: Kind) -> K {
    match kind {
        Kind::InvalidConfig => K::InvalidConfig,
        Kind::AuthenticationFailed => K::AuthenticationFailed,
        Kind::InsufficientFunds => K::InsufficientFunds,
        Kind::InvalidRecipient => K::InvalidRecipient,
        Kind::UnsupportedDestination => K::UnsupportedDestination,
        Kind::RecipientBlocked => K::RecipientBlocked,
        Kind::ContentRejected => K::ContentRejected,
        Kind::RateLimited => K::RateLimited,
        Kind::QuotaExceeded => K::QuotaExceeded,
        Kind::FraudBlocked => K::FraudBlocked,
        Kind::ProviderUnavailable => K::ProviderUnavailable,
        Kind::Timeout => K::Timeout,
        Kind::InvalidResponse => K::InvalidResponse,
        Kind::Other => K::Other,
    }
}

fn quoted(reading: &Reading<'_>) -> String {
    let words = reading.text.split_whitespace().take(QUOTED_CHARS_MAX).collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(QUOTED_CHARS_MAX).collect();
    if short.is_empty() { short } else { format!(": {short}") }
}
