//! What messages say: texts of the environment and of connectors, endings, parts, judgement at save, preview.

use serde_json::{Value, json};

use crate::support::guests::root;
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, number};

/// What texts cost, and versions.
mod cost;

/// Last lines: of a web origin, of an app.
mod endings;

/// What a preview shows is what is sent.
mod preview;

/// Registered templates beside texts, for components of each kind.
mod registered;

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
