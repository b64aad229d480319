//! From one environment to another: what goes along here; secrets, refusals and atomicity in files of their own.

mod one_step;
mod refusals;
mod secrets;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::guests;
use crate::support::inside::Inside;
use crate::support::service::{Service, TO, TOKEN, answer};

const PROMOTE: &str = "/v1/environments/development/promote";
const STAGING: &str = "/v1/environments/staging";
const PRODUCTION: &str = "/v1/environments/production";

/// An environment that is no production, where a host can be mapped to the test's provider.
async fn staging(service: &Service) {
    let body = json!({"name": "staging", "kind": "development", "display_name": "Staging"});
    let (status, made) = service.post("/v1/environments", body).await;
    assert_eq!(status, 201, "{made}");
}

async fn preview(service: &Service, body: &Value) -> Value {
    let (status, told) = service.post(&format!("{PROMOTE}?dry_run=true"), body.clone()).await;
    assert_eq!((status, &told["dry_run"]), (200, &json!(true)), "{told}");
    told
}

/// Promote as an operator does who has read what is asked for.
async fn promoted(service: &Service, mut body: Value) -> Value {
    let (status, told) = service.post(PROMOTE, body.clone()).await;
    if status == 200 {
        return told;
    }
    body["approve"] = told["approve"].clone();
    let (status, told) = service.post(PROMOTE, body).await;
    assert_eq!((status, &told["ready"]), (200, &json!(true)), "{told}");
    told
}

