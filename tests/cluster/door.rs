//! A node as its callers see it: it answers, or it does not in time. What was asked and told is written down.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::fleet::{Fleet, Node};
use super::history::{Check, Checked, Create, Created, Swap, Swapped};
use super::log::secret;
use crate::support::guests;
use crate::support::service::{ADMIN_KEY, client};

/// How long a caller waits: he does not know what became of what takes longer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long whoever swaps waits, for all nodes.
const PATIENCE_SWAP: Duration = Duration::from_secs(20);

const MAIN: &str = "/v1/environments/development/connectors/main?wait=all-nodes";

#[derive(Clone)]
pub struct Door(reqwest::Client);

impl Door {
    pub fn new() -> Self {
        Self(client())
    }

    async fn ask(
        &self,
        node: &Node,
        method: Method,
        path: &str,
        body: &Value,
        at_most: Duration,
    ) -> Option<(u16, Value)> {
        let request = self.0.request(method, format!("{}{path}", node.url())).bearer_auth(ADMIN_KEY).timeout(at_most);
        let answer = request.json(body).send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).ok()?))
    }

    pub async fn create(&self, fleet: &Fleet, node: &Node, to: &str) -> Created {
        let body = json!({"to": to});
        let asked = self.ask(node, Method::POST, "/v1/verifications", &body, PATIENCE);
        let (answer, span) = fleet.log.timed(asked).await;
        let told = match answer {
            Some((201, made)) => Created::Made {
                id: made["id"].as_str().unwrap().to_owned(),
                accepted: made["delivery"]["status"] == "accepted",
                revision: made["delivery"]["revision"].as_u64(),
            },
            Some((status, why)) => {
                if !matches!(status, 429 | 503) {
                    println!("a creation was refused: {why}");
                }
                Created::Refused(status)
            }
            None => Created::Nothing,
        };
        fleet.log.created(Create { to: to.to_owned(), span, told: told.clone() });
        told
    }

    pub async fn check(&self, fleet: &Fleet, node: &Node, id: &str, (code, is_right): (&str, bool)) -> Checked {
        let (path, body) = (format!("/v1/verifications/{id}/check"), json!({"code": code}));
        let asked = self.ask(node, Method::POST, &path, &body, PATIENCE);
        let (answer, span) = fleet.log.timed(asked).await;
        let told = match answer {
            Some((200, told)) if told["status"] == "approved" => Checked::Approved,
            Some((200, _)) => Checked::Wrong,
            Some((409, _)) => Checked::Over,
            Some((404, _)) => Checked::Gone,
            Some((status, _)) => Checked::Refused(status),
            None => Checked::Nothing,
        };
        fleet.log.checked(Check { id: id.to_owned(), is_right, span, told });
        told
    }

    /// Have a new revision serve on every node.
    pub async fn swap(&self, fleet: &Fleet, node: &Node, mark: u32) -> Swapped {
        let component = if mark.is_multiple_of(2) { "marker-a" } else { "marker-b" };
        let mut body = json!({"component": component, "config": {"api_token": secret(mark)}, "activate": true});
        let put = async {
            let first = self.ask(node, Method::PUT, MAIN, &body, PATIENCE_SWAP).await?;
            if first.0 != 422 || first.1["type"] != "/problems/approval-needed" {
                return Some(first);
            }
            body["approve"] = first.1["approve"].clone();
            self.ask(node, Method::PUT, MAIN, &body, PATIENCE_SWAP).await
        };
        let (answer, span) = fleet.log.timed(put).await;
        let told = match answer {
            Some((200..300, told)) => Swapped::Serving(told["serving"].as_u64().unwrap()),
            Some((504, _)) => Swapped::Behind,
            Some((503, _)) | None => Swapped::Nothing,
            Some((status, told)) => panic!("a swap was answered {status}: {told}"),
        };
        fleet.log.swapped(Swap { mark, span, told });
        told
    }

    /// Upload both markers.
    pub async fn upload(&self, node: &Node) {
        for name in ["marker-a", "marker-b"] {
            let request = self.0.post(format!("{}/v1/components", node.url())).bearer_auth(ADMIN_KEY);
            let request = request.header("content-type", "application/wasm").body(guests::marker(name));
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        }
    }
}
