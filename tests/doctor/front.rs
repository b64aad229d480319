//! The way in: our port, and what answers under the public URL.

use super::{Place, address};
use crate::support::authority::{TlsProvider, front};
use crate::support::process::serve;
use crate::support::provider::Provider;

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_somebody_else_has_or_that_is_not_ours_fails() {
    let place = Place::new();
    let provider = Provider::start().await;
    let listen = provider.url.strip_prefix("http://").unwrap();
    let told = place.ask(&[("COUNTERSIGN_SERVER__LISTEN", listen)]);
    told.fails("listening", &format!("a stranger has {listen}"));
    let me = format!("process {}", std::process::id());
    assert!(told.seen("listening").contains(&me), "who it is: {}", told.text);
    place.ask(&[("COUNTERSIGN_SERVER__LISTEN", "192.0.2.1:8080")]).fails("listening", "no address of this machine");
    let other = Place::new();
    let running = serve(other.path(), &[]);
    place
        .ask(&[("COUNTERSIGN_SERVER__LISTEN", &address(&running).to_string())])
        .fails("listening", "another Countersign has");
    let told = other.ask(&[("COUNTERSIGN_SERVER__LISTEN", "127.0.0.1:0")]);
    assert_eq!(told.status("listening"), "warn", "it runs elsewhere: {}", told.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_under_the_public_url_is_told_from_this_service_with_a_bad_certificate() {
    let place = Place::new();
    place.configure("[egress]\nconnect_ms = 2000\n");
    let running = serve(place.path(), &[]);
    let other = Place::new();
    let another = serve(other.path(), &[]);
    let (named, misnamed) =
        (place.authority.acceptor(&["localhost"]), place.authority.acceptor(&["elsewhere.example"]));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (at, words) in [
        (
            front(misnamed.clone(), address(&running), &[]).await,
            "leads here, but under a certificate that nobody trusts",
        ),
        (TlsProvider::start(misnamed.clone()).await.address, "a stranger answers at"),
        (front(misnamed, address(&another), &[]).await, "under a certificate that is not for it"),
        (TlsProvider::start(named.clone()).await.address, "a stranger answers at"),
        (front(named.clone(), address(&another), &[]).await, "another Countersign answers at"),
        (closed, "is not reached from here: no connection"),
    ] {
        let public = format!("https://localhost:{}", at.port());
        place.ask_beside(&running, &[("COUNTERSIGN_SERVER__PUBLIC_URL", &public)]).fails("public URL", words);
    }
    let told = place.ask_beside(&running, &[("COUNTERSIGN_SERVER__PUBLIC_URL", "https://otp.nowhere.invalid")]);
    told.fails("public URL", "does not resolve");
    let blocked = front(named, address(&running), &["/callbacks/", "/inbox"]).await;
    let public = format!("https://localhost:{}", blocked.port());
    let told = place.ask_beside(&running, &[("COUNTERSIGN_SERVER__PUBLIC_URL", &public)]);
    assert_eq!((told.status("public URL"), told.status("inbox")), ("ok", "ok"), "{}", told.text);
    told.fails("callbacks", "somebody else answers below the public URL: status 403");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_that_a_proxy_in_front_opens_to_the_world_fails() {
    let place = Place::new();
    let running = serve(place.path(), &[]);
    let public = format!("http://localhost:{}", address(&running).port());
    let told = place.ask_beside(&running, &[("COUNTERSIGN_SERVER__PUBLIC_URL", &public)]);
    told.fails("inbox", "reads the development environment's codes");
    assert_eq!((told.status("public URL"), told.status("callbacks")), ("warn", "ok"), "{}", told.text);
    drop(running);
    let told = place.ask(&[("COUNTERSIGN_SERVER__PUBLIC_URL", &public)]);
    assert_eq!((told.status("public URL"), told.code), ("warn", 0), "{}", told.text);
}
