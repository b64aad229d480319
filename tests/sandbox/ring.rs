//! Where hostile guests are called, beside a good connector that goes on sending.

use std::sync::atomic::{AtomicU32, Ordering};

use countersign::config::Config;
use countersign::egress::Names;
use serde_json::{Value, json};

use crate::support::guests::{Pack, pack_bytes};
use crate::support::handmade;
use crate::support::service::{Service, TO, number};

/// A service with a good connector that goes on sending while a hostile one is called beside it.
pub struct Ring {
    pub service: Service,
    sent: AtomicU32,
}

/// Wall-clock time of a call in the ring.
pub const SEND_MS: u64 = 1000;
/// By how much an answer may be later than its call's end.
const SLACK_MS: u64 = 100;

impl Ring {
    pub async fn start() -> Self {
        Self::with(Names::System, |_| {}).await
    }

    pub async fn with(names: Names, change: impl FnOnce(&mut Config)) -> Self {
        let service = Service::named(names, |config| {
            config.delivery.send_ms = SEND_MS;
            config.delivery.call_ms = 3 * SEND_MS;
            // Few places: an instance that is not given back is missed soon.
            config.sandbox.slots = Some(4);
            config.egress.connect_ms = 300;
            change(config);
        })
        .await;
        service.serve_marker("marker-a").await;
        Self { service, sent: AtomicU32::new(0) }
    }

    /// Call a handmade guest beside the good connector; answers what became of the call.
    pub async fn fight(&self, case: &str) -> Value {
        self.fight_with(case, &handmade::named(case), &Pack::default(), json!({})).await
    }

    /// The same with any component.
    pub async fn fight_with(&self, id: &str, wasm: &[u8], pack: &Pack<'_>, config: Value) -> Value {
        let (status, answer) = self.service.upload(pack_bytes(wasm, id, pack)).await;
        if status != 201 {
            return answer;
        }
        let (status, answer) = self.service.set_up(id, json!({"component": id, "config": config})).await;
        assert_eq!(status, 201, "{answer}");
        self.again(id).await
    }

    /// Save another configuration of a connector, and call it.
    pub async fn told(&self, name: &str, config: Value) -> Value {
        let (status, answer) = self.service.set_up(name, json!({"component": name, "config": config})).await;
        assert!(status < 300, "{answer}");
        self.again(name).await
    }

    /// Call a connector that is set up, beside the good one.
    pub async fn again(&self, name: &str) -> Value {
        let (tested, ()) = tokio::join!(self.alone(name), self.neighbour());
        tested
    }

    /// Call a connector that is set up.
    pub async fn alone(&self, name: &str) -> Value {
        let path = format!("/v1/environments/development/connectors/{name}/test");
        let (status, tested) = self.service.post(&path, json!({"to": TO})).await;
        assert_eq!(status, 200, "{tested}");
        let elapsed_ms = tested["elapsed_ms"].as_u64().unwrap();
        assert!(elapsed_ms <= SEND_MS + SLACK_MS, "{name}: {elapsed_ms} ms");
        tested
    }

    /// The good connector sends.
    pub async fn neighbour(&self) {
        let (status, made) = self.service.create(&number(self.sent.fetch_add(1, Ordering::Relaxed))).await;
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
    }
}
