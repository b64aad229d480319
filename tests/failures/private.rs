//! What is anybody's is in none of it: not in the answers, not in the data folder. The log is searched in `wall::logs`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{SECRET, code, field, listed, refuses, replays, told, twilio};
use crate::support::inside;
use crate::support::service::Service;
use crate::wall::holds;

const TO: &str = "+491701234567";
const TEXT: &str = "Liebe Alice Mustermann, Ihr Tisch für \"acht\" ist bereit: 934211";
const CLIENT: &str = "203.0.113.77";

/// As it is, in base64, in hexadecimal, percent-encoded and escaped.
fn shows(hay: &[u8], needle: &str) -> bool {
    let form: String = url::form_urlencoded::byte_serialize(needle.as_bytes()).collect();
    let json = Value::from(needle).to_string();
    [needle, &form, &form.replace('+', "%20"), json.trim_matches('"')].iter().any(|needle| holds(hay, needle))
}

fn shows_nothing(hay: &[u8], what: &str, needles: &[&str]) {
    for needle in needles {
        assert!(!shows(hay, needle), "`{needle}` is in {what}: {}", String::from_utf8_lossy(hay));
    }
}

async fn send(service: &Service, content: Value) {
    let mut body = json!({"to": TO, "client_ip": CLIENT});
    body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    let (status, sent) = service.post("/v1/messages", body).await;
    assert!(matches!(status, 422 | 502), "{sent}");
    service.clock.advance(std::time::Duration::from_secs(61));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_quotes_everything_tells_nobody_in_a_transcript() {
    let service = twilio(|config| config.server.public_url = Some("https://otp.example.com".parse().unwrap())).await;
    // Quoted so that it can be replaced: the transcript is whole.
    refuses(&service, |request| {
        let (to, text, callback) = (field(request, "To"), field(request, "Body"), field(request, "StatusCallback"));
        let grouped = to.replace("+49170", "0170 - ");
        let shouted: String = text.to_uppercase().chars().take(24).collect();
        json!({"code": 30007, "message": format!("{to}, {grouped}: «{text}» ({shouted}…) {callback}"), "to": to, "status": 400})
    });
    let (_, made) = service.create(TO).await;
    let first = code(&service);
    let callback = service.provider.newest(|request| Some(field(request, "StatusCallback"))).unwrap();
    let token = callback.rsplit('/').next().unwrap().to_owned();
    assert!(token.len() > 8 && made["delivery"]["status"] == "refused", "{made}");
    service.clock.advance(std::time::Duration::from_secs(61));
    send(&service, json!({"text": TEXT})).await;
    send(
        &service,
        json!({"parameters": [{"name": "code", "value": "628318"}, {"name": "name", "value": "Alice Mustermann"}]}),
    )
    .await;
    send(&service, json!({"code": "577215"})).await;
    let needles = [
        "1701234567",
        "934211",
        "628318",
        "577215",
        &first,
        TEXT,
        "Alice",
        "ALICE",
        "Mustermann",
        "Tisch",
        CLIENT,
        SECRET,
        &callback,
        &token,
    ];
    assert!(needles.iter().all(|needle| !needle.is_empty()));
    let list = listed(&service).await;
    assert_eq!(list.len(), 4);
    shows_nothing(json!(list).to_string().as_bytes(), "the list", &needles);
    let mut names = Vec::new();
    for failed in &list {
        let (_, told) = service.get(&format!("{}/{}", super::FAILURES, failed["id"].as_str().unwrap())).await;
        shows_nothing(told.to_string().as_bytes(), "a transcript", &needles);
        assert!(told.get("transcript_note").is_none() && told["provider_code"] == "30007", "{told}");
        let (passed, said) = replays(&service, "twilio", &told["transcript"]).await;
        assert!(passed, "{told}: {said}");
        names.push(told["transcript"]["name"].as_str().unwrap().to_owned());
    }
    let plain = "exported: content-rejected, code 30007";
    let sample = format!("{plain} (a sample in place of the text)");
    assert_eq!(names, [plain, &sample, &sample, plain], "newest first");

    let dir = service.stop().await;
    for (name, bytes) in inside::kept(dir.path()) {
        let on_disk = ["1701234567", "628318", TEXT, "Mustermann", SECRET, "canary-of-the-answer"];
        for needle in on_disk {
            assert!(!holds(&bytes, needle), "`{needle}` is in {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_quotes_them_encoded_is_left_out_and_the_note_says_so() {
    let encodings: [fn(&[u8]) -> String; 4] = [
        |bytes| STANDARD.encode(bytes),
        |bytes| hex::encode(bytes),
        |bytes| {
            hex::encode_upper(
                String::from_utf8_lossy(bytes).encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>(),
            )
        },
        |bytes| url::form_urlencoded::byte_serialize(bytes).collect(),
    ];
    let service = twilio(|_| {}).await;
    for encode in encodings {
        refuses(
            &service,
            move |request| json!({"code": 30007, "message": encode(field(request, "Body").as_bytes()), "status": 400}),
        );
        send(&service, json!({"text": TEXT})).await;
        let told = told(&service).await;
        shows_nothing(told.to_string().as_bytes(), "a transcript", &["934211", "Alice Mustermann", TEXT]);
        let note = told["transcript_note"].as_str().unwrap();
        assert!(note.contains("an answer was left out"), "{told}");
        let reply = &told["transcript"]["exchanges"][0]["reply"];
        assert!(reply["status"] == 400 && reply.get("json").is_none() && reply.get("text").is_none(), "{told}");
        // A transcript that holds still, of less.
        let (passed, said) = replays(&service, "twilio", &told["transcript"]).await;
        assert!(passed, "{said}");
    }
}
