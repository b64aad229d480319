//! One reason to refuse something. A refusal lists all of them.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

/// Why something is refused, or worth a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reason {
    /// One word for programs.
    pub code: &'static str,
    /// JSON Pointer of the field at fault, where there is one.
    pub pointer: Option<String>,
    /// For people. Never quotes a value that could be a secret.
    pub text: String,
}

impl Reason {
    /// A reason that concerns the whole.
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, pointer: None, text: text.into() }
    }

    /// A reason that concerns one field.
    pub fn at(code: &'static str, pointer: &str, text: &str) -> Self {
        Self { code, pointer: Some(pointer.to_owned()), text: text.to_owned() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pointer {
            Some(pointer) => write!(f, "{pointer}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}
