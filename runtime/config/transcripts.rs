//! `[transcripts]`

use serde::Deserialize;

/// `[transcripts]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TranscriptsConfig {
    /// Where failed sends are kept, in memory and redacted, so that they can be told as transcripts.
    pub failed_sends: FailedSends,
}

/// In which environments failed sends are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailedSends {
    /// In those of kind `development`.
    #[default]
    Development,
    /// In all.
    Everywhere,
    /// In none.
    Nowhere,
}

impl FailedSends {
    /// Whether an environment of that kind keeps them.
    pub fn are_kept(self, is_development: bool) -> bool {
        match self {
            Self::Development => is_development,
            Self::Everywhere => true,
            Self::Nowhere => false,
        }
    }
}
