//! Transcripts: how a connector is tested, in any language. One JSON file: what it is asked, what has to be on the wire
//! (after credentials were placed), what the provider answers, and what must come of it.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::Timestamp;

mod asked;
mod expected;

pub use asked::{AskedCallback, AskedCheck, AskedMessage, AskedStart};
pub use expected::{
    Expect, Expected, ExpectedFailure, ExpectedHandled, ExpectedReceipt, ExpectedRequest, ExpectedStanding,
    ExpectedStart, Reply, WireFault,
};

/// The number that transcripts send to: nobody's.
pub const SAMPLE_NUMBER: &str = "+14155550123";
/// The reference of their messages.
pub const SAMPLE_REFERENCE: &str = "msg_transcript";

/// A transcript. A field that it does not know is refused by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// One sentence.
    pub name: String,
    /// The whole configuration, with fake secrets.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// Fixed time and nonce.
    #[serde(default)]
    pub call: FixedCall,
    /// What is sent; or `"account"` checks the account instead.
    #[serde(default)]
    pub message: Option<AskedMessage>,
    /// Whether the account is checked instead of a message sent.
    #[serde(default)]
    pub account: bool,
    /// A provider's callback that is read instead of a message sent.
    #[serde(default)]
    pub callback: Option<AskedCallback>,
    /// A verification that is started instead of a message sent.
    #[serde(default)]
    pub start: Option<AskedStart>,
    /// A code that is checked instead of a message sent.
    #[serde(default)]
    pub check: Option<AskedCheck>,
    /// Requests in order, each with its reply.
    #[serde(default)]
    pub exchanges: Vec<Expected>,
    /// What must come of it.
    pub expect: Expect,
}

/// `call`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FixedCall {
    /// The call's time.
    pub issued_at: Timestamp,
    /// Its nonce.
    pub nonce: String,
}

impl Default for FixedCall {
    fn default() -> Self {
        Self { issued_at: Timestamp::from_millis(1_768_478_400_000), nonce: format!("{:032x}", 1) }
    }
}
