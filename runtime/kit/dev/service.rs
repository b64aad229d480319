//! The service that the new code is loaded into: one of this command's own, or one that runs already.

use anyhow::{Context as _, bail};
use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::own::Own;
use crate::egress::{self, Call, Caller};
use crate::secret::Secret;

/// A service, by its API.
pub(super) struct Service {
    pub(super) url: String,
    pub(super) key: Secret<String>,
    pub(super) own: Option<Own>,
    caller: Caller,
    environment: String,
    connector: Option<String>,
}

/// What a connector is set up with.
pub(super) struct SetUp<'a> {
    /// `id@version`
    pub(super) component: &'a str,
    pub(super) config: Value,
}

impl Service {
    /// Over this address. A running one has to be a development environment: what is built here was reviewed by nobody.
    pub(super) async fn at(
        url: &Url,
        key: Secret<String>,
        environment: &str,
        connector: Option<String>,
        own: Option<Own>,
    ) -> anyhow::Result<Self> {
        let url = url.as_str().trim_end_matches('/').to_owned();
        let caller = Caller::new(&url, key.expose())?;
        let service = Self { url, key, own, caller, environment: environment.to_owned(), connector };
        let found = service.call(Method::GET, &format!("/v1/environments/{environment}"), None).await?;
        if found.get("kind").and_then(Value::as_str) != Some("development") {
            bail!(
                "`{environment}` is no development environment, and `dev` loads into no other: name one with --environment"
            );
        }
        Ok(service)
    }

    /// The connector's name there: its component's id unless another was named.
    fn path(&self, id: &str) -> String {
        format!("/v1/environments/{}/connectors/{}", self.environment, self.connector.as_deref().unwrap_or(id))
    }

    /// What the connector is set up with now, if it is there and of this component.
    pub(super) async fn saved(&self, id: &str) -> anyhow::Result<Option<Value>> {
        let (status, found) = self.answer(Method::GET, &self.path(id), None).await?;
        if status == 404 {
            return Ok(None);
        }
        let found = good(status, found)?;
        let runs = found.get("component").and_then(Value::as_str).unwrap_or_default();
        if runs.split('@').next() != Some(id) {
            bail!("the connector there runs `{runs}`, which is not this one: name another with --connector");
        }
        Ok(Some(found))
    }

    /// Upload a build.
    pub(super) async fn upload(&self, wasm: Vec<u8>) -> anyhow::Result<()> {
        let url = Url::parse(&self.url)?.join("/v1/components")?;
        let (status, answer) = egress::post_wasm(url, self.key.expose(), wasm).await?;
        good(status, serde_json::from_str(&answer).context("the answer is not JSON")?).map(|_| ())
    }

    /// Let it serve. What it asks for is approved, since whoever builds it is the operator here; answers what was new.
    pub(super) async fn serve(
        &self,
        id: &str,
        set_up: SetUp<'_>,
        saved: Option<&Value>,
    ) -> anyhow::Result<Vec<String>> {
        let kept = |name: &str| saved.and_then(|saved| saved.get(name)).cloned().unwrap_or_else(|| json!([]));
        let mut put = json!({
            "component": set_up.component, "config": set_up.config, "templates": kept("templates"),
            "senders": kept("senders"), "activate": self.own.is_some(),
        });
        let (status, answer) = self.answer(Method::PUT, &self.path(id), Some(&put)).await?;
        let Some(digest) = answer.get("approve").filter(|_| status == 422).cloned() else {
            return good(status, answer).map(|_| Vec::new());
        };
        let asks = answer.get("asks").and_then(Value::as_array).into_iter().flatten();
        let asks = asks.filter_map(Value::as_str).map(str::to_owned).collect();
        if let Some(put) = put.as_object_mut() {
            put.insert("approve".to_owned(), digest);
        }
        self.call(Method::PUT, &self.path(id), Some(&put)).await.map(|_| asks)
    }

    /// Send a test message.
    pub(super) async fn test(&self, id: &str, test: &Value) -> anyhow::Result<Value> {
        self.call(Method::POST, &format!("{}/test", self.path(id)), Some(test)).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let (status, answer) = self.answer(method, path, body).await?;
        good(status, answer)
    }

    async fn answer(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<(u16, Value)> {
        self.caller.call(Call { method, path, if_match: None, body }).await
    }
}

/// A good answer, or what the problem says: with its faults, one a line.
fn good(status: u16, answer: Value) -> anyhow::Result<Value> {
    if (200..300).contains(&status) {
        return Ok(answer);
    }
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let faults = answer.get("errors").and_then(Value::as_array).into_iter().flatten();
    let faults = faults.map(|fault| format!("\n  {} {}", text(fault, "pointer"), text(fault, "detail")));
    bail!("{}{}", text(&answer, "detail"), faults.collect::<String>())
}
