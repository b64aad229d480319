//! The store in one SQLite file: WAL, `synchronous = FULL`, one writer thread that groups commits, a pool of readers.

mod audit;
mod bills;
mod channels;
mod code_source;
mod components;
mod connectors;
mod conversion;
mod counts;
mod decisions;
mod erasure;
mod follow;
mod guard;
mod hooks;
mod idempotency;
mod kept;
mod keys;
mod locks;
mod log;
mod looking;
mod messages;
mod migrations;
mod otp;
mod outcomes;
mod people;
mod promotion;
mod queue;
mod readers;
pub mod renounce;
mod reports;
mod reviewers;
mod sessions;
pub mod snapshot;
mod statistics;
mod success;
mod switches;
mod traffic;
mod twilio;
mod upkeep;
mod webhooks;
mod writer;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{StoreError, Stored};
use crate::durable;
use crate::metrics::StoreFigures;
pub use looking::Schema;
use readers::Readers;
use writer::Writer;

/// The store of one data folder.
pub struct Sqlite {
    writer: Writer,
    readers: Readers,
    /// For what reads for seconds: nobody else waits behind it.
    counting: Readers,
    /// Held while the service has the folder; the system lets it go with the process, however it ends.
    lock: Mutex<Option<File>>,
}

const FILE: &str = "countersign.db";
/// The sealed root: everything that must survive a rotation of the master key derives from it.
pub const META_ROOT: &str = "vault_root";
/// Tells which master key it is sealed under, and nothing of the key.
pub const META_KEY_CHECK: &str = "master_key_check";
const READERS: usize = 4;
/// Pages that a connection keeps, in KiB: SQLite's own default (sqlite.org/pragma.html#pragma_cache_size).
const PAGE_CACHE_KIB: u32 = 2000;

impl Sqlite {
    /// Open a data folder for a service: one at a time. Makes it if it is missing, with mode 0700.
    pub fn open(dir: &Path) -> Stored<Self> {
        Self::open_sized(dir, READERS, PAGE_CACHE_KIB)
    }

    /// As [`Self::open`], with so many connections that read, each connection keeping so many KiB of pages.
    pub fn open_sized(dir: &Path, readers: usize, page_cache_kib: u32) -> Stored<Self> {
        // SQLite syncs this folder for the names of its files; that the folder itself has one is for us to see to.
        durable::folder(dir)?;
        let lock = snapshot::hold(dir)?;
        Self::connect(dir, Some(lock), readers, page_cache_kib)
    }

    /// Open a data folder beside a running service, for a short command.
    pub fn open_beside(dir: &Path) -> Stored<Self> {
        if !dir.join(FILE).is_file() {
            return Err(StoreError::Io(std::io::Error::new(
                std::io::ErrorKind::NotFound,
                "no service has been started with it",
            )));
        }
        Self::connect(dir, None, 1, PAGE_CACHE_KIB)
    }

    fn connect(dir: &Path, lock: Option<File>, readers: usize, page_cache_kib: u32) -> Stored<Self> {
        let path = dir.join(FILE);
        let mut connection = connection(&path, page_cache_kib)?;
        snapshot::before_upgrade(&connection, dir)?;
        migrations::run(&mut connection, migrations::STEPS)?;
        if lock.is_some() {
            upkeep::settle_after_crash(&mut connection)?;
        }
        let readers = (0..readers).map(|_| self::connection(&path, page_cache_kib)).collect::<Stored<Vec<_>>>()?;
        let counting = self::connection(&path, page_cache_kib)?;
        Ok(Self {
            writer: Writer::start(connection)?,
            readers: Readers::new(readers),
            counting: Readers::new(vec![counting]),
            lock: Mutex::new(lock),
        })
    }

    /// What it counts of itself.
    pub fn figures(&self) -> &StoreFigures {
        self.writer.figures()
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Stored<T> {
        self.writer.run(work).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Stored<T> {
        self.readers.run(work).await
    }

    /// Let the folder go: what was taken is written first, what comes later is refused.
    fn close(&self) {
        self.writer.close();
        if let Some(lock) = self.lock.lock().ok().and_then(|mut lock| lock.take()) {
            // Not by closing it alone: a child that is between fork and exec has it open too, and would hold it.
            let _ = lock.unlock();
        }
    }

    /// Transactions committed so far: fewer than writes, since commits are grouped.
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }
}

fn connection(path: &Path, page_cache_kib: u32) -> Stored<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // A negative number is KiB, a positive one would be pages.
    connection.pragma_update(None, "cache_size", -i64::from(page_cache_kib))?;
    connection.set_prepared_statement_cache_capacity(128);
    // FULL: a commit that was answered is on disk, also after a power loss (sqlite.org/pragma.html#pragma_synchronous).
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;",
    )?;
    Ok(connection)
}

