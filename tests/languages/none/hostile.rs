use serde_json::{Value, json};

use super::Written;

const PROVIDER: &str = r#"
[request]
method = "POST"
url = "https://api.acme.example/{message.extra.place|'v1'}/{config.segment}"
headers = { "x-text" = "{message.extra.header|'none'}" }
text = "x"
[answer]
success = [{ json = "/code", is = 0 }, { xml = "/a/code", is = 0 }, { regex = "(?:a|a)*(?:a|b)*c(0)", is = 0 }]
message_id = { json = "/id" }
segments = { json = "/segments" }
price = { amount = { json = "/amount" }, currency = { json = "/currency" } }
code = { json = "/code" }
text = { json = "/text" }
"#;

fn written() -> Written {
    Written::new(
        "hosts = [\"api.acme.example\"]\n",
        &json!({"segment": {"type": "string"}}),
        &json!({"segment": "messages"}),
        PROVIDER,
    )
}

/// Deep, long, broken, lying: each a failure with a doubt, since a provider that says nothing may have sent.
#[test]
fn a_hostile_answer_is_a_typed_failure_and_leaves_a_doubt() {
    let written = written();
    let config = json!({"segment": "messages"});
    let request = json!({"method": "POST", "url": "https://api.acme.example/v1/messages"});
    let doubt = json!({"failure": {"kind": "invalid-response", "certainty": "unknown"}});
    let repeated = |text: &str, times: usize| json!({"text": text.repeat(times)});
    for (name, reply) in [
        ("deep-json", repeated("[", 60_000)),
        ("deep-objects", repeated("{\"a\":", 12_000)),
        ("large", repeated("a", 300_000)),
        ("an-expression's-worst", repeated("a", 60_000)),
        ("deep-xml", repeated("<a>", 20_000)),
        (
            "entities",
            json!({"text": format!("<!DOCTYPE a [<!ENTITY b \"{}\">]><a><code>&b;</code></a>", "0".repeat(1000))}),
        ),
        ("many-elements", json!({"text": format!("<a>{}</a>", "<b/>".repeat(15_000))})),
        ("empty", json!({"text": ""})),
        ("no-text", json!({"base64": "//79AAE="})),
        ("another-type", json!({"json": {"code": {"0": 0}}})),
        ("no-id", json!({"json": {"code": 0}})),
        ("id-of-another-type", json!({"json": {"code": 0, "id": {"a": 1}}})),
        ("a-very-long-code", json!({"json": {"code": "7".repeat(5000)}})),
    ] {
        written.plays(name, &config, &request, &reply, &doubt);
    }
    let lies = json!({"code": 0, "id": 1, "segments": -3, "amount": "1e9; DROP", "currency": "DOLLARS"});
    let accepted = json!({"accepted": {"message_ids": ["1"]}});
    written.plays("lies", &config, &request, &json!({"json": lies}), &accepted);
    written.checks();
}

fn refused_unsent(written: &Written, name: &str, config: &Value, extra: &Value) {
    let transcript = json!({
        "name": name, "config": config, "exchanges": [],
        "message": {"to": "+4915123456789", "text": "x", "extra": extra},
        "expect": {"failure": {"kind": "invalid-config", "certainty": "not-sent"}},
    });
    written.put(&format!("transcripts/{name}.json"), &transcript.to_string());
}

/// Line breaks into headers, segments that climb: nothing leaves.
#[test]
fn a_value_that_would_leave_its_place_keeps_the_request_from_leaving() {
    let written = written();
    let config = json!({"segment": "messages"});
    let none = json!([]);
    for (name, value) in [("crlf", "a\r\nX-Evil: 1"), ("lf", "a\nb"), ("nul", "a\u{0}b"), ("unicode", "aĊb")] {
        refused_unsent(&written, name, &config, &json!([{"name": "header", "value": value}]));
    }
    refused_unsent(&written, "climbs", &json!({"segment": ".."}), &none);
    refused_unsent(&written, "stays", &config, &json!([{"name": "place", "value": "."}]));
    // What is no segment of its own is one, whatever it holds.
    let request = json!({"method": "POST", "url": "https://api.acme.example/v1/..%2F..%2Fa%3Fb%23c%40d%5Ce"});
    written.plays(
        "a-segment",
        &json!({"segment": "../../a?b#c@d\\e"}),
        &request,
        &json!({"json": {"code": 0, "id": 1}}),
        &json!({"accepted": {"message_ids": ["1"]}}),
    );
    written.checks();
}
