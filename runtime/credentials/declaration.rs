//! One `[credentials.NAME]` of a manifest: what an author asks the host to do with a secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::kind::Kind;
use crate::connector::contract::Export;

/// How a secret is used, as the manifest writes it. `{config.NAME}` stands for a field of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Declaration {
    /// What the host does.
    #[serde(flatten)]
    pub kind: Kind,
    /// Hosts that it may go to; every host of the manifest unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<String>>,
    /// Methods of the requests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// Paths of the requests: `/v1/accounts/{config.account}/messages`; `*` is one whole segment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Fields that the request must have, exactly once and with this value: `form.Action`, `query.Action`, `json./op`,
    /// `header.x-action`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pinned: BTreeMap<String, String>,
    /// Exports in which it may be used.
    #[serde(default = "sms_only")]
    pub exports: Vec<Export>,
    /// Everything as it was written, so that a restriction which this version does not know is found, not dropped.
    #[serde(flatten, skip_serializing)]
    written: BTreeMap<String, Value>,
}

fn sms_only() -> Vec<Export> {
    vec![Export::Sms]
}

const COMMON: [&str; 6] = ["kind", "hosts", "methods", "paths", "pinned", "exports"];

impl Declaration {
    /// Names that were written and mean nothing here. A misspelt `pinned` would otherwise permit what it was to forbid.
    pub fn unknown(&self) -> Vec<&str> {
        let own = self.kind.fields();
        let known = |name: &&str| COMMON.contains(name) || own.contains(name);
        self.written.keys().map(String::as_str).filter(|name| !known(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Declaration {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_misspelt_restriction_is_named() {
        let good =
            json!({"kind": "bearer", "secret": "t", "methods": ["POST"], "paths": ["/"], "pinned": {"form.A": "B"}});
        assert!(read(good.clone()).unknown().is_empty());
        let mut bad = good;
        bad["pined"] = json!({});
        assert_eq!(read(bad).unknown(), ["pined"]);
    }

    #[test]
    fn a_declaration_reads_back_as_it_is_written() {
        let declared = read(json!({"kind": "hmac", "secret": "s", "digest": "sha256", "encoding": "hex",
            "place": {"header": "authorization"}, "methods": ["POST"], "paths": ["/"]}));
        let again = read(serde_json::to_value(&declared).unwrap());
        assert_eq!((again.kind, again.paths), (declared.kind, declared.paths));
    }
}
