//! An identity provider (OpenID Connect): discovery, keys, a page that says yes at once, codes that count once and only with
//! the verifier that they were asked with. It can also lie.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as B64};
use countersign::clock::Clock;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::acme::socket;
use super::tls::Authority;

pub const CLIENT: &str = "countersign";
pub const SECRET: &str = "canary secret: of the client/0123";

/// How it lies, or how else it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Odd {
    #[default]
    Not,
    /// Signed with RSA, which is not odd.
    Rsa,
    Nonce,
    NoNonce,
    Audience,
    TwoAudiences,
    Issuer,
    Expired,
    AlgNone,
    /// Signed with the client's secret.
    Hmac,
    OtherKey,
    NoToken,
    /// The page says no.
    Refuses,
    /// The page answers with a code that nobody asked for.
    MadeUpCode,
    /// The page says that it is another provider.
    OtherPage,
    /// Signed with a key that it did not have before, which is not odd.
    NewKey,
    /// Its document names another provider.
    OtherDocument,
    /// Its document names it with a slash at the end, which is not odd.
    Slash,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub subject: String,
    pub claims: Value,
}

struct Asked {
    nonce: String,
    challenge: String,
    redirect: String,
}

pub struct Book {
    pub odd: Odd,
    pub person: Person,
    /// How often its document was read.
    pub read: usize,
    codes: HashMap<String, Asked>,
}

pub struct Shared {
    pub book: Mutex<Book>,
    pub url: String,
    clock: Mutex<Option<Clock>>,
    ec: EcdsaKeyPair,
    other: EcdsaKeyPair,
    rsa: RsaKeyPair,
}

#[derive(Clone)]
pub struct Identity(pub Arc<Shared>);

fn ec() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap()
}

impl Identity {
    pub async fn start(authority: &Authority) -> Self {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let url = format!("https://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let pem = include_bytes!("../vectors/keys/fake-rsa.pem");
        let rsa = RsaKeyPair::from_pkcs8(PrivatePkcs8KeyDer::from_pem_slice(pem).unwrap().secret_pkcs8_der()).unwrap();
        let person =
            Person { subject: "sub-1".into(), claims: json!({"email": "Ada@Example.com", "email_verified": true}) };
        let shared = Arc::new(Shared {
            book: Mutex::new(Book { odd: Odd::Not, person, read: 0, codes: HashMap::new() }),
            url,
            clock: Mutex::default(),
            ec: ec(),
            other: ec(),
            rsa,
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(Arc::clone(&shared));
        tokio::spawn(socket::serve(listener, authority.issue("127.0.0.1"), router));
        Self(shared)
    }

    /// What time it is there.
    pub fn set_clock(&self, clock: &Clock) {
        *self.0.clock.lock().unwrap() = Some(clock.clone());
    }

    pub fn lies(&self, odd: Odd) {
        self.0.book.lock().unwrap().odd = odd;
    }

    /// How often its document was read.
    pub fn read(&self) -> usize {
        self.0.book.lock().unwrap().read
    }

    /// Who is in front of it.
    pub fn is_used_by(&self, subject: &str, claims: Value) {
        self.0.book.lock().unwrap().person = Person { subject: subject.to_owned(), claims };
    }
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let at = |path: &str| format!("{}/{path}", shared.url);
    let mut book = shared.book.lock().unwrap();
    book.read += 1;
    let issuer = match book.odd {
        Odd::OtherDocument => "https://evil.example".to_owned(),
        Odd::Slash => at(""),
        _ => shared.url.clone(),
    };
    Json(json!({"issuer": issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
        "jwks_uri": at("keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"]}))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let is_new = shared.book.lock().unwrap().odd == Odd::NewKey;
    let (key, kid) = if is_new { (&shared.other, "new") } else { (&shared.ec, "ec") };
    let point = key.public_key().as_ref();
    let (x, y) = (B64.encode(&point[1..33]), B64.encode(&point[33..65]));
    let rsa = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(shared.rsa.public());
    Json(json!({"keys": [
        {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y},
        {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": B64.encode(rsa.n), "e": B64.encode(rsa.e)},
    ]}))
}

async fn authorize(State(shared): State<Arc<Shared>>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
    assert_eq!((of("response_type"), of("client_id")), ("code".into(), CLIENT.into()), "{asked:?}");
    assert_eq!(of("code_challenge_method"), "S256", "{asked:?}");
    assert!(of("scope").split(' ').any(|scope| scope == "openid"), "{asked:?}");
    let code = countersign::random::hex::<16>();
    let mut book = shared.book.lock().unwrap();
    let known = Asked { nonce: of("nonce"), challenge: of("code_challenge"), redirect: of("redirect_uri") };
    book.codes.insert(code.clone(), known);
    let what = match book.odd {
        Odd::Refuses => "error=access_denied".to_owned(),
        Odd::MadeUpCode => "code=made-up".to_owned(),
        Odd::OtherPage => format!("code={code}&iss=https%3A%2F%2Fevil.example"),
        _ => format!("code={code}"),
    };
    Redirect::to(&format!("{}?{what}&state={}", of("redirect_uri"), of("state"))).into_response()
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
}

async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET))));
    if headers.get("authorization").is_none_or(|given| given != basic.as_str()) {
        return refused("invalid_client");
    }
    let mut book = shared.book.lock().unwrap();
    // A code counts once.
    let Some(asked) = form.get("code").and_then(|code| book.codes.remove(code)) else {
        return refused("invalid_grant");
    };
    let challenge = B64.encode(Sha256::digest(form.get("code_verifier").map_or("", String::as_str)));
    if challenge != asked.challenge || form.get("redirect_uri") != Some(&asked.redirect) {
        return refused("invalid_grant");
    }
    let mut answer = json!({"access_token": "canary-access-token", "token_type": "Bearer", "expires_in": 60});
    if book.odd != Odd::NoToken {
        answer["id_token"] = json!(id_token(&shared, &book, &asked));
    }
    Json(answer).into_response()
}

