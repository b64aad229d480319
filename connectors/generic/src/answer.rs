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
    let no = refused(answer, &reading);
    let said = answer.statuses.iter().any(|(range, _)| within(&[*range], response.status));
    if no.is_none() && !said && answer.success.iter().any(|rule| fits(&rule)) {
        let text = format!("the provider's answer is neither a yes nor a no{}", quoted(&reading));
        return Err(failure(K::InvalidResponse, text).maybe_sent());
    }
    Err(refusal(answer, &reading, no))
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

/// What the provider says instead of yes.
struct No {
    /// Its code; `false` says no and is none.
    code: Option<String>,
    /// Of some parts of the message it said yes.
    partly: bool,
}

/// The provider's no: at the place of its code, else where the yes would have stood. A whole body is a no only if the
/// table has it, since a proxy's page is a body too.
fn refused(answer: &Answer, reading: &Reading<'_>) -> Option<No> {
    let checks = || answer.success.iter().filter_map(|rule| rule.check.as_ref()).filter(|check| !check.is.is_empty());
    let is_yes = |place: &Place, value: &String| checks().any(|check| check.at == *place && check.is.contains(value));
    let known = |value: &str| answer.codes.iter().any(|(code, _)| code == value);
    let of = |place: &Place| {
        let mut values = reading.at(place);
        values.retain(|value| !is_yes(place, value) && (known(value) || *place != Place::Body && is_code(value)));
        values.iter().find(|value| known(value)).or(values.first()).cloned()
    };
    let code = answer.code.as_ref().and_then(of);
    let no = code.or_else(|| checks().find_map(|check| of(&check.at)))?;
    let partly = checks().any(|check| reading.at(&check.at).iter().any(|value| check.is.contains(value)));
    Some(No { code: Some(no).filter(|no| no != "false"), partly })
}

fn is_code(value: &str) -> bool {
    value.chars().count() <= CODE_CHARS_MAX && !value.chars().any(char::is_control)
}

