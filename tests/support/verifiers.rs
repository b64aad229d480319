//! A service with connectors of one honest component, `verifier`, each with an account of its own at a provider that
//! makes and checks the codes: it takes a right code once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::guests::{Pack, packed};
use super::provider::{Answer, Recorded};
use super::service::{Service, TOKEN};

/// The code that the provider makes, whoever asks.
pub const CODE: &str = "24681357";

#[derive(Default)]
struct State {
    /// What is answered instead, by path and account.
    told: HashMap<(String, String), Value>,
    started: HashSet<String>,
    used: HashSet<String>,
}

pub struct Verifiers {
    pub service: Service,
    state: Arc<Mutex<State>>,
}

impl Verifiers {
    /// The first is active, the others stand by; `inbox` among them is the built-in connector that sends.
    pub async fn start(names: &[&str]) -> Self {
        Self::on(Service::start().await, names).await
    }

    pub async fn on(service: Service, names: &[&str]) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let answering = Arc::clone(&state);
        service.provider.answers(Answer::By(Arc::new(move |request| answered(request, &answering))));
        let (status, uploaded) = service.upload(component("1.0.0")).await;
        assert!(status < 300, "{uploaded}");
        for name in names.iter().filter(|name| **name != "inbox") {
            let config = json!({"account": name, "api_token": TOKEN});
            let (status, saved) = service.set_up(name, json!({"component": "verifier", "config": config})).await;
            assert!(status < 300, "{saved}");
        }
        let this = Self { service, state };
        this.route(names).await;
        this
    }

    /// Who is active and who stands by.
    pub async fn route(&self, names: &[&str]) {
        let channel = json!({"active": names[0], "fallback": &names[1..]});
        let (status, saved) = self.service.put("/v1/environments/development/channels/sms", channel).await;
        assert_eq!(status, 200, "{saved}");
    }

    /// What an account is answered from now on at `start` or `check`; null is as usual.
    pub fn answers(&self, path: &str, account: &str, told: Value) {
        let key = (path.to_owned(), account.to_owned());
        let mut state = self.state.lock().unwrap();
        if told.is_null() {
            state.told.remove(&key)
        } else {
            state.told.insert(key, told)
        };
    }

    /// Bodies of the requests to `start` or `check` so far.
    pub fn asked(&self, path: &str) -> Vec<Value> {
        let requests = self.service.provider.requests();
        let of_path = requests.iter().filter(|request| request.path == format!("/{path}"));
        of_path.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
    }

    /// Accounts whose provider was asked there, in order.
    pub fn accounts(&self, path: &str) -> Vec<String> {
        self.asked(path).iter().map(|body| body["account"].as_str().unwrap().to_owned()).collect()
    }

    /// A verification that the provider started.
    pub async fn create(&self, to: &str) -> Value {
        let (status, made) = self.service.create(to).await;
        assert_eq!(status, 201, "{made}");
        made
    }
}

/// `verifier`, with a token that its requests carry.
pub fn component(version: &str) -> Vec<u8> {
    component_of(version, "a")
}

/// The same, with another account in the example that a check uses.
pub fn component_of(version: &str, account: &str) -> Vec<u8> {
    let more = "secrets = [\"api_token\"]\n[credentials.token]\nkind = \"bearer\"\nsecret = \"api_token\"\n\
                methods = [\"POST\", \"GET\"]\npaths = [\"/start\", \"/check\", \"/balance\"]\n\
                exports = [\"verification\", \"account\"]\n";
    let schema = json!({
        "type": "object",
        "properties": {
            "account": {"type": "string", "title": "Account", "description": "What the provider knows it by."},
            "api_token": {"type": "string", "minLength": 8, "writeOnly": true, "title": "Token", "description": "Its key."},
        },
        "required": ["account", "api_token"], "additionalProperties": false,
        "examples": [{"account": account, "api_token": "fake-token-0123456789"}],
    });
    packed("verifier", &Pack { version, more, schema, contract: "1.1.0", ..Pack::default() })
}

fn answered(request: &Recorded, state: &Mutex<State>) -> axum::response::Response {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let path = request.path.trim_start_matches('/').to_owned();
    let mut state = state.lock().unwrap();
    if let Some(told) = state.told.get(&(path.clone(), text("account"))) {
        return axum::Json(told.clone()).into_response();
    }
    let told = match path.as_str() {
        "start" => {
            let id = format!("v-{}", text("reference"));
            state.started.insert(id.clone());
            json!({"id": id})
        }
        "check" if !state.started.contains(&text("id")) || state.used.contains(&text("id")) => {
            json!({"verdict": "gone"})
        }
        "check" if text("code") == CODE => {
            state.used.insert(text("id"));
            json!({"verdict": "approved"})
        }
        "check" => json!({"verdict": "wrong"}),
        // What a message's connector gets.
        _ => json!({"id": "p_1"}),
    };
    axum::Json(told).into_response()
}
