//! The guest `echo`, built and compiled once, and called without a service around it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use countersign::clock::Timestamp;
use countersign::connector::call::Door;
use countersign::connector::contract::{Call, Message, Pair, Receipt, Report};
use countersign::connector::limits::Limits;
use countersign::connector::package::Package;
use countersign::connector::sandbox::{Component, Sandbox};
use countersign::credentials::{Keyring, Wallet, resolve};
use countersign::egress::{Egress, EgressOptions, Grants};
use countersign::secret::Secret;
use serde_json::{Map, Value, json};

use crate::languages::countersign;
use crate::support::guests::root;
use crate::support::provider::Provider;
use crate::support::sandbox::sandbox;

fn wasm() -> &'static Vec<u8> {
    static WASM: OnceLock<Vec<u8>> = OnceLock::new();
    WASM.get_or_init(|| {
        let folder = root().join("tests/languages/go/echo");
        countersign(&["build", folder.to_str().unwrap()]);
        std::fs::read(folder.join("echo.wasm")).unwrap()
    })
}

pub(super) struct Guest {
    component: Arc<Component>,
    package: Package,
    pub(super) provider: Provider,
    // It must live as long as what it loaded.
    _sandbox: Arc<Sandbox>,
}

impl Guest {
    pub(super) async fn start() -> Self {
        let wasm = tokio::task::spawn_blocking(wasm).await.unwrap();
        let sandbox = sandbox();
        let component = sandbox.load(wasm).await.unwrap();
        let package = Package::extract(wasm).unwrap();
        Self { component, package, provider: Provider::start().await, _sandbox: sandbox }
    }

    pub(super) fn component(&self) -> &Component {
        &self.component
    }

    pub(super) fn door(&self) -> Door {
        let (manifest, none) = (&self.package.manifest, Map::new());
        let hosts = manifest.resolve_hosts(&none).unwrap();
        let bindings = manifest.credentials.iter();
        let bindings: BTreeMap<_, _> =
            bindings.map(|(name, told)| (name.clone(), resolve(name, told, &hosts, &none).unwrap())).collect();
        let origin = self.provider.url.parse().unwrap();
        let overrides = BTreeMap::from([("api.example.com".to_owned(), origin)]);
        let egress = Egress::new(EgressOptions { overrides, ..EgressOptions::default() }).unwrap();
        let grants = Grants { hosts, development: true, internal: None };
        let secret = Secret::new("fake-token-0000000000000000000000000000".to_owned());
        let keyring = Keyring::new(BTreeMap::from([("api_token".to_owned(), secret)]));
        let identified = |identity| egress.identified_outlet(grants.clone(), &identity);
        let wallet = Wallet::new(bindings, keyring, None, identified).unwrap();
        Door {
            outlet: egress.outlet(grants.clone()).unwrap(),
            wallet: Arc::new(wallet),
            // What is tried is that every field arrives, not how soon: on a slow machine the fullest takes the usual 50 ms.
            limits: Limits { cpu_ms: 1000, ..Limits::default() },
            record: true,
            mask: Vec::new(),
        }
    }

    /// Send in one of the guest's modes.
    pub(super) async fn send(&self, mode: &str, message: &Message) -> Report<Receipt> {
        let config = json!({"mode": mode}).to_string();
        self.component.send(self.door(), call(), &config, message).await
    }

    /// What the newest request said.
    pub(super) fn told(&self) -> Value {
        serde_json::from_slice(&self.provider.requests().last().unwrap().body).unwrap()
    }
}

pub(super) fn call() -> Call {
    Call {
        issued_at: Timestamp::from_millis(1_768_478_400_123),
        nonce: "0f1e2d3c4b5a49788796a5b4c3d2e1f0".to_owned(),
        environment: "prüfung".to_owned(),
    }
}

pub(super) fn pair(name: &str, value: &str) -> Pair {
    Pair { name: name.to_owned(), value: value.to_owned() }
}

/// A message with nothing that may be missing.
pub(super) fn bare() -> Message {
    Message {
        to: "+14155550123".to_owned(),
        calling_code: String::new(),
        country: None,
        purpose: "sign-in".to_owned(),
        locale: "en".to_owned(),
        reference: "msg_1".to_owned(),
        validity_seconds: 0,
        sender: None,
        text: String::new(),
        template_id: None,
        template_locale: None,
        parameters: Vec::new(),
        callback_url: None,
        client_ip: None,
        extra: Vec::new(),
    }
}
