//! One `[credentials.NAME]` of a manifest: what an author asks the host to do with a secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::connector::contract::Export;

/// How a secret is used, as the manifest writes it. `{config.NAME}` stands for a field of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// What the host does.
    #[serde(flatten)]
    pub kind: Kind,
    /// Hosts that it may go to; every host of the manifest unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<String>>,
    /// Methods of the requests.
    pub methods: Vec<String>,
    /// Paths of the requests: `/v1/accounts/{config.account}/messages`; `*` is one whole segment.
    pub paths: Vec<String>,
    /// Fields that the request must have, exactly once and with this value: `form.Action`, `query.Action`, `json./op`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pinned: BTreeMap<String, String>,
    /// Exports in which it may be used.
    #[serde(default = "sms_only")]
    pub exports: Vec<Export>,
}

fn sms_only() -> Vec<Export> {
    vec![Export::Sms]
}

/// What the host does with the secret. `secret` names one of the manifest's secrets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// `Authorization: Basic` (RFC 7617). Either side is a template: literal, `{config.x}` or `{secret.x}`; may be empty.
    Basic {
        /// User.
        user: String,
        /// Password.
        password: String,
    },
    /// `Authorization: Bearer` (RFC 6750).
    Bearer {
        /// The token.
        secret: String,
    },
    /// A header of that name.
    Header {
        /// The header's name.
        name: String,
        /// Written before the secret.
        #[serde(default)]
        prefix: String,
        /// The secret.
        secret: String,
    },
    /// A query parameter.
    Query {
        /// The parameter's name.
        name: String,
        /// The secret.
        secret: String,
    },
    /// A field of an `application/x-www-form-urlencoded` body.
    Form {
        /// The field's name.
        name: String,
        /// The secret.
        secret: String,
    },
    /// A segment of the path, which the guest leaves empty: `/bot//send`.
    Path {
        /// Index of the segment, from 0.
        segment: usize,
        /// Written before the secret, inside the segment.
        #[serde(default)]
        prefix: String,
        /// The secret.
        secret: String,
    },
    /// A member of a JSON body, by JSON Pointer (RFC 6901); its parent is an object that is there.
    Json {
        /// The pointer.
        pointer: String,
        /// The secret.
        secret: String,
    },
}

impl Kind {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "basic",
            Self::Bearer { .. } => "bearer",
            Self::Header { .. } => "header",
            Self::Query { .. } => "query",
            Self::Form { .. } => "form",
            Self::Path { .. } => "path",
            Self::Json { .. } => "json",
        }
    }

    /// Names of the secrets that it uses.
    pub fn secrets(&self) -> Vec<String> {
        match self {
            Self::Basic { user, password } => [user, password].into_iter().flat_map(|side| secrets_in(side)).collect(),
            Self::Bearer { secret }
            | Self::Header { secret, .. }
            | Self::Query { secret, .. }
            | Self::Form { secret, .. }
            | Self::Path { secret, .. }
            | Self::Json { secret, .. } => vec![secret.clone()],
        }
    }
}

/// `{secret.a}:{secret.b}` → `a`, `b`.
fn secrets_in(template: &str) -> Vec<String> {
    let starts = template.split("{secret.").skip(1);
    starts.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}