fn refusal(answer: &Answer, reading: &Reading<'_>, no: Option<No>) -> Failure {
    let (says_no, clear) = (no.is_some(), no.as_ref().is_some_and(|no| !no.partly));
    let code = no.and_then(|no| no.code);
    let status = reading.response.status;
    let (by_status, doubt) = kind_of_status(status);
    let by_code = code.as_ref().and_then(|code| answer.codes.iter().find(|(known, _)| known == code));
    let meaning: Option<&Meaning> = by_code
        .map(|(_, meaning)| meaning)
        .or_else(|| answer.statuses.iter().find(|(range, _)| within(&[*range], status)).map(|(_, meaning)| meaning));
    // A status that says yes says nothing about a no.
    let otherwise = if says_no && by_status == K::InvalidResponse { K::Other } else { by_status };
    // A provider's own code is a clear no; only its own trouble (5xx) leaves a doubt.
    let certainty = match (meaning.and_then(|meaning| meaning.certainty), clear) {
        (Some(shape::Certainty::NotSent), _) => Certainty::NotSent,
        (Some(shape::Certainty::Unknown), _) => Certainty::Unknown,
        (None, true) if status < 500 => Certainty::NotSent,
        (None, false) if says_no => Certainty::Unknown,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn json(pointer: &str) -> Place {
        Place::Json(pointer.split('/').skip(1).map(str::to_owned).collect())
    }

    fn answer() -> Answer {
        Answer {
            success: vec![Rule {
                statuses: vec![Range(200, 299)],
                check: Some(Check { at: json("/parts/*/code"), is: vec!["0".into()] }),
            }],
            queued: Some(Check { at: json("/state"), is: vec!["queued".into()] }),
            message_id: Some(json("/parts/*/id")),
            segments: Some(json("/segments")),
            amount: Some(json("/price")),
            currency: Some(Currency::At(json("/currency"))),
            code: None,
            text: Some(json("/text")),
            retry_after: None,
            codes: vec![
                ("7".into(), Meaning { kind: Kind::InvalidRecipient, certainty: None }),
                ("8".into(), Meaning { kind: Kind::Other, certainty: Some(shape::Certainty::Unknown) }),
            ],
            statuses: vec![(Range(500, 599), Meaning { kind: Kind::Timeout, certainty: None })],
        }
    }

    fn told(status: u16, body: &str) -> (K, Certainty, Option<String>) {
        let told = reply(&answer(), &Response::new(status, body)).unwrap_err();
        (told.kind, told.certainty, told.provider_code)
    }

    #[test]
    fn a_receipt_has_what_makes_sense_and_nothing_else() {
        let good = r#"{"parts": [{"code": 0, "id": "a"}, {"code": "0", "id": 2}], "state": "queued",
            "segments": 2, "price": "-0.05", "currency": "EUR"}"#;
        let receipt = reply(&answer(), &Response::new(200, good)).unwrap();
        assert!(matches!(receipt.status, ReceiptStatus::Queued));
        assert_eq!((receipt.message_ids, receipt.segments), (vec!["a".to_owned(), "2".to_owned()], Some(2)));
        let price = receipt.price.unwrap();
        assert_eq!((price.amount.as_str(), price.currency.as_str()), ("-0.05", "EUR"));
        for (from, to) in [("-0.05", "free"), ("-0.05", "1e5"), ("-0.05", "1."), ("EUR", "EURO"), ("EUR", "€")] {
            let receipt = reply(&answer(), &Response::new(200, good.replace(from, to))).unwrap();
            assert!(receipt.price.is_none(), "{to}");
        }
        let receipt = reply(&answer(), &Response::new(200, good.replace("queued", "sent").replace(": 2,", ": 0,")));
        assert!(matches!(receipt.as_ref().unwrap().status, ReceiptStatus::Accepted));
        assert_eq!(receipt.unwrap().segments, None);
    }

    #[test]
    fn a_code_is_a_clear_no_unless_it_comes_with_trouble_or_a_part_was_taken() {
        let one = |code: &str| format!(r#"{{"parts": [{{"code": "{code}"}}], "text": "no"}}"#);
        assert_eq!(told(200, &one("7")), (K::InvalidRecipient, Certainty::NotSent, Some("7".into())));
        assert_eq!(told(200, &one("8")), (K::Other, Certainty::Unknown, Some("8".into())));
        assert_eq!(told(200, &one("9")), (K::Other, Certainty::NotSent, Some("9".into())));
        assert_eq!(told(402, &one("9")), (K::InsufficientFunds, Certainty::NotSent, Some("9".into())));
        assert_eq!(told(500, &one("7")), (K::InvalidRecipient, Certainty::Unknown, Some("7".into())));
        assert_eq!(told(503, &one("9")), (K::Timeout, Certainty::NotSent, Some("9".into())));
        let half = r#"{"parts": [{"code": 0}, {"code": 9}, {"code": 7}]}"#;
        assert_eq!(told(200, half), (K::InvalidRecipient, Certainty::Unknown, Some("7".into())));
    }

    #[test]
    fn what_is_neither_yes_nor_no_leaves_a_doubt() {
        for body in ["", "<html>", "[]", r#"{"parts": []}"#, r#"{"parts": [{"code": null}]}"#] {
            assert_eq!(told(200, body), (K::InvalidResponse, Certainty::Unknown, None), "{body}");
        }
        assert_eq!(told(200, r#"{"parts": [{"code": 0}]}"#), (K::InvalidResponse, Certainty::Unknown, None), "no id");
        assert_eq!(told(302, ""), (K::InvalidResponse, Certainty::Unknown, None));
        assert_eq!(told(502, "<html>"), (K::Timeout, Certainty::Unknown, None));
        assert_eq!(told(200, &"x".repeat(70_000)), (K::InvalidResponse, Certainty::Unknown, None));
    }

    #[test]
    fn false_says_no_and_is_no_code() {
        let mut answer = answer();
        answer.success = vec![Rule {
            statuses: vec![Range(200, 299)],
            check: Some(Check { at: json("/ok"), is: vec!["true".into()] }),
        }];
        let told = reply(&answer, &Response::new(200, r#"{"ok": false}"#)).unwrap_err();
        assert_eq!((told.kind, told.certainty, told.provider_code), (K::Other, Certainty::NotSent, None));
    }
}
