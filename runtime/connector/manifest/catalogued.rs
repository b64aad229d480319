//! What a catalogue tells of a connector beyond what it is: what it can do, and how sure one can be of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Manifest;

/// What a connector may say in `features`.
pub const FEATURES: [(&str, &str); 8] = [
    ("alphanumeric-sender", "takes a name as sender"),
    ("numeric-sender", "takes a number or a short code as sender"),
    ("idempotency", "our reference makes a repeated request harmless"),
    ("reference", "passes our reference on"),
    ("validity", "passes on what is left of the code's life"),
    ("segments", "tells the number of parts"),
    ("price", "tells the price"),
    ("regions", "has hosts to choose from"),
];

/// What a connector was held against, by its author's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// The day, ISO 8601.
    #[schema(example = "2026-11-29")]
    pub on: String,
    /// How.
    pub by: Means,
    /// The package and its version, the server, or the address of the documentation.
    pub with: String,
}

/// How a connector was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Means {
    /// Messages were sent through the provider.
    Provider,
    /// Against the provider's own server software, run beside it.
    Server,
    /// Its requests are those of the provider's own SDK.
    Sdk,
    /// From documentation, not seen on the wire.
    Documentation,
}

impl Means {
    /// The manifest's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Server => "server",
            Self::Sdk => "sdk",
            Self::Documentation => "documentation",
        }
    }
}

impl Verified {
    /// Whether `on` is a day.
    pub(super) fn is_dated(&self) -> bool {
        let parts: Vec<&str> = self.on.split('-').collect();
        let digits = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
        matches!(parts.as_slice(), [y, m, d] if y.len() == 4 && m.len() == 2 && d.len() == 2)
            && parts.iter().all(digits)
    }
}

impl Manifest {
    /// What it can do: what it says, and what it exports beside sending.
    pub fn features_with(&self, exports: &[String]) -> Vec<String> {
        let beside = exports.iter().filter(|export| *export != "sms");
        self.features.iter().chain(beside).cloned().collect()
    }
}
