//! Hooks are made, read, changed and deleted; what is secret of them is shown once.

use std::time::Duration;

use serde_json::{Value, json};

use super::{HOOKS, keyed, save};
use crate::support::service::{Service, number};

const WHSEC: &str = "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_is_made_read_listed_and_deleted_and_its_key_is_shown_once() {
    let service =
        Service::with(|config| config.server.public_url = Some("https://otp.example.com/".parse().unwrap())).await;
    let made = save(&service, "logto", json!({"sender": "logto"})).await;
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("cs_hook_") && key.len() > 48, "{key}");
    assert_eq!(made["url"], "https://otp.example.com/hooks/development/logto");
    assert_eq!(made["settings"]["set"], json!({"endpoint": made["url"], "authorization": key}), "ready to paste");
    assert_eq!(
        (&made["ready"], &made["keys"], &made["purposes"]["BindMfa"]),
        (&json!(true), &json!(1), &json!("mfa-setup"))
    );
    let (status, read) = service.get(&format!("{HOOKS}/logto")).await;
    assert_eq!((status, &read["url"], read.get("key")), (200, &made["url"], None), "{read}");
    let changed = save(&service, "logto", json!({"sender": "logto", "locale": "de"})).await;
    assert!(changed.get("key").is_none() && changed["locale"] == "de", "a change keeps the key: {changed}");
    save(&service, "kratos", json!({"sender": "kratos"})).await;
    let (_, list) = service.get(HOOKS).await;
    let names: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|hook| &hook["name"]).collect();
    assert_eq!(names, ["kratos", "logto"]);
    assert!(!list.to_string().contains("cs_hook_") && !read.to_string().contains("cs_hook_"));
    assert_eq!(service.call(reqwest::Method::DELETE, &format!("{HOOKS}/logto"), Value::Null).await.0, 204);
    assert_eq!(service.call(reqwest::Method::DELETE, &format!("{HOOKS}/logto"), Value::Null).await.0, 404);
    assert_eq!(service.get(&format!("{HOOKS}/logto")).await.0, 404);
    assert_eq!(service.get("/v1/environments/nowhere/hooks").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_to_paste_is_told_in_every_senders_own_words() {
    let service = Service::start().await;
    let supabase = save(&service, "supabase", json!({"sender": "supabase"})).await;
    let set = &supabase["settings"]["set"];
    assert_eq!(
        (&set["GOTRUE_HOOK_SEND_SMS_URI"], &set["GOTRUE_HOOK_SEND_SMS_SECRETS"]),
        (&supabase["url"], &supabase["secret"])
    );
    assert!(supabase["secret"].as_str().unwrap().starts_with("v1,whsec_"), "made for whoever has none: {supabase}");
    let kratos = save(&service, "kratos", json!({"sender": "kratos"})).await;
    let config = &kratos["settings"]["set"]["courier"]["channels"][0]["request_config"];
    assert_eq!((&config["url"], &config["auth"]["config"]["value"]), (&kratos["url"], &kratos["key"]));
    let zitadel = save(&service, "zitadel", json!({"sender": "zitadel"})).await;
    assert_eq!((&zitadel["settings"]["set"]["endpoint"], &zitadel["ready"]), (&zitadel["url"], &json!(false)));
    assert!(
        zitadel["warnings"][0].as_str().unwrap().contains("`secrets`"),
        "its key exists only once it has the address"
    );
    let zitadel =
        save(&service, "zitadel", json!({"sender": "zitadel", "secrets": ["a-signing-key-of-zitadel"]})).await;
    assert_eq!((&zitadel["ready"], &zitadel["secrets"]), (&json!(true), &json!(1)));
    assert!(!zitadel.to_string().contains("a-signing-key"), "secrets are never read back");
    let generic = save(&service, "generic", json!({"sender": "generic"})).await;
    let url = format!("{}/{}", generic["url"].as_str().unwrap(), generic["key"].as_str().unwrap());
    assert_eq!(generic["settings"]["set"]["url_with_key"], json!(url));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_leaves_a_day_to_change_the_old_one() {
    let service = Service::start().await;
    let old = save(&service, "kratos", json!({"sender": "kratos"})).await["key"].as_str().unwrap().to_owned();
    let new = save(&service, "kratos", json!({"sender": "kratos", "new_key": true})).await;
    let (new, path) = (new["key"].as_str().unwrap(), "/hooks/development/kratos");
    let sms = |n| json!({"to": number(n), "code": "123456", "template_type": "login_code_valid"});
    assert_eq!(keyed(&service, path, &old, &sms(1)).await.status, 200);
    assert_eq!(keyed(&service, path, new, &sms(2)).await.status, 200);
    service.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(keyed(&service, path, &old, &sms(3)).await.status, 401);
    assert_eq!(keyed(&service, path, new, &sms(4)).await.status, 200);
    assert_eq!(service.get(&format!("{HOOKS}/kratos")).await.1["keys"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_could_never_work_is_refused_and_the_field_is_named() {
    let service = Service::start().await;
    for (body, pointer) in [
        (json!({"sender": "okta"}), "/sender"),
        (json!({"sender": "logto", "secrets": ["x".repeat(32)]}), "/secrets"),
        (json!({"sender": "supabase", "secrets": [WHSEC, "v1,whsec_short"]}), "/secrets/1"),
        (json!({"sender": "supabase", "secrets": [format!("{WHSEC}|{WHSEC}")]}), "/secrets/0"),
        (json!({"sender": "zitadel", "secrets": [""]}), "/secrets/0"),
        (json!({"sender": "zitadel", "new_key": true}), "/new_key"),
        (json!({"sender": "logto", "purposes": {"SignIn": "Sign In"}}), "/purposes/SignIn"),
        (json!({"sender": "logto", "locale": "english please"}), "/locale"),
        (json!({"sender": "logto", "expires_in": 5}), "/expires_in"),
        (json!({"sender": "logto", "mapping": {"to": "/to", "code": "/code"}}), "/mapping"),
        (json!({"sender": "generic", "mapping": {"to": "/to"}}), "/mapping/code"),
        (json!({"sender": "generic", "mapping": {"to": "{{ to", "code": "/code"}}), "/mapping/to"),
    ] {
        let (status, problem) = service.put(&format!("{HOOKS}/hook"), body.clone()).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}: {problem}");
        assert!(!problem.to_string().contains("whsec_MfKQ"), "a refusal quotes no secret");
    }
    assert_eq!(service.put(&format!("{HOOKS}/No%20Name"), json!({"sender": "logto"})).await.0, 422);
    assert_eq!(service.put("/v1/environments/nowhere/hooks/a", json!({"sender": "logto"})).await.0, 404);
    assert_eq!(service.get(HOOKS).await.1["items"], json!([]), "nothing of it was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_survive_a_restart_and_go_with_their_environment() {
    let service = Service::start().await;
    service.post("/v1/environments", json!({"name": "staging", "kind": "development"})).await;
    let staging = "/v1/environments/staging/hooks/logto";
    assert_eq!(service.put(staging, json!({"sender": "logto"})).await.0, 201);
    let key = save(&service, "logto", json!({"sender": "logto"})).await["key"].as_str().unwrap().to_owned();
    let service = Service::at(service.stop().await, |_| {}).await;
    let sms = json!({"to": number(1), "type": "SignIn", "payload": {"code": "123456"}});
    assert_eq!(keyed(&service, "/hooks/development/logto", &key, &sms).await.status, 200);
    assert_eq!(service.call(reqwest::Method::DELETE, "/v1/environments/staging", Value::Null).await.0, 204);
    service.post("/v1/environments", json!({"name": "staging", "kind": "development"})).await;
    assert_eq!(service.get(staging).await.0, 404);
}
