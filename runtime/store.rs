//! What must survive: one interface, whole transactions in the words of the domain.
//!
//! Promise: what a method answered is on disk. An implementation never shows half of a transaction, and two calls that
//! race are as if one came after the other. SQLite is embedded (`sqlite`); the interface says nothing of SQL, so that
//! another can stand behind it. Numbers, secrets and contents come sealed: the store sees bytes.

pub mod rows;
pub mod sqlite;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;

use crate::actor::Actor;
use crate::clock::Timestamp;

pub use rows::*;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// More is waiting to be written than can be in time.
    #[error("the store is overloaded")]
    Overloaded,
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
    /// Another process has the data folder open.
    #[error("another process serves from this data folder")]
    Locked,
    /// The data was written by a newer version.
    #[error(
        "the data has schema {found}, and this version reads no newer one than {known}\n\
         hint: start the version that wrote it; to go back to this one, restore the backup made before the upgrade, or \
         put the data folder's before-upgrade-{known}.db in place of countersign.db"
    )]
    Newer {
        /// Schema of the data.
        found: u32,
        /// Newest schema that this version knows.
        known: u32,
    },
    /// The database's own words. They hold no values.
    #[error("the database failed: {0}")]
    Database(String),
    /// The folder can't be used.
    #[error("the data folder can't be used: {0}")]
    Io(#[from] std::io::Error),
}

/// Result of a store method.
pub type Stored<T> = Result<T, StoreError>;

