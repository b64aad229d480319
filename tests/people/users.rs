//! Users: added, changed, disabled, deleted; who may make whom what.

use super::*;

async fn add(service: &Service, email: &str, roles: &[&str]) -> String {
    let (status, user) = service.post("/v1/users", json!({"name": "Ada", "email": email, "roles": roles})).await;
    assert_eq!(status, 201, "{user}");
    user["id"].as_str().unwrap().to_owned()
}

/// Sign a user in by a link that an administrator made; answers the cookie.
async fn enter(service: &Service, id: &str) -> String {
    let (status, made) = service.post(&format!("/v1/users/{id}/link"), Value::Null).await;
    assert_eq!(status, 201, "{made}");
    let token = made["url"].as_str().unwrap().split_once("/console/sign-in/link?token=").unwrap().1;
    let answer = service.submit("/console/sign-in/link", "", &[("token", token)]).await;
    assert_eq!(answer.status(), 303);
    cookie(&answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_enters_by_a_link_and_is_named() {
    let service = Service::start().await;
    let id = add(&service, " Ada@Example.com ", &["viewer"]).await;
    let held = enter(&service, &id).await;
    let page = service.page("/console/people", &held).await.text().await.unwrap();
    assert!(page.contains("<p class=\"who\">Ada</p>") && page.contains("ada@example.com"), "{page}");
    let (_, sessions) = service.get(&format!("/v1/users/{id}/sessions")).await;
    let session = &sessions["items"][0];
    assert_eq!((&session["actor"]["name"], &session["how"]), (&json!("Ada"), &json!("link")), "{sessions}");
    assert_eq!(session["browser"], "Firefox on Linux");
    assert!(!sessions.to_string().contains(held.split_once('=').unwrap().1));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_users_have_not_the_same_address_and_what_is_odd_is_refused_by_field() {
    let service = Service::start().await;
    add(&service, "ada@example.com", &["viewer"]).await;
    for (body, pointer) in [
        (json!({"name": "B", "email": "ADA@example.com", "roles": ["viewer"]}), "/email"),
        (json!({"name": "B", "email": "nobody", "roles": ["viewer"]}), "/email"),
        (json!({"name": "", "email": "b@example.com", "roles": ["viewer"]}), "/name"),
        (json!({"name": "B", "email": "b@example.com", "roles": []}), "/roles"),
        (json!({"name": "B", "email": "b@example.com", "roles": ["king"]}), "/roles/0"),
    ] {
        let (status, refused) = service.post("/v1/users", body.clone()).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!(pointer)), "{body} {refused}");
    }
    for path in ["/v1/users/usr_none", "/v1/users/usr_none/sessions"] {
        assert_eq!(service.get(path).await.0, 404, "{path}");
    }
    assert_eq!(service.post("/v1/users/usr_none/link", Value::Null).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_roles_count_from_the_next_request_on() {
    let service = Service::start().await;
    let id = add(&service, "ada@example.com", &["configure", "viewer"]).await;
    let held = enter(&service, &id).await;
    let new = [("/name", "shop"), ("/environment", "development")];
    assert_eq!(service.submit("/console/keys", &held, &new).await.status(), 200);
    let less = json!({"name": "Ada", "email": "ada@example.com", "roles": ["viewer"]});
    assert_eq!(service.put(&format!("/v1/users/{id}"), less).await.0, 200);
    let refused = service.submit("/console/keys", &held, &new).await;
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("You lack the role `configure`"));
    assert!(is_in(&service, &held).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_made_or_used_a_link_gains_no_role_that_its_person_is_given_later() {
    let service = Service::start().await;
    let id = add(&service, "ada@example.com", &["viewer"]).await;
    // Both may be in the hands of somebody who has no more roles than that himself.
    let held = enter(&service, &id).await;
    let (_, made) = service.post(&format!("/v1/users/{id}/link"), Value::Null).await;
    let token = made["url"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
    let named = json!({"name": "Ada L", "email": "ada@example.com", "roles": ["viewer"]});
    assert_eq!(service.put(&format!("/v1/users/{id}"), named).await.0, 200);
    assert!(is_in(&service, &held).await, "a name changes nothing");
    let more = json!({"name": "Ada L", "email": "ada@example.com", "roles": ["viewer", "configure"]});
    assert_eq!(service.put(&format!("/v1/users/{id}"), more).await.0, 200);
    assert!(!is_in(&service, &held).await);
    assert_eq!(service.submit("/console/sign-in/link", "", &[("token", &token)]).await.status(), 410);
    let held = enter(&service, &id).await;
    assert!(is_in(&service, &held).await, "with a link that was made since");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_a_key_drives_no_terminal() {
    let service = Service::start().await;
    let (status, refused) = service.post("/v1/keys", json!({"name": "a\u{1b}[2J", "roles": ["viewer"]})).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/name")), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_or_deleted_is_out_at_once_and_so_are_his_links() {
    let service = Service::start().await;
    for is_deleted in [false, true] {
        let id = add(&service, "ada@example.com", &["viewer"]).await;
        let held = enter(&service, &id).await;
        let (_, made) = service.post(&format!("/v1/users/{id}/link"), Value::Null).await;
        let token = made["url"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
        let path = format!("/v1/users/{id}");
        let body = json!({"name": "Ada", "email": "ada@example.com", "roles": ["viewer"], "disabled": true});
        if is_deleted {
            assert_eq!(service.call(Method::DELETE, &path, Value::Null).await.0, 204);
        } else {
            assert_eq!(service.put(&path, body).await.0, 200);
            assert_eq!(service.post(&format!("{path}/link"), Value::Null).await.0, 409);
        }
        assert!(!is_in(&service, &held).await);
        assert_eq!(service.submit("/console/sign-in/link", "", &[("token", &token)]).await.status(), 410);
        if !is_deleted {
            let back = json!({"name": "Ada", "email": "ada@example.com", "roles": ["viewer"]});
            assert_eq!(service.put(&path, back).await.0, 200);
            assert!(!is_in(&service, &held).await, "an ended session does not come back");
            assert_eq!(service.call(Method::DELETE, &path, Value::Null).await.0, 204);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_anybody_mightier_than_himself() {
    let service = Service::start().await;
    let (_, key) = new_key(&service, json!({"name": "c", "roles": ["configure", "viewer"]})).await;
    let mighty = add(&service, "root@example.com", &["upload", "configure", "operate"]).await;
    let small = add(&service, "small@example.com", &["viewer"]).await;
    let try_it = async |method: Method, path: &str, body: Value| {
        let request = service.browse(method, path, "").bearer_auth(&key).json(&body);
        crate::support::service::answer(request).await
    };
    let user = |email: &str, roles: &[&str]| json!({"name": "X", "email": email, "roles": roles});
    for (method, path, body) in [
        (Method::POST, "/v1/users".to_owned(), user("new@example.com", &["operate"])),
        (Method::PUT, format!("/v1/users/{small}"), user("small@example.com", &["viewer", "upload"])),
        (Method::PUT, format!("/v1/users/{mighty}"), user("me@example.com", &["upload", "configure", "operate"])),
        (Method::PUT, format!("/v1/users/{mighty}"), user("me@example.com", &["configure"])),
        (Method::POST, format!("/v1/users/{mighty}/link"), Value::Null),
        (Method::POST, "/v1/keys".to_owned(), json!({"name": "x", "roles": ["upload"]})),
    ] {
        let (status, refused) = try_it(method, &path, body.clone()).await;
        assert_eq!(status, 403, "{path} {body} {refused}");
    }
    let held = service.signed_in_with(&key).await;
    let fields = [("/name", "X"), ("/email", "new@example.com"), ("/roles", "operate")];
    assert_eq!(service.submit("/console/people", &held, &fields).await.status(), 403);
    assert_eq!(service.submit(&format!("/console/people/{mighty}/link"), &held, &[]).await.status(), 403);
    let renamed = user("root@example.com", &["upload", "configure", "operate"]);
    assert_eq!(try_it(Method::PUT, &format!("/v1/users/{mighty}"), renamed).await.0, 200, "what he has he keeps");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_ended_from_outside() {
    let service = Service::start().await;
    let (own, other) = (service.signed_in().await, service.signed_in().await);
    let (_, all) = service.get("/v1/sessions").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let page = service.page("/console/people", &own).await.text().await.unwrap();
    assert!(page.contains("this one") && page.matches("End session").count() == 2, "{page}");
    for session in all["items"].as_array().unwrap() {
        let path = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
        assert_eq!(service.call(Method::DELETE, &path, Value::Null).await.0, 204);
        assert_eq!(service.call(Method::DELETE, &path, Value::Null).await.0, 404, "twice");
    }
    assert!(!is_in(&service, &own).await && !is_in(&service, &other).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_ends_his_own_session_and_nobody_elses() {
    let service = Service::start().await;
    let (_, key) = new_key(&service, json!({"name": "v", "roles": ["viewer"]})).await;
    let (admin, viewer) = (service.signed_in().await, service.signed_in_with(&key).await);
    let (_, all) = service.get("/v1/sessions").await;
    for session in all["items"].as_array().unwrap() {
        let path = format!("/console/sessions/{}/end", session["id"].as_str().unwrap());
        let expected = if session["actor"]["name"] == "v" { continue } else { 403 };
        assert_eq!(service.submit(&path, &viewer, &[("back", "/console/people")]).await.status(), expected);
    }
    let own = all["items"].as_array().unwrap().iter().find(|one| one["actor"]["name"] == "v").unwrap();
    let path = format!("/console/sessions/{}/end", own["id"].as_str().unwrap());
    let answer = service.submit(&path, &viewer, &[("back", "https://evil.example")]).await;
    assert_eq!(leads_to(&answer), "/console?done=ended");
    assert!(is_in(&service, &admin).await && !is_in(&service, &viewer).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_shown_once_and_one_does_not_revoke_itself() {
    let service = Service::start().await;
    let held = service.signed_in().await;
    let fields = [("/name", "shop"), ("/environment", "development"), ("/roles", "viewer")];
    let page = service.submit("/console/keys", &held, &fields).await.text().await.unwrap();
    let start = page.find("cs_env_").unwrap();
    let key: String = page[start..].chars().take_while(|c| *c != '<').collect();
    let again = service.page("/console/keys", &held).await.text().await.unwrap();
    assert!(again.contains("shop") && !again.contains(&key), "{again}");
    let (_, keys) = service.get("/v1/keys").await;
    let id = |name: &str| {
        let all = keys["items"].as_array().unwrap();
        all.iter().find(|key| key["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let own = id("COUNTERSIGN_ADMIN_KEY");
    assert_eq!(service.submit(&format!("/console/keys/{own}/revoke"), &held, &[]).await.status(), 409);
    let path = format!("/console/keys/{}/revoke", id("shop"));
    assert!(service.page(&path, &held).await.text().await.unwrap().contains("Revoke shop"));
    assert_eq!(service.submit(&path, &held, &[]).await.status(), 303);
    assert_eq!(service.submit(&path, &held, &[]).await.status(), 404, "twice");
    for (fields, says) in [
        (&[("/name", ""), ("/environment", "development")][..], "has 1 to 100 characters"),
        (&[("/name", "x"), ("/environment", "nowhere")], "there is no environment <code>nowhere</code>"),
        (&[("/name", "x"), ("/environment", "")], "give either an environment, or roles"),
    ] {
        let answer = service.submit("/console/keys", &held, fields).await;
        assert_eq!(answer.status(), 422);
        let page = answer.text().await.unwrap();
        assert!(page.contains(says), "{says}: {page}");
    }
}