impl From<rusqlite::Error> for StoreError {
    /// The database's message names tables and columns, never values: statements here are always prepared.
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// The whole interface, delegated to one file an area.
macro_rules! delegate {
    ($($area:ident: { $(fn $name:ident($($arg:ident: $type:ty),*) -> $out:ty;)* })*) => {
        #[async_trait::async_trait]
        impl super::Store for Sqlite {
            fn close(&self) {
                Sqlite::close(self);
            }

            $($(async fn $name(&self, $($arg: $type),*) -> Stored<$out> { $area::$name(self, $($arg),*).await })*)*
        }
    };
}

use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use serde_json::Value;

delegate! {
    keys: {
        fn meta(name: &str) -> Option<Vec<u8>>;
        fn put_meta(name: &str, value: &[u8]) -> ();
        fn ping() -> ();
        fn insert_key(key: KeyRow) -> ();
        fn keys() -> Vec<KeyRow>;
        fn key_by_hash(hash: &[u8; 32]) -> Option<KeyRow>;
        fn revoke_key(id: &str, now: Timestamp) -> bool;
        fn key_used(id: &str, since: Timestamp, now: Timestamp) -> ();
        fn admin_key_exists() -> bool;
        fn environments() -> Vec<EnvironmentRow>;
        fn environment(name: &str) -> Option<EnvironmentRow>;
        fn create_environment(environment: EnvironmentRow) -> bool;
        fn rename_environment(name: &str, display_name: &str) -> bool;
        fn delete_environment(name: &str, force: bool) -> Vec<String>;
        fn setting(environment: &str, kind: &str) -> Option<Setting>;
        fn put_setting(environment: &str, kind: &str, document: Value) -> u64;
    }
    people: {
        fn insert_user(user: UserRow) -> bool;
        fn users() -> Vec<UserRow>;
        fn user(id: &str) -> Option<UserRow>;
        fn user_by_email(email: &str) -> Option<UserRow>;
        fn user_by_subject(issuer: &str, subject: &str) -> Option<UserRow>;
        fn update_user(user: UserRow, now: Timestamp) -> UserChange;
        fn bind_user(id: &str, issuer: &str, subject: &str) -> bool;
        fn delete_user(id: &str) -> bool;
    }
    sessions: {
        fn insert_session(session: SessionRow) -> ();
        fn session(token: &[u8; 32]) -> Option<StandingSession>;
        fn session_seen(id: &str, now: Timestamp) -> ();
        fn sessions(now: Timestamp, seen_since: Timestamp) -> Vec<SessionRow>;
        fn end_session(id: &str, now: Timestamp) -> bool;
        fn end_sessions(of: &Actor, but: Option<&str>, now: Timestamp) -> u64;
        fn insert_link(link: LinkRow) -> ();
        fn link_works(token: &[u8; 32], now: Timestamp) -> bool;
        fn use_link(token: &[u8; 32], now: Timestamp) -> Option<LinkRow>;
    }
    components: {
        fn insert_component(component: NewComponent, wasm: Vec<u8>) -> Inserted;
        fn measured(digest: &str, exports: Vec<String>, compile_ms: u64, instantiate_us: u64) -> ();
        fn components() -> Vec<ComponentRow>;
        fn component(id: &str, version: Option<&str>) -> Option<ComponentRow>;
        fn component_by_digest(digest: &str) -> Option<ComponentRow>;
        fn wasm(digest: &str) -> Option<Vec<u8>>;
        fn component_users(digest: &str) -> Vec<String>;
        fn delete_component(digest: &str) -> Vec<String>;
    }
    connectors: {
        fn connectors(environment: &str) -> Vec<ConnectorRow>;
        fn connector(environment: &str, name: &str) -> Option<ConnectorRow>;
        fn save_revision(revision: NewRevision) -> Saved;
        fn revisions(environment: &str, name: &str) -> Vec<RevisionRow>;
        fn revision(environment: &str, name: &str, number: u64) -> Option<RevisionRow>;
        fn serve_revision(environment: &str, name: &str, number: u64, if_match: Option<u64>, by: Occasion) -> Saved;
        fn erase_secret(environment: &str, name: &str, field: &str, version: Option<u32>) -> Option<ErasedSecret>;
        fn quarantine_revision(environment: &str, name: &str, number: u64, why: &str, now: Timestamp) -> ();
        fn delete_connector(environment: &str, name: &str, by: Occasion) -> bool;
        fn secrets(environment: &str, name: &str, versions: &BTreeMap<String, u32>) -> Vec<SecretRow>;
    }
    channels: {
        fn channel(environment: &str, channel: &str) -> ChannelRow;
        fn put_channel(environment: &str, channel: &str, row: ChannelRow, by: Occasion) -> ();
    }
    switches: {
        fn switches(environment: &str, connector: &str) -> Vec<Switch>;
    }
    promotion: {
        fn promote(promotion: NewPromotion) -> Option<Vec<u64>>;
    }
    conversion: {
        fn conversion(query: ConversionQuery) -> Vec<Conversion>;
    }
    otp: {
        fn create_verification(new: NewVerification, judge: SendJudge) -> Created;
        fn resend(resend: NewResend, judge: SendJudge) -> Resent;
        fn verification(environment: &str, id: &str) -> Option<Verification>;
        fn newest_of_service(environment: &str, service: &str, number: &[u8; 32]) -> Option<Verification>;
        fn check(environment: &str, id: &str, now: Timestamp, judge: CheckJudge) -> Option<CheckOutcome>;
        fn cancel(environment: &str, id: &str, now: Timestamp) -> Option<Verification>;
        fn settle_delivery(settled: SettledDelivery) -> ();
    }
    code_source: {
        fn code_source(verification_id: &str) -> CodeSource;
    }
    upkeep: {
        fn purge(now: Timestamp, keep: Retention) -> ();
    }
    messages: {
        fn create_message(message: NewMessage, attempt: Option<NewAttempt>, judge: SendJudge) -> Made;
        fn start_attempt(attempt: NewAttempt) -> ();
        fn finish_attempt(end: AttemptEnd) -> Vec<Moved>;
    }
    log: {
        fn messages(filter: MessageFilter) -> Vec<MessageRow>;
        fn message(environment: &str, id: &str) -> Option<MessageRow>;
        fn attempts(message_id: &str) -> Vec<AttemptRow>;
        fn reports(message_id: &str) -> Vec<ReportRow>;
        fn histories(message_ids: Vec<String>) -> BTreeMap<String, History>;
    }
    statistics: {
        fn statistics(query: StatisticsQuery) -> Statistics;
        fn revision_figures(environment: &str, connector: &str, since: Timestamp) -> Vec<RevisionFigures>;
        fn sent_since(environment: &str, connector: &str, since: Timestamp) -> Vec<SentOf>;
        fn messages_up_to(environment: &str, from: Timestamp, to: Timestamp, most: u32) -> u32;
        fn sent_of_newest(environment: &str, connector: &str, since: Timestamp, newest: u32) -> u64;
    }
    outcomes: {
        fn message_outcome(environment: &str, id: &str, used: bool, now: Timestamp) -> OutcomeTold;
        fn outcomes_are_told(environment: &str, source: &str) -> bool;
    }
    bills: {
        fn prices(environment: &str) -> Vec<PricesRow>;
        fn price_list(environment: &str, connector: &str) -> Option<Setting>;
        fn put_prices(environment: &str, connector: &str, currency: &str, document: Value) -> u64;
        fn delete_prices(environment: &str, connector: &str) -> bool;
        fn bills(query: BillQuery) -> Vec<BillRow>;
    }
    decisions: {
        fn decisions(filter: DecisionFilter) -> Vec<DecisionRow>;
        fn guard_row(environment: &str, now: Timestamp, since: Timestamp, most: u32) -> GuardRow;
    }
    traffic: {
        fn traffic(environment: &str, after: i64, most: u32) -> Vec<TrafficRow>;
    }
    locks: {
        fn locks(environment: &str, now: Timestamp, limit: u32) -> Vec<LockRow>;
        fn release_lock(environment: &str, number_index: &[u8; 32]) -> bool;
    }
    reviewers: {
        fn put_reviewer(reviewer: ReviewerRow, living_max: u32, now: Timestamp) -> bool;
        fn reviewers(environment: &str) -> Vec<ReviewerRow>;
        fn delete_reviewer(environment: &str, number_index: &[u8; 32]) -> bool;
    }
    queue: {
        fn queued(now: Timestamp, too_late: Timestamp, made_before: Timestamp, limit: u32) -> Vec<QueuedMessage>;
        fn sealed_message(environment: &str, id: &str) -> Option<QueuedMessage>;
        fn asked(verification_id: Option<&str>, message_id: &str) -> Vec<String>;
    }
    reports: {
        fn apply_reports(reports: Vec<NewReport>) -> Vec<Moved>;
    }
    erasure: {
        fn erase_number(erasure: NewErasure) -> Erased;
    }
    kept: {
        fn kept_of_number(environment: &str, number: &[u8; 32], most: u32) -> KeptOfNumber;
    }
    audit: {
        fn note(row: AuditRow) -> ();
        fn audit(filter: AuditFilter) -> Vec<AuditRow>;
    }
    follow: {
        fn followed(filter: FollowedFilter) -> Vec<Followed>;
        fn unfollow(environment: &str, id: &str) -> bool;
        fn due_callbacks(now: Timestamp, negative_wait_ms: u64, limit: u32) -> Vec<DueCallback>;
        fn settle_callback(id: i64, again_at: Option<Timestamp>) -> ();
    }
    twilio: {
        fn insert_twilio_credential(row: TwilioCredential, service: Option<TwilioService>) -> ();
        fn twilio_credentials(environment: &str) -> Vec<TwilioCredential>;
        fn twilio_credential(account_sid: &str) -> Option<TwilioCredential>;
        fn delete_twilio_credential(environment: &str, account_sid: &str) -> bool;
        fn insert_twilio_service(row: TwilioService, most: u32) -> bool;
        fn twilio_services(environment: &str) -> Vec<TwilioService>;
        fn twilio_service(environment: &str, sid: &str) -> Option<TwilioService>;
        fn update_twilio_service(row: TwilioService) -> bool;
    }
    hooks: {
        fn hooks(environment: &str) -> Vec<HookRow>;
        fn hook(environment: &str, name: &str) -> Option<HookRow>;
        fn put_hook(hook: HookRow) -> bool;
        fn delete_hook(environment: &str, name: &str) -> bool;
    }
    webhooks: {
        fn insert_webhook(row: WebhookRow, most: u32) -> bool;
        fn webhooks(environment: &str) -> Vec<WebhookRow>;
        fn webhook(environment: &str, id: &str) -> Option<WebhookRow>;
        fn update_webhook(row: WebhookRow) -> Option<WebhookRow>;
        fn rotate_webhook(environment: &str, id: &str, secret: Vec<u8>, old_until: Timestamp, now: Timestamp) -> Option<WebhookRow>;
        fn delete_webhook(environment: &str, id: &str) -> bool;
        fn due_events(now: Timestamp, of_each: u32) -> Vec<DueEvent>;
        fn end_try(end: TryEnd) -> bool;
        fn note_test(test: TestTold) -> ();
        fn webhook_deliveries(filter: DeliveryFilter) -> Vec<DeliveryRow>;
        fn retell(webhook: &str, delivery: &str, now: Timestamp) -> Retold;
    }
    idempotency: {
        fn idempotency_answers(after: Option<[u8; 32]>, limit: u32) -> Vec<KeptAnswer>;
        fn idempotency_begin(entry: IdempotencyEntry) -> IdempotencyState;
        fn idempotency_finish(scope: &[u8; 32], status: u16, sealed: Vec<u8>) -> ();
        fn idempotency_forget(scope: &[u8; 32]) -> ();
    }
}

/// A timestamp as SQLite keeps it.
fn ms(at: Timestamp) -> i64 {
    i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
}

/// And back.
fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// A word of ours (an enum's case) as text.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        _ => String::new(),
    }
}

/// And back. What is not a word of ours is a fault of the database, not a default.
fn unword<T: serde::de::DeserializeOwned>(text: String) -> rusqlite::Result<T> {
    serde_json::from_value(Value::String(text))
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into()))
}

/// A JSON column.
fn json<T: serde::de::DeserializeOwned>(text: String) -> rusqlite::Result<T> {
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into()))
}

/// To a JSON column.
fn text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests;