/// The interface.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Let go of what the store holds, such as a data folder: what was taken is written first, what comes later is
    /// refused. Waits for a disk, briefly.
    fn close(&self);
    /// A small value of the service itself.
    async fn meta(&self, name: &str) -> Stored<Option<Vec<u8>>>;
    /// Write one.
    async fn put_meta(&self, name: &str, value: &[u8]) -> Stored<()>;
    /// Whether the store answers.
    async fn ping(&self) -> Stored<()>;
    /// Erase contents whose time is over, settle attempts that a crash left open, delete what was kept long enough: in
    /// small steps, so that nobody waits for it.
    async fn purge(&self, now: Timestamp, keep: Retention) -> Stored<()>;

    // --- keys

    /// Add a key.
    async fn insert_key(&self, key: KeyRow) -> Stored<()>;
    /// Every key, oldest first.
    async fn keys(&self) -> Stored<Vec<KeyRow>>;
    /// The valid key of that hash.
    async fn key_by_hash(&self, hash: &[u8; 32]) -> Stored<Option<KeyRow>>;
    /// Revoke a key; false if there is none of that id that is valid.
    async fn revoke_key(&self, id: &str, now: Timestamp) -> Stored<bool>;
    /// A key was used now. Where it is noted that it was since then, nothing is written.
    async fn key_used(&self, id: &str, since: Timestamp, now: Timestamp) -> Stored<()>;
    /// Whether an admin key that is not revoked exists.
    async fn admin_key_exists(&self) -> Stored<bool>;

    // --- people and their sessions

    /// Add a user; false if somebody has the address already.
    async fn insert_user(&self, user: UserRow) -> Stored<bool>;
    /// Every user, by name.
    async fn users(&self) -> Stored<Vec<UserRow>>;
    /// One user.
    async fn user(&self, id: &str) -> Stored<Option<UserRow>>;
    /// The user of this address, in lower case.
    async fn user_by_email(&self, email: &str) -> Stored<Option<UserRow>>;
    /// The user whom this identity provider calls so.
    async fn user_by_subject(&self, issuer: &str, subject: &str) -> Stored<Option<UserRow>>;
    /// Change a user. One who is disabled is signed out everywhere, and his links work no more.
    async fn update_user(&self, user: UserRow, now: Timestamp) -> Stored<UserChange>;
    /// Bind a user to what an identity provider calls him; false if he is bound already, or another one is to that.
    async fn bind_user(&self, id: &str, issuer: &str, subject: &str) -> Stored<bool>;
    /// Delete a user with his sessions and links; false if there is none.
    async fn delete_user(&self, id: &str) -> Stored<bool>;
    /// Add a session.
    async fn insert_session(&self, session: SessionRow) -> Stored<()>;
    /// The session whose token has this hash, ended or not.
    async fn session(&self, token: &[u8; 32]) -> Stored<Option<StandingSession>>;
    /// A request of it came.
    async fn session_seen(&self, id: &str, now: Timestamp) -> Stored<()>;
    /// Sessions that neither ended nor expired and were seen since, the last seen first.
    async fn sessions(&self, now: Timestamp, seen_since: Timestamp) -> Stored<Vec<SessionRow>>;
    /// End one; false if there is none that lives.
    async fn end_session(&self, id: &str, now: Timestamp) -> Stored<bool>;
    /// End all of an actor but one; answers how many.
    async fn end_sessions(&self, of: &Actor, but: Option<&str>, now: Timestamp) -> Stored<u64>;
    /// Add a link.
    async fn insert_link(&self, link: LinkRow) -> Stored<()>;
    /// Whether a link would work now.
    async fn link_works(&self, token: &[u8; 32], now: Timestamp) -> Stored<bool>;
    /// Use a link up: of two that try at once, one gets it.
    async fn use_link(&self, token: &[u8; 32], now: Timestamp) -> Stored<Option<LinkRow>>;

    // --- environments and their documents

    /// Every environment, by name.
    async fn environments(&self) -> Stored<Vec<EnvironmentRow>>;
    /// One environment.
    async fn environment(&self, name: &str) -> Stored<Option<EnvironmentRow>>;
    /// Make one; false if the name is taken.
    async fn create_environment(&self, environment: EnvironmentRow) -> Stored<bool>;
    /// Give one another name for people; false if there is none.
    async fn rename_environment(&self, name: &str, display_name: &str) -> Stored<bool>;
    /// Delete one with everything in it; answers the connectors that prevent it (none with `force`).
    async fn delete_environment(&self, name: &str, force: bool) -> Stored<Vec<String>>;
    /// A document of an environment: `templates`, `policy`, `sign-in-experience`.
    async fn setting(&self, environment: &str, kind: &str) -> Stored<Option<Setting>>;
    /// Write one; answers its new version.
    async fn put_setting(&self, environment: &str, kind: &str, document: Value) -> Stored<u64>;

    // --- components

    /// Add a component with its bytes.
    async fn insert_component(&self, component: NewComponent, wasm: Vec<u8>) -> Stored<Inserted>;
    /// What compiling a component told, once it was compiled.
    async fn measured(&self, digest: &str, exports: Vec<String>, compile_ms: u64, instantiate_us: u64) -> Stored<()>;
    /// Components by id, newest version first.
    async fn components(&self) -> Stored<Vec<ComponentRow>>;
    /// One component; its newest version (by semver) unless one is named.
    async fn component(&self, id: &str, version: Option<&str>) -> Stored<Option<ComponentRow>>;
    /// The component of that digest.
    async fn component_by_digest(&self, digest: &str) -> Stored<Option<ComponentRow>>;
    /// Its bytes.
    async fn wasm(&self, digest: &str) -> Stored<Option<Vec<u8>>>;
    /// The connectors (`environment/name`) whose revisions use it.
    async fn component_users(&self, digest: &str) -> Stored<Vec<String>>;
    /// Delete it; answers the connectors whose revisions use it, and then deletes nothing.
    async fn delete_component(&self, digest: &str) -> Stored<Vec<String>>;

    // --- connectors

    /// Connectors of an environment, by name.
    async fn connectors(&self, environment: &str) -> Stored<Vec<ConnectorRow>>;
    /// One connector.
    async fn connector(&self, environment: &str, name: &str) -> Stored<Option<ConnectorRow>>;
    /// Save a revision, with new secrets sealed by the caller's function once their version is known.
    async fn save_revision(&self, revision: NewRevision) -> Stored<Saved>;
    /// Revisions, newest first.
    async fn revisions(&self, environment: &str, name: &str) -> Stored<Vec<RevisionRow>>;
    /// One revision.
    async fn revision(&self, environment: &str, name: &str, number: u64) -> Stored<Option<RevisionRow>>;
    /// Let a revision serve: roll back or forward.
    async fn serve_revision(
        &self,
        environment: &str,
        name: &str,
        number: u64,
        if_match: Option<u64>,
        by: Occasion,
    ) -> Stored<Saved>;
    /// A revision gave out a secret: it must not serve any more.
    async fn quarantine_revision(
        &self,
        environment: &str,
        name: &str,
        number: u64,
        why: &str,
        now: Timestamp,
    ) -> Stored<()>;
    /// Delete a connector; its numbering goes on if the name comes back.
    async fn delete_connector(&self, environment: &str, name: &str, by: Occasion) -> Stored<bool>;
    /// When the revisions of a connector served or were on trial, newest first.
    async fn switches(&self, environment: &str, connector: &str) -> Stored<Vec<Switch>>;
    /// These versions of a connector's secrets, by field; what is not there is left out.
    async fn secrets(&self, environment: &str, name: &str, versions: &BTreeMap<String, u32>) -> Stored<Vec<SecretRow>>;
    /// Erase versions of a secret, all of them unless one is named; answers those that the serving revision uses, and
    /// then erases nothing of them. None if there is no such secret.
    async fn erase_secret(
        &self,
        environment: &str,
        name: &str,
        field: &str,
        version: Option<u32>,
    ) -> Stored<Option<ErasedSecret>>;
    /// Who is active for a channel.
    async fn channel(&self, environment: &str, channel: &str) -> Stored<ChannelRow>;
    /// Change it.
    async fn put_channel(&self, environment: &str, channel: &str, row: ChannelRow, by: Occasion) -> Stored<()>;
    /// Promote: several revisions, the channel and documents of one environment at once. Nothing of it is there if any of
    /// it fails. Answers the revisions' numbers, in order; none if a document is not as the caller saw it, and then
    /// nothing was written.
    async fn promote(&self, promotion: NewPromotion) -> Stored<Option<Vec<u64>>>;
    /// What became of messages, by group, the largest first.
    async fn conversion(&self, query: ConversionQuery) -> Stored<Vec<Conversion>>;
    /// How connectors' calls for messages of a span ended and how long they took, by time and in all.
    async fn statistics(&self, query: StatisticsQuery) -> Stored<Statistics>;
    /// The same by revision of a connector, for messages made at `since` or later, the newest revision first.
    async fn revision_figures(
        &self,
        environment: &str,
        connector: &str,
        since: Timestamp,
    ) -> Stored<Vec<RevisionFigures>>;
    /// How many messages made at `since` or later a connector sent, by purpose, the largest first.
    async fn sent_since(&self, environment: &str, connector: &str, since: Timestamp) -> Stored<Vec<SentOf>>;
    /// How many messages a span has, counted up to `most`: that takes no longer where there are a million.
    async fn messages_up_to(&self, environment: &str, from: Timestamp, to: Timestamp, most: u32) -> Stored<u32>;
    /// Of the newest `newest` messages made at `since` or later, those that a connector sent.
    async fn sent_of_newest(&self, environment: &str, connector: &str, since: Timestamp, newest: u32) -> Stored<u64>;

    // --- one-time passwords

    /// Make a verification with its message and first attempt, if the limits permit it.
    async fn create_verification(&self, new: NewVerification, judge: SendJudge) -> Stored<Created>;
    /// A further message of a verification, if its state and the limits permit it.
    async fn resend(&self, resend: NewResend, judge: SendJudge) -> Stored<Resent>;
    /// One verification.
    async fn verification(&self, environment: &str, id: &str) -> Stored<Option<Verification>>;
    /// The newest verification of a number in one of its caller's services, as it was last written.
    async fn newest_of_service(
        &self,
        environment: &str,
        service: &str,
        number: &[u8; 32],
    ) -> Stored<Option<Verification>>;
    /// Judge a presented code and write what follows, in one transaction.
    async fn check(
        &self,
        environment: &str,
        id: &str,
        now: Timestamp,
        judge: CheckJudge,
    ) -> Stored<Option<CheckOutcome>>;
    /// Whose code a verification has, as far as anything of it may have arrived.
    async fn code_source(&self, verification_id: &str) -> Stored<CodeSource>;
    /// End a pending verification; answers its state before.
    async fn cancel(&self, environment: &str, id: &str, now: Timestamp) -> Stored<Option<Verification>>;
    /// What the delivery of a verification's last message came to; a refused one sets no cooldown.
    async fn settle_delivery(&self, settled: SettledDelivery) -> Stored<()>;
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
    async fn message_outcome(&self, environment: &str, id: &str, used: bool, now: Timestamp) -> Stored<OutcomeTold>;
    /// Whether anybody told of a source's messages whether their codes were used, as far back as messages are kept.
    async fn outcomes_are_told(&self, environment: &str, source: &str) -> Stored<bool>;

    // --- what messages cost

    /// Price lists of an environment, without their rows, by connector.
    async fn prices(&self, environment: &str) -> Stored<Vec<PricesRow>>;
    /// A connector's price list.
    async fn price_list(&self, environment: &str, connector: &str) -> Stored<Option<Setting>>;
    /// Write one; answers its new version.
    async fn put_prices(&self, environment: &str, connector: &str, currency: &str, document: Value) -> Stored<u64>;
    /// Delete one; false if there is none.
    async fn delete_prices(&self, environment: &str, connector: &str) -> Stored<bool>;
    /// What connectors sent and what that cost, by connector and country.
    async fn bills(&self, query: BillQuery) -> Stored<Vec<BillRow>>;

    // --- the guard

    /// What the guard decided, newest first.
    async fn decisions(&self, filter: DecisionFilter) -> Stored<Vec<DecisionRow>>;
    /// What an environment sent in the day that `now` is in, and its decisions since a time: the newest, at most so many.
    async fn guard_row(&self, environment: &str, now: Timestamp, since: Timestamp, most: u32) -> Stored<GuardRow>;
    /// Messages of an environment that the guard judged after a line of the recording, in the order in which it did.
    async fn traffic(&self, environment: &str, after: i64, most: u32) -> Stored<Vec<TrafficRow>>;

    // --- locks

    /// Numbers that are locked at `now`, the one that is free first in front.
    async fn locks(&self, environment: &str, now: Timestamp, limit: u32) -> Stored<Vec<LockRow>>;
    /// Forget a number's wrong codes and its lock; false if it had none.
    async fn release_lock(&self, environment: &str, number_index: &[u8; 32]) -> Stored<bool>;

    // --- reviewer numbers

    /// Write a reviewer number, and keep its count of uses; false if as many others as `living_max` live already.
    async fn put_reviewer(&self, reviewer: ReviewerRow, living_max: u32, now: Timestamp) -> Stored<bool>;
    /// Reviewer numbers of an environment, oldest first, also those whose day has passed.
    async fn reviewers(&self, environment: &str) -> Stored<Vec<ReviewerRow>>;
    /// Delete one; false if there is none.
    async fn delete_reviewer(&self, environment: &str, number_index: &[u8; 32]) -> Stored<bool>;

    // --- delivery reports

    /// Keep reports, each once, and move what they speak of; answers what moved. One transaction.
    async fn apply_reports(&self, reports: Vec<NewReport>) -> Stored<Vec<Moved>>;
    /// What was reported of a message, in the order of coming.
    async fn reports(&self, message_id: &str) -> Stored<Vec<ReportRow>>;

    // --- erasure

    /// Erase whatever is of a number, but for what limits count for a while; one transaction with its entry in the audit.
    async fn erase_number(&self, erasure: NewErasure) -> Stored<Erased>;
    /// What an environment keeps of a number: of everything the newest, at most so many.
    async fn kept_of_number(&self, environment: &str, number: &[u8; 32], most: u32) -> Stored<KeptOfNumber>;
    /// Note in the audit log what somebody did.
    async fn note(&self, row: AuditRow) -> Stored<()>;
    /// What was done, newest first.
    async fn audit(&self, filter: AuditFilter) -> Stored<Vec<AuditRow>>;
    /// Answers that are kept for whoever asks again, after this scope, in the order of scopes.
    async fn idempotency_answers(&self, after: Option<[u8; 32]>, limit: u32) -> Stored<Vec<KeptAnswer>>;

    // --- messages that their callers follow

    /// Followed messages of an environment, newest first.
    async fn followed(&self, filter: FollowedFilter) -> Stored<Vec<Followed>>;
    /// Follow a message no more and erase its content; false if nobody followed it. The log keeps it.
    async fn unfollow(&self, environment: &str, id: &str) -> Stored<bool>;
    /// What is to be told now, in order, at most one of a message. What says that a message did not arrive waits
    /// `negative_wait_ms` from when it is first seen: the next connector may have it in hand.
    async fn due_callbacks(&self, now: Timestamp, negative_wait_ms: u64, limit: u32) -> Stored<Vec<DueCallback>>;
    /// It was told, or given up; or it is to be tried again then.
    async fn settle_callback(&self, id: i64, again_at: Option<Timestamp>) -> Stored<()>;

    // --- what callers of the Twilio façade hold and name

    /// Add a credential, with its service where that is new.
    async fn insert_twilio_credential(&self, row: TwilioCredential, service: Option<TwilioService>) -> Stored<()>;
    /// Credentials of an environment, oldest first.
    async fn twilio_credentials(&self, environment: &str) -> Stored<Vec<TwilioCredential>>;
    /// One credential.
    async fn twilio_credential(&self, account_sid: &str) -> Stored<Option<TwilioCredential>>;
    /// Delete one; false if there is none.
    async fn delete_twilio_credential(&self, environment: &str, account_sid: &str) -> Stored<bool>;
    /// Add a service; false if the environment has `most` of them already.
    async fn insert_twilio_service(&self, row: TwilioService, most: u32) -> Stored<bool>;
    /// Services of an environment, oldest first.
    async fn twilio_services(&self, environment: &str) -> Stored<Vec<TwilioService>>;
    /// One service.
    async fn twilio_service(&self, environment: &str, sid: &str) -> Stored<Option<TwilioService>>;
    /// Change one; false if there is none.
    async fn update_twilio_service(&self, row: TwilioService) -> Stored<bool>;

    // --- hooks

    /// Hooks of an environment, by name.
    async fn hooks(&self, environment: &str) -> Stored<Vec<HookRow>>;
    /// One hook.
    async fn hook(&self, environment: &str, name: &str) -> Stored<Option<HookRow>>;
    /// Write one; false if it is not of the version before this one any more.
    async fn put_hook(&self, hook: HookRow) -> Stored<bool>;
    /// Delete one; false if there is none of that name.
    async fn delete_hook(&self, environment: &str, name: &str) -> Stored<bool>;

    // --- webhooks

    /// Add a webhook; false if the environment has `most` of them already.
    async fn insert_webhook(&self, row: WebhookRow, most: u32) -> Stored<bool>;
    /// Webhooks of an environment, oldest first.
    async fn webhooks(&self, environment: &str) -> Stored<Vec<WebhookRow>>;
    /// One webhook.
    async fn webhook(&self, environment: &str, id: &str) -> Stored<Option<WebhookRow>>;
    /// Change what its owner says of one; answers it as it is then. What was noted of its failing goes once it is
    /// enabled again.
    async fn update_webhook(&self, row: WebhookRow) -> Stored<Option<WebhookRow>>;
    /// Give one another secret, and let the one before sign until then; answers it as it is then.
    async fn rotate_webhook(
        &self,
        environment: &str,
        id: &str,
        secret: Vec<u8>,
        old_until: Timestamp,
        now: Timestamp,
    ) -> Stored<Option<WebhookRow>>;
    /// Delete one, with what it is still to be told; false if there is none.
    async fn delete_webhook(&self, environment: &str, id: &str) -> Stored<bool>;
    /// What enabled webhooks are to be told now, of each at most `of_each`, the oldest first.
    async fn due_events(&self, now: Timestamp, of_each: u32) -> Stored<Vec<DueEvent>>;
    /// Write down what came of a try; answers whether the webhook was disabled by it.
    async fn end_try(&self, end: TryEnd) -> Stored<bool>;
    /// Write down an event that was told by hand.
    async fn note_test(&self, test: TestTold) -> Stored<()>;
    /// What a webhook was told, and is to be told, newest first.
    async fn webhook_deliveries(&self, filter: DeliveryFilter) -> Stored<Vec<DeliveryRow>>;
    /// Tell it once more, from now on and by the schedule from its beginning.
    async fn retell(&self, webhook: &str, delivery: &str, now: Timestamp) -> Stored<Retold>;

    // --- idempotency

    /// Begin a request under an idempotency key.
    async fn idempotency_begin(&self, entry: IdempotencyEntry) -> Stored<IdempotencyState>;
    /// Keep its answer.
    async fn idempotency_finish(&self, scope: &[u8; 32], status: u16, sealed: Vec<u8>) -> Stored<()>;
    /// Forget it: the request failed before it did anything.
    async fn idempotency_forget(&self, scope: &[u8; 32]) -> Stored<()>;
}
