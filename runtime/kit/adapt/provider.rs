//! What is known of a provider beside its package: what its codes mean, where its message ids stand. Data, by Logto's id
//! of the connector; a package that is not in it is judged by HTTP statuses.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kit::embedded;

const TABLE: &str = "runtime/kit/adapt/logto/providers.json";

/// One provider.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    #[serde(skip_serializing)]
    pub website: Option<String>,
    /// The field that a sender for one recipient replaces.
    #[serde(skip_serializing)]
    pub sender: Option<String>,
    /// The kind of failure where a package sends nothing.
    pub unsent: String,
    /// Whether the whole body is the code.
    pub plain: bool,
    /// Pointers to the code; `*` is every item.
    pub code: Vec<String>,
    pub text: Vec<String>,
    pub ids: Vec<String>,
    /// Codes that are none of a refusal.
    pub ok: Vec<String>,
    /// What a code means; one that ends with `*` is a family.
    pub kinds: Map<String, Value>,
    /// What it answers to a message that it takes.
    #[serde(skip_serializing)]
    pub reply: Value,
    #[serde(skip_serializing)]
    pub replied_ids: Vec<String>,
    #[serde(skip_serializing)]
    pub refusals: Vec<Refusal>,
}

/// A refusal that its documentation shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    pub name: String,
    #[serde(default = "ok")]
    pub status: u16,
    pub json: Value,
    pub kind: String,
    #[serde(default)]
    pub code: Option<String>,
}

fn ok() -> u16 {
    200
}

/// The provider of a connector.
pub(super) fn of(id: &str) -> anyhow::Result<Provider> {
    let (_, bytes) =
        embedded().iter().find(|(path, _)| *path == TABLE).context("this binary has no table of providers")?;
    let table: Map<String, Value> = serde_json::from_slice(bytes)?;
    let mut whole = table.get("").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(own) = table.get(id).and_then(Value::as_object) {
        whole.extend(own.clone());
    }
    serde_json::from_value(Value::Object(whole)).context("the table of providers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_names_only_kinds_of_the_contract() {
        let (_, bytes) = embedded().iter().find(|(path, _)| *path == TABLE).unwrap();
        let table: Map<String, Value> = serde_json::from_slice(bytes).unwrap();
        for id in table.keys() {
            let provider = of(id).unwrap();
            let kinds = provider
                .kinds
                .values()
                .filter_map(Value::as_str)
                .chain(provider.refusals.iter().map(|r| r.kind.as_str()));
            for kind in kinds.chain([provider.unsent.as_str()]) {
                let known: Result<crate::connector::contract::FailureKind, _> =
                    serde_json::from_value(Value::from(kind));
                assert!(known.is_ok(), "{id}: {kind}");
            }
        }
        assert!(of("a connector that nobody knows").unwrap().kinds.is_empty());
    }
}
