//! A provider that echoes what it got, and a guest that carries everything it got away: nothing of a secret is in it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{holds, reprogram, serve_agent, tested};
use crate::support::inside;
use crate::support::provider::{Answer, Recorded};
use crate::support::service::Service;

const SECRETS: [(&str, &str); 10] = [
    ("password", "canary-password-0123/+=&<>"),
    ("api_key", "canary-api-key-0123456789/+"),
    ("query_key", "canary query key &= 0123456789"),
    ("form_key", "canary form key &=+ 0123456789"),
    ("json_key", "canary \"json\" key \\ 0123456789"),
    ("path_key", "canary/path/key?0123456789"),
    ("xml_key", "canary <xml> & 'key' 0123456789"),
    ("sign_key", "canary-sign-key-0123456789"),
    ("client_secret", "canary-client-secret-0123456789"),
    ("login_password", "canary-login-password-0123456789"),
];
const TOKEN: &str = "canary-token-0123456789/abc";
const SESSION: &str = "canary-session-0123456789";

const CREDENTIALS: &str = r#"
[credentials.basic]
kind = "basic"
user = "api-user"
password = "{secret.password}"
methods = ["POST"]
paths = ["/send"]
[credentials.header]
kind = "header"
name = "x-key"
secret = "api_key"
methods = ["POST"]
paths = ["/send"]
[credentials.query]
kind = "query"
name = "k"
secret = "query_key"
methods = ["POST"]
paths = ["/send"]
[credentials.form]
kind = "form"
name = "k"
secret = "form_key"
methods = ["POST"]
paths = ["/send"]
[credentials.json]
kind = "json"
pointer = "/auth/k"
secret = "json_key"
methods = ["POST"]
paths = ["/send"]
[credentials.path]
kind = "path"
segment = 1
secret = "path_key"
methods = ["POST"]
paths = ["/bot//send"]
[credentials.xml]
kind = "xml"
element = "/r/k"
secret = "xml_key"
methods = ["POST"]
paths = ["/send"]
[credentials.hmac]
kind = "hmac"
secret = "sign_key"
digest = "sha256"
chain = ["{date:basic}", "sms"]
encoding = "base64"
place = { header = "x-sign" }
methods = ["POST"]
paths = ["/send"]
[credentials.jwt]
kind = "jwt"
secret = "sign_key"
algorithm = "HS256"
claims = ["app"]
place = { header = "x-jwt" }
methods = ["POST"]
paths = ["/send"]
[credentials.oauth]
kind = "oauth2-client-credentials"
token_url = "https://api.example.com/token"
client_id = "me"
secret = "client_secret"
methods = ["POST"]
paths = ["/send"]
[credentials.session]
kind = "session"
login = { url = "https://api.example.com/login", json = { password = "{secret.login_password}" } }
token = "/session"
life_seconds = 600
place = { header = "x-session" }
methods = ["POST"]
paths = ["/send"]
"#;

fn program(then: &str) -> Value {
    let form = "application/x-www-form-urlencoded";
    json!({"then": then, "steps": [
        {"credentials": ["basic"]},
        {"credentials": ["header"]},
        {"credentials": ["query"]},
        {"credentials": ["form"], "content_type": form, "body": "text={text}"},
        {"credentials": ["json"], "content_type": "application/json", "body": "{\"auth\": {}}"},
        {"credentials": ["path"], "url": "https://api.example.com/bot//send"},
        {"credentials": ["xml"], "content_type": "text/xml", "body": "<r><k/></r>"},
        {"credentials": ["hmac"], "sign": ["hmac", "what is signed"], "headers": {"x-sign": "Signature={marker}"}},
        {"credentials": ["jwt"], "token": ["jwt", {"app": "a"}], "headers": {"x-jwt": "{marker}"}},
        {"credentials": ["oauth"]},
        {"credentials": ["session"]},
    ]})
}

/// How the provider writes what it got.
type Writing = fn(&str) -> Response;

const WRITINGS: [(&str, Writing); 7] = [
    ("plain", |text| text.to_owned().into_response()),
    ("base64", |text| STANDARD.encode(text).into_response()),
    ("hexadecimal", |text| hex::encode(text).into_response()),
    ("JSON", |text| axum::Json(json!({"error": "no", "you sent": text})).into_response()),
    ("an error page", |text| {
        (axum::http::StatusCode::INTERNAL_SERVER_ERROR, maud::html! { html { body { pre { (text) } } } }.into_string())
            .into_response()
    }),
    ("escapes of every character", |text| {
        text.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect::<String>().into_response()
    }),
    ("gzip", |text| {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        Response::builder().header("content-encoding", "gzip").body(Body::from(encoder.finish().unwrap())).unwrap()
    }),
];

