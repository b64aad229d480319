//! A certificate authority that speaks ACME (RFC 8555) and believes nothing: it checks each signature, uses a nonce
//! once, dials the service to see the challenge answered, and signs what the request asks for.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use countersign::clock::{Clock, Timestamp};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::tls::Authority;

mod jws;
pub mod look;
mod resources;
pub mod socket;

const PREFIX: &str = "urn:ietf:params:acme:error:";

/// A refusal: status, kind, words, and how long to wait.
pub type Refusal = (u16, &'static str, &'static str, Option<u64>);

pub struct Account {
    pub key: jws::Key,
    pub contact: Value,
}

struct Order {
    names: Vec<String>,
    authorizations: Vec<usize>,
    status: &'static str,
    chain: Option<String>,
}

struct Authorization {
    name: String,
    token: String,
    thumbprint: String,
    status: &'static str,
    error: Option<String>,
}

/// How it behaves, and what it has seen.
#[derive(Default)]
pub struct Book {
    nonces: HashSet<String>,
    pub accounts: Vec<Account>,
    orders: Vec<Order>,
    authorizations: Vec<Authorization>,
    /// When each order was asked for, refused ones among them.
    pub asked_at: Vec<Timestamp>,
    /// So many posts are told that their nonce is stale.
    pub stale_nonces: usize,
    /// The next orders are refused with these.
    pub refusals: Vec<Refusal>,
    /// Sign for this name, whatever was asked.
    pub signs_for: Option<String>,
    /// Forget all accounts.
    pub forgets: bool,
}

pub struct Shared {
    pub book: Mutex<Book>,
    authority: Arc<Authority>,
    url: String,
    life: Duration,
    /// Where the service listens, and its clock. Orders wait until it is known.
    service: watch::Sender<Option<(SocketAddr, Clock)>>,
}

#[derive(Clone)]
pub struct Acme {
    pub shared: Arc<Shared>,
    pub directory: String,
    pub listens: SocketAddr,
}

impl Acme {
    /// An authority that `authority` signs for, with certificates of this life, that listens there.
    pub async fn start_at(listens: SocketAddr, authority: &Arc<Authority>, life: Duration) -> Self {
        Self::named("127.0.0.1", listens, authority, life).await
    }

    /// As it is asked for under a name.
    pub async fn named(name: &str, listens: SocketAddr, authority: &Arc<Authority>, life: Duration) -> Self {
        let listener = tokio::net::TcpListener::bind(listens).await.unwrap();
        let listens = listener.local_addr().unwrap();
        let url = format!("https://{name}:{}", listens.port());
        let shared = Arc::new(Shared {
            book: Mutex::default(),
            authority: Arc::clone(authority),
            url: url.clone(),
            life,
            service: watch::Sender::new(None),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        tokio::spawn(socket::serve(listener, authority.issue(name), router));
        Self { shared, directory: format!("{url}/directory"), listens }
    }

    pub async fn start(authority: &Arc<Authority>, life: Duration) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), authority, life).await
    }

    /// Let it find the service there.
    pub fn finds(&self, service: SocketAddr, clock: &Clock) {
        self.shared.service.send_replace(Some((service, clock.clone())));
    }

    pub fn book<T>(&self, read: impl FnOnce(&mut Book) -> T) -> T {
        read(&mut self.shared.book.lock().unwrap())
    }
}

impl Shared {
    async fn service(&self) -> (SocketAddr, Clock) {
        self.service.subscribe().wait_for(Option::is_some).await.unwrap().clone().unwrap()
    }

    fn nonce(&self) -> String {
        let nonce = countersign::random::hex::<8>();
        self.book.lock().unwrap().nonces.insert(nonce.clone());
        nonce
    }
}

async fn answer(State(shared): State<Arc<Shared>>, method: Method, uri: Uri, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let mut response = match (method, path.as_str()) {
        (Method::GET, "/directory") => {
            let at = |path: &str| format!("{}/{path}", shared.url);
            axum::Json(json!({"newNonce": at("nonce"), "newAccount": at("account"), "newOrder": at("order"),
                "revokeCert": at("revoke"), "keyChange": at("key")}))
            .into_response()
        }
        (Method::HEAD, "/nonce") => StatusCode::OK.into_response(),
        (Method::POST, path) => match post(&shared, path, &body).await {
            Ok(answer) => answer,
            Err(refusal) => refused(refusal),
        },
        _ => StatusCode::NOT_FOUND.into_response(),
    };
    response.headers_mut().insert("replay-nonce", shared.nonce().parse().unwrap());
    response
}

fn refused((status, kind, detail, wait): Refusal) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/problem+json".parse().unwrap());
    if let Some(seconds) = wait {
        headers.insert("retry-after", seconds.into());
    }
    let body = json!({"type": format!("{PREFIX}{kind}"), "detail": detail, "status": status}).to_string();
    (StatusCode::from_u16(status).unwrap(), headers, body).into_response()
}

async fn post(shared: &Arc<Shared>, path: &str, body: &[u8]) -> Result<Response, Refusal> {
    let signed = jws::open(shared, path, body)?;
    let mut segments = path.trim_start_matches('/').split('/');
    let (what, id) = (segments.next().unwrap(), segments.next().and_then(|id| id.parse::<usize>().ok()));
    match (what, id) {
        ("account", None) => Ok(resources::account(shared, signed)),
        ("order", None) => resources::order(shared, &signed).await,
        ("order", Some(id)) => Ok(resources::told(shared, id, StatusCode::OK)),
        ("authorization", Some(id)) => Ok(axum::Json(resources::authorization(shared, id)).into_response()),
        ("challenge", Some(id)) => {
            tokio::spawn(look::look(Arc::clone(shared), id));
            let challenge = resources::authorization(shared, id)["challenges"][0].clone();
            Ok(axum::Json(challenge).into_response())
        }
        ("finalize", Some(id)) => resources::finalize(shared, id, &signed).await,
        ("certificate", Some(id)) => Ok(shared.book.lock().unwrap().orders[id].chain.clone().unwrap().into_response()),
        _ => Err((404, "malformed", "no such resource", None)),
    }
}