fn id_token(shared: &Shared, book: &Book, asked: &Asked) -> String {
    let now = shared.clock.lock().unwrap().as_ref().unwrap().now().as_millis() / 1000;
    let mut claims = book.person.claims.clone();
    let mut set = |name: &str, value: Value| claims[name] = value;
    set("sub", json!(book.person.subject));
    set("iss", json!(shared.url));
    set("aud", json!(CLIENT));
    set("nonce", json!(asked.nonce));
    set("iat", json!(now));
    set("exp", json!(now + 300));
    match book.odd {
        Odd::Nonce => set("nonce", json!("canary-nonce")),
        Odd::NoNonce => set("nonce", Value::Null),
        Odd::Audience => set("aud", json!("canary-client")),
        Odd::TwoAudiences => set("aud", json!([CLIENT, "canary-client"])),
        Odd::Issuer => set("iss", json!("https://evil.example")),
        Odd::Slash => set("iss", json!(format!("{}/", shared.url))),
        Odd::Expired => set("exp", json!(now - 1)),
        _ => {}
    }
    let part = |value: &Value| B64.encode(value.to_string());
    let signed = |algorithm: &str, kid: &str| {
        format!("{}.{}", part(&json!({"alg": algorithm, "kid": kid, "typ": "JWT"})), part(&claims))
    };
    let random = SystemRandom::new();
    let (text, signature) = match book.odd {
        Odd::AlgNone => (signed("none", "ec"), Vec::new()),
        Odd::Hmac => {
            let text = signed("HS256", "ec");
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
            let signature = ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec();
            (text, signature)
        }
        Odd::Rsa => {
            let text = signed("RS256", "rsa");
            let mut signature = vec![0; shared.rsa.public().modulus_len()];
            shared.rsa.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).unwrap();
            (text, signature)
        }
        odd => {
            let text = signed("ES256", if odd == Odd::NewKey { "new" } else { "ec" });
            let key = if matches!(odd, Odd::OtherKey | Odd::NewKey) { &shared.other } else { &shared.ec };
            let signature = key.sign(&random, text.as_bytes()).unwrap().as_ref().to_vec();
            (text, signature)
        }
    };
    format!("{text}.{}", B64.encode(signature))
}
