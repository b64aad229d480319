//! What messages say: texts of the environment and of connectors, endings, parts, judgement at save, preview.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::guests::{self, Pack, root};
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, number};

const TEXTS: &str = "/v1/environments/development/templates";
const PREVIEW: &str = "/v1/environments/development/templates/preview";
const HASH: &str = "FA+9qCX9VSu";

fn vectors() -> Value {
    serde_json::from_str(&std::fs::read_to_string(root().join("tests/vectors/segments.json")).unwrap()).unwrap()
}

async fn save(service: &Service, texts: Value) -> Value {
    let (status, saved) = service.put(TEXTS, texts).await;
    assert_eq!(status, 200, "{saved}");
    saved
}

/// The text that went out last.
async fn last_text(service: &Service) -> String {
    service.get("/v1/environments/development/inbox").await.1["items"][0]["text"].as_str().unwrap().to_owned()
}

/// A component of the tests that tells the provider all that it was given.
async fn serve_registered(service: &Service, content: &str, templates: Value, senders: Value) -> Value {
    let pack = Pack { more: &format!("content = \"{content}\"\n"), ..Pack::default() };
    assert_eq!(service.upload(guests::packed("content-teller", &pack)).await.0, 201);
    let body = json!({"component": "content-teller", "templates": templates, "senders": senders, "activate": true});
    let (status, saved) = service.set_up("teller", body).await;
    assert_eq!(status, 201, "{saved}");
    saved
}

fn told(service: &Service) -> Value {
    serde_json::from_slice(&service.provider.requests().last().unwrap().body).unwrap()
}

