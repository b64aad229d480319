//! The service that files are applied to or exported from.

use std::fmt;

use anyhow::{Context as _, bail};
use http::Method;
use serde_json::Value;

use super::ServiceArgs;
use crate::egress::{Call, Caller, post_wasm};

/// The service.
pub(super) struct Service {
    caller: Caller,
    /// Without a slash at its end.
    url: String,
    key: String,
}

/// A refusal, as its problem document tells it.
#[derive(Debug)]
pub(super) struct Refusal(Value);

impl Refusal {
    /// Faults by JSON Pointer into what was sent; none for a refusal of the whole.
    pub(super) fn faults(&self) -> impl Iterator<Item = (&str, &str)> {
        let errors = self.0.get("errors").and_then(Value::as_array).into_iter().flatten();
        errors.filter_map(|error| Some((error.get("pointer")?.as_str()?, error.get("detail")?.as_str()?)))
    }

    /// The kind of problem, such as `/problems/stale-revision`.
    pub(super) fn kind(&self) -> &str {
        self.0.get("type").and_then(Value::as_str).unwrap_or_default()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get("detail").and_then(Value::as_str).unwrap_or("the service refused without a word"))?;
        for (pointer, detail) in self.faults() {
            write!(f, "\n  {pointer}: {detail}")?;
        }
        Ok(())
    }
}

impl Service {
    pub(super) fn new(args: &ServiceArgs) -> anyhow::Result<Self> {
        if !matches!(args.url.scheme(), "http" | "https") {
            bail!("the service's address begins with http:// or https://: {}", args.url);
        }
        let url = args.url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { caller: Caller::new(&url, &args.key)?, url, key: args.key.clone() })
    }

    /// Read; a refusal is an error.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        match self.send(Method::GET, path, None, None).await? {
            Ok(answer) => Ok(answer),
            Err(refusal) => bail!("{path}: {refusal}"),
        }
    }

    /// Read what may not be there.
    pub(super) async fn find(&self, path: &str) -> anyhow::Result<Option<Value>> {
        match self.send(Method::GET, path, None, None).await? {
            Ok(answer) => Ok(Some(answer)),
            Err(refusal) if refusal.kind() == "/problems/not-found" => Ok(None),
            Err(refusal) => bail!("{path}: {refusal}"),
        }
    }

    /// Read a list.
    pub(super) async fn items(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        match self.get(path).await?.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => Ok(items),
            _ => bail!("{path}: the answer has no `items`: is it the service, and not an older one?"),
        }
    }

    /// Upload a packed component.
    pub(super) async fn upload(&self, wasm: Vec<u8>) -> anyhow::Result<Result<(), Refusal>> {
        let url = format!("{}/v1/components", self.url).parse().context("the address can't be used")?;
        let (status, answer) = post_wasm(url, &self.key, wasm).await?;
        let refusal = || Refusal(serde_json::from_str(&answer).unwrap_or_default());
        Ok(if (200..300).contains(&status) { Ok(()) } else { Err(refusal()) })
    }

    /// Ask for anything.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        if_match: Option<u64>,
        body: Option<&Value>,
    ) -> anyhow::Result<Result<Value, Refusal>> {
        let (status, answer) = self.caller.call(Call { method, path, if_match, body }).await?;
        Ok(if (200..300).contains(&status) { Ok(answer) } else { Err(Refusal(answer)) })
    }
}
