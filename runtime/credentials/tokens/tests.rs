use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::*;
use crate::credentials::resolve;
use crate::egress::HostPattern;

fn binding(declared: Value) -> Binding {
    let mut whole = json!({"methods": ["POST"], "paths": ["/send"]});
    whole.as_object_mut().unwrap().extend(declared.as_object().unwrap().clone());
    let hosts = [HostPattern::parse("api.example.com").unwrap()];
    resolve("key", &serde_json::from_value(whole).unwrap(), &hosts, &Map::new()).unwrap()
}

fn oauth() -> Binding {
    binding(
        json!({"kind": "oauth2-client-credentials", "token_url": "https://api.example.com/token", "client_id": "id:1", "secret": "s", "scope": "sms"}),
    )
}

fn keyring() -> Keyring {
    Keyring::new([("s".to_owned(), Secret::from("p&w"))].into())
}

fn answer(status: u16, body: &Value) -> Response {
    Response { status, headers: Vec::new(), body: Bytes::from(body.to_string()) }
}

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

#[tokio::test]
async fn a_token_is_fetched_once_kept_and_renewed_before_it_ends() {
    let (tokens, binding, keys) = (Tokens::default(), oauth(), keyring());
    let mut fetched = 0;
    for (seconds, expected) in [(0, 1), (269, 1), (270, 2), (300, 2)] {
        let now = NOW.plus(Duration::from_secs(seconds));
        let send = async |request: Request| {
            fetched += 1;
            assert_eq!(request.body, "grant_type=client_credentials&scope=sms");
            // RFC 6749 §2.3.1: `id%3A1:p%26w` in base64.
            assert_eq!(request.headers["authorization"], "Basic aWQlM0ExOnAlMjZ3");
            Ok(answer(200, &json!({"access_token": format!("t{fetched}"), "expires_in": 300})))
        };
        let token = tokens.get(&binding, &keys, now, send).await.unwrap();
        assert_eq!(token.expose(), &format!("t{expected}"), "after {seconds} s");
    }
}

#[tokio::test]
async fn a_token_that_the_provider_refuses_is_fetched_anew_and_a_newer_one_stays() {
    let (tokens, binding, keys) = (Tokens::default(), oauth(), keyring());
    let get = async |token: &str| {
        let token = json!({"access_token": token});
        tokens.get(&binding, &keys, NOW, async |_| Ok(answer(200, &token))).await.unwrap()
    };
    let first = get("one").await;
    tokens.forget("key", &first).await;
    assert_eq!(get("two").await.expose(), "two");
    tokens.forget("key", &first).await;
    assert_eq!(get("three").await.expose(), "two");
}

#[tokio::test]
async fn whoever_comes_while_a_token_is_fetched_waits_for_it() {
    let (tokens, binding, keys) = (Tokens::default(), oauth(), keyring());
    let fetched = std::sync::atomic::AtomicU32::new(0);
    let get = || async {
        let send = async |_| {
            fetched.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(answer(200, &json!({"access_token": "t"})))
        };
        tokens.get(&binding, &keys, NOW, send).await.unwrap()
    };
    let all = futures_util::future::join_all((0..20).map(|_| get())).await;
    assert_eq!((all.len(), fetched.load(std::sync::atomic::Ordering::SeqCst)), (20, 1));
}

#[tokio::test]
async fn a_session_is_a_login_as_declared_and_its_token_by_pointer() {
    let session = binding(
        json!({"kind": "session", "token": "/data/session", "life_seconds": 60, "place": {"header": "x-session"},
        "login": {"url": "https://api.example.com/login", "json": {"user": "acme", "password": "{secret.s}"}}}),
    );
    let send = async |request: Request| {
        assert_eq!(
            (request.headers["content-type"].as_bytes(), &request.body[..]),
            (&b"application/json"[..], &br#"{"password":"p&w","user":"acme"}"#[..])
        );
        Ok(answer(200, &json!({"data": {"session": 12345}})))
    };
    assert_eq!(Tokens::default().get(&session, &keyring(), NOW, send).await.unwrap().expose(), "12345");
}

#[tokio::test]
async fn what_is_no_token_is_told_and_not_kept() {
    let (tokens, binding, keys) = (Tokens::default(), oauth(), keyring());
    for (response, word) in [
        (answer(401, &json!({"error": "invalid_client"})), "status 401"),
        (answer(200, &json!({"token": "x"})), "no token"),
        (answer(200, &json!({"access_token": ""})), "no token"),
    ] {
        let error = tokens.get(&binding, &keys, NOW, async |_| Ok(response)).await.unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
    let html = Response { status: 200, headers: Vec::new(), body: Bytes::from("<html>") };
    assert!(tokens.get(&binding, &keys, NOW, async |_| Ok(html)).await.is_err());
    assert!(matches!(
        tokens.get(&binding, &Keyring::default(), NOW, async |_| unreachable!()).await,
        Err(TokenError::NotSet(..))
    ));
}
