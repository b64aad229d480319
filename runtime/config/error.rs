//! What can be wrong.

use std::path::PathBuf;

/// What can be wrong with the configuration. Names the option, never a secret's value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read `{path}`: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("`{path}` is not a valid configuration: {detail}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The parser's words.
        detail: String,
    },
    /// A variable that names no option.
    #[error("the variable `{0}` names no option; countersign.example.toml lists them all")]
    UnknownVariable(String),
    /// A value that its option can't take.
    #[error("`{option}`: {detail}")]
    Value {
        /// Path of the option, such as `egress.allow`.
        option: String,
        /// What it would take.
        detail: String,
    },
}

impl ConfigError {
    pub(super) fn value(option: &str, detail: impl Into<String>) -> Self {
        Self::Value { option: option.to_owned(), detail: detail.into() }
    }
}
