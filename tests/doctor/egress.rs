//! The way out: names, the proxy, providers' hosts, and the clock that one of them has.

use super::{HOST, Place, set_up_production};
use crate::support::authority::TlsProvider;
use crate::support::process::{Running, serve};
use crate::support::proxy::{Mood, Proxy};

/// An installation whose production needs `url`; serving.
async fn needs(place: &Place, url: &str) -> Running {
    let running = serve(place.path(), &[]);
    set_up_production(&running, url).await;
    running
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_reached_fails_by_its_own_reason() {
    let place = Place::new();
    let provider = TlsProvider::start(place.authority.acceptor(&["elsewhere.example"])).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let port = provider.address.port();
    place.configure(&format!(
        "[egress]\nallow = [\"{HOST}=127.0.0.1:{port}\", \"gone.example=127.0.0.1:{closed}\", \"127.0.0.1:{port}\"]\n"
    ));
    let running = serve(place.path(), &[]);
    for (url, check, words) in [
        (format!("https://{HOST}:{port}/send"), format!("host {HOST}:{port}"), "TLS handshake failed"),
        (format!("https://gone.example:{closed}/send"), format!("host gone.example:{closed}"), "no connection"),
        ("https://nowhere.invalid/send".into(), "host nowhere.invalid".into(), "does not resolve"),
        ("https://localhost:1/send".into(), "host localhost:1".into(), "egress.allow"),
    ] {
        set_up_production(&running, &url).await;
        let told = place.ask_beside(&running, &[]);
        told.fails(&check, words);
        assert!(told.seen(&check).contains("`main` of production"), "who needs it: {}", told.text);
        assert_eq!(told.status("names (DNS)"), if url.contains("invalid") { "fail" } else { "ok" }, "{}", told.text);
    }
    assert_eq!(provider.heard().len(), 0, "nothing was asked of anybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_or_is_gone_fails_and_its_password_is_not_shown() {
    let place = Place::new();
    let proxy = Proxy::start(Some("Basic c29tZWJvZHk6ZWxzZQ=="), None).await;
    place.configure(&format!(
        "[egress]\nproxy = \"http://me:canary-of-the-proxy@{}\"\nproxy_resolves = true\nconnect_ms = 1000\n",
        proxy.address
    ));
    let running = needs(&place, &format!("https://{HOST}/send")).await;
    let check = format!("host {HOST}");
    let told = place.ask_beside(&running, &[]);
    told.fails(&check, "status 407");
    assert!(told.check(&check)["fix"].as_str().unwrap().contains("password"), "{}", told.text);
    assert_eq!((told.status("proxy"), told.status("names (DNS)")), ("ok", "ok"), "{}", told.text);
    assert!(told.seen("proxy").contains(&proxy.address.to_string()), "{}", told.text);
    proxy.is(Mood::Says("HTTP/1.1 403 Forbidden\r\n\r\n"));
    place.ask_beside(&running, &[]).fails(&check, "status 403");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    place.configure(&format!("[egress]\nproxy = \"http://me:canary-of-the-proxy@{closed}\"\nconnect_ms = 1000\n"));
    place.ask_beside(&running, &[]).fails("proxy", "can't be reached");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_found_by_a_providers_answer() {
    let place = Place::new();
    let provider = TlsProvider::start(place.authority.acceptor(&[HOST])).await;
    let port = provider.address.port();
    place.configure(&format!("[egress]\nallow = [\"{HOST}=127.0.0.1:{port}\"]\n"));
    let running = needs(&place, &format!("https://{HOST}:{port}/send")).await;
    provider.is_ahead(3600);
    place.ask_beside(&running, &[]).fails("clock", "behind");
    provider.is_ahead(-60);
    place.ask_beside(&running, &[]).fails("clock", "ahead of");
    provider.is_ahead(10);
    let told = place.ask_beside(&running, &[]);
    assert_eq!((told.status("clock"), told.code), ("warn", 0), "{}", told.text);
}
