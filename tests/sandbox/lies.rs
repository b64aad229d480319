//! Manifests, schemas and logos that say one thing and do another, or cost whoever reads them.

use serde_json::{Value, json};

use crate::support::guests::{Pack, pack_bytes};
use crate::support::handmade;
use crate::support::service::Service;

const CREDENTIAL: &str = "secrets = ['t']\n[credentials.k]\nkind = 'bearer'\nsecret = 't'\n";

fn schema() -> Value {
    json!({"type": "object", "properties": {"t": {"type": "string", "writeOnly": true}}, "examples": [{}]})
}

/// A manifest as it is, with one line replaced or added.
fn manifest(line: &str) -> String {
    let plain = "id = 'liar'\nname = 'Liar'\nversion = '1.0.0'\ncontract = '1.0.0'\nchannel = 'sms'\nsummary = 'a guest of the tests'\nhosts = ['api.example.com']\n";
    let key = line.split(" = ").next().unwrap();
    let kept: String =
        plain.lines().filter(|kept| !kept.starts_with(&format!("{key} ="))).map(|kept| format!("{kept}\n")).collect();
    format!("{line}\n{kept}")
}

/// A good component with these files in its section.
fn with_files(files: &Value) -> Vec<u8> {
    countersign::connector::package::section::append(&handmade::named("worker"), files.to_string().as_bytes())
}

fn files(manifest: &str, schema: &Value) -> Value {
    json!({"connector.toml": manifest, "config.schema.json": schema.to_string(), "README.md": "# A guest"})
}

