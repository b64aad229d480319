use bytes::Bytes;
use serde_json::{Map, json};

use super::*;
use crate::credentials::resolve;
use crate::egress::HostPattern;

fn binding(declared: Value) -> Binding {
    let mut whole = json!({"methods": ["POST"], "paths": ["/v1/send", "/bot//send"]});
    whole.as_object_mut().unwrap().extend(declared.as_object().unwrap().clone());
    let declaration = serde_json::from_value(whole).unwrap();
    resolve("key", &declaration, &[HostPattern::parse("api.example.com").unwrap()], &Map::new()).unwrap()
}

fn keyring() -> Keyring {
    Keyring::new([("token".to_owned(), Secret::from("s3cr3t/ü&="))].into())
}

fn ascii_keyring() -> Keyring {
    Keyring::new([("token".to_owned(), Secret::from("s3cr3t-0123456789"))].into())
}

fn post(url: &str, content_type: &str, body: &str) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", content_type.parse().unwrap());
    Request { method: http::Method::POST, url: Url::parse(url).unwrap(), headers, body: Bytes::from(body.to_owned()) }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn placed(declared: Value, keys: &Keyring, mut request: Request) -> Result<Request, PlaceError> {
    place(&binding(declared), keys, Export::Sms, &mut request).map(|_| request)
}

#[test]
fn each_kind_writes_its_own_place() {
    let url = "https://api.example.com/v1/send";
    let header = |request: Request, name: &str| request.headers.get(name).unwrap().to_str().unwrap().to_owned();
    let ascii = ascii_keyring();
    let basic =
        placed(json!({"kind": "basic", "user": "api", "password": "{secret.token}"}), &ascii, post(url, FORM, ""))
            .unwrap();
    assert_eq!(header(basic, "authorization"), format!("Basic {}", STANDARD.encode("api:s3cr3t-0123456789")));
    let bearer = placed(json!({"kind": "bearer", "secret": "token"}), &ascii, post(url, FORM, "")).unwrap();
    assert_eq!(header(bearer, "authorization"), "Bearer s3cr3t-0123456789");
    let named = placed(
        json!({"kind": "header", "name": "X-Key", "prefix": "v=", "secret": "token"}),
        &ascii,
        post(url, FORM, ""),
    )
    .unwrap();
    assert_eq!(header(named, "x-key"), "v=s3cr3t-0123456789");
    let query = placed(
        json!({"kind": "query", "name": "k", "secret": "token"}),
        &keyring(),
        post(&format!("{url}?a=1"), FORM, ""),
    )
    .unwrap();
    assert_eq!(query.url.query(), Some("a=1&k=s3cr3t%2F%C3%BC%26%3D"));
    let form =
        placed(json!({"kind": "form", "name": "k", "secret": "token"}), &keyring(), post(url, FORM, "a=1")).unwrap();
    assert_eq!(form.body, "a=1&k=s3cr3t%2F%C3%BC%26%3D");
    let path = placed(
        json!({"kind": "path", "segment": 1, "prefix": "b", "secret": "token"}),
        &keyring(),
        post("https://api.example.com/bot//send", FORM, ""),
    )
    .unwrap();
    assert_eq!(path.url.path(), "/bot/bs3cr3t%2F%C3%BC%26%3D/send");
    let body = placed(
        json!({"kind": "json", "pointer": "/auth/key", "secret": "token"}),
        &keyring(),
        post(url, "application/json", r#"{"auth":{}}"#),
    )
    .unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body.body).unwrap(), json!({"auth": {"key": "s3cr3t/ü&="}}));
}

#[test]
fn a_request_outside_the_binding_gets_nothing() {
    let bearer = json!({"kind": "bearer", "secret": "token"});
    for url in [
        "https://api.example.com/v1/keys",
        "https://api.example.com/v1/send/x",
        "https://api.example.com/v1",
        "https://evil.example/v1/send",
        "https://api.example.com:8443/v1/send",
        "http://api.example.com/v1/send",
    ] {
        let error = placed(bearer.clone(), &keyring(), post(url, FORM, "")).unwrap_err();
        assert!(matches!(error, PlaceError::Outside(..)), "{url}: {error}");
    }
    let mut get = post("https://api.example.com/v1/send", FORM, "");
    get.method = http::Method::GET;
    assert!(matches!(placed(bearer.clone(), &keyring(), get), Err(PlaceError::Outside(_, "method"))));
    let account =
        place(&binding(bearer), &keyring(), Export::Account, &mut post("https://api.example.com/v1/send", FORM, ""));
    assert!(matches!(account, Err(PlaceError::Export(_))));
}

#[test]
fn a_path_that_could_be_read_in_two_ways_gets_nothing() {
    for path in ["/v1%2fsend", "/v1/%2e%2e/send", "/v1//send", "/v1/send%00", "/v1/send;x", "//v1/send"] {
        let url = format!("https://api.example.com{path}");
        let error = placed(json!({"kind": "bearer", "secret": "token"}), &keyring(), post(&url, FORM, "")).unwrap_err();
        assert!(matches!(error, PlaceError::Path(_) | PlaceError::Outside(..)), "{path}: {error}");
    }
}

#[test]
fn a_place_that_the_guest_filled_is_refused() {
    let url = "https://api.example.com/v1/send";
    let mut with_header = post(url, FORM, "");
    with_header.headers.insert("authorization", "x".parse().unwrap());
    assert!(matches!(
        placed(json!({"kind": "bearer", "secret": "token"}), &keyring(), with_header),
        Err(PlaceError::Taken(_))
    ));
    let query = json!({"kind": "query", "name": "k", "secret": "token"});
    assert!(matches!(placed(query, &keyring(), post(&format!("{url}?k="), FORM, "")), Err(PlaceError::Taken(_))));
    let form = json!({"kind": "form", "name": "k", "secret": "token"});
    assert!(matches!(placed(form, &keyring(), post(url, FORM, "%6b=1")), Err(PlaceError::Taken(_))));
    let member = json!({"kind": "json", "pointer": "/k", "secret": "token"});
    assert!(matches!(
        placed(member, &keyring(), post(url, "application/json", r#"{"k":null}"#)),
        Err(PlaceError::Taken(_))
    ));
}

#[test]
fn a_pinned_field_is_there_exactly_once_with_its_value() {
    let declared = json!({"kind": "bearer", "secret": "token", "pinned": {"form.Action": "Send"}});
    let with =
        |body: &str| placed(declared.clone(), &ascii_keyring(), post("https://api.example.com/v1/send", FORM, body));
    assert!(with("Action=Send").is_ok());
    for body in ["", "Action=Mint", "Action=Send&Action=Mint", "Action=Send&%41ction=Mint"] {
        assert!(matches!(with(body), Err(PlaceError::Pinned(..))), "{body}");
    }
}

#[test]
fn a_secret_that_is_not_set_is_named_and_one_that_breaks_a_header_is_not_written() {
    let url = "https://api.example.com/v1/send";
    let bearer = json!({"kind": "bearer", "secret": "token"});
    assert_eq!(
        placed(bearer.clone(), &Keyring::default(), post(url, FORM, "")).unwrap_err(),
        PlaceError::NotSet("key".into(), "token".into())
    );
    let smuggler = Keyring::new([("token".to_owned(), Secret::from("a\r\nHost: evil"))].into());
    assert!(matches!(placed(bearer, &smuggler, post(url, FORM, "")), Err(PlaceError::Unwritable(_))));
}