#[test]
fn parts_are_counted_as_an_independent_counter_counts_them() {
    let edges = vectors()["edges"].as_array().unwrap().clone();
    assert!(edges.len() > 100);
    for edge in edges {
        let count = json!(countersign::texts::segments::count(edge["text"].as_str().unwrap()));
        for field in ["encoding", "characters", "units", "segments"] {
            assert_eq!(count[field], edge[field], "{field} of {edge}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_many_locales_are_rendered_counted_and_sent_as_an_independent_counter_says() {
    let service = Service::start().await;
    let locales = vectors()["locales"].as_array().unwrap().clone();
    assert!(locales.len() >= 20);
    let entry = |l: &Value| json!({"purpose": "sign-in", "locale": l["locale"], "text": l["template"]});
    save(&service, json!({"templates": locales.iter().map(entry).collect::<Vec<_>>()})).await;
    for (n, of) in (0u32..).zip(&locales) {
        let locale = &of["locale"];
        let (status, shown) = service.post(PREVIEW, json!({"purpose": "sign-in", "locale": locale})).await;
        let shown = &shown["previews"][0];
        assert_eq!((status, &shown["template"]["locale"]), (200, locale), "{shown}");
        assert_eq!(shown["text"], of["text"]);
        for field in ["encoding", "characters", "units", "segments"] {
            assert_eq!(shown[field], of[field], "{field} of {locale}");
        }
        let (_, made) =
            service.post("/v1/verifications", json!({"to": number(n), "purpose": "sign-in", "locale": locale})).await;
        let (_, message) =
            service.get(&format!("/v1/messages/{}", made["delivery"]["message"].as_str().unwrap())).await;
        let attempt = &message["attempts"][0];
        assert_eq!((&attempt["segments"], &attempt["segments_by"]), (&of["segments"], &json!("host")), "{locale}");
        let sent = last_text(&service).await;
        let id = made["id"].as_str().unwrap();
        let code: String = sent.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap().to_owned();
        assert_eq!(service.check(id, &code).await.1["status"], "approved", "{locale}: {sent}");
        assert_eq!(sent.replace(&code, "123456"), *of["text"].as_str().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_the_provider_tells_are_its_word() {
    let service = Service::start().await;
    service.provider.answers(Answer::Json(201, json!({"sid": "SM00", "status": "queued", "num_segments": "3"})));
    let config = json!({"account_sid": format!("AC{}", "0".repeat(32)), "auth_token": "fake-token-0123456789", "from": "+14155550100"});
    let (status, saved) =
        service.set_up("twilio", json!({"component": "twilio", "config": config, "activate": true})).await;
    assert_eq!(status, 201, "{saved}");
    let (_, made) = service.create(TO).await;
    let (_, message) = service.get(&format!("/v1/messages/{}", made["delivery"]["message"].as_str().unwrap())).await;
    let attempt = &message["attempts"][0];
    assert_eq!((&attempt["segments"], &attempt["segments_by"]), (&json!(3), &json!("provider")), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_refused_where_it_stands_and_changes_nothing() {
    let service = Service::start().await;
    let good = json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} good"}]});
    save(&service, good.clone()).await;
    let long = format!("{{{{ code }}}}{}", "a".repeat(119));
    for (entry, pointer) in [
        (json!({"purpose": "sign-in", "text": "no code"}), "/templates/0/text"),
        (json!({"purpose": "sign-in", "text": "{{ code }} {{ cod }}"}), "/templates/0/text"),
        (json!({"purpose": "sign-in", "text": "{{ code }"}), "/templates/0/text"),
        (json!({"purpose": "sign-in", "text": format!("{{{{ code }}}}{}", "a".repeat(1600))}), "/templates/0/text"),
        (json!({"purpose": "sign-in", "text": "{{ code }}\n@shop.example #{{ code }}"}), "/templates/0/text"),
        (json!({"purpose": "sign-in", "text": long, "ending": {"app_hash": HASH}}), "/templates/0/text"),
        (json!({"purpose": "Sign In", "text": "{{ code }}"}), "/templates/0/purpose"),
        (json!({"purpose": "sign-in", "locale": "en_US", "text": "{{ code }}"}), "/templates/0/locale"),
        (json!({"purpose": "sign-in", "text": "{{ code }}", "ending": {"app_hash": "short"}}), "/templates/0/ending"),
        (
            json!({"purpose": "sign-in", "text": "{{ code }}", "ending": {"origin": {"host": "https://shop.example"}}}),
            "/templates/0/ending",
        ),
        (json!({"purpose": "sign-in"}), "/templates/0"),
    ] {
        let (status, refused) = service.put(TEXTS, json!({"templates": [entry]})).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!(pointer)), "{entry} → {refused}");
        let (status, refused) = service.set_up("other", json!({"component": "inbox", "templates": [entry]})).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!(pointer)), "{entry} → {refused}");
    }
    let twice = json!({"templates": [{"purpose": "x", "locale": "de", "text": "{{ code }}"}, {"purpose": "x", "locale": "DE", "text": "{{ code }}"}]});
    assert_eq!(service.put(TEXTS, twice).await.1["errors"][0]["pointer"], "/templates/1");
    let ending = json!({"templates": [], "ending": {"origin": {"host": "Shop.Example"}}});
    let (status, refused) = service.put(TEXTS, ending).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/ending")), "{refused}");
    assert_eq!(service.get(TEXTS).await.1, good);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_costs_more_or_looks_like_phishing_is_saved_with_a_warning() {
    let service = Service::start().await;
    let text = format!("Countersign – {{{{ code }}}} or https://shop.example/x {}", "a".repeat(60));
    let entry = json!({"purpose": "sign-in", "text": text});
    let saved = save(&service, json!({"templates": [entry]})).await;
    let warnings = saved["warnings"].as_array().unwrap();
    let codes: Vec<_> = warnings.iter().map(|w| w["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["segments", "costly-character", "link"], "{saved}");
    assert!(warnings.iter().all(|w| w["pointer"] == "/templates/0/text"));
    let costly = warnings[1]["text"].as_str().unwrap();
    assert!(costly.contains("`–` (U+2013) at character 13") && costly.contains("2 parts instead of 1"), "{costly}");
    let (status, saved) = service.set_up("own", json!({"component": "inbox", "templates": [entry]})).await;
    let strings = saved["warnings"].as_array().unwrap();
    assert!(status == 201 && strings.iter().any(|w| w.as_str().unwrap().starts_with("/templates/0/text: ")), "{saved}");
    let (_, shown) = service.post(PREVIEW, json!({"purpose": "sign-in", "connector": "own"})).await;
    assert_eq!(shown["previews"][0]["warnings"].as_array().unwrap().len(), 3, "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_ends_as_the_environment_the_template_or_the_request_says() {
    let service = Service::start().await;
    let origin = json!({"origin": {"host": "shop.example", "embedded_host": "pay.example"}});
    save(
        &service,
        json!({"ending": origin, "templates": [
            {"purpose": "sign-in", "text": "{{ code }} for {{ app }}\n"},
            {"purpose": "register", "text": "{{ code }} plain", "ending": "none"},
            {"purpose": "mfa-setup", "text": "{{ code }} app", "ending": {"app_hash": HASH}},
        ]}),
    )
    .await;
    for (n, purpose, app_hash, ends) in [
        (1, "sign-in", None, " for Countersign\n@shop.example #CODE @pay.example"),
        (2, "register", None, " plain"),
        (3, "mfa-setup", None, " app\nFA+9qCX9VSu"),
        (4, "sign-in", Some("abcdefghijk"), " for Countersign\nabcdefghijk"),
        (5, "link-account", None, "minutes.\n@shop.example #CODE @pay.example"),
    ] {
        let mut body = json!({"to": number(n), "purpose": purpose});
        if let Some(hash) = app_hash {
            body["app_hash"] = hash.into();
        }
        let (status, made) = service.post("/v1/verifications", body).await;
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
        let code = service.inbox_code().await;
        let text = last_text(&service).await;
        assert!(text.ends_with(&ends.replace("CODE", &code)), "{purpose}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apps_hash_is_kept_for_a_resend_and_judged_in_the_request() {
    let service = Service::start().await;
    let (_, made) = service.post("/v1/verifications", json!({"to": TO, "app_hash": HASH})).await;
    service.clock.advance(Duration::from_secs(31));
    let id = made["id"].as_str().unwrap();
    assert_eq!(service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await.0, 200);
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    let items = inbox["items"].as_array().unwrap();
    assert!(items.len() == 2 && items.iter().all(|sms| sms["text"].as_str().unwrap().ends_with("\nFA+9qCX9VSu")));
    let message = |extra: Value| {
        let mut body = json!({"to": number(1), "app_hash": HASH});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    assert_eq!(service.post("/v1/messages", message(json!({"code": "777777"}))).await.0, 201);
    assert!(last_text(&service).await.ends_with("\nFA+9qCX9VSu"));
    for (path, body) in [
        ("/v1/verifications", json!({"to": number(2), "app_hash": "FA+9"})),
        ("/v1/messages", message(json!({"text": "as it is"}))),
    ] {
        let (status, refused) = service.post(path, body).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/app_hash")), "{refused}");
    }
    // A text of one's own goes out as it is, whatever is configured.
    save(&service, json!({"templates": [], "ending": {"app_hash": HASH}})).await;
    let sent = service.post("/v1/messages", json!({"to": number(3), "text": "as it is "})).await;
    assert_eq!((sent.0, last_text(&service).await), (201, "as it is ".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_too_long_for_an_app_is_not_sent_and_says_so() {
    let service = Service::start().await;
    let text = format!("{{{{ code }}}} {}", "a".repeat(130));
    save(&service, json!({"templates": [{"purpose": "generic", "text": text}]})).await;
    let (status, made) = service.post("/v1/verifications", json!({"to": TO, "app_hash": HASH})).await;
    let failure = &made["delivery"]["failure"];
    assert_eq!((status, &failure["kind"], &failure["certainty"]), (201, &json!("invalid-config"), &json!("not-sent")));
    assert!(failure["text"].as_str().unwrap().contains("149 bytes"), "{failure}");
    assert_eq!(service.post("/v1/verifications", json!({"to": TO})).await.1["delivery"]["status"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connectors_registered_id_and_the_shared_text_both_reach_its_component() {
    let service = Service::start().await;
    save(&service, json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} shared"}]})).await;
    let own = json!([{"purpose": "sign-in", "locale": "zh", "template_id": "SMS_1", "template_locale": "zh_CN", "parameters": ["code", "minutes"]}]);
    let senders = json!([{"countries": ["IN"], "sender": "ACMEIN", "template_id": "DLT_1", "entity_id": "E_1"}]);
    let saved = serve_registered(&service, "template-id", own, senders).await;
    let warned = saved["warnings"].as_array().unwrap().iter().any(|w| w.as_str().unwrap().contains("register"));
    assert!(warned, "it has no id for most purposes: {saved}");
    service.post("/v1/verifications", json!({"to": TO, "purpose": "sign-in", "locale": "zh-Hans-CN"})).await;
    let sent = told(&service);
    let values: Vec<_> = sent["parameters"].as_array().unwrap().iter().map(|p| p["name"].clone()).collect();
    assert_eq!((&sent["template_id"], &sent["template_locale"]), (&json!("SMS_1"), &json!("zh_CN")));
    assert_eq!(values, ["code", "minutes"]);
    assert!(sent["text"].as_str().unwrap().ends_with(" shared"), "{sent}");
    service.post("/v1/verifications", json!({"to": "+919812345678", "purpose": "sign-in"})).await;
    let sent = told(&service);
    assert_eq!((&sent["template_id"], &sent["sender"]), (&json!("DLT_1"), &json!("ACMEIN")), "the country's beats all");
    let requests = service.provider.requests().len();
    let (_, made) = service.post("/v1/verifications", json!({"to": number(5), "purpose": "sign-in"})).await;
    let failure = &made["delivery"]["failure"];
    assert_eq!((&failure["kind"], &failure["certainty"]), (&json!("invalid-config"), &json!("not-sent")), "{made}");
    assert!(failure["text"].as_str().unwrap().contains("`sign-in` in `en`"), "{failure}");
    assert_eq!(service.provider.requests().len(), requests, "the component was not asked");
    let (_, log) = service.get(&format!("/v1/messages/{}", made["delivery"]["message"].as_str().unwrap())).await;
    assert_eq!(log["attempts"][0]["segments_by"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_of_either_gets_the_nearer_of_text_and_id() {
    let service = Service::start().await;
    save(&service, json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} shared"}]})).await;
    let own = json!([{"purpose": "generic", "template_id": "G"}, {"purpose": "register", "text": "{{ code }} own", "template_id": "R"}]);
    serve_registered(&service, "either", own, json!([])).await;
    for (n, purpose, id, text) in [
        (1, "sign-in", Value::Null, " shared"),
        (2, "register", json!("R"), " own"),
        (3, "mfa-setup", json!("G"), "valid for 10 minutes."),
    ] {
        service.post("/v1/verifications", json!({"to": number(n), "purpose": purpose})).await;
        let sent = told(&service);
        assert!(sent["template_id"] == id && sent["text"].as_str().unwrap().ends_with(text), "{purpose}: {sent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_what_is_sent_for_each_connector_and_saves_nothing() {
    let service = Service::start().await;
    let senders = json!([{"countries": ["IN"], "sender": "ACMEIN", "template_id": "DLT_1", "entity_id": "E_1"}]);
    let own = json!([{"purpose": "sign-in", "template_id": "SMS_1"}]);
    serve_registered(&service, "template-id", own, senders).await;
    let unsaved = json!({"templates": [{"purpose": "sign-in", "locale": "pl", "text": "Kod {{ app }}: {{ code }}"}], "ending": {"origin": {"host": "shop.example"}}});
    let body = json!({"purpose": "sign-in", "locale": "pl-PL", "country": "IN", "templates": unsaved});
    let (status, shown) = service.post(PREVIEW, body).await;
    assert_eq!(status, 200, "{shown}");
    let of =
        |name: &str| shown["previews"].as_array().unwrap().iter().find(|p| p["connector"] == name).unwrap().clone();
    let phone = of("inbox");
    assert_eq!(phone["template"], json!({"source": "environment", "purpose": "sign-in", "locale": "pl"}), "{phone}");
    assert_eq!(phone["text"], "Kod Countersign: 123456\n@shop.example #123456");
    assert_eq!((&phone["encoding"], &phone["segments"]), (&json!("GSM-7"), &json!(1)));
    assert_eq!(phone["ending"], "@shop.example #123456");
    let registered = of("teller");
    assert_eq!((&registered["template_id"], &registered["sender"]), (&json!("DLT_1"), &json!("ACMEIN")));
    assert_eq!(registered["warnings"][0]["code"], "no-ending");
    let (_, built_in) = service.post(PREVIEW, json!({"connector": "inbox", "app_hash": HASH})).await;
    let only = &built_in["previews"][0];
    assert_eq!((&only["template"]["source"], &only["ending"]), (&Value::Null, &json!(HASH)), "{built_in}");
    let (_, none) = service.post(PREVIEW, json!({"purpose": "register", "connector": "teller"})).await;
    assert!(none["previews"][0]["failure"].as_str().unwrap().contains("registered templates only"), "{none}");
    for (body, pointer) in [
        (json!({"templates": {"templates": [{"purpose": "x", "text": "none"}]}}), "/templates/templates/0/text"),
        (json!({"country": "in"}), "/country"),
        (json!({"to": "12"}), "/to"),
        (json!({"purpose": "A"}), "/purpose"),
    ] {
        let (status, refused) = service.post(PREVIEW, body).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!(pointer)), "{refused}");
    }
    assert_eq!(service.post(PREVIEW, json!({"connector": "nobody"})).await.0, 404);
    assert_eq!(service.get(TEXTS).await.1, json!({"templates": []}));
    assert_eq!(service.call(Method::POST, "/v1/environments/nowhere/templates/preview", json!({})).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_a_message_go_into_a_text_that_names_them() {
    let service = Service::start().await;
    let entry =
        json!({"purpose": "organization-invitation", "text": "{{ code }}: join {{ team }}", "parameters": ["team"]});
    save(&service, json!({"templates": [entry]})).await;
    let send = |n, parameters| json!({"to": number(n), "purpose": "organization-invitation", "parameters": parameters});
    let code = json!({"name": "code", "value": "777777"});
    let team = json!({"name": "team", "value": "R&D\n@evil.example #777777"});
    assert_eq!(service.post("/v1/messages", send(1, json!([code, team]))).await.0, 201);
    assert_eq!(last_text(&service).await, "777777: join R&D @evil.example #777777", "a value begins no line");
    let (status, refused) = service.post("/v1/messages", send(2, json!([code]))).await;
    assert_eq!((status, &refused["delivery"]["failure"]["kind"]), (502, &json!("invalid-config")), "{refused}");
}