async fn refused(service: &Service, wasm: Vec<u8>, what: &str) -> String {
    let started = std::time::Instant::now();
    let (status, refused) = service.upload(wasm).await;
    assert_eq!(status, 422, "{what}: {refused}");
    assert!(started.elapsed().as_secs() < 5, "{what}: {:?}", started.elapsed());
    refused["errors"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_reads_as_something_else_or_asks_for_too_much_is_refused() {
    let service = Service::start().await;
    for (line, pointer) in [
        ("id = 'inbox'", "reserved"),
        ("id = 'twilio'", "reserved"),
        ("id = 'twіlio'", "/id"),
        ("id = 'Liar'", "/id"),
        ("id = '../liar'", "/id"),
        ("name = \"Twi\\u200Blio\"", "/name"),
        ("name = 'Тwilio'", "/name"),
        ("summary = \"sends \\u202Eelihwnaem\"", "/summary"),
        ("summary = \"a\\u001b[2Jb\"", "/summary"),
        ("summary = ''", "/summary"),
        ("contract = '1.9.0'", "/contract"),
        ("contract = '2.0.0'", "/contract"),
        ("channel = 'carrier-pigeon'", "/channel"),
        ("website = 'http://example.com'", "/website"),
        ("website = 'javascript:alert(1)'", "/website"),
        ("website = 'https://éxample.com'", "/website"),
        ("documentation = 'https://user@example.com'", "/documentation"),
        ("countries = ['everywhere']", "/countries"),
        ("hosts = ['*']", "/hosts/0"),
        ("hosts = ['*.com']", "/hosts/0"),
        ("hosts = ['*.github.io']", "/hosts/0"),
        ("hosts = ['{config.t}.com']", "/hosts/0"),
        ("hosts = ['api.{config.t}']", "/hosts/0"),
        ("hosts = ['api.example.com:{config.t}']", "/hosts/0"),
        ("hosts = ['аpi.example.com']", "/hosts/0"),
        ("hosts = ['api.example.com\u{202e}']", "/hosts/0"),
        ("hosts = ['2130706433']", "/hosts/0"),
        ("hosts = ['api.example.com/path']", "/hosts/0"),
        ("limits = { memory_mib = 1000 }", "/limits/memory_mib"),
        ("limits = { memory_mib = 0 }", "/limits/memory_mib"),
        ("limits = { cpu_ms = 60000 }", "/limits/cpu_ms"),
        ("limits = { requests = 1000 }", "/limits/requests"),
        ("limits = { response_kib = 1000000 }", "/limits/response_kib"),
        ("limits = { requests = -1 }", "line"),
        ("limits = { threads = 4 }", "line"),
        ("version = 'newest'", "line"),
        ("secrets = ['other']", "/secrets/0"),
    ] {
        let wasm = with_files(&files(&manifest(line), &json!({"type": "object", "examples": [{}]})));
        let reasons = refused(&service, wasm, line).await;
        assert!(reasons.contains(pointer), "{line}: {reasons}");
    }
    let many: Vec<String> = (0..65).map(|n| format!("'h{n}.example.com'")).collect();
    let wasm = with_files(&files(
        &manifest(&format!("hosts = [{}]", many.join(", "))),
        &json!({"type": "object", "examples": [{}]}),
    ));
    assert!(refused(&service, wasm, "many hosts").await.contains("64"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_reads_as_something_else_is_refused() {
    let service = Service::start().await;
    for lines in [
        "methods = ['POST']\npaths = ['/send or https://other.example']",
        "methods = ['POST']\npaths = [\"/send\\u202E\"]",
        "methods = ['POST']\npaths = ['/a/../b']",
        "methods = ['POST']\npaths = ['/a%2fb']",
        "methods = ['POST']\npaths = ['send']",
        "methods = ['POST']\npaths = []",
        "methods = []\npaths = ['/send']",
        "methods = ['POST', 'TRACE']\npaths = ['/send']",
        "methods = ['POST or GET']\npaths = ['/send']",
        "methods = ['POST']\npaths = ['/send']\nhosts = ['other.example']",
        "methods = ['POST']\npaths = ['/send']\nexports = ['everything']",
        "methods = ['POST']\npaths = ['/send']\npinned = { 'form.a' = 'b, only with form.c = d' }",
    ] {
        let manifest = format!("{}{CREDENTIAL}{lines}\n", manifest("countries = ['DE']"));
        refused(&service, with_files(&files(&manifest, &schema())), lines).await;
    }
    let own = manifest("countries = ['DE']");
    for header in ["Host", "Content-Length", "content_length", "X-HTTP-Method-Override", "X-Forwarded-Host", "a b"] {
        let manifest = format!(
            "{own}secrets = ['t']\n[credentials.k]\nkind = 'header'\nname = '{header}'\nsecret = 't'\nmethods = ['POST']\npaths = ['/send']\n"
        );
        let reasons = refused(&service, with_files(&files(&manifest, &schema())), header).await;
        assert!(reasons.contains("header"), "{reasons}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_not_said_to_be_one_is_refused() {
    let service = Service::start().await;
    let property =
        |name: &str, property: Value| json!({"type": "object", "properties": {name: property}, "examples": [{}]});
    for schema in [
        property("api_key", json!({"type": "string"})),
        property("authToken", json!({"type": "string"})),
        property("x", json!({"type": "string", "title": "Your password"})),
        property("x", json!({"type": "string", "format": "password"})),
        property("x", json!({"type": "string", "writeOnly": true})),
        property("account", json!({"type": "object", "properties": {"password": {"type": "string"}}})),
        property(
            "accounts",
            json!({"type": "array", "items": {"type": "object", "properties": {"token": {"type": "string"}}}}),
        ),
        json!({"type": "object", "allOf": [{"properties": {"client_secret": {"type": "string"}}}], "examples": [{}]}),
    ] {
        let reasons =
            refused(&service, with_files(&files(&manifest("countries = ['DE']"), &schema)), &schema.to_string()).await;
        assert!(reasons.contains("\"secret\""), "{schema}: {reasons}");
    }
}

/// Each name refers twice to the one before.
fn doubling(count: u32) -> Value {
    let mut named = serde_json::Map::new();
    named.insert("d0".into(), json!({"type": "object"}));
    for n in 1..=count {
        let before = json!({"$ref": format!("#/$defs/d{}", n - 1)});
        named.insert(format!("d{n}"), json!({"allOf": [before, before]}));
    }
    json!({"type": "object", "$defs": named, "$ref": format!("#/$defs/d{count}"), "examples": [{}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_costs_whoever_uses_it_is_refused_at_once() {
    let service = Service::start().await;
    let plain = |more: Value| {
        let mut schema = json!({"type": "object", "examples": [{}]});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    let patterns: serde_json::Map<String, Value> =
        (0..1000).map(|n| (format!("p{n}"), json!({"pattern": "(a{30}){30}"}))).collect();
    let deep = (0..40).fold(json!({}), |inner, _| json!({"properties": {"a": inner}}));
    for schema in [
        doubling(15),
        doubling(200),
        plain(json!({"properties": {"a": {"$ref": "#"}}})),
        plain(json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"})),
        plain(json!({"properties": {"a": {"$ref": "https://evil.example/x.json"}}})),
        plain(json!({"properties": {"a": {"$ref": "file:///etc/passwd"}}})),
        plain(json!({"properties": {"a": {"$dynamicRef": "#a"}}})),
        plain(json!({"properties": {"a": {"pattern": "(a{1000}){1000}"}}})),
        plain(json!({"properties": {"a": {"pattern": "(a+)+\\1$"}}})),
        plain(json!({ "properties": patterns })),
        plain(deep),
        json!({"type": "object"}),
        json!({"type": "object", "required": ["a"], "examples": [{}]}),
        json!([]),
    ] {
        let reasons = refused(&service, with_files(&files(&manifest("countries = ['DE']"), &schema)), "a schema").await;
        assert!(reasons.contains("schema"), "{reasons}");
    }
    let endless = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let mut nested = files(&manifest("countries = ['DE']"), &json!({}));
    nested["config.schema.json"] = json!(endless);
    refused(&service, with_files(&nested), "thirty thousand brackets").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_too_large_doubled_or_with_script_in_it_is_refused() {
    let service = Service::start().await;
    let good = files(&manifest("countries = ['DE']"), &json!({"type": "object", "examples": [{}]}));
    let with = |name: &str, text: Value| {
        let mut files = good.clone();
        files[name] = text;
        with_files(&files)
    };
    for (name, text) in [
        ("README.md", json!("x".repeat(300 << 10))),
        ("logo.svg", json!(format!("<svg><title>{}</title></svg>", "x".repeat(40 << 10)))),
        ("config.schema.json", json!(" ".repeat(70 << 10))),
        ("connector.toml", json!("# ".repeat(40 << 10))),
        ("connector.toml", json!(format!("x = {}{}", "[".repeat(30_000), "]".repeat(30_000)))),
        ("evil.html", json!("<script>")),
        ("README.md", json!(7)),
        ("logo.svg", json!("<svg/onload=alert(1)></svg>")),
        ("logo.svg", json!("<svg><path d=\"M0 0>\" onclick=\"x\"/></svg>")),
        ("logo.svg", json!("<svg><script>alert(1)</script></svg>")),
    ] {
        refused(&service, with(name, text), name).await;
    }
    let append = countersign::connector::package::section::append;
    let zeroes = format!("[{}0]", "0,".repeat(1 << 20));
    refused(&service, append(&handmade::named("worker"), zeroes.as_bytes()), "a million zeroes").await;
    refused(&service, append(&handmade::named("worker"), b"\xff\xfe"), "no text").await;
    let packed = pack_bytes(&handmade::named("worker"), "liar", &Pack::default());
    assert!(refused(&service, append(&packed, good.to_string().as_bytes()), "two").await.contains("second"));
    let within = handmade::with_more(&packed, |_, more| {
        more.section(&wasm_encoder::RawSection {
            id: 4,
            data: &pack_bytes(b"\0asm\x0d\0\x01\0", "inner", &Pack::default()),
        });
    });
    assert!(refused(&service, within, "one inside").await.contains("second"));
    assert_eq!(service.upload(packed).await.0, 201, "the good one is taken");
}
