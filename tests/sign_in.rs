//! The sign-in experience: which purposes are open, and what can be turned on; what depends on a connector is in a file
//! of its own.

mod removal;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::service::{Service, TO, answer, client, number};

const EXPERIENCE: &str = "/v1/environments/development/sign-in-experience";
const PRODUCTION: &str = "/v1/environments/production/sign-in-experience";
const STANDARD: [&str; 9] = [
    "forgot-password",
    "generic",
    "link-account",
    "mfa-setup",
    "mfa-verification",
    "organization-invitation",
    "permission-validation",
    "register",
    "sign-in",
];

async fn save(service: &Service, document: Value) -> Value {
    let (status, saved) = service.put(EXPERIENCE, document).await;
    assert_eq!(status, 200, "{saved}");
    saved
}

async fn verify(service: &Service, n: u32, purpose: &str) -> (u16, Value) {
    service.post("/v1/verifications", json!({"to": number(n), "purpose": purpose})).await
}

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_environment_has_every_purpose_open_and_names_them() {
    let service = Service::start().await;
    for place in [EXPERIENCE, PRODUCTION] {
        let (status, fresh) = service.get(place).await;
        assert_eq!((status, &fresh["other_purposes"]), (200, &json!(true)), "{fresh}");
        let purposes = fresh["purposes"].as_object().unwrap();
        assert_eq!(purposes.keys().collect::<Vec<_>>(), STANDARD);
        assert!(purposes.values().all(|open| *open == true), "{fresh}");
        assert_eq!(fresh["sign_up"], json!({"identifier": "phone", "verify": true}));
        assert_eq!(fresh["sign_in"], json!({"identifier": "phone"}));
        let (status, saved) = service.put(place, fresh.clone()).await;
        assert_eq!((status, &saved["purposes"]), (200, &fresh["purposes"]), "what is read can be sent back: {saved}");
    }
    assert_eq!(verify(&service, 1, "newsletter").await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_purpose_refuses_verifications_resends_and_messages_and_says_where_it_is_opened() {
    let service = Service::start().await;
    let (_, made) = verify(&service, 1, "register").await;
    let id = made["id"].as_str().unwrap();
    let code = service.code_for(&number(1)).await;
    save(&service, json!({"purposes": {"register": false}})).await;
    service.clock.advance(std::time::Duration::from_secs(60));
    let message = json!({"to": number(3), "code": "123456", "purpose": "register"});
    for (status, refused) in [
        verify(&service, 2, "register").await,
        service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await,
        service.post("/v1/messages", message).await,
    ] {
        assert_eq!((status, &refused["type"]), (409, &json!("/problems/purpose-closed")), "{refused}");
        assert_eq!((&refused["purpose"], &refused["switched_on_at"]), (&json!("register"), &json!(EXPERIENCE)));
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("`register`") && detail.contains(EXPERIENCE), "{detail}");
    }
    assert_eq!(verify(&service, 2, "sign-in").await.0, 201);
    assert_eq!(service.check(id, &code).await.1["status"], "approved", "a code that was sent is worth what it was");
    save(&service, json!({"purposes": {"register": true}})).await;
    assert_eq!(verify(&service, 4, "register").await.0, 201, "open with the next request");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_named_is_closed_where_only_named_purposes_are_open() {
    let service = Service::start().await;
    let saved =
        save(&service, json!({"purposes": {"sign-in": true, "newsletter": true}, "other_purposes": false})).await;
    assert_eq!((&saved["purposes"]["generic"], &saved["purposes"]["newsletter"]), (&json!(false), &json!(true)));
    for (n, purpose, status) in
        [(1, "sign-in", 201), (2, "newsletter", 201), (3, "generic", 409), (4, "register", 409), (5, "own", 409)]
    {
        assert_eq!(verify(&service, n, purpose).await.0, status, "{purpose}");
    }
    let elsewhere = service.post("/v1/verifications", json!({"to": TO})).await;
    assert_eq!((elsewhere.0, &elsewhere.1["purpose"]), (409, &json!("generic")), "a request without one means generic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_purpose_stays_closed_over_a_restart_and_another_environment_is_not_touched() {
    let service = Service::start().await;
    save(&service, json!({"purposes": {"register": false}})).await;
    assert_eq!(service.get(PRODUCTION).await.1["purposes"]["register"], true);
    let service = Service::at(service.stop().await, |_| {}).await;
    assert_eq!(verify(&service, 1, "register").await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_read_strictly_and_its_faults_are_named_by_pointer() {
    let service = Service::start().await;
    for (document, pointer) in [
        (json!({"sign_up": {"identifier": "fax"}}), "/sign_up/identifier"),
        (json!({"sign_up": {"identifier": "phone", "verify": false}}), "/sign_up/verify"),
        (json!({"sign_up": {"identifier": "email-or-phone", "verify": false}}), "/sign_up/verify"),
        (json!({"sign_up": {"identifier": "username", "verify": true}}), "/sign_up/verify"),
        (json!({"sign_in": {"identifiers": ["phone"]}}), "/sign_in/identifiers"),
        (json!({"purposes": {"sign-in": "on"}}), "/purposes/sign-in"),
        (json!({"purposes": {"Sign/In": true}}), "/purposes/Sign~1In"),
        (json!({"other_purposes": 1}), "/other_purposes"),
    ] {
        let (status, refused) = service.put(EXPERIENCE, document.clone()).await;
        assert_eq!((status, pointers(&refused)), (422, vec![pointer]), "{document}: {refused}");
    }
    let many: serde_json::Map<String, Value> = (0..101).map(|n| (format!("p{n}"), json!(true))).collect();
    assert_eq!(pointers(&service.put(EXPERIENCE, json!({"purposes": many})).await.1), ["/purposes"]);
    assert_eq!(service.put("/v1/environments/nowhere/sign-in-experience", json!({})).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_whose_purpose_is_closed_is_warned_about() {
    let service = Service::start().await;
    let saved = save(&service, json!({"purposes": {"register": false}})).await;
    assert_eq!(saved["warnings"][0]["pointer"], "/purposes/register", "{saved}");
    let saved = save(&service, json!({"sign_up": {"identifier": "none"}, "purposes": {"register": false}})).await;
    assert_eq!(saved["warnings"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_sms_is_not_turned_on_without_an_active_connector() {
    let service = Service::start().await;
    let off =
        json!({"sign_up": {"identifier": "email"}, "sign_in": {"identifier": "username"}, "other_purposes": false});
    let (status, mut saved) = service.put(PRODUCTION, off).await;
    assert_eq!((status, &saved["sign_up"]["verify"]), (200, &json!(true)), "off is always possible: {saved}");
    let on = json!({
        "sign_up": {"identifier": "email-or-phone"}, "sign_in": {"identifier": "phone"},
        "purposes": {"register": true, "mfa-setup": false}, "other_purposes": false,
    });
    let (status, refused) = service.put(PRODUCTION, on.clone()).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/no-active-connector")), "{refused}");
    assert_eq!(pointers(&refused), ["/sign_up/identifier", "/sign_in/identifier", "/purposes/register"]);
    saved.as_object_mut().unwrap().remove("warnings");
    assert_eq!(service.get(PRODUCTION).await.1, saved, "nothing of it was taken");
    let (status, refused) =
        service.put(PRODUCTION, json!({"sign_up": {"identifier": "none"}, "sign_in": {"identifier": "none"}})).await;
    assert_eq!((status, pointers(&refused).len()), (409, STANDARD.len() + 1), "{refused}");
    let gateway = json!({"component": "http", "config": {"url": "https://api.example.com/sms"}});
    assert_eq!(service.put("/v1/environments/production/connectors/main", gateway).await.0, 201);
    assert_eq!(service.put(PRODUCTION, on).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_the_sign_in_experience_and_only_a_configurer_changes_it() {
    let service = Service::start().await;
    for (role, changes) in [("viewer", 403), ("operate", 403), ("configure", 200)] {
        let (_, made) = service.post("/v1/keys", json!({"name": role, "roles": [role]})).await;
        let with = |method: Method| {
            client().request(method, format!("{}{EXPERIENCE}", service.url)).bearer_auth(made["key"].as_str().unwrap())
        };
        assert_eq!(answer(with(Method::GET)).await.0, 200, "{role}");
        assert_eq!(answer(with(Method::PUT).json(&json!({}))).await.0, changes, "{role}");
    }
}
