//! Uploading, setting up, testing, rolling back, deleting; approvals and kept secrets.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::guests::{self, Pack};
use crate::support::inside;
use crate::support::provider::Answer;
use crate::support::service::{self, ADMIN_KEY, Service, TO, answer};

const MAIN: &str = "/v1/environments/development/connectors/main";
const TOKEN: &str = "canary-token-0123456789";

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_judged_measured_and_immutable() {
    let service = Service::start().await;
    let wasm = guests::marker("marker-a");
    let (status, made) = service.upload(wasm.clone()).await;
    assert_eq!((status, &made["id"], &made["exports"]), (201, &json!("marker-a"), &json!(["sms"])), "{made}");
    assert!(
        made["size"].as_u64().unwrap() > 1000
            && made["digest"].as_str().unwrap().len() == 64
            && made["verdict"]["accepted"] == true
    );
    assert_eq!(service.upload(wasm.clone()).await.0, 200, "the same bytes again");
    let other = guests::packed("trap", &Pack { id: "marker-a", ..Pack::default() });
    let (status, taken) = service.upload(other).await;
    assert_eq!((status, &taken["type"]), (409, &json!("/problems/version-taken")), "{taken}");
    let bytes =
        service.request(Method::GET, "/v1/components/marker-a/1.0.0/wasm").send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes, wasm);
    assert_eq!(service.get("/v1/components/marker-a").await.1["readme"], "# A guest");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_connector_is_refused_with_every_reason_and_nothing_is_stored() {
    let service = Service::start().await;
    let foreign = wat::parse_str(
        "(component (import \"evil:host/files@1.0.0\" (instance)) (import \"wasi:http/types@0.2.0\" (instance)))",
    )
    .unwrap();
    for (wasm, word) in [
        (b"hello".to_vec(), "not a WebAssembly component"),
        (wat::parse_str("(module)").unwrap(), "core module"),
        (guests::unpacked("trap"), "countersign pack"),
        (guests::pack_bytes(&foreign, "foreign", &Pack::default()), "evil:host/files"),
        (guests::packed("trap", &Pack { hosts: &["*.com"], ..Pack::default() }), "public suffix"),
        (guests::packed("trap", &Pack { id: "twilio", ..Pack::default() }), "built-in"),
    ] {
        let (status, refused) = service.upload(wasm).await;
        assert!(status == 422 && refused.to_string().contains(word), "{word}: {refused}");
        assert!(!refused["errors"].as_array().unwrap().is_empty());
    }
    let (_, reasons) = service.upload(guests::pack_bytes(&foreign, "foreign", &Pack::default())).await;
    assert!(reasons.to_string().contains("wasi:http/types"), "all reasons at once: {reasons}");
    let (_, list) = service.get("/v1/components").await;
    assert!(list["items"].as_array().unwrap().iter().all(|c| c["built_in"] == true), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_judged_by_the_schema_each_fault_by_pointer_and_no_value_shown() {
    let service = Service::start().await;
    let path = "/v1/environments/development/connectors/twilio";
    let config = json!({"account_sid": "canary-sid", "auth_token": "short", "region": "ie1", "nonsense": 1});
    let (status, refused) = service.put(path, json!({"component": "twilio", "config": config})).await;
    assert_eq!(status, 422, "{refused}");
    let shown = refused.to_string();
    for pointer in ["/config/account_sid", "/config/auth_token"] {
        assert!(shown.contains(pointer), "{pointer}: {shown}");
    }
    assert!(!shown.contains("canary-sid") && !shown.contains("\"short\""), "{shown}");
    assert_eq!(service.get(path).await.0, 404, "nothing was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn twilio_is_set_up_sends_and_its_secret_is_never_read_back() {
    let service = Service::start().await;
    let sid = format!("AC{}", "0".repeat(32));
    let path = "/v1/environments/development/connectors/twilio";
    let config = json!({"account_sid": sid, "auth_token": TOKEN, "from": "+15005550006"});
    let (status, made) = service.put(path, json!({"component": "twilio", "config": config, "activate": true})).await;
    assert_eq!(
        (status, &made["active"], &made["config"]["auth_token"]),
        (201, &json!(true), &json!({"set": true})),
        "{made}"
    );
    assert!(made["granted"].to_string().contains("Authorization header of POST https://api.twilio.com"), "{made}");
    assert_eq!(
        made["overrides"]["api.twilio.com"].as_str().unwrap().trim_end_matches('/'),
        service.provider.url,
        "the mapping is shown"
    );
    service.provider.answers(Answer::Json(
        201,
        json!({"sid": "SM1", "status": "queued", "num_segments": "1", "price": null, "price_unit": "USD"}),
    ));
    let (_, sent) = service.create(TO).await;
    assert_eq!(sent["delivery"]["status"], "accepted", "{sent}");
    let request = service.provider.requests().pop().unwrap();
    use base64::Engine as _;
    let expected = base64::engine::general_purpose::STANDARD.encode(format!("{sid}:{TOKEN}"));
    assert_eq!(request.header("authorization"), format!("Basic {expected}"));
    assert_eq!(
        (request.path.as_str(), request.header("host").as_str()),
        (format!("/2010-04-01/Accounts/{sid}/Messages.json").as_str(), "api.twilio.com")
    );
    for path in [
        path.to_owned(),
        format!("{path}/revisions"),
        "/v1/environments/development/connectors".into(),
        "/v1/messages".into(),
    ] {
        assert!(!service.get(&path).await.1.to_string().contains(TOKEN), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_shows_the_exchange_with_a_label_where_the_secret_was_placed() {
    let service = Service::start().await;
    service.upload(guests::marker("marker-a")).await;
    service.set_up("main", json!({"component": "marker-a", "config": {"api_token": TOKEN}})).await;
    // A provider that echoes what it got.
    service.provider.answers(Answer::Json(200, json!({"you sent": format!("Bearer {TOKEN}")})));
    let (status, tested) = service.post(&format!("{MAIN}/test"), json!({"to": TO})).await;
    assert_eq!((status, &tested["status"]), (200, &json!("accepted")), "{tested}");
    assert_eq!(tested["exchanges"][0]["credentials"], json!(["token"]));
    assert!(tested.to_string().contains("‹credential token›") && !tested.to_string().contains(TOKEN), "{tested}");
    assert_eq!(service.provider.requests()[0].header("authorization"), format!("Bearer {TOKEN}"));
    let draft = json!({"component": "marker-a", "config": {}});
    let (status, refused) =
        service.post("/v1/environments/development/connectors/new/test", json!({"to": TO, "draft": draft})).await;
    assert!(status == 422 && refused.to_string().contains("api_token"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_name_is_told_beside_all_that_is_wrong_and_a_test_judges_what_it_is_asked() {
    let service = Service::start().await;
    let body =
        json!({"component": "twilio", "config": {"account_sid": "wrong"}, "templates": [{"purpose": "x", "text": ""}]});
    let (status, refused) = service.put("/v1/environments/development/connectors/Wrong%20name", body).await;
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!((status, &pointers[0]), (422, &json!("/name")), "{refused}");
    assert!(pointers.contains(&json!("/config/account_sid")), "{refused}");
    service.upload(guests::marker("marker-a")).await;
    service.set_up("main", json!({"component": "marker-a", "config": {"api_token": TOKEN}})).await;
    let (status, refused) =
        service.post(&format!("{MAIN}/test"), json!({"to": "x", "purpose": "<b>", "locale": "<i>"})).await;
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!((status, pointers), (422, vec![json!("/to"), json!("/purpose"), json!("/locale")]), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_component_asks_for_is_approved_by_its_digest_and_narrower_needs_no_word() {
    let service = Service::start().await;
    service.upload(guests::marker("marker-a")).await;
    let body = json!({"component": "marker-a", "config": {"api_token": TOKEN}});
    let (status, asked) = service.put(MAIN, body.clone()).await;
    assert_eq!((status, &asked["type"]), (422, &json!("/problems/approval-needed")), "{asked}");
    assert!(asked["asks"].to_string().contains("reaches api.example.com"), "{asked}");
    let mut wrong = body.clone();
    wrong["approve"] = json!("0".repeat(64));
    assert_eq!(service.put(MAIN, wrong).await.0, 422);
    let mut approved = body.clone();
    approved["approve"] = asked["approve"].clone();
    assert_eq!(service.put(MAIN, approved).await.0, 201);
    assert_eq!(service.put(MAIN, body).await.0, 200, "the same again is granted");
    let wider = guests::packed(
        "marker-b",
        &Pack { id: "marker-a", version: "1.1.0", hosts: &["api.example.com", "evil.example.net"], ..Pack::default() },
    );
    assert_eq!(service.upload(wider).await.0, 201);
    let (status, refused) = service.put(MAIN, json!({"component": "marker-a@1.1.0", "config": {}})).await;
    assert!(status == 422 && refused["asks"].to_string().contains("evil.example.net"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_secret_goes_only_where_it_was_given_for() {
    let service = Service::start().await;
    service.upload(guests::marker("marker-a")).await;
    service.set_up("main", json!({"component": "marker-a", "config": {"api_token": TOKEN}})).await;
    let (status, kept) =
        service.put(MAIN, json!({"component": "marker-a", "config": {"note": "x", "api_token": {"set": true}}})).await;
    assert_eq!((status, &kept["revision"]), (200, &json!(2)), "{kept}");
    let more = "secrets = [\"api_token\"]\n[credentials.token]\nkind = \"bearer\"\nsecret = \"api_token\"\nmethods = [\"POST\"]\npaths = [\"/*\"]\n";
    let schema = json!({"type": "object", "properties": {"api_token": {"type": "string", "writeOnly": true}, "note": {"type": "string"}}, "examples": [{}]});
    let elsewhere =
        guests::packed("marker-b", &Pack { id: "marker-a", version: "1.1.0", more, schema, ..Pack::default() });
    assert_eq!(service.upload(elsewhere).await.0, 201);
    let (status, refused) = service.set_up("main", json!({"component": "marker-a@1.1.0", "config": {}})).await;
    assert_eq!((status, &refused["type"]), (422, &json!("/problems/secret-rebound")), "{refused}");
    assert_eq!(refused["errors"][0]["pointer"], "/config/api_token");
    let (status, _) =
        service.set_up("main", json!({"component": "marker-a@1.1.0", "config": {"api_token": TOKEN}})).await;
    assert_eq!(status, 200, "given again, it goes there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_compromised_is_erased_and_nothing_goes_back_to_it() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let secret = format!("{MAIN}/secrets/api_token");
    let (status, used) = service.call(Method::DELETE, &secret, Value::Null).await;
    assert!(status == 409 && used["used_by"].to_string().contains("serving revision"), "{used}");
    let put = json!({"component": "marker-a", "config": {"api_token": "another-token-0123456789"}});
    assert_eq!(service.put(MAIN, put).await.0, 200);
    let (_, revisions) = service.get(&format!("{MAIN}/revisions")).await;
    assert_eq!(revisions["items"][0]["secret_versions"], json!({"api_token": 2}));
    assert_eq!(service.call(Method::DELETE, &format!("{secret}?version=2"), Value::Null).await.0, 409);
    assert_eq!(service.call(Method::DELETE, &secret, Value::Null).await, (200, json!({"erased": [1]})));
    assert_eq!(service.call(Method::DELETE, &format!("{secret}?version=1"), Value::Null).await.0, 404);
    let (status, gone) = service.post(&format!("{MAIN}/revisions/1/activate"), Value::Null).await;
    assert_eq!((status, &gone["type"]), (422, &json!("/problems/secret-erased")), "{gone}");
    assert_eq!(service.create(TO).await.1["delivery"]["status"], "accepted", "what serves serves on");
    assert_eq!(service.provider.requests()[0].header("authorization"), "Bearer another-token-0123456789");
}

#[tokio::test(flavor = "multi_thread")]
async fn rolling_back_is_a_swap_and_asks_for_nothing() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    service.serve_marker("marker-b").await;
    service.create(TO).await;
    let (status, back) = service.post(&format!("{MAIN}/revisions/1/activate"), Value::Null).await;
    assert_eq!((status, &back["serving"]), (200, &json!(1)), "{back}");
    service.clock.advance(std::time::Duration::from_secs(60));
    service.create(TO).await;
    let seen: Vec<String> = service.provider.requests().iter().map(|request| request.header("x-connector")).collect();
    assert_eq!(seen, ["marker-b", "marker-a"]);
    let (_, revisions) = service.get(&format!("{MAIN}/revisions")).await;
    assert_eq!((&revisions["items"][1]["serving"], &revisions["items"][1]["revision"]), (&json!(true), &json!(1)));
    assert_eq!(service.post(&format!("{MAIN}/revisions/9/activate"), Value::Null).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_writer_is_told() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let body = json!({"component": "marker-a", "config": {"note": "mine"}});
    let put = |seen: &str| answer(service.request(Method::PUT, MAIN).header("if-match", seen.to_owned()).json(&body));
    assert_eq!(put("\"1\"").await.0, 200);
    let (status, stale) = put("1").await;
    assert_eq!((status, &stale["current"]), (409, &json!(2)), "{stale}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sign_in_depends_on_is_deleted_only_by_force() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let (status, refused) = service.call(Method::DELETE, MAIN, Value::Null).await;
    assert!(status == 409 && refused["used_by"].to_string().contains("development"), "{refused}");
    let (status, used) = service.call(Method::DELETE, "/v1/components/marker-a/1.0.0", Value::Null).await;
    assert!(status == 409 && used["used_by"].to_string().contains("development/main"), "{used}");
    assert_eq!(service.call(Method::DELETE, &format!("{MAIN}?force=true"), Value::Null).await.0, 204);
    let (status, none) = service.create(TO).await;
    assert_eq!((status, &none["type"]), (409, &json!("/problems/no-active-connector")), "{none}");
    assert_eq!(service.call(Method::DELETE, "/v1/components/marker-a/1.0.0", Value::Null).await.0, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_serves_nothing_and_a_channel_names_only_who_serves() {
    let service = Service::start().await;
    service.upload(guests::marker("marker-a")).await;
    let (_, draft) =
        service.set_up("main", json!({"component": "marker-a", "config": {"api_token": TOKEN}, "serve": false})).await;
    assert_eq!((&draft["serving"], &draft["active"]), (&Value::Null, &json!(false)));
    let channel = "/v1/environments/development/channels/sms";
    let (status, refused) = service.put(channel, json!({"active": "main", "fallback": ["inbox", "nobody"]})).await;
    assert_eq!(status, 422);
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][1]["pointer"]),
        (&json!("/active"), &json!("/fallback/1"))
    );
    service.set_up("main", json!({"component": "marker-a", "config": {}})).await;
    assert_eq!(service.put(channel, json!({"active": "main", "fallback": ["inbox"]})).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_connector_certainly_did_not_send_the_next_one_does_with_the_same_code() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    service.put("/v1/environments/development/channels/sms", json!({"active": "main", "fallback": ["inbox"]})).await;
    service.provider.answers(Answer::Json(503, json!({})));
    let (_, made) = service.create(TO).await;
    assert_eq!(
        (&made["delivery"]["status"], &made["delivery"]["connector"]),
        (&json!("accepted"), &json!("inbox")),
        "{made}"
    );
    let code = service.inbox_code().await;
    assert!(String::from_utf8_lossy(&service.provider.requests()[0].body).contains(&code));
    let (_, log) = service.get(&format!("/v1/messages/{}", made["delivery"]["message"].as_str().unwrap())).await;
    assert_eq!((&log["attempts"][0]["status"], &log["attempts"][1]["status"]), (&json!("refused"), &json!("accepted")));
    service.provider.answers(Answer::Json(400, json!({})));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_exists_in_development_only() {
    let service = Service::start().await;
    let (status, refused) =
        service.put("/v1/environments/production/connectors/inbox", json!({"component": "inbox"})).await;
    assert!(status == 422 && refused.to_string().contains("development"), "{refused}");
    service.opens("production").await;
    let create = service
        .request(Method::POST, "/v1/verifications")
        .header("countersign-environment", "production")
        .json(&json!({"to": TO}));
    assert_eq!(answer(create).await.0, 409);
}

/// Everything that was set up is there after a restart, sealed, and opens under the same master key only.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_everything_and_another_master_key_opens_nothing() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    // In no manifest's example, which the database holds in clear.
    let to = "+14155557391";
    let (_, made) = service.create(to).await;
    let dir = service.stop().await;
    for (name, bytes) in inside::kept(dir.path()) {
        for canary in [service::TOKEN, to, ADMIN_KEY] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()), "{canary} is in {name}");
        }
    }
    let service = Service::at(dir, |_| {}).await;
    assert_eq!(service.get(&format!("/v1/verifications/{}", made["id"].as_str().unwrap())).await.1["to"], to);
    service.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(service.create(to).await.1["delivery"]["status"], "accepted");
    assert_eq!(service.provider.requests()[0].header("authorization"), format!("Bearer {}", service::TOKEN));
    let dir = service.stop().await;
    let mut config = countersign::config::Config::default();
    config.data.dir = dir.path().join("data");
    config.store = service::store_of(dir.path());
    config.master_key.key = Some(countersign::secret::Secret::new("ab".repeat(32)));
    let error = countersign::app::App::new(config).await.err().unwrap();
    assert!(format!("{error:#}").contains("master key"), "{error:#}");
}
