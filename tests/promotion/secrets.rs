//! Secrets stay where they are, unless the request asks for a copy.

use serde_json::{Value, json};

use super::{PRODUCTION, PROMOTE, STAGING, errors, preview, promoted, sent_from, staging};
use crate::support::guests::{self, Pack};
use crate::support::inside::Inside;
use crate::support::provider::Provider;
use crate::support::service::{Service, TO, TOKEN, number};

const OWN: &str = "canary-token-of-staging-0123";

async fn with_own_token() -> Service {
    let service = Service::start().await;
    staging(&service).await;
    service.serve_marker("marker-a").await;
    promoted(&service, json!({"to": "staging", "secrets": {"main": {"api_token": OWN}}})).await;
    service
}

async fn authorization(service: &Service, environment: &str, to: &str) -> String {
    assert_eq!(sent_from(service, environment, to).await["delivery"]["status"], "accepted");
    service.provider.requests().pop().unwrap().header("authorization")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_goes_on_sending_with_its_own_secret() {
    let service = with_own_token().await;
    let config = json!({"note": "tested", "api_token": {"set": true}});
    assert_eq!(service.set_up("main", json!({"component": "marker-a", "config": config})).await.0, 200);
    let told = promoted(&service, json!({"to": "staging"})).await;
    let main = &told["connectors"][0];
    assert_eq!((&main["secrets"], &main["revision"]), (&json!({"api_token": "kept"}), &json!(2)), "{told}");
    assert_eq!(authorization(&service, "staging", TO).await, format!("Bearer {OWN}"));
    assert_eq!(authorization(&service, "development", &number(1)).await, format!("Bearer {TOKEN}"));
    let (_, revisions) = service.get(&format!("{STAGING}/connectors/main/revisions")).await;
    assert_eq!(revisions["items"][0]["secret_versions"], json!({"api_token": 1}), "no new version: {revisions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_secret_is_named_and_nothing_of_the_others_is_promoted() {
    let service = with_own_token().await;
    service.set_up("more", json!({"component": "marker-a", "config": {"api_token": TOKEN}})).await;
    let config = json!({"note": "tested", "api_token": {"set": true}});
    service.set_up("main", json!({"component": "marker-a", "config": config})).await;
    service.put("/v1/environments/development/channels/sms", json!({"active": "main", "fallback": ["more"]})).await;
    let (status, refused) = service.post(PROMOTE, json!({"to": "staging"})).await;
    assert_eq!((status, &refused["type"]), (422, &json!("/problems/invalid-field")), "{refused}");
    assert!(errors(&refused).contains(&("/secrets/more/api_token".into(), "secret-needed".into())), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("nothing was promoted"), "{refused}");
    assert_eq!(service.get(&format!("{STAGING}/connectors/main")).await.1["revision"], 1);
    assert_eq!(service.get(&format!("{STAGING}/connectors/more")).await.0, 404);
    // What was wrong is told by its place too.
    let body = json!({"to": "staging", "secrets": {"more": {"api_token": "short"}}});
    let (_, refused) = service.post(PROMOTE, with_approvals(body, &refused)).await;
    assert_eq!(errors(&refused), [("/secrets/more/api_token".to_owned(), "config".to_owned())], "{refused}");
    assert!(!refused.to_string().contains("\"short\""), "{refused}");
}

fn with_approvals(mut body: Value, refused: &Value) -> Value {
    body["approve"] = refused["approve"].clone();
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_secret_that_would_go_somewhere_new_is_asked_for_again() {
    let service = with_own_token().await;
    let more = "secrets = [\"api_token\"]\n[credentials.token]\nkind = \"bearer\"\nsecret = \"api_token\"\nmethods = [\"POST\"]\npaths = [\"/*\"]\n";
    let schema =
        json!({"type": "object", "properties": {"api_token": {"type": "string", "writeOnly": true}}, "examples": [{}]});
    let wider = Pack { id: "marker-a", version: "1.1.0", more, schema, ..Pack::default() };
    assert_eq!(service.upload(guests::packed("marker-b", &wider)).await.0, 201);
    let tested = json!({"component": "marker-a@1.1.0", "config": {"api_token": TOKEN}});
    assert_eq!(service.set_up("main", tested).await.0, 200);
    let told = preview(&service, &json!({"to": "staging"})).await;
    assert_eq!(told["connectors"][0]["secrets"], json!({"api_token": "rebound"}), "{told}");
    let body = json!({"to": "staging", "approve": {"main": told["connectors"][0]["approve"]}});
    let (status, refused) = service.post(PROMOTE, body.clone()).await;
    assert_eq!((status, &refused["type"]), (422, &json!("/problems/secret-rebound")), "{refused}");
    assert_eq!(errors(&refused), [("/secrets/main/api_token".to_owned(), "secret-rebound".to_owned())]);
    assert_eq!(service.get(&format!("{STAGING}/connectors/main")).await.1["revision"], 1);
    let mut given = body;
    given["secrets"] = json!({"main": {"api_token": OWN}});
    let (status, done) = service.post(PROMOTE, given).await;
    assert_eq!((status, &done["connectors"][0]["revision"]), (200, &json!(2)), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_asked_for_is_sealed_for_its_new_place() {
    let gateway = Provider::start().await;
    let allowed = gateway.url.clone();
    let service = Service::with(|config| config.egress.allow.push(allowed.parse().unwrap())).await;
    let config = json!({"url": format!("{}/send", gateway.url), "authorization": TOKEN});
    let saved = service.set_up("main", json!({"component": "http", "config": config, "activate": true})).await;
    assert_eq!(saved.0, 201, "{}", saved.1);
    let (status, refused) = service.post(PROMOTE, json!({"to": "production"})).await;
    assert_eq!((status, errors(&refused)[0].0.as_str()), (422, "/secrets/main/authorization"), "{refused}");
    assert!(refused.to_string().contains("copy_secrets"), "it says what else could be done: {refused}");

    let told = promoted(&service, json!({"to": "production", "copy_secrets": true})).await;
    assert_eq!(told["connectors"][0]["secrets"], json!({"authorization": "copied"}), "{told}");
    assert!(!told.to_string().contains(TOKEN), "{told}");
    assert_eq!(told["warnings"][0]["code"], "destinations-closed", "where it sends is not promoted: {told}");
    service.opens("production").await;
    let again = promoted(&service, json!({"to": "production", "copy_secrets": true})).await;
    assert_eq!(again["connectors"][0]["action"], "unchanged", "{again}");
    assert_eq!(sent_from(&service, "production", TO).await["delivery"]["status"], "accepted");
    assert_eq!(gateway.requests().pop().unwrap().header("authorization"), TOKEN);

    let sealed = "SELECT sealed FROM secrets WHERE connector = 'main' ORDER BY environment";
    let sealed = Inside::of(service.dir.path()).rows(sealed);
    assert!(sealed.len() == 2 && sealed[0] != sealed[1], "each is sealed for its own place");

    // One that is named is not copied.
    let own = json!({"to": "production", "copy_secrets": true, "secrets": {"main": {"authorization": OWN}}});
    assert_eq!(promoted(&service, own).await["connectors"][0]["secrets"], json!({"authorization": "given"}));
    sent_from(&service, "production", &number(1)).await;
    assert_eq!(gateway.requests().pop().unwrap().header("authorization"), OWN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_never_goes_into_a_development_environment() {
    let service = with_own_token().await;
    for path in [PROMOTE.to_owned(), format!("{PROMOTE}?dry_run=true"), format!("{PRODUCTION}/promote")] {
        let (status, refused) = service.post(&path, json!({"to": "staging", "copy_secrets": true})).await;
        assert_eq!(status, 422, "{refused}");
        assert_eq!(errors(&refused), [("/copy_secrets".to_owned(), "copy-into-development".to_owned())], "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_component_asks_for_is_approved_where_it_goes_and_once() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let mut body = json!({"to": "production", "secrets": {"main": {"api_token": OWN}}});
    let (status, asked) = service.post(PROMOTE, body.clone()).await;
    assert_eq!((status, &asked["type"]), (422, &json!("/problems/approval-needed")), "{asked}");
    assert!(asked["asks"]["main"].to_string().contains("reaches api.example.com"), "{asked}");
    assert!(errors(&asked).iter().all(|(pointer, _)| pointer == "/approve/main"), "{asked}");
    body["approve"] = json!({"main": "0".repeat(64)});
    assert_eq!(service.post(PROMOTE, body.clone()).await.0, 422, "another digest is no approval");
    body["approve"] = asked["approve"].clone();
    assert_eq!(service.post(PROMOTE, body).await.0, 200);
    service.set_up("main", json!({"component": "marker-a", "config": {"note": "x"}})).await;
    let (status, done) = service.post(PROMOTE, json!({"to": "production"})).await;
    assert_eq!((status, &done["connectors"][0]["revision"]), (200, &json!(2)), "granted before: {done}");
}
