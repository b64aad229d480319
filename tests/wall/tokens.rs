//! Tokens that the host fetches: the guest asks for none, sees none, and can't ask where they are given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::{failure, reprogram, serve_agent, tested};
use crate::support::provider::Answer;
use crate::support::service::{Service, number};

const SECRETS: [(&str, &str); 1] = [("client_secret", "canary-client-secret-01")];
const CREDENTIALS: &str = r#"
[credentials.oauth]
kind = "oauth2-client-credentials"
token_url = "https://api.example.com/oauth2/token"
client_id = "me"
secret = "client_secret"
scope = "sms"
client_auth = "form"
methods = ["POST"]
paths = ["/send"]
"#;

fn program() -> Value {
    json!({"then": "accept", "steps": [{"credentials": ["oauth"]}]})
}

/// A provider that gives numbered tokens, and takes those from `good` on.
async fn service(status: u16) -> (Service, Arc<AtomicU32>) {
    let service = Service::start().await;
    let (good, given) = (Arc::new(AtomicU32::new(0)), AtomicU32::new(0));
    let taken = Arc::clone(&good);
    service.provider.answers(Answer::By(Arc::new(move |request| {
        let answer = |status: u16, body: Value| {
            (axum::http::StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
        };
        if request.path == "/oauth2/token" {
            let token = format!("token-of-the-provider-{}", given.fetch_add(1, Ordering::SeqCst));
            return answer(status, json!({"access_token": token, "expires_in": 600, "error": "invalid_client"}));
        }
        let number = request.header("authorization").rsplit('-').next().unwrap().parse::<u32>().unwrap();
        answer(if number >= taken.load(Ordering::SeqCst) { 201 } else { 401 }, json!({"id": "p"}))
    })));
    serve_agent(&service, &SECRETS, CREDENTIALS, &program()).await;
    (service, good)
}

fn asked_for_tokens(service: &Service) -> usize {
    service.provider.requests().iter().filter(|request| request.path == "/oauth2/token").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_fetched_once_for_many_sends_and_renewed_before_it_ends() {
    let (service, _) = service(200).await;
    let sends = (0..20).map(|n| {
        let to = number(n);
        let service = &service;
        async move { service.create(&to).await }
    });
    for (status, made) in futures_util::future::join_all(sends).await {
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
    }
    assert_eq!(asked_for_tokens(&service), 1, "whoever comes while it is fetched waits for it");
    let asked = service.provider.requests()[0].clone();
    assert_eq!(
        asked.body,
        "grant_type=client_credentials&scope=sms&client_id=me&client_secret=canary-client-secret-01"
    );
    service.clock.advance(Duration::from_secs(571));
    service.create(&number(100)).await;
    assert_eq!(asked_for_tokens(&service), 2, "30 s before its end");
    // Another revision with the same binding and secret goes on with the same token.
    reprogram(&service, &json!({"then": "accept", "steps": [{"credentials": ["oauth"], "body": "changed"}]})).await;
    service.create(&number(101)).await;
    assert_eq!(asked_for_tokens(&service), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_is_forgotten_and_the_next_send_gets_another() {
    let (service, good) = service(200).await;
    service.create(&number(1)).await;
    good.fetch_add(1, Ordering::SeqCst);
    service.create(&number(2)).await;
    service.create(&number(3)).await;
    assert_eq!(asked_for_tokens(&service), 2);
    let last = service.provider.requests().pop().unwrap();
    assert!(last.header("authorization").starts_with("Bearer token-of-the-provider-"), "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_an_authentication_that_failed_and_nothing_was_sent() {
    let (service, _) = service(401).await;
    let (_, made) = service.create(&number(1)).await;
    let failure = &made["delivery"]["failure"];
    assert_eq!(
        (&failure["kind"], &failure["certainty"]),
        (&json!("authentication-failed"), &json!("not-sent")),
        "{made}"
    );
    assert!(failure["text"].as_str().unwrap().contains("status 401"), "{made}");
    // As a transcript too: the login with its status, and no request after it.
    let path = "/v1/environments/development/connectors/agent/failures";
    let (_, kept) = service.get(path).await;
    let (_, told) = service.get(&format!("{path}/{}", kept["items"][0]["id"].as_str().unwrap())).await;
    let exchanges = told["transcript"]["exchanges"].as_array().unwrap();
    assert!(exchanges.len() == 1 && exchanges[0]["request"]["url"].as_str().unwrap().ends_with("/token"), "{told}");
    assert!(exchanges[0]["reply"] == json!({"status": 401}) && told.get("transcript_note").is_none(), "{told}");
    assert!(!told.to_string().contains(SECRETS[0].1), "{told}");
    // What else `check` finds in a component that does whatever it is told is another matter.
    let (_, said) = crate::failures::replays(&service, "agent", &told["transcript"]).await;
    assert!(said.contains("1 of 1 transcripts passed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_can_not_ask_where_tokens_are_given_in_any_spelling() {
    let (service, _) = service(200).await;
    for path in [
        "/oauth2/token",
        "/oauth2/token/",
        "/oauth2//token",
        "/oauth2/%74oken",
        "/OAuth2/Token",
        "/x/../oauth2/token",
        "/oauth2/token?grant_type=client_credentials",
    ] {
        let step = json!({"url": format!("https://api.example.com{path}"), "body": "grant_type=client_credentials"});
        reprogram(&service, &json!({"then": "accept", "steps": [step]})).await;
        let text = failure(&service).await;
        assert!(text.contains("the host alone asks it"), "{path}: {text}");
    }
    assert_eq!(asked_for_tokens(&service), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_shows_that_the_host_logged_in_and_nothing_of_the_token() {
    let (service, _) = service(200).await;
    let told = tested(&service).await;
    let login = &told["exchanges"][0];
    assert_eq!(
        (&login["url"], &login["status"]),
        (&json!("https://api.example.com/oauth2/token"), &json!(200)),
        "{told}"
    );
    assert!(told.to_string().contains("‹credential oauth›"), "{told}");
    assert!(!told.to_string().contains("token-of-the-provider") && !told.to_string().contains("canary"), "{told}");
}
