//! Sessions: how long they last, what ends them, what the browser and the disk hold of them.

use super::*;
use countersign::config::TlsConfig;

use crate::support::inside;
use crate::support::tls::{Authority, NAME};
use crate::support::within;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lasts_while_it_is_used_and_ends_after_twelve_hours_without() {
    let service = Service::start().await;
    let cookie = service.signed_in().await;
    for _ in 0..3 {
        service.clock.advance(11 * HOUR);
        assert!(is_in(&service, &cookie).await);
    }
    service.clock.advance(12 * HOUR);
    assert!(!is_in(&service, &cookie).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_a_week_however_much_it_is_used() {
    let service = Service::start().await;
    let cookie = service.signed_in().await;
    for _ in 0..16 {
        service.clock.advance(10 * HOUR);
        assert!(is_in(&service, &cookie).await);
    }
    service.clock.advance(8 * HOUR);
    assert!(!is_in(&service, &cookie).await, "168 hours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_ends_its_sessions_at_once_and_nobody_elses() {
    let service = Service::start().await;
    let own = service.signed_in().await;
    let (id, key) = new_key(&service, json!({"name": "ops", "roles": ["operate"]})).await;
    let (one, two) = (service.signed_in_with(&key).await, service.signed_in_with(&key).await);
    assert!(is_in(&service, &one).await && is_in(&service, &two).await);
    assert_eq!(service.call(Method::DELETE, &format!("/v1/keys/{id}"), Value::Null).await.0, 204);
    assert!(!is_in(&service, &one).await && !is_in(&service, &two).await);
    assert!(is_in(&service, &own).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let service = Service::start().await;
    let (cookie, other) = (service.signed_in().await, service.signed_in().await);
    let answer = service.submit("/console/sign-out", &cookie, &[]).await;
    assert_eq!((answer.status().as_u16(), leads_to(&answer)), (303, "/console/sign-in?done=signed-out"));
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("Countersign=;") && set.contains("Max-Age=0"), "{set}");
    assert!(!is_in(&service, &cookie).await && is_in(&service, &other).await);
    assert_eq!(service.submit("/console/sign-out", &cookie, &[]).await.status(), 303, "twice is no fault");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let service = Service::start().await;
    let old = service.signed_in().await;
    let answer = service.submit("/console/sign-in", &old, &[("/key", ADMIN_KEY)]).await;
    let new = cookie(&answer).unwrap();
    assert!(new != old && is_in(&service, &new).await && !is_in(&service, &old).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tls_the_cookie_is_for_this_host_and_no_script() {
    let service = Service::start().await;
    let answer = service.submit("/console/sign-in", "", &[("/key", ADMIN_KEY)]).await;
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("Countersign=") && !set.contains("Secure") && !set.contains("Domain"), "{set}");
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
        assert!(set.split("; ").any(|part| part == flag), "{flag}: {set}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_the_cookie_is_secure_and_no_other_one_counts() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (certificate, key) = authority.issue(NAME).write(dir.path());
    let service = Service::with(|config| {
        config.server.public_url = Some(format!("https://{NAME}").parse().unwrap());
        config.server.tls = Some(TlsConfig { certificate: Some(certificate), key: Some(key), acme: None });
    })
    .await;
    let address = service.address();
    let client = reqwest::Client::builder().tls_backend_preconfigured(authority.trusting()).resolve(NAME, address);
    let client = client.redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let url = |path: &str| format!("https://{NAME}:{}{path}", address.port());
    let request = client.post(url("/console/sign-in")).header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = within("a sign-in", request.body(format!("%2Fkey={ADMIN_KEY}")).send()).await.unwrap();
    let set = answer.headers().get_all("set-cookie").iter().find(|v| v.to_str().unwrap().contains("__Host-"));
    let set = set.unwrap_or_else(|| panic!("{answer:?}")).to_str().unwrap();
    assert!(set.starts_with("__Host-Countersign=") && !set.contains("Domain"), "{set}");
    for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.split("; ").any(|part| part == flag), "{flag}: {set}");
    }
    let held = set.split(';').next().unwrap().to_owned();
    let status = async |cookie: &str| {
        let request = client.get(url("/console/environments/development")).header("cookie", cookie);
        let answer = within("a page", request.send()).await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(status(&held).await, 200);
    let plain = held.replace("__Host-", "");
    assert_eq!(status(&plain).await, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_that_speaks_tls_the_cookie_is_secure_too() {
    let service = Service::with(|config| {
        config.server.public_url = Some("https://otp.example.com".parse().unwrap());
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    for (proto, name) in [("https", "__Host-Countersign="), ("http", "Countersign=")] {
        let request = service.browse(Method::POST, "/console/sign-in", "").header("host", "otp.example.com");
        let request = request.header("x-forwarded-proto", proto).body(format!("%2Fkey={ADMIN_KEY}"));
        let answer = within("a sign-in", request.send()).await.unwrap();
        let set = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(set.starts_with(name) && set.contains("Secure") == (proto == "https"), "{set}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_and_no_link_lies_in_the_data_folder() {
    let service = Service::start().await;
    let cookie = service.signed_in().await;
    let token = cookie.split_once('=').unwrap().1.to_owned();
    let link = link(&service).await;
    assert!(is_in(&service, &cookie).await);
    for (name, bytes) in inside::kept(service.dir.path()) {
        for secret in [&token, &link] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_key_was_used_last_is_told_to_the_minute() {
    let service = Service::start().await;
    let (_, keys) = service.get("/v1/keys").await;
    assert_eq!(keys["items"][0]["last_used_at"], "2026-01-15T12:00:00.000Z", "{keys}");
    service.clock.advance(MINUTE / 2);
    assert_eq!(service.get("/v1/keys").await.1["items"][0]["last_used_at"], "2026-01-15T12:00:00.000Z");
    service.clock.advance(MINUTE / 2);
    assert_eq!(service.get("/v1/keys").await.1["items"][0]["last_used_at"], "2026-01-15T12:01:00.000Z");
}
