//! A failed send as a transcript, without provoking the failure again.

mod kept;
mod private;

use std::path::Path;

use countersign::config::Config;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::process::{countersign, output};
use crate::support::provider::{Answer, Recorded};
use crate::support::service::{Service, number};

const CONNECTOR: &str = "/v1/environments/development/connectors/twilio";
const FAILURES: &str = "/v1/environments/development/connectors/twilio/failures";
const SECRET: &str = "canary-token-of-the-failures-0123";

fn put() -> Value {
    let config = json!({"account_sid": format!("AC{}", "0".repeat(32)), "auth_token": SECRET, "from": "+15005550006"});
    json!({"component": "twilio", "config": config, "activate": true})
}

async fn twilio(change: impl FnOnce(&mut Config)) -> Service {
    let service = Service::with(change).await;
    let (status, made) = service.put(CONNECTOR, put()).await;
    assert_eq!(status, 201, "{made}");
    service
}

/// It refuses with what `message` makes of the request's fields.
fn refuses(service: &Service, message: impl Fn(&Recorded) -> Value + Send + Sync + 'static) {
    let answer = move |request: &Recorded| {
        use axum::response::IntoResponse as _;
        (StatusCode::BAD_REQUEST, [("x-trace", "canary-of-the-answer")], axum::Json(message(request))).into_response()
    };
    service.provider.answers(Answer::By(std::sync::Arc::new(answer)));
}

/// A field of a request's form.
fn field(request: &Recorded, name: &str) -> String {
    let mut fields = url::form_urlencoded::parse(&request.body);
    fields.find(|(found, _)| found == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The code that was in the newest request.
fn code(service: &Service) -> String {
    let text = service.provider.newest(|request| Some(field(request, "Body"))).unwrap();
    text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).unwrap().to_owned()
}

async fn listed(service: &Service) -> Vec<Value> {
    let (status, list) = service.get(FAILURES).await;
    assert_eq!((status, &list["next"]), (200, &Value::Null), "{list}");
    list["items"].as_array().unwrap().clone()
}

/// The newest one, as a transcript.
async fn told(service: &Service) -> Value {
    let newest = listed(service).await.remove(0);
    let (status, told) = service.get(&format!("{FAILURES}/{}", newest["id"].as_str().unwrap())).await;
    assert_eq!(status, 200, "{told}");
    told
}

/// Whether `countersign check` replays a transcript with a component of a service, and what it says.
pub async fn replays(service: &Service, component: &str, transcript: &Value) -> (bool, String) {
    let (_, found) = service.get(&format!("/v1/components/{component}")).await;
    let path = format!("/v1/components/{component}/{}/wasm", found["version"].as_str().unwrap());
    let wasm = service.request(Method::GET, &path).send().await.unwrap().bytes().await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let (file, code) = (scratch.path().join("saved.json"), scratch.path().join("connector.wasm"));
    std::fs::write(&file, transcript.to_string()).unwrap();
    std::fs::write(&code, wasm).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let args = ["check".to_owned(), text(&code), text(&file)];
    tokio::task::block_in_place(|| output(&mut countersign(&args.each_ref().map(String::as_str))))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_send_is_listed_and_its_transcript_is_replayed_by_check() {
    let service = twilio(|_| {}).await;
    refuses(&service, |request| {
        let (to, text) = (field(request, "To"), field(request, "Body"));
        json!({"code": 21211, "message": format!("`{to}` is not a number: {text}"), "status": 400})
    });
    let to = "+491701234567";
    let (status, made) = service.create(to).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("refused")), "{made}");

    let list = listed(&service).await;
    let message = made["delivery"]["message"].as_str().unwrap();
    let (_, twilio) = service.get("/v1/components/twilio").await;
    let expected = json!({
        "id": format!("{message}-1"), "at": "2026-01-15T12:00:00.000Z", "message": message, "verification": made["id"], "attempt": 1,
        "kind": "invalid-recipient", "certainty": "not-sent", "provider_code": "21211", "revision": 1,
        "component": format!("twilio@{}", twilio["version"].as_str().unwrap()),
    });
    assert_eq!(list, std::slice::from_ref(&expected));

    let told = told(&service).await;
    assert!(expected.as_object().unwrap().iter().all(|(name, value)| told[name] == *value), "{told}");
    assert!(told.get("transcript_note").is_none(), "{told}");
    let transcript = &told["transcript"];
    let exchange = &transcript["exchanges"][0];
    assert_eq!(exchange["request"]["form"]["To"], "+14155550123", "{told}");
    let text = exchange["request"]["form"]["Body"].as_str().unwrap();
    let answered = exchange["reply"]["json"]["message"].as_str().unwrap();
    assert!(text.contains("123456") && answered == format!("`+14155550123` is not a number: {text}"), "{told}");
    let failure = json!({"kind": "invalid-recipient", "certainty": "not-sent", "provider_code": "21211"});
    assert_eq!(transcript["expect"], json!({ "failure": failure }));
    assert_eq!(service.provider.requests().len(), 1, "telling it asks no provider");
    let (passed, said) = replays(&service, "twilio", transcript).await;
    assert!(passed && said.contains("1 of 1 transcripts passed"), "{said}");

    // What is told of a failed test send and of this one is the same.
    let (_, test) = service.post(&format!("{CONNECTOR}/test"), json!({"to": to, "transcript": true})).await;
    let mut same = transcript.clone();
    let differs = ["message", "exchanges"];
    differs.iter().for_each(|part| same[part] = test["transcript"][part].clone());
    assert_eq!(same, test["transcript"], "but for the purpose and its text");
    assert_eq!(listed(&service).await.len(), 1, "a test send is none");
}

/// A provider that reads a request and resets the connection.
async fn resetting() -> String {
    use tokio::io::AsyncReadExt as _;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 4096]).await;
            socket.set_zero_linger().unwrap();
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_and_a_refused_connection_are_told_as_such() {
    // Nobody listens on a port that was given back.
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (url, fault, certainty) in
        [(resetting().await, "reset", "unknown"), (format!("http://{nobody}"), "refused", "not-sent")]
    {
        let service = twilio(|config| {
            config.egress.overrides.insert("api.twilio.com".to_owned(), url.parse().unwrap());
        })
        .await;
        service.create(&number(1)).await;
        let told = told(&service).await;
        let transcript = &told["transcript"];
        assert_eq!(transcript["exchanges"][0]["fault"], fault, "{told}");
        assert_eq!(
            (&told["certainty"], &transcript["expect"]["failure"]["certainty"], told.get("transcript_note")),
            (&json!(certainty), &json!(certainty), None),
            "{told}"
        );
        let (passed, said) = replays(&service, "twilio", transcript).await;
        assert!(passed, "{fault}: {said}");
    }
}
