//! The check of an upload: what `countersign check` finds without transcripts.
//!
//! The threat: whoever may upload has the service run his component some thirty times. So one upload is examined at a
//! time, half a second a call, until two calls hang or five seconds are over; under the limits of every call, and against
//! a stand-in inside this process: it reaches nobody, and nobody reaches it. What is found refuses nothing; it is told.

use std::collections::BTreeMap;

use tokio::sync::Mutex;

use super::Setup;
use crate::connector::check::{Examined, Patience, Subject, examine};
use crate::connector::digest::Digest;
use crate::connector::package::Package;

/// How many verdicts are kept for whoever uploads the same bytes again.
const KEPT_MAX: usize = 64;

/// One at a time, and what the last ones came to.
#[derive(Default)]
pub struct Examinations(Mutex<BTreeMap<Digest, Examined>>);

impl Setup {
    /// Examine a component that was stored. None if it can't be loaded again: then it says nothing.
    pub(super) async fn examined(
        &self,
        package: &Package,
        digest: Digest,
        wasm: &[u8],
        compile_ms: u64,
    ) -> Option<Examined> {
        let mut known = self.examinations.0.lock().await;
        if let Some(examined) = known.get(&digest) {
            return Some(examined.clone());
        }
        let component = self.sandbox.load_known(digest, wasm).await.ok()?;
        let subject = Subject { component: &component, package, wasm, compile_ms, limits: &self.limits };
        let examined = examine(&subject, Patience::UPLOAD).await;
        if known.len() >= KEPT_MAX {
            known.pop_first();
        }
        known.insert(digest, examined.clone());
        Some(examined)
    }
}
