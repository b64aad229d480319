//! Messages, attempts, and what became of them.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use super::{
    AttemptEnd, AttemptRow, History, Made, MessageFilter, MessageRow, Moved, NewAttempt, NewMessage, NewReport,
    OutcomeTold, QueuedMessage, ReportRow, SendJudge, Stored,
};
use crate::clock::Timestamp;

/// Messages, attempts, and what became of them.
#[async_trait]
pub trait MessageStore: Send + Sync {
    /// A message of its own, with its first attempt, if the limits permit it. One that the same request made before is
    /// answered before any limit is looked at.
    async fn create_message(&self, message: NewMessage, attempt: Option<NewAttempt>, judge: SendJudge) -> Stored<Made>;
    /// Messages that were taken before `made_before` and not tried yet, oldest first. Those whose code ends before
    /// `too_late`, or whose verification has ended, are given up.
    async fn queued(
        &self,
        now: Timestamp,
        too_late: Timestamp,
        made_before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<QueuedMessage>>;
    /// Verifications that are never sent and seem to wait in the queue since before a time, by environment and id, oldest
    /// first.
    async fn seemingly_queued(&self, before: Timestamp, limit: u32) -> Stored<Vec<(String, String)>>;
    /// How long the latest sends of an environment took, newest first.
    async fn send_times(&self, environment: &str, limit: u32) -> Stored<Vec<Duration>>;
    /// One message with its sealed content, unless its caller told what became of it.
    async fn sealed_message(&self, environment: &str, id: &str) -> Stored<Option<QueuedMessage>>;
    /// Connectors that were asked for a verification's messages, or for one message.
    async fn asked(&self, verification_id: Option<&str>, message_id: &str) -> Stored<Vec<String>>;
    /// Store an attempt before its request leaves.
    async fn start_attempt(&self, attempt: NewAttempt) -> Stored<()>;
    /// Store its outcome; answers what moved at once, by reports that had come before it.
    async fn finish_attempt(&self, end: AttemptEnd) -> Stored<Vec<Moved>>;
    /// Messages, newest first, from a place of the log on.
    async fn messages(&self, filter: MessageFilter) -> Stored<Vec<MessageRow>>;
    /// One message.
    async fn message(&self, environment: &str, id: &str) -> Stored<Option<MessageRow>>;
    /// Its attempts, in order.
    async fn attempts(&self, message_id: &str) -> Stored<Vec<AttemptRow>>;
    /// Attempts and reports of several messages at once, by message, each in order.
    async fn histories(&self, message_ids: Vec<String>) -> Stored<BTreeMap<String, History>>;
    /// The caller says whether the code was used; erases the content. What was used once stays so.
    async fn message_outcome(&self, environment: &str, id: &str, used: bool) -> Stored<OutcomeTold>;
    /// Whether anybody told of a source's messages whether their codes were used, as far back as messages are kept.
    async fn outcomes_are_told(&self, environment: &str, source: &str) -> Stored<bool>;
    /// Keep reports, each once, and move what they speak of; answers what moved. One transaction.
    async fn apply_reports(&self, reports: Vec<NewReport>) -> Stored<Vec<Moved>>;
    /// What was reported of a message, in the order of coming.
    async fn reports(&self, message_id: &str) -> Stored<Vec<ReportRow>>;
}