/// The request as it came, in the body and in headers.
fn echo(request: &Recorded, write: Writing) -> Response {
    match request.path.as_str() {
        "/token" => return axum::Json(json!({"access_token": TOKEN, "expires_in": 3600})).into_response(),
        "/login" => return axum::Json(json!({"session": SESSION})).into_response(),
        "/dump" => return "".into_response(),
        _ => {}
    }
    let headers: String =
        request.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect();
    let body = String::from_utf8_lossy(&request.body);
    let mut response = write(&format!("POST {}\n{headers}\n{body}", request.path));
    for name in ["authorization", "x-key", "x-sign", "x-jwt", "x-session"] {
        if let Some(value) = request.headers.get(name) {
            response
                .headers_mut()
                .insert(format!("x-echo-{name}").parse::<axum::http::HeaderName>().unwrap(), value.clone());
        }
    }
    let location = format!("https://api.example.com{}", request.path);
    response.headers_mut().insert("location", HeaderValue::from_str(&location).unwrap());
    response
}

/// Everything that must not be found: what was configured, and what the provider got that was made from it.
fn needles(service: &Service) -> Vec<String> {
    let mut needles: Vec<String> = SECRETS.iter().map(|(_, value)| (*value).to_owned()).collect();
    needles.extend([TOKEN.to_owned(), SESSION.to_owned(), STANDARD.encode(format!("api-user:{}", SECRETS[0].1))]);
    let requests = service.provider.requests();
    for name in ["x-sign", "x-jwt"] {
        let made = requests.iter().map(|request| request.header(name)).filter(|value| !value.is_empty());
        needles.extend(made.map(|value| value.trim_start_matches("Signature=").to_owned()));
    }
    needles
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_echoes_hands_no_secret_to_a_guest_whose_whole_memory_is_then_read() {
    let service = Service::with(|config| config.delivery.send_ms = 30_000).await;
    serve_agent(&service, &SECRETS, CREDENTIALS, &program("dump")).await;
    for (name, write) in WRITINGS {
        service.provider.answers(Answer::By(Arc::new(move |request| echo(request, write))));
        let before = service.provider.requests().len();
        let told = tested(&service).await;
        assert_eq!(told["status"], "accepted", "{name}: {}", told["failure"]);
        let requests = service.provider.requests();
        let memory: Vec<u8> = requests[before..]
            .iter()
            .filter(|r| r.path == "/dump")
            .flat_map(|r| r.body.to_vec())
            .map(|byte| byte ^ 0x55)
            .collect();
        assert!(
            memory.len() > 300_000 && holds(&memory, "x-echo-authorization"),
            "{name}: it has its answers in memory"
        );
        // The provider got what the host placed: else nothing would have been echoed.
        let got: String = requests.iter().map(|r| format!("{:?}", r.headers)).collect();
        for value in [SECRETS[1].1, TOKEN, SESSION] {
            assert!(got.contains(value), "{name}: {value} was placed");
        }
        for needle in needles(&service) {
            assert!(!holds(&memory, &needle), "{name}: {needle} is in the guest's memory");
            assert!(!holds(told.to_string().as_bytes(), &needle), "{name}: {needle} is in the answer to the operator");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_makes_of_an_echo_shows_no_secret_anywhere() {
    let service = Service::start().await;
    serve_agent(&service, &SECRETS, CREDENTIALS, &program("log")).await;
    service.provider.answers(Answer::By(Arc::new(|request| echo(request, WRITINGS[0].1))));
    for then in ["log", "fail", "receipt"] {
        reprogram(&service, &program(then)).await;
        let told = tested(&service).await.to_string();
        assert!(told.contains("[secret]"), "{then}: it shows that something was masked: {told}");
        let (_, made) = service.create(&crate::support::service::number(then.len() as u32)).await;
        let (_, log) = service.get("/v1/messages").await;
        for needle in needles(&service) {
            for place in [&told, &made.to_string(), &log.to_string()] {
                assert!(!holds(place.as_bytes(), &needle), "{then}: {needle} in {place}");
            }
        }
    }
    let needles = needles(&service);
    let dir = service.stop().await;
    for (name, bytes) in inside::kept(dir.path()) {
        for needle in &needles {
            assert!(!holds(&bytes, needle), "{needle} is in {name}");
        }
    }
}
