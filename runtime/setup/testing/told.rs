//! What is told of a test: what went over the wire, and what the provider said.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::connector::contract::{Exchange, LogLine, Standing};
use crate::delivery::DeliveryFailure;

/// What a test send came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tested {
    /// `accepted`, `refused` or `unknown`.
    pub status: &'static str,
    /// `id@version` that was asked.
    pub component: String,
    /// The revision; none for a draft.
    pub revision: Option<u64>,
    /// The provider's ids.
    pub message_ids: Vec<String>,
    /// Why it was not accepted.
    pub failure: Option<DeliveryFailure>,
    /// Whether the provider makes and checks the code: then it sent one of its own, which nobody here knows, and no
    /// verification here waits for it.
    pub code_by_provider: bool,
    /// What went over the wire, without secrets: a label stands where the host placed one.
    #[schema(value_type = Vec<Object>)]
    pub exchanges: Vec<Exchange>,
    /// What the connector logged.
    #[schema(value_type = Vec<Object>)]
    pub log: Vec<LogLine>,
    /// Wall-clock time.
    pub elapsed_ms: u64,
    /// The guest's CPU time.
    pub cpu_ms: u64,
    /// The guest's memory.
    pub memory_bytes: u64,
    /// The same as a transcript, if that was asked for: with fake secrets, a number that is nobody's and another code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub transcript: Option<Value>,
    /// Why there is none, or what came out in another way when it was replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript_note: Option<String>,
}

impl Tested {
    /// As the audit log tells it: not to whom.
    pub fn told(&self, purpose: &str, is_draft: bool) -> Value {
        json!({"component": self.component, "revision": self.revision, "draft": is_draft, "purpose": purpose})
    }
}

/// What an account check came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Whether the provider accepts the credentials.
    pub ok: bool,
    /// What it told of the account.
    #[schema(value_type = Option<Object>)]
    pub standing: Option<Standing>,
    /// Why it refused.
    pub failure: Option<DeliveryFailure>,
}
