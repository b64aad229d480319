use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};
use url::Url;

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
    let binding = binding(declared);
    judge(&binding, Export::Sms, &request)?;
    place(&binding, keys, &mut request).map(|()| request)
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
    for (url, body) in
        [("https://api.example.com/v1/send?_method=DELETE", ""), ("https://api.example.com/v1/send", "a=1&_METHOD=PUT")]
    {
        let error = placed(bearer.clone(), &keyring(), post(url, FORM, body)).unwrap_err();
        assert_eq!(error, PlaceError::Outside("key".into(), "method"));
    }
    let account = judge(&binding(bearer), Export::Account, &post("https://api.example.com/v1/send", FORM, ""));
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
    for body in [
        "",
        "Action=Mint",
        "Action=Send&Action=Mint",
        "Action=Send&%41ction=Mint",
        "Action=Send&action=Mint",
        "Action=Send&Action[]=Mint",
        "Action=Send&x=1;Action=Mint",
    ] {
        assert!(matches!(with(body), Err(PlaceError::Pinned(..))), "{body}");
    }
}

#[test]
fn a_pinned_field_is_not_read_from_elsewhere() {
    let form = json!({"kind": "bearer", "secret": "token", "pinned": {"form.Action": "Send"}});
    let query = post("https://api.example.com/v1/send?Action=Mint", FORM, "Action=Send");
    assert!(matches!(placed(form, &ascii_keyring(), query), Err(PlaceError::Pinned(..))));
    let in_query = json!({"kind": "bearer", "secret": "token", "pinned": {"query.Action": "Send"}});
    let url = "https://api.example.com/v1/send?Action=Send";
    assert!(placed(in_query.clone(), &ascii_keyring(), post(url, "text/plain", "Action=Mint")).is_ok());
    assert!(matches!(placed(in_query, &ascii_keyring(), post(url, FORM, "Action=Mint")), Err(PlaceError::Pinned(..))));
}

