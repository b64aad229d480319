//! Behind a proxy: whose word on the client counts, and the examples as they are, with the proxy itself.

use reqwest::Method;

use crate::support::service::{Service, client};
use crate::support::within;

mod nginx;

/// As many wrong keys as make an address wait.
const FAILURES: usize = 30;

/// Ask with a wrong key, under these headers.
async fn wrong(service: &Service, headers: &[(&str, &str)]) -> u16 {
    let mut request = client().get(format!("{}/v1/messages", service.url)).bearer_auth("cs_admin_wrong");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    within("an answer", request.send()).await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_are_counted_by_the_address_that_a_trusted_proxy_names() {
    let service = Service::with(|config| config.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    for attempt in 0..FAILURES {
        // What the client itself wrote to the left changes nothing.
        let forwarded = format!("203.0.113.{attempt}, 198.51.100.1");
        assert_eq!(wrong(&service, &[("x-forwarded-for", &forwarded)]).await, 401);
    }
    assert_eq!(wrong(&service, &[("x-forwarded-for", "198.51.100.1")]).await, 429);
    assert_eq!(wrong(&service, &[("x-forwarded-for", "198.51.100.2")]).await, 401, "another client");
    assert_eq!(wrong(&service, &[]).await, 401, "the proxy itself");
    assert_eq!(wrong(&service, &[("x-forwarded-for", "198.51.100.2, 198.51.100.1")]).await, 429);
    let right = service.request(Method::GET, "/v1/messages").header("x-forwarded-for", "198.51.100.2").send();
    assert_eq!(right.await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_anybody_else_says_of_the_client_is_ignored() {
    let service = Service::with(|config| config.server.trusted_proxies = vec!["192.0.2.0/24".parse().unwrap()]).await;
    for attempt in 0..FAILURES {
        let forwarded = format!("198.51.100.{attempt}");
        assert_eq!(wrong(&service, &[("x-forwarded-for", &forwarded)]).await, 401);
    }
    assert_eq!(wrong(&service, &[("x-forwarded-for", "198.51.100.99")]).await, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_the_proxy_had_without_tls_is_promised_nothing() {
    let service = Service::with(|config| {
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.server.public_url = Some("https://otp.example.com".parse().unwrap());
    })
    .await;
    for (proto, promised) in [("https", true), ("http", false), ("http, https", true)] {
        let request = service.request(Method::GET, "/v1/messages").header("host", "otp.example.com");
        let answer = request.header("x-forwarded-proto", proto).send().await.unwrap();
        assert_eq!(answer.headers().contains_key("strict-transport-security"), promised, "{proto}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_page_is_closed_to_whoever_comes_through_a_proxy_whether_it_is_trusted_or_not() {
    let service = Service::with(|config| config.server.hosts = vec!["otp.example.com".into()]).await;
    let page = async |path: &str, headers: &[(&str, &str)]| {
        let mut request = client().get(format!("{}{path}", service.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        within("an answer", request.send()).await.unwrap().status().as_u16()
    };
    for path in ["/inbox", "/inbox/live"] {
        assert_eq!(page(path, &[]).await, 200);
        assert_eq!(page(path, &[("host", "otp.example.com")]).await, 403);
        for mark in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
            assert_eq!(page(path, &[(mark, "127.0.0.1")]).await, 403, "{mark}");
        }
    }
}