/// Everything that the API shows of an environment's set-up.
async fn set_up_of(service: &Service, environment: &str) -> Vec<Value> {
    let mut shown = Vec::new();
    for part in ["", "/connectors", "/channels/sms", "/templates", "/policy"] {
        shown.push(service.get(&format!("{environment}{part}")).await.1);
    }
    let names: Vec<String> = shown[1]["items"].as_array().unwrap().iter().map(|c| text(&c["name"])).collect();
    for name in names {
        shown.push(service.get(&format!("{environment}/connectors/{name}/revisions")).await.1);
    }
    shown
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn errors(problem: &Value) -> Vec<(String, String)> {
    let faults = problem["errors"].as_array().unwrap().iter();
    faults.map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
}

async fn sent_from(service: &Service, environment: &str, to: &str) -> Value {
    let body = json!({"to": to, "purpose": "sign-in"});
    let request = service.request(Method::POST, "/v1/verifications");
    answer(request.header("countersign-environment", environment).json(&body)).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tested_goes_along_with_its_order_its_rules_its_texts_and_its_policy() {
    let couriers = Couriers::start(&["a", "b", "c"]).await;
    let service = &couriers.service;
    staging(service).await;
    let rule = json!({"countries": ["CN"], "use": [{"connector": "c", "weight": 1}], "fallback": []});
    let channel = json!({"active": "b", "fallback": ["a"], "routes": [rule]});
    assert_eq!(service.put("/v1/environments/development/channels/sms", channel).await.0, 200);
    let texts = json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} opens {{ app }}"}]});
    assert_eq!(service.put("/v1/environments/development/templates", texts.clone()).await.0, 200);
    let policy = json!({"defaults": {"code_length": 8, "sends_per_hour": 1000}});
    assert_eq!(service.put("/v1/environments/development/policy", policy).await.0, 200);
    let caps = json!({"defaults": {"code_length": 7, "sends_per_hour": 3}});
    assert_eq!(service.put(&format!("{STAGING}/policy"), caps).await.0, 200);

    let told = promoted(service, json!({"to": "staging"})).await;
    let named: Vec<String> = told["connectors"].as_array().unwrap().iter().map(|c| text(&c["name"])).collect();
    assert_eq!(named, ["b", "a", "c"], "those that the channel names: {told}");
    assert_eq!((&told["connectors"][0]["action"], &told["connectors"][0]["revision"]), (&json!("created"), &json!(1)));
    let (_, channel) = service.get(&format!("{STAGING}/channels/sms")).await;
    assert_eq!(
        (&channel["active"], &channel["fallback"], &channel["routes"]),
        (&json!("b"), &json!(["a"]), &json!([rule])),
        "{channel}"
    );
    assert_eq!(service.get(&format!("{STAGING}/templates")).await.1, texts);
    let (_, policy) = service.get(&format!("{STAGING}/policy")).await;
    assert_eq!(policy, json!({"defaults": {"code_length": 8, "sends_per_hour": 3}}), "its cap stays");
    assert_eq!(service.get(STAGING).await.1["display_name"], "Staging", "its name stays");

    assert_eq!(sent_from(service, "staging", TO).await["delivery"]["connector"], "b");
    let sent = couriers.sent().pop().unwrap();
    assert_eq!((sent.account.as_str(), &sent.text[8..]), ("b", " opens Staging"), "{}", sent.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_what_would_change_and_what_is_needed_and_stores_nothing() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let texts = json!({"templates": [{"purpose": "sign-in", "locale": "de", "text": "Code {{ code }}"}]});
    service.put("/v1/environments/development/templates", texts).await;
    let before = set_up_of(&service, PRODUCTION).await;
    let told = preview(&service, &json!({"to": "production"})).await;
    assert_eq!(told["ready"], false, "{told}");
    let main = &told["connectors"][0];
    assert_eq!((&main["action"], &main["revision"]), (&json!("created"), &Value::Null), "{told}");
    assert_eq!(main["secrets"], json!({"api_token": "needed"}));
    assert!(main["asks"].to_string().contains("reaches api.example.com"), "{main}");
    assert!(main["asks"].to_string().contains("Authorization header of POST"), "{main}");
    let needs: Vec<&str> = told["needs"].as_array().unwrap().iter().map(|n| n["pointer"].as_str().unwrap()).collect();
    assert!(needs.contains(&"/secrets/main/api_token") && needs.contains(&"/approve/main"), "{needs:?}");
    assert_eq!(
        (&told["channel"]["before"]["active"], &told["channel"]["after"]["active"]),
        (&Value::Null, &json!("main"))
    );
    let change = json!({"at": "/templates/sign-in/de/text", "before": null, "after": "Code {{ code }}"});
    assert_eq!(told["documents"]["templates"]["changes"], json!([change]));

    // With what it needs it is ready, and still only a preview.
    let body = json!({
        "to": "production", "secrets": {"main": {"api_token": "canary-of-production-0123"}},
        "approve": {"main": main["approve"]},
    });
    let told = preview(&service, &body).await;
    assert_eq!((&told["ready"], &told["needs"]), (&json!(true), &json!([])), "{told}");
    assert_eq!(told["connectors"][0]["secrets"], json!({"api_token": "given"}));
    assert!(!told.to_string().contains("canary"), "{told}");
    assert_eq!(set_up_of(&service, PRODUCTION).await, before, "nothing was stored");

    let (status, done) = service.post(PROMOTE, body).await;
    assert_eq!(
        (status, &done["dry_run"], &done["connectors"][0]["revision"]),
        (200, &json!(false), &json!(1)),
        "{done}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_promotion_tells_only_what_differs_and_its_numbers_go_on() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    staging(service).await;
    promoted(service, json!({"to": "staging"})).await;
    let saved = service
        .set_up("a", json!({"component": "courier", "config": {"account": "other"}, "senders": [{"countries": ["CN"], "sender": "us"}]}))
        .await;
    assert_eq!((saved.0, &saved.1["revision"]), (200, &json!(2)), "{}", saved.1);
    let saved = service.set_up("a", json!({"component": "courier", "config": {"account": "third"}})).await;
    assert_eq!(saved.1["revision"], 3);
    let told = preview(service, &json!({"to": "staging"})).await;
    let change = json!({"at": "/config/account", "before": "a", "after": "third"});
    assert_eq!(told["connectors"][0]["changes"], json!([change]), "{told}");
    assert_eq!(
        (&told["channel"]["action"], &told["connectors"][0]["action"]),
        (&json!("unchanged"), &json!("changed"))
    );
    let done = promoted(service, json!({"to": "staging"})).await;
    assert_eq!((&done["connectors"][0]["from_revision"], &done["connectors"][0]["revision"]), (&json!(3), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_promotion_again_makes_no_revision() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    service
        .put(
            "/v1/environments/development/templates",
            json!({"templates": [{"purpose": "sign-in", "text": "{{ code }}"}]}),
        )
        .await;
    let body = json!({"to": "production", "secrets": {"main": {"api_token": "canary-of-production-0123"}}});
    promoted(&service, body.clone()).await;
    let before = set_up_of(&service, PRODUCTION).await;
    for body in [body, json!({"to": "production"})] {
        let (status, told) = service.post(PROMOTE, body).await;
        assert_eq!(status, 200, "{told}");
        let main = &told["connectors"][0];
        assert_eq!(
            (&main["action"], &main["revision"], &main["changes"]),
            (&json!("unchanged"), &json!(1), &json!([]))
        );
        assert_eq!(told["channel"]["action"], "unchanged");
        assert!(told["documents"].as_object().unwrap().values().all(|d| d["action"] == "unchanged"), "{told}");
    }
    assert_eq!(set_up_of(&service, PRODUCTION).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn some_connectors_alone_take_no_channel_along_that_names_others() {
    let couriers = Couriers::start(&["a", "b", "c"]).await;
    let service = &couriers.service;
    staging(service).await;
    let told = promoted(service, json!({"to": "staging", "connectors": ["c", "b"]})).await;
    assert_eq!(told["channel"]["after"]["active"], "c", "the first of an environment is active: {told}");
    assert!(told["warnings"].to_string().contains("names `a`, neither promoted nor serving"), "{told}");
    assert_eq!(service.get(&format!("{STAGING}/connectors/a")).await.0, 404);
    let told = promoted(service, json!({"to": "staging", "connectors": ["a"]})).await;
    assert_eq!(
        told["channel"]["after"],
        json!({"active": "a", "fallback": ["b", "c"], "routes": [], "prefer": "order"}),
        "now all are there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_stays_where_it_is() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    staging(service).await;
    promoted(service, json!({"to": "staging"})).await;
    let draft = json!({"component": "courier", "config": {"account": "new"}, "serve": false});
    assert_eq!(service.put("/v1/environments/development/connectors/a", draft).await.0, 200);
    let channel = json!({"active": "a", "canary": {"connector": "a", "revision": 2, "percent": 10}});
    assert_eq!(service.put("/v1/environments/development/channels/sms", channel).await.0, 200);
    let told = promoted(service, json!({"to": "staging"})).await;
    assert_eq!(
        (&told["connectors"][0]["action"], &told["channel"]["action"]),
        (&json!("unchanged"), &json!("unchanged"))
    );
    assert_eq!(service.get(&format!("{STAGING}/channels/sms")).await.1["canary"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_experience_goes_along_unless_nobody_would_send_there() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    staging(service).await;
    let inside = Inside::of(service.dir.path());
    let document = r#"{"purposes":{"mfa-setup":true}}"#;
    inside.run(&format!("INSERT INTO settings VALUES ('development', 'sign-in-experience', '{document}', 1)"));
    let told = promoted(service, json!({"to": "staging", "connectors": []})).await;
    assert_eq!(told["documents"]["sign-in-experience"]["action"], "kept", "{told}");
    assert!(told["warnings"].to_string().contains("no connector is active there"), "{told}");
    let told = promoted(service, json!({"to": "staging"})).await;
    let change = json!({"at": "/purposes/mfa-setup", "before": null, "after": true});
    assert_eq!(told["documents"]["sign-in-experience"], json!({"action": "created", "changes": [change]}), "{told}");
    let sql = "SELECT document FROM settings WHERE environment = 'staging' AND kind = 'sign-in-experience'";
    assert_eq!(inside.text(sql).unwrap(), document);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_connectors_may_be_empty_to_promote_texts_alone() {
    let service = Service::start().await;
    service.upload(guests::marker("marker-a")).await;
    service.set_up("main", json!({"component": "marker-a", "config": {"api_token": TOKEN}})).await;
    let texts = json!({"templates": [{"purpose": "sign-in", "text": "{{ code }}"}]});
    service.put("/v1/environments/development/templates", texts.clone()).await;
    let told = promoted(&service, json!({"to": "production", "connectors": []})).await;
    assert_eq!((&told["connectors"], &told["channel"]["action"]), (&json!([]), &json!("kept")), "{told}");
    assert_eq!(service.get(&format!("{PRODUCTION}/templates")).await.1, texts);
}
