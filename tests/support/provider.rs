//! A provider: a real server that records what it gets and answers as it is told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Recorded {
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }
}

/// What it answers.
#[derive(Clone)]
pub enum Answer {
    Json(u16, Value),
    /// Nothing, until the gate is opened or the client goes.
    Wait(Arc<Notify>),
    Redirect(String),
    /// A body of that many bytes.
    Huge(usize),
    /// What a test makes of the request.
    By(Arc<dyn Fn(&Recorded) -> Response + Send + Sync>),
}

struct Shared {
    requests: Mutex<Vec<Recorded>>,
    answer: Mutex<Answer>,
    arrived: Notify,
}

#[derive(Clone)]
pub struct Provider {
    pub url: String,
    shared: Arc<Shared>,
}

impl Provider {
    pub async fn start() -> Self {
        let shared = Arc::new(Shared {
            requests: Mutex::default(),
            answer: Mutex::new(Answer::Json(201, json!({"id": "p_1"}))),
            arrived: Notify::new(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared }
    }

    pub fn answers(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// The newest request of which `find` makes something.
    pub fn newest<T>(&self, find: impl Fn(&Recorded) -> Option<T>) -> Option<T> {
        self.shared.requests.lock().unwrap().iter().rev().find_map(find)
    }

    /// Wait until a request has arrived.
    pub async fn arrived(&self) {
        super::within("the provider's next request", self.shared.arrived.notified()).await;
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let recorded = Recorded { method, path: uri.to_string(), headers, body };
    shared.requests.lock().unwrap().push(recorded.clone());
    let answer = shared.answer.lock().unwrap().clone();
    // After its answer is chosen: whoever waits for it gives the next request another one.
    shared.arrived.notify_one();
    match answer {
        Answer::Json(status, body) => (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response(),
        Answer::Wait(gate) => {
            gate.notified().await;
            axum::Json(json!({"id": "late"})).into_response()
        }
        Answer::Redirect(to) => (StatusCode::FOUND, [("location", to)]).into_response(),
        Answer::By(answer) => answer(&recorded),
        Answer::Huge(bytes) => Response::new(Body::from(vec![b'x'; bytes])),
    }
}
