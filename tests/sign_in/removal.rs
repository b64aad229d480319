//! Nobody takes the connector away from under sign-in unawares.

use reqwest::Method;
use serde_json::{Value, json};

use super::{EXPERIENCE, pointers, save, verify};
use crate::support::service::Service;

const CHANNEL: &str = "/v1/environments/development/channels/sms";
const INBOX: &str = "/v1/environments/development/connectors/inbox";

fn used_by(problem: &Value) -> Vec<&str> {
    problem["used_by"].as_array().unwrap().iter().map(|user| user.as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_active_connector_is_not_deleted_while_sign_in_depends_on_it() {
    let service = Service::start().await;
    save(
        &service,
        json!({
            "sign_up": {"identifier": "email-or-phone"}, "sign_in": {"identifier": "username"},
            "purposes": {"register": true, "newsletter": true}, "other_purposes": false,
        }),
    )
    .await;
    let (status, refused) = service.call(Method::DELETE, INBOX, Value::Null).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/in-use")), "{refused}");
    assert_eq!(
        used_by(&refused),
        [
            "channel `sms` of `development`: every message would be refused with no-active-connector",
            "/sign_up/identifier of the sign-in experience: sign-up by `email-or-phone` needs it",
            "/purposes/newsletter of the sign-in experience: purpose `newsletter` needs it",
            "/purposes/register of the sign-in experience: purpose `register` needs it",
        ]
    );
    assert_eq!(verify(&service, 1, "register").await.0, 201, "nothing was touched");
    save(
        &service,
        json!({"sign_up": {"identifier": "email"}, "sign_in": {"identifier": "username"}, "other_purposes": false}),
    )
    .await;
    assert_eq!(service.call(Method::DELETE, INBOX, Value::Null).await.0, 204, "sign-in does without it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_removal_leaves_the_sign_in_experience_as_it_was_and_creates_say_what_is_missing() {
    let service = Service::start().await;
    save(&service, json!({"purposes": {"mfa-setup": false}})).await;
    let before = service.get(EXPERIENCE).await.1;
    assert_eq!(service.call(Method::DELETE, &format!("{INBOX}?force=true"), Value::Null).await.0, 204);
    assert_eq!(service.get(EXPERIENCE).await.1, before);
    let (status, refused) = verify(&service, 1, "sign-in").await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/no-active-connector")), "{refused}");
    let (status, refused) = verify(&service, 1, "mfa-setup").await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/purpose-closed")), "{refused}");
    assert_eq!(service.put(EXPERIENCE, before).await.0, 200, "nothing of it is turned on that was not");
    assert_eq!(pointers(&service.put(EXPERIENCE, json!({})).await.1), ["/purposes/mfa-setup"]);
    assert_eq!(service.put(INBOX, json!({"component": "inbox"})).await.0, 201);
    assert_eq!(verify(&service, 1, "sign-in").await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_others_would_ask_is_not_deleted_unless_forced_either() {
    let service = Service::start().await;
    let second = "/v1/environments/development/connectors/second";
    let gateway =
        |path: &str| json!({"component": "http", "config": {"url": format!("https://api.example.com/{path}")}});
    service.put(second, gateway("one")).await;
    service.put(second, gateway("two")).await;
    assert_eq!(service.call(Method::POST, &format!("{second}/revisions/1/activate"), Value::Null).await.0, 200);
    let canary = json!({"connector": "second", "revision": 2, "percent": 10});
    let (status, told) =
        service.put(CHANNEL, json!({"active": "inbox", "fallback": ["second"], "canary": canary})).await;
    assert_eq!(status, 200, "{told}");
    let (status, refused) = service.call(Method::DELETE, second, Value::Null).await;
    let by = used_by(&refused);
    assert_eq!((status, by.len()), (409, 2), "{refused}");
    assert!(
        by[0].starts_with("/fallback/0 of channel `sms`") && by[1].starts_with("/canary of channel `sms`"),
        "{by:?}"
    );
    let (status, refused) = service.call(Method::DELETE, INBOX, Value::Null).await;
    assert!(status == 409 && used_by(&refused)[0].contains("would go to `second`"), "{refused}");
    assert_eq!(service.call(Method::DELETE, &format!("{second}?force=true"), Value::Null).await.0, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_draft_nor_a_channel_leaves_sign_in_without_a_connector() {
    let service = Service::start().await;
    let (status, draft) = service.put(INBOX, json!({"component": "inbox", "serve": false})).await;
    assert_eq!((status, &draft["serving"], &draft["active"]), (200, &json!(1), &json!(true)), "{draft}");
    for (channel, status) in [
        (json!({}), 422),
        (json!({"active": null}), 422),
        (json!({"active": "nobody"}), 422),
        (json!({"active": "inbox"}), 200),
    ] {
        let (came, told) = service.put(CHANNEL, channel.clone()).await;
        assert_eq!(came, status, "{channel}: {told}");
    }
    assert_eq!(verify(&service, 1, "sign-in").await.1["delivery"]["connector"], "inbox");
}
