//! Answers of a provider that means harm, or is broken: to Twilio's example in one of the languages.

use std::path::Path;

use base64::Engine as _;
use serde_json::{Value, json};

use super::{checks, shared_transcripts};

/// What is no JSON, or none that a connector should follow down.
pub(super) fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let text = |name, text: &str| (name, text.as_bytes().to_vec());
    vec![
        text("nothing", ""),
        text("white space alone", " \n\t\r "),
        text("an object that does not end", "{"),
        text("a name alone", r#"{"sid""#),
        text("no value", r#"{"sid":"#),
        text("a string that does not end", r#"{"sid":"SM1"#),
        text("an escape at the end", r#"{"sid":"SM1\"#),
        text("half an escape at the end", r#"{"sid":"SM1\u00"#),
        text("half a pair at the end", r#"{"sid":"SM1\ud83d\"#),
        text("no closing brace", r#"{"sid":"SM1""#),
        text("a comma too many", r#"{"sid":"SM1",}"#),
        text("a word for a value", r#"{"sid":SM1}"#),
        text("an escape that is none", r#"{"sid":"\x"}"#),
        text("digits that are none", r#"{"sid":"\u12g4"}"#),
        text("a line break in a string", "{\"sid\":\"a\nb\"}"),
        text("a NUL in a string", "{\"sid\":\"a\0b\"}"),
        text("something behind it", r#"{"sid":"SM1"} x"#),
        text("a brace too many", r#"{"sid":"SM1"}}"#),
        text("the wrong bracket", r#"{"sid":"SM1"]"#),
        text("a leading zero", r#"{"sid":"SM1","n":01}"#),
        text("a point without digits", r#"{"sid":"SM1","n":1.}"#),
        text("an exponent without digits", r#"{"sid":"SM1","n":1e+}"#),
        text("half a word", r#"{"sid":"SM1","n":tru"#),
        text("single quotes", "{'sid':'SM1'}"),
        text("a name that is no string", r#"{1:"SM1"}"#),
        text("another type", r#"{"sid":["SM1"]}"#),
        text("a number for the id", r#"{"sid":1}"#),
        text("an array", r#"["SM1"]"#),
        text("a string", r#""SM1""#),
        text("null", "null"),
        ("a byte order mark", b"\xef\xbb\xbf{\"sid\":\"SM1\"}".to_vec()),
        ("UTF-16", b"\xff\xfe{\0\"\0s\0".to_vec()),
        ("no UTF-8", b"{\"sid\":\"\xff\xfe\"}".to_vec()),
        ("an overlong form", b"{\"sid\":\"\xc0\xaf\"}".to_vec()),
        ("a surrogate in UTF-8", b"{\"sid\":\"\xed\xa0\x80\"}".to_vec()),
        ("a character that ends too early", b"{\"sid\":\"\xf0\x9f\x94".to_vec()),
        ("a hundred thousand arrays", vec![b'['; 100_000]),
        ("fifty thousand objects", br#"{"a":"#.repeat(50_000)),
        ("brackets that open and close", [vec![b'['; 50_000], vec![b']'; 50_000]].concat()),
        // Not as large as an answer may be: on a slow machine a debug build of the host needs the call's CPU time for that.
        ("a string that is long and does not end", [br#"{"sid":""#.to_vec(), vec![b'a'; 400_000]].concat()),
        ("many backslashes", [br#"{"sid":""#.to_vec(), vec![b'\\'; 400_001]].concat()),
        ("many spaces", vec![b' '; 400_000]),
    ]
}

/// Every such answer, as a success and as a refusal, is a failure with the right certainty, and stops no connector.
pub(super) fn is_told_as_a_failure(example: &Path) {
    let scratch = tempfile::tempdir().unwrap();
    for (number, (name, body)) in broken().into_iter().enumerate() {
        for (status, kind, certainty) in [
            (201, "invalid-response", "unknown"),
            (429, "rate-limited", "not-sent"),
            (502, "provider-unavailable", "unknown"),
        ] {
            let expected = json!({"failure": {"kind": kind, "certainty": certainty}});
            let path = scratch.path().join(format!("{number}-{status}.json"));
            std::fs::write(path, transcript(&format!("{name}: {status}"), status, &body, expected)).unwrap();
        }
    }
    checks(example, Some(scratch.path()));
}

/// The transcript of a send that got this answer.
pub(super) fn transcript(name: &str, status: u16, body: &[u8], expected: Value) -> String {
    let path = shared_transcripts().join("sent-number.json");
    let mut transcript: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let body = base64::engine::general_purpose::STANDARD.encode(body);
    transcript["name"] = name.into();
    transcript["exchanges"][0]["reply"] = json!({"status": status, "base64": body});
    transcript["expect"] = expected;
    transcript.to_string()
}
