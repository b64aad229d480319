use serde_json::json;

use super::*;

/// A package with these text fields that makes this request of them.
fn described(fields: &[(&str, &str)], requests: Value, hashes: Value) -> Described {
    let items: Vec<Value> =
        fields.iter().map(|(key, _)| json!({"key": key, "label": "", "type": "Text", "required": true})).collect();
    let config: Map<String, Value> = fields.iter().map(|(key, text)| ((*key).to_owned(), (*text).into())).collect();
    serde_json::from_value(json!({
        "type": "Sms",
        "metadata": {"id": "x", "formItems": items},
        "runs": [{"to": "14155550123", "config": config, "requests": requests, "hashes": hashes}],
    }))
    .unwrap()
}

fn asked(url: &str, headers: &[(&str, &str)], body: &str) -> Value {
    let headers: Vec<Value> = headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({"method": "POST", "url": url, "headers": headers, "body": body})
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

fn kind(described: &Described) -> Value {
    let derived = derive(described, &[]).unwrap();
    let [only] = derived.credentials.as_slice() else { panic!("{derived:?}") };
    Value::Object(only.kind.clone())
}

#[test]
fn each_place_of_a_secret_becomes_its_kind() {
    for (header, body, expected) in [
        (("authorization", "Bearer fake-token"), "", json!({"kind": "bearer", "secret": "token"})),
        (("x-key", "fake-token"), "", json!({"kind": "header", "name": "x-key", "secret": "token"})),
        (
            ("x-key", "key fake-token"),
            "",
            json!({"kind": "header", "name": "x-key", "prefix": "key ", "secret": "token"}),
        ),
        // user:fake-token
        (
            ("authorization", "Basic dXNlcjpmYWtlLXRva2Vu"),
            "",
            json!({"kind": "basic", "user": "user", "password": "{secret.token}"}),
        ),
        (FORM, "a=b&k=fake-token", json!({"kind": "form", "name": "k", "secret": "token"})),
        (JSON, r#"{"a": {"k": "fake-token"}}"#, json!({"kind": "json", "pointer": "/a/k", "secret": "token"})),
    ] {
        let requests = json!([asked("https://a.example/send", &[header], body)]);
        assert_eq!(kind(&described(&[("token", "fake-token")], requests, json!([]))), expected, "{header:?} {body}");
    }
    let requests = json!([asked("https://a.example/send?k=fake-token&to=1", &[], "")]);
    let found = kind(&described(&[("token", "fake-token")], requests, json!([])));
    assert_eq!(found, json!({"kind": "query", "name": "k", "secret": "token"}));
    let requests = json!([asked("https://a.example/botfake-token/send", &[], "")]);
    let bot = described(&[("token", "fake-token")], requests, json!([]));
    assert_eq!(kind(&bot), json!({"kind": "path", "segment": 0, "prefix": "bot", "secret": "token"}));
    assert!(derive(&bot, &[]).unwrap().credentials.iter().all(|own| own.paths.contains("//send")));
}

#[test]
fn a_chain_of_keys_is_followed_to_its_secret() {
    let signed =
        asked("https://a.example/", &[("authorization", "X id=fake-id, s=c0de"), ("x-tc-action", "SendSms")], "{}");
    let hash = |key: Value, parent: Value, data: &str, result: &str, value: Value, encoding: Value| json!({"algorithm": "sha256", "key": key, "parent": parent, "data": data, "result": result, "value": value, "encoding": encoding});
    let hashes = json!([
        hash("TC3fake-secret&".into(), Value::Null, "2026-01-15", "aa", Value::Null, Value::Null),
        hash(Value::Null, "aa".into(), "fake-region", "bb", Value::Null, Value::Null),
        hash(Value::Null, "bb".into(), "text to sign", "c0de", "c0de".into(), "hex".into()),
    ]);
    let fields = [("keyId", "fake-id"), ("keySecret", "fake-secret"), ("region", "fake-region")];
    let derived = derive(&described(&fields, json!([signed]), hashes), &[]).unwrap();
    assert_eq!(
        (derived.secrets.as_slice(), derived.public.as_slice()),
        (["keySecret".to_owned()].as_slice(), ["keyId".to_owned()].as_slice())
    );
    let credential = derived.credentials.first().unwrap();
    assert_eq!(
        Value::Object(credential.kind.clone()),
        json!({"kind": "hmac", "secret": "keySecret", "digest": "sha256", "prefix": "TC3", "suffix": "&",
            "chain": ["{date:extended}", "{config.region}"], "encoding": "hex", "place": {"header": "authorization"}})
    );
    assert_eq!(Value::Object(credential.pinned.clone()), json!({"header.x-tc-action": "SendSms"}));
}

#[test]
fn a_secret_that_can_not_be_placed_is_never_made_public_by_itself() {
    let inside = |key: &str| {
        let requests = json!([asked("https://a.example/", &[JSON], r#"{"text": "my fake-token is"}"#)]);
        derive(&described(&[(key, "fake-token")], requests, json!([])), &[])
    };
    assert!(inside("apiToken").unwrap_err().to_string().contains("apiToken"));
    assert_eq!(inside("apiKeyId").unwrap().public, ["apiKeyId"]);
    let requests = json!([asked("https://a.example/", &[JSON], r#"{"text": "my fake-token is"}"#)]);
    let by_word =
        derive(&described(&[("apiToken", "fake-token")], requests, json!([])), &["apiToken".to_owned()]).unwrap();
    assert!(by_word.secrets.is_empty() && by_word.public == ["apiToken"]);
}

#[test]
fn a_secret_in_two_places_of_which_one_is_none_is_refused() {
    let twice =
        asked("https://a.example/", &[("authorization", "Bearer fake-token"), JSON], r#"{"text": "fake-token!"}"#);
    assert!(derive(&described(&[("token", "fake-token")], json!([twice]), json!([])), &[]).is_err());
}

#[test]
fn an_address_of_the_configuration_gives_host_and_path() {
    let url = "https://fake-endpoint.example/fake/path";
    let requests = json!([asked(url, &[("authorization", "fake-token")], "")]);
    let derived = derive(&described(&[("endpoint", url), ("token", "fake-token")], requests, json!([])), &[]).unwrap();
    assert_eq!(derived.hosts, ["{config.endpoint}"]);
    assert!(derived.credentials.first().unwrap().paths.contains("{config.endpoint:path}"));
}

#[test]
fn the_same_credential_on_two_paths_is_one() {
    let to = |path: &str| {
        asked(&format!("https://a.example/{path}/fake-user"), &[("authorization", "Bearer fake-token")], "")
    };
    let fields = [("user", "fake-user"), ("token", "fake-token")];
    let derived = derive(&described(&fields, json!([to("one"), to("two")]), json!([])), &[]).unwrap();
    assert_eq!((derived.credentials.len(), derived.hosts.len()), (1, 1));
    let paths: Vec<&str> = derived.credentials.first().unwrap().paths.iter().map(String::as_str).collect();
    assert_eq!(paths, ["/one/{config.user}", "/two/{config.user}"]);
}
