//! What is on the wire: the package's own code under Node says what it has to be, the transcripts hold it, and the
//! component has to put it there with secrets that it never saw.

use super::*;
use crate::support::sandbox::sandbox;
use countersign::connector::check::{self, Verdict};

/// What no provider reads: the connection's own, and what a client calls itself.
const NOT_COMPARED: [&str; 5] = ["accept-encoding", "connection", "content-length", "transfer-encoding", "user-agent"];

pub(super) async fn run(wasm: &[u8], transcripts: &Path) -> Verdict {
    check::check(&sandbox(), wasm, Some(transcripts)).await.unwrap()
}

/// What a package, its folder and its component have to be.
struct Expected {
    hosts: &'static [&'static str],
    secrets: &'static [&'static str],
    public: &'static [&'static str],
    kinds: &'static [&'static str],
}

async fn holds(name: &str, expected: Expected) {
    let Some(place) = installed(&format!("@logto/connector-{name}, adapted")) else { return };
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("adapted");
    let said = adapt(&package(&place, name), &dir, &[]).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(said.contains(&format!("reaches: {}", expected.hosts.join(", "))), "{said}");
    let manifest: toml::Table = std::fs::read_to_string(dir.join("connector.toml")).unwrap().parse().unwrap();
    let list =
        |field: &str| manifest.get(field).map(|v| v.clone().try_into::<Vec<String>>().unwrap()).unwrap_or_default();
    assert_eq!(list("hosts"), expected.hosts);
    assert_eq!(list("secrets"), expected.secrets);
    assert_eq!(list("public"), expected.public);
    let kinds: Vec<&str> =
        manifest["credentials"].as_table().unwrap().values().map(|own| own["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, expected.kinds);

    let (derived, own) = (dir.join("transcripts"), own_transcripts(name));
    for folder in [&derived, &own] {
        as_under_node(&place, name, &transcripts(folder));
    }
    let component = std::fs::read(dir.join(format!("logto-{name}.wasm"))).unwrap();
    for folder in [&derived, &own] {
        let verdict = run(&component, folder).await;
        assert!(verdict.passed(), "{name}: {verdict}");
    }
}

/// The requests of the transcripts are those of the package itself, but for what only our message has.
fn as_under_node(place: &Path, name: &str, transcripts: &[Value]) {
    // What Logto can't say at all: a template or sender that our message names, a message without a code, templates
    // that its package would not take.
    let is_logtos = |transcript: &&Value| {
        let message = &transcript["message"];
        let ours = ["template_id", "sender"].iter().any(|field| message.get(field).is_some());
        let coded = message["parameters"].as_array().is_some_and(|own| !own.is_empty());
        let templates = transcript["config"]["templates"].as_array().map(Vec::len);
        let whole = if name == "http-sms" { templates.is_none() } else { templates == Some(9) };
        let asked = transcript["exchanges"].as_array().is_some_and(|own| !own.is_empty());
        !ours && coded && whole && asked
    };
    let compared: Vec<&Value> = transcripts.iter().filter(is_logtos).collect();
    assert!(!compared.is_empty(), "{name}: nothing to compare");
    let given = json!({"package": format!("@logto/connector-{name}"), "transcripts": compared});
    let mut node = Command::new("node")
        .arg(root().join("tests/adapt/record.mjs"))
        .arg(place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    node.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let seen: Vec<Vec<Value>> = serde_json::from_slice(&output.stdout).unwrap();
    for (transcript, seen) in compared.iter().zip(seen) {
        let title = &transcript["name"];
        assert_eq!(seen.len(), 1, "{name}, {title}: Logto makes one request");
        let found = Wire::of(&transcript["exchanges"][0]["request"], true);
        assert_eq!(found, Wire::of(&seen[0], false), "{name}, {title}: not what Logto itself sends");
    }
}

/// A request, as far as a provider reads it.
#[derive(Debug, PartialEq)]
struct Wire {
    method: String,
    address: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    form: Option<BTreeMap<String, String>>,
    json: Option<Value>,
}

impl Wire {
    fn of(request: &Value, transcript: bool) -> Self {
        let mut url: Url = request["url"].as_str().unwrap().parse().unwrap();
        let query = url.query_pairs().into_owned().collect();
        url.set_query(None);
        let headers: BTreeMap<String, String> = serde_json::from_value(request["headers"].clone()).unwrap();
        let headers: BTreeMap<String, String> =
            headers.into_iter().filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str())).collect();
        let (form, json) = match transcript {
            true => (serde_json::from_value(request["form"].clone()).unwrap(), request.get("json").cloned()),
            false => {
                let body = request["body"].as_str().unwrap();
                let has = |kind: &str| headers.get("content-type").is_some_and(|own| own.starts_with(kind));
                let form = has("application/x-www-form-urlencoded");
                let fields = || form_urlencoded::parse(body.as_bytes()).into_owned().collect();
                (form.then(fields), has("application/json").then(|| serde_json::from_str(body).unwrap()))
            }
        };
        Self { method: request["method"].as_str().unwrap().to_owned(), address: url.into(), query, headers, form, json }
    }
}

/// One test a package.
macro_rules! packages {
    ($($test:ident: $name:literal, $hosts:expr, $secrets:expr, $public:expr, $kinds:expr;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                holds($name, Expected { hosts: &$hosts, secrets: &$secrets, public: &$public, kinds: &$kinds }).await;
            }
        )*

        #[test]
        fn every_package_of_logtos_is_tried() {
            assert_eq!(PACKAGES.as_slice(), [$($name),*]);
        }
    };
}

packages! {
    aliyun_is_signed_by_the_host: "aliyun-sms", ["dysmsapi.aliyuncs.com"], ["accessKeySecret"], ["accessKeyId"], ["hmac"];
    aliyun_message_authentication_is_signed_by_the_host: "aliyun-sms-mas", ["dypnsapi.aliyuncs.com"], ["accessKeySecret"], ["accessKeyId"], ["hmac"];
    gatewayapi_sends_to_the_configured_address: "gatewayapi-sms", ["{config.endpoint}"], ["apiToken"], [], ["basic"];
    http_sends_its_whole_authorization_header: "http-sms", ["{config.endpoint}"], ["authorization"], [], ["header"];
    smsaero_sends_as_under_node: "smsaero", ["gate.smsaero.ru"], ["apiKey"], [], ["basic"];
    smsbao_has_its_secret_in_the_query: "smsbao-sms", ["api.smsbao.com"], ["passwordOrApiKey"], [], ["query"];
    tencent_is_signed_by_a_chain_of_keys: "tencent-sms", ["sms.tencentcloudapi.com"], ["accessKeySecret"], ["accessKeyId"], ["hmac"];
    twilio_sends_as_under_node: "twilio-sms", ["api.twilio.com"], ["authToken"], [], ["basic"];
    vonage_sends_what_its_sdk_does: "vonage-sms", ["rest.nexmo.com"], ["apiKey", "apiSecret"], [], ["basic"];
    whatsapp_sends_as_under_node: "whatsapp-sms", ["graph.facebook.com"], ["accessToken"], [], ["bearer"];
    yunpian_has_its_secret_in_the_form: "yunpian-sms", ["sms.yunpian.com"], ["apikey"], [], ["form"];
}
