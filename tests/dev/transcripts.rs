//! A failed send as a transcript: nothing secret in it, and `check` replays it.

use serde_json::{Value, json};

use super::{Folder, TOKEN, command, with_toolchain};
use crate::failures::replays;
use crate::support::process::{countersign, output};
use crate::support::provider::Answer;
use crate::support::service::Service;

#[test]
fn a_failing_test_send_is_saved_as_a_transcript_that_check_replays() {
    let folder = Folder::new();
    let saved = folder.dir.join("saved.json");
    let args = [folder.path(), "--once", "--reply", "no-credit", "--save-transcript", saved.to_str().unwrap()];
    let (done, said) = output(&mut command(&args));
    assert!(done && said.contains("the send as a transcript: "), "{said}");
    let text = std::fs::read_to_string(&saved).unwrap();
    let transcript: Value = serde_json::from_str(&text).unwrap();
    assert!(!text.contains(TOKEN) && !text.contains("000000."), "{text}");
    let request = &transcript["exchanges"][0]["request"];
    let fake = transcript["config"]["api_token"].as_str().unwrap();
    assert_eq!(request["headers"]["authorization"], format!("Bearer {fake}"));
    assert!(request["json"]["text"].as_str().unwrap().contains("123456") && request["json"]["to"] == "+14155550123");
    assert_eq!(transcript["expect"]["failure"]["kind"], "insufficient-funds");
    let (passed, said) = output(&mut with_toolchain(countersign(&["check", folder.path(), saved.to_str().unwrap()])));
    assert!(passed && said.contains("1 of 1 transcripts passed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_send_by_the_api_is_told_as_a_transcript_without_number_code_and_secret() {
    let service = Service::start().await;
    let path = "/v1/environments/development/connectors/twilio";
    let secret = "canary-token-0123456789";
    let config = json!({"account_sid": format!("AC{}", "0".repeat(32)), "auth_token": secret, "from": "+15005550006"});
    let (status, made) = service.put(path, json!({"component": "twilio", "config": config})).await;
    assert_eq!(status, 201, "{made}");
    let refusal = "The number +491701234567 (0 170 12 34 567) is not one, code 000000";
    service.provider.answers(Answer::Json(400, json!({"code": 21211, "message": refusal, "status": 400})));
    let (_, plain) = service.post(&format!("{path}/test"), json!({"to": "+491701234567"})).await;
    assert!(plain.get("transcript").is_none() && plain["failure"]["provider_code"] == "21211", "{plain}");
    let asked = json!({"to": "+491701234567", "transcript": true});
    let (_, told) = service.post(&format!("{path}/test"), asked).await;
    let transcript = told["transcript"].clone();
    let text = transcript.to_string();
    assert!(transcript.is_object() && told.get("transcript_note").is_none(), "{told}");
    for absent in [secret, "1701234567", "000000.", "code 000000", "test_"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    assert_eq!(transcript["exchanges"][0]["request"]["form"]["To"], "+14155550123", "{text}");
    assert_eq!(
        transcript["expect"],
        json!({"failure": {"kind": "invalid-recipient", "certainty": "not-sent", "provider_code": "21211"}})
    );
    assert_eq!(service.provider.requests().len(), 2, "the replay asked the stand-in, and nobody else");

    let (passed, said) = replays(&service, "twilio", &transcript).await;
    assert!(passed && said.contains("1 of 1 transcripts passed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_never_answers_is_told_as_such() {
    let service = Service::with(|config| config.delivery.send_ms = 2_000).await;
    let path = "/v1/environments/development/connectors/twilio";
    let config = json!({"account_sid": format!("AC{}", "0".repeat(32)), "auth_token": "canary-token-0123456789", "from": "+15005550006"});
    service.put(path, json!({"component": "twilio", "config": config})).await;
    // It answers nothing until the test's own limit ends the call.
    service.provider.answers(Answer::Wait(std::sync::Arc::default()));
    let (_, told) = service.post(&format!("{path}/test"), json!({"to": "+14155550123", "transcript": true})).await;
    let transcript = &told["transcript"];
    assert_eq!(
        (&told["status"], &transcript["exchanges"][0]["fault"]),
        (&json!("unknown"), &json!("timeout")),
        "{told}"
    );
    assert_eq!(transcript["expect"]["failure"]["certainty"], "unknown", "{told}");
}
