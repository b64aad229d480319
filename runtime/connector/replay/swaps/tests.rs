use super::*;
use crate::connector::transcript::AskedMessage;

fn swaps() -> Swaps {
    let asked = AskedMessage { reference: "test_ab12-cd34".into(), ..AskedMessage::to_number("+447700900123") };
    let message = Message { calling_code: "44".into(), ..asked.to_message() };
    Swaps::of_test(&message, "000000")
}

#[test]
fn number_code_and_reference_are_swapped_in_any_spelling() {
    let reply = r#"{"to": "+44 7700 900123", "national": "07700-900123", "text": "code 000000", "ref": "test_ab12-cd34", "n": 447700900123}"#;
    let swapped = swaps().in_reply(reply);
    assert!(!swapped.contains("900123") && !swapped.contains("000000") && !swapped.contains("ab12"), "{swapped}");
    assert_eq!(
        swapped,
        r#"{"to": "+14155550123", "national": "04155550123", "text": "code 123456", "ref": "msg_transcript", "n": 14155550123}"#
    );
}

#[test]
fn an_id_that_has_the_codes_digits_stays_as_it_is() {
    assert_eq!(swaps().in_reply("SM0000001 1000000 x000000"), "SM0000001 1000000 x000000");
    assert_eq!(swaps().in_message("G-000000 is yours"), "G-123456 is yours");
}

fn real(code: &'static str) -> Swaps {
    let to = PhoneNumber::parse("+491701234567").unwrap();
    let words = vec!["Dear Alice, your table is at eight"];
    let addresses = vec!["203.0.113.7"];
    Swaps::of_real(&Real { to: &to, reference: "msg_1-ab".into(), code: Some(code), words, addresses })
}

#[test]
fn a_real_code_is_swapped_wherever_it_is_spelled() {
    let swaps = real("934211");
    for text in ["code934211", "93 42 11", "x934211y", "934-211"] {
        assert!(swaps.in_reply(text).contains("123456"), "{text}: {}", swaps.in_reply(text));
    }
    assert_eq!(real("2121").in_reply("error 21211, code 2121, is2121."), "error 21211, code 123456, is123456.");
}

#[test]
fn what_is_a_callers_own_is_taken_away_value_by_value() {
    let json: Value = serde_json::from_str(
        r#"{"\u0064etail": "Dear \u0041lice, your t\u0061ble…", "from": "203.0.113.7", "n": 934211, "to": [491701234567], "code": 21}"#,
    )
    .unwrap();
    let swapped = real("934211").in_json(json);
    let expected = r#"{"detail": "•••…", "from": "•••", "n": 123456, "to": [14155550123], "code": 21}"#;
    assert_eq!(swapped, serde_json::from_str::<Value>(expected).unwrap());
}

#[test]
fn what_is_left_in_another_encoding_is_found() {
    let swaps = real("934211");
    for left in [
        "NDkxNzAxMjM0NTY3",
        "393334323131",
        "RGVhciBBbGljZSwgeW91ciB0YWJsZSBpcyBhdCBlaWdodA",
        "Dear%20Alice%2C%20your%20table%20is%20at%20eight",
    ] {
        assert!(swaps.left_in(left), "{left}");
    }
    assert!(!swaps.left_in("error 21211: no such number, SM0123456789abcdef"));
}