#[test]
fn a_pinned_member_of_json_stands_once_and_a_pinned_header_too() {
    let url = "https://api.example.com/v1/send";
    let member = json!({"kind": "bearer", "secret": "token", "pinned": {"json./op": "send"}});
    assert!(placed(member.clone(), &ascii_keyring(), post(url, "application/json", r#"{"op":"send"}"#)).is_ok());
    for body in [r#"{"op":"mint"}"#, r#"{"op":"send","op":"mint"}"#, r#"{"op":"send","\u006fp":"mint"}"#, "[]", "{"] {
        assert!(placed(member.clone(), &ascii_keyring(), post(url, "application/json", body)).is_err(), "{body}");
    }
    let header = json!({"kind": "bearer", "secret": "token", "pinned": {"header.x-tc-action": "SendSms"}});
    let mut request = post(url, FORM, "");
    assert!(matches!(placed(header.clone(), &ascii_keyring(), request.clone()), Err(PlaceError::Pinned(..))));
    request.headers.append("x-tc-action", "SendSms".parse().unwrap());
    assert!(placed(header.clone(), &ascii_keyring(), request.clone()).is_ok());
    request.headers.append("x-tc-action", "DeleteKey".parse().unwrap());
    assert!(matches!(placed(header, &ascii_keyring(), request), Err(PlaceError::Pinned(..))));
}

#[test]
fn a_body_in_another_charset_is_none_that_can_be_judged() {
    let member = json!({"kind": "bearer", "secret": "token", "pinned": {"json./op": "send"}});
    let with = |kind: &str| {
        placed(member.clone(), &ascii_keyring(), post("https://api.example.com/v1/send", kind, r#"{"op":"send"}"#))
    };
    assert!(with("application/json; charset=utf-8").is_ok() && with("application/json;charset=\"UTF-8\"").is_ok());
    for kind in
        ["application/json; charset=utf-7", "application/json; charset=utf-8; charset=utf-16le", "text/plain", ""]
    {
        assert!(matches!(with(kind), Err(PlaceError::Body(..))), "{kind}");
    }
}

#[test]
fn an_xml_element_or_attribute_that_is_left_empty_is_filled_and_nothing_else_changes() {
    let url = "https://api.example.com/v1/send";
    let element = |path: &str| json!({"kind": "xml", "element": path, "secret": "token"});
    let with = |declared: Value, body: &str| {
        placed(declared, &keyring(), post(url, "text/xml; charset=utf-8", body))
            .map(|request| String::from_utf8(request.body.to_vec()).unwrap())
    };
    let secret = "s3cr3t/ü&amp;=";
    for (before, after) in [
        ("<r><auth><pw/></auth> <x>1</x></r>", format!("<r><auth><pw>{secret}</pw></auth> <x>1</x></r>")),
        ("<r><auth><pw a='1' /></auth></r>", format!("<r><auth><pw a='1' >{secret}</pw></auth></r>")),
        (
            "<a:r xmlns:a='u'><a:auth><a:pw></a:pw></a:auth></a:r>",
            format!("<a:r xmlns:a='u'><a:auth><a:pw>{secret}</a:pw></a:auth></a:r>"),
        ),
    ] {
        assert_eq!(with(element("/r/auth/pw"), before).unwrap(), after);
    }
    let attribute = json!({"kind": "xml", "element": "/r/auth", "attribute": "key", "secret": "token"});
    assert_eq!(with(attribute.clone(), "<r><auth key=\"\"/></r>").unwrap(), format!("<r><auth key=\"{secret}\"/></r>"));
    assert!(matches!(with(attribute, "<r><auth key=\"x\"/></r>"), Err(PlaceError::Taken(_))));
    for body in [
        "<r><auth><pw>x</pw></auth></r>",
        "<r><auth><pw/><pw/></auth></r>",
        "<r><auth/></r>",
        "<!DOCTYPE r [<!ENTITY e 'x'>]><r><auth><pw/></auth></r>",
        "<?xml version='1.0' encoding='utf-16'?><r><auth><pw/></auth></r>",
        "<r><auth><pw>",
    ] {
        assert!(with(element("/r/auth/pw"), body).is_err(), "{body}");
    }
}

#[test]
fn a_signature_goes_where_its_marker_stands_and_the_rest_stays_as_it_was() {
    let hmac = |place: Value| json!({"kind": "hmac", "secret": "token", "digest": "sha256", "encoding": "base64", "place": place});
    let url = "https://api.example.com/v1/send";
    let sign = |place: Value, request: &dyn Fn(&str) -> Request| {
        let (binding, mut markers) = (binding(hmac(place)), Markers::default());
        let marker = markers.issue("key", Secret::from("a+b/c=\"<"));
        let mut request = request(&marker);
        replace_marker(&binding, &markers, &mut request).map(|()| request)
    };
    let header = sign(json!({"header": "X-Sign"}), &|marker| {
        let mut request = post(url, FORM, "to=%2B1&text=a+b");
        request.headers.insert("x-sign", format!("A Signature={marker}").parse().unwrap());
        request
    });
    let header = header.unwrap();
    assert_eq!(
        (header.headers["x-sign"].to_str().unwrap(), &header.body[..]),
        ("A Signature=a+b/c=\"<", &b"to=%2B1&text=a+b"[..])
    );
    let form = sign(json!({"form": "sig"}), &|marker| post(url, FORM, &format!("to=%2B1&sig={marker}&text=a%20b")));
    assert_eq!(form.unwrap().body, "to=%2B1&sig=a%2Bb%2Fc%3D%22%3C&text=a%20b");
    let query = sign(json!({"query": "sig"}), &|marker| post(&format!("{url}?a=%7E&sig={marker}"), FORM, ""));
    assert_eq!(query.unwrap().url.query(), Some("a=%7E&sig=a%2Bb%2Fc%3D%22%3C"));
    let member =
        sign(json!({"json": "/sig"}), &|marker| post(url, "application/json", &format!("{{ \"sig\": \"{marker}\" }}")));
    assert_eq!(member.unwrap().body, "{ \"sig\": \"a+b/c=\\\"<\" }");
    let element =
        sign(json!({"xml": "/r/sig"}), &|marker| post(url, "text/xml", &format!("<r><sig>{marker}</sig></r>")));
    assert_eq!(element.unwrap().body, "<r><sig>a+b/c=&quot;&lt;</sig></r>");
    let elsewhere = sign(json!({"form": "sig"}), &|marker| post(url, FORM, &format!("sig=&text={marker}")));
    assert!(matches!(elsewhere, Err(PlaceError::Unmarked(..))));
    let twice = sign(json!({"form": "sig"}), &|marker| post(url, FORM, &format!("sig={marker}&text={marker}")));
    assert!(matches!(twice, Err(PlaceError::Unmarked(..))));
    let none = sign(json!({"form": "sig"}), &|_| post(url, FORM, "sig="));
    assert!(matches!(none, Err(PlaceError::Unmarked(..))));
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
