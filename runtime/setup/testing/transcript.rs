//! A test send as a transcript, which `countersign check` replays.

use serde_json::{Map, Value};

use super::TEST_CODE;
use crate::connector::contract::{Message, Receipt, Report};
use crate::connector::replay::{Original, Redacted, Swaps};
use crate::connector::serving::{Code, Serving};
use crate::setup::{Setup, SetupError};

impl Setup {
    /// A test send as a transcript, or why it can't be one.
    pub(super) async fn as_transcript(
        &self,
        serving: &Serving,
        message: &Message,
        report: &Report<Receipt>,
    ) -> Result<(Option<Value>, Option<String>), SetupError> {
        let none = |why: &dyn std::fmt::Display| Ok((None, Some(why.to_string())));
        let Code::Component(code) = &serving.code else { return none(&"it is no component") };
        if let Some(leak) = &report.leak {
            return none(&leak);
        }
        let config: Map<String, Value> = serde_json::from_str(&serving.config).unwrap_or_default();
        let original = Original {
            config: &config,
            set: serving.wallet.keyring.fields().collect(),
            message,
            swaps: &Swaps::of_test(message, TEST_CODE),
            exchanges: &report.exchanges,
            result: &report.result,
        };
        match Redacted::of(&original) {
            Ok(redacted) => self.tell(code.digest(), &redacted).await,
            Err(why) => none(&why),
        }
    }
}
