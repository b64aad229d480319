use serde_json::{Map, json};

use super::*;
use crate::credentials::Declaration;

fn declaration() -> Declaration {
    serde_json::from_value(json!({
        "kind": "basic", "user": "{config.sid}", "password": "{secret.token}", "methods": ["post"],
        "paths": ["/Accounts/{config.sid}/Messages.json"],
    }))
    .unwrap()
}

fn resolved(sid: &str) -> Binding {
    let hosts = [HostPattern::parse("api.example.com").unwrap()];
    resolve("account", &declaration(), &hosts, json!({ "sid": sid }).as_object().unwrap()).unwrap()
}

#[test]
fn a_binding_says_in_words_what_it_permits() {
    assert_eq!(
        resolved("AC1").words(),
        "writes token into the Authorization header of POST https://api.example.com at /Accounts/AC1/Messages.json"
    );
}

#[test]
fn a_value_of_the_configuration_cannot_leave_its_segment() {
    assert_eq!(resolved("a/../b?c").paths.first().unwrap(), "/Accounts/a%2F..%2Fb%3Fc/Messages.json");
}

#[test]
fn another_account_is_another_binding() {
    assert!(resolved("AC1").is_within(&resolved("AC1")));
    assert!(!resolved("AC1").is_within(&resolved("AC2")));
}

#[test]
fn narrower_is_within_and_wider_is_not() {
    let narrow = resolved("AC1");
    let mut wide = narrow.clone();
    wide.paths = ["/Accounts/*/Messages.json".to_owned()].into();
    assert!(!narrow.is_within(&wide) || narrow.kind == wide.kind);
    wide.methods.insert("GET".into());
    assert!(narrow.is_within(&wide) && !wide.is_within(&narrow));
    let mut pinned = narrow.clone();
    pinned.pinned.insert("form.Action".into(), "Send".into());
    assert!(pinned.is_within(&narrow) && !narrow.is_within(&pinned));
}

#[test]
fn a_field_that_is_not_set_is_named() {
    let hosts = [HostPattern::parse("api.example.com").unwrap()];
    let error = resolve("account", &declaration(), &hosts, &Map::new()).unwrap_err();
    assert_eq!(error, ResolveError::NotSet { credential: "account".into(), field: "sid".into() });
}

#[test]
fn a_url_and_a_method_of_the_configuration_bind_to_exactly_them() {
    let declared: Declaration = serde_json::from_value(json!({
        "kind": "header", "name": "authorization", "secret": "authorization",
        "methods": ["{config.method}"], "paths": ["{config.url:path}"],
    }))
    .unwrap();
    let hosts = [HostPattern::parse("gw.example").unwrap()];
    let bind = |url: &str, method: serde_json::Value| {
        let config = json!({"url": url, "method": method});
        resolve("authorization", &declared, &hosts, config.as_object().unwrap())
    };
    let bound = bind("https://gw.example/a/b?to={to}", json!("put")).unwrap();
    assert_eq!(bound.words(), "writes authorization into the Authorization header of PUT https://gw.example at /a/b");
    assert!(bind("https://gw.example/a/b?other", json!("PUT")).unwrap().is_within(&bound));
    assert!(!bind("https://gw.example/a/c", json!("PUT")).unwrap().is_within(&bound));
    assert!(!bind("https://gw.example/a/b", json!("POST")).unwrap().is_within(&bound));
    assert!(matches!(bind("https://gw.example/a", json!(null)), Err(ResolveError::NotSet { .. })));
    for url in ["https://gw.example/a/*", "nonsense"] {
        assert!(matches!(bind(url, json!("PUT")), Err(ResolveError::Unusable { .. })), "{url}");
    }
}

#[test]
fn a_host_that_the_manifest_does_not_name_is_refused() {
    let mut foreign = declaration();
    foreign.hosts = Some(vec!["evil.example".into()]);
    let hosts = [HostPattern::parse("api.example.com").unwrap()];
    let config = json!({"sid": "A"});
    assert!(matches!(resolve("a", &foreign, &hosts, config.as_object().unwrap()), Err(ResolveError::ForeignHost(_))));
}
