//! What the gateway's answer means: by its status, then by a place in its body if the configuration names one.

use countersign_sdk::{
    Fail as _, Failure, FailureKind as K, Receipt, ReceiptStatus, Response, failure, kind_of_status,
};
use serde::Deserialize;
use serde_json::Value;

/// The fields of the configuration that say what an answer means.
#[derive(Deserialize)]
pub(crate) struct Expected {
    success: String,
    success_pointer: Option<String>,
    success_text: Option<String>,
    message_id_pointer: Option<String>,
}

/// Longest piece of a body that a failure quotes, in characters.
const QUOTED_CHARS_MAX: usize = 200;

pub(crate) fn reply(expected: &Expected, response: &Response) -> Result<Receipt, Failure> {
    if !counts(&expected.success, response.status) {
        return Err(refusal(expected, response));
    }
    if let Some(text) = &expected.success_text {
        says(expected.success_pointer.as_deref(), text, response)?;
    }
    let message_ids = match &expected.message_id_pointer {
        Some(pointer) => ids(pointer, response)?,
        None => Vec::new(),
    };
    Ok(Receipt { status: ReceiptStatus::Accepted, message_ids, segments: None, price: None, extra: Vec::new() })
}

/// Whether a status is one of `2xx`, `200`, `200-202`, separated by commas.
fn counts(success: &str, status: u16) -> bool {
    success.split(',').map(str::trim).any(|part| match (part.strip_suffix("xx"), part.split_once('-')) {
        (Some(class), _) => class.parse() == Ok(status / 100),
        (None, Some((first, last))) => {
            first.parse().is_ok_and(|first: u16| first <= status) && last.parse().is_ok_and(|last: u16| status <= last)
        }
        (None, None) => part.parse() == Ok(status),
    })
}

fn refusal(expected: &Expected, response: &Response) -> Failure {
    let (kind, certainty) = kind_of_status(response.status);
    let told = failure(kind, format!("the gateway answered with status {}{}", response.status, quoted(response)));
    let told = Failure { certainty, ..told }.retry_after(response.retry_after());
    match expected.success_pointer.as_deref().and_then(|pointer| at(pointer, response)).and_then(|found| scalar(&found))
    {
        Some(code) => told.code(code),
        None => told,
    }
}

/// Some gateways say no with a good status. One whose answer has not even the place of a yes has said nothing.
fn says(pointer: Option<&str>, wanted: &str, response: &Response) -> Result<(), Failure> {
    let unclear = |what: String| failure(K::InvalidResponse, what).maybe_sent();
    let refused = || failure(K::Other, format!("the gateway refused{}", quoted(response)));
    match pointer {
        Some(pointer) => {
            let found = at(pointer, response).and_then(|found| scalar(&found));
            let found = found.ok_or_else(|| unclear(format!("the answer has nothing at `{pointer}`")))?;
            if found == wanted { Ok(()) } else { Err(refused().code(found)) }
        }
        None => {
            let body = String::from_utf8_lossy(&response.body);
            match body.trim() {
                "" => Err(unclear("the answer is empty".to_owned())),
                body if body.starts_with(wanted) => Ok(()),
                _ => Err(refused()),
            }
        }
    }
}

/// An answer without the id that it should have is not the gateway's: a proxy's page has a good status too.
fn ids(pointer: &str, response: &Response) -> Result<Vec<String>, Failure> {
    let found = at(pointer, response);
    let ids = match &found {
        Some(Value::Array(items)) => items.iter().map(scalar).collect(),
        Some(one) => scalar(one).map(|id| vec![id]),
        None => None,
    };
    ids.filter(|ids: &Vec<String>| !ids.is_empty())
        .ok_or_else(|| failure(K::InvalidResponse, format!("the answer has no id at `{pointer}`")).maybe_sent())
}

fn at(pointer: &str, response: &Response) -> Option<Value> {
    serde_json::from_slice::<Value>(&response.body).ok()?.pointer(pointer).cloned()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn quoted(response: &Response) -> String {
    let body = String::from_utf8_lossy(&response.body);
    let words = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(QUOTED_CHARS_MAX).collect();
    if short.is_empty() { short } else { format!(": {short}") }
}

#[cfg(test)]
mod tests {
    use countersign_sdk::Certainty;
    use serde_json::json;

    use super::*;

    fn replied(expected: Value, status: u16, body: &str) -> Result<Vec<String>, (K, Certainty, Option<String>)> {
        let expected: Expected = serde_json::from_value(expected).unwrap();
        let told = reply(&expected, &Response::new(status, body));
        told.map(|receipt| receipt.message_ids).map_err(|told| (told.kind, told.certainty, told.provider_code))
    }

    #[test]
    fn a_status_counts_by_class_by_itself_or_in_a_range() {
        for (success, good, bad) in
            [("2xx", 299, 300), ("200", 200, 201), ("200-202", 202, 203), ("201, 4xx", 404, 200), ("2xx,409", 409, 408)]
        {
            assert!(counts(success, good) && !counts(success, bad), "{success}");
        }
        assert!(!counts("", 200) && !counts("nonsense", 200));
    }

    #[test]
    fn a_good_status_is_enough_unless_more_is_asked() {
        assert_eq!(replied(json!({"success": "2xx"}), 204, ""), Ok(vec![]));
        assert_eq!(
            replied(json!({"success": "2xx", "message_id_pointer": "/id"}), 200, r#"{"id": 7}"#),
            Ok(vec!["7".into()])
        );
        let many = json!({"success": "2xx", "message_id_pointer": "/ids"});
        assert_eq!(replied(many.clone(), 200, r#"{"ids": ["a", 1]}"#), Ok(vec!["a".into(), "1".into()]));
        for body in [r#"{"ids": []}"#, r#"{"ids": [null]}"#, r#"{"ids": ""}"#, "{}", "<html>", ""] {
            assert_eq!(replied(many.clone(), 200, body), Err((K::InvalidResponse, Certainty::Unknown, None)), "{body}");
        }
    }

    #[test]
    fn a_no_with_a_good_status_is_a_no() {
        let by_pointer = json!({"success": "2xx", "success_pointer": "/code", "success_text": "0"});
        assert_eq!(replied(by_pointer.clone(), 200, r#"{"code": 0}"#), Ok(vec![]));
        assert_eq!(
            replied(by_pointer.clone(), 200, r#"{"code": 42}"#),
            Err((K::Other, Certainty::NotSent, Some("42".into())))
        );
        assert_eq!(replied(by_pointer.clone(), 200, "<html>"), Err((K::InvalidResponse, Certainty::Unknown, None)));
        assert_eq!(
            replied(by_pointer, 402, r#"{"code": 41}"#),
            Err((K::InsufficientFunds, Certainty::NotSent, Some("41".into())))
        );
        let by_text = json!({"success": "2xx", "success_text": "OK"});
        assert_eq!(replied(by_text.clone(), 200, "  OK: 12\n"), Ok(vec![]));
        assert_eq!(replied(by_text.clone(), 200, "ERR: 5"), Err((K::Other, Certainty::NotSent, None)));
        assert_eq!(replied(by_text, 200, "\n"), Err((K::InvalidResponse, Certainty::Unknown, None)));
    }

    #[test]
    fn a_good_status_that_is_not_expected_leaves_a_doubt() {
        assert_eq!(replied(json!({"success": "200"}), 202, ""), Err((K::InvalidResponse, Certainty::Unknown, None)));
    }
}
