//! What a store promises, kept by each: the same tests over SQLite and over PostgreSQL.

mod audit;
mod conversion;
mod file;
mod log;
mod messages;
mod otp;
mod setup;
mod statistics;

use std::sync::Arc;

use countersign::clock::Timestamp;
use countersign::secret::Secret;
use countersign::store::postgres::{Options, Postgres};
use countersign::store::sqlite::Sqlite;
use countersign::store::*;
use serde_json::json;

use crate::support::inside::Inside;
use crate::support::postgres;

/// Makes two tests of each: it gets a store with nothing in it, and may look and write behind its back.
macro_rules! for_each_store {
    ($(async fn $name:ident($store:ident, $inside:ident) $body:block)*) => {
        $(async fn $name($store: Arc<dyn Store>, $inside: Inside) $body)*

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let (_folder, store, inside) = crate::store::sqlite();
                super::$name(store, inside).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if let Some((_folder, store, inside)) = crate::store::postgres(stringify!($name)).await {
                    super::$name(store, inside).await;
                }
            })*
        }
    };
}
use for_each_store;

fn sqlite() -> (tempfile::TempDir, Arc<dyn Store>, Inside) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let store = Sqlite::open(&data).unwrap();
    let database = rusqlite::Connection::open(data.join("countersign.db")).unwrap();
    (folder, Arc::new(store), Inside::Sqlite(database))
}

async fn postgres(test: &str) -> Option<(tempfile::TempDir, Arc<dyn Store>, Inside)> {
    if !postgres::is_here(test) {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let url = postgres::own(folder.path());
    let options = Options { url: Secret::from(url.as_str()), connections: 8, pooled: false, ca: None };
    let store = Postgres::open(&options).await.unwrap();
    Some((folder, Arc::new(store), Inside::Postgres(url)))
}

/// A message a minute from the epoch on, in `production`. Connector `a` is asked for each, in revision 1 and, from the
/// middle on, 2; it refuses every eighth, which `b` takes then. Every tenth goes to Switzerland, every hundredth is for
/// `recover`.
fn fill(inside: &Inside, messages: u32) {
    let (mut sent, mut asked) = (Vec::new(), Vec::new());
    let number_index = inside.either("x'00'", "'\\x00'");
    for n in 0..messages {
        let (id, at) = (format!("msg_{n:08}"), n * 60_000);
        let is_refused = n % 8 == 0;
        let purpose = if n % 100 == 1 { "recover" } else { "sign-in" };
        let country = if n % 10 == 0 { "CH" } else { "DE" };
        let status = if is_refused { "delivered" } else { "accepted" };
        sent.push(format!(
            "('{id}', 'production', '{purpose}', 'en', '+41', {number_index}, '{country}', '{status}', {at}, {}, '')",
            at + 600_000
        ));
        let revision = if n < messages / 2 { 1 } else { 2 };
        let outcome = if is_refused { "refused" } else { "accepted" };
        asked.push(format!("('{id}', 1, 'a', {revision}, '', '{outcome}', {}, {at})", n % 1000));
        if is_refused {
            asked.push(format!("('{id}', 2, 'b', 1, '', 'delivered', 5, {})", at + 10));
        }
    }
    inside.run(&format!(
        "INSERT INTO messages (id, environment, purpose, locale, to_masked, number_index, country, status, created_at,
         expires_at, area) VALUES {};
         INSERT INTO attempts (message_id, number, connector, revision, reference, status, elapsed_ms, started_at)
         VALUES {}",
        sent.join(","),
        asked.join(",")
    ));
}

pub const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);

pub fn message(id: &str, number: u8) -> NewMessage {
    NewMessage {
        id: id.into(),
        environment: "development".into(),
        verification_id: None,
        source: SOURCE_API.into(),
        subject: None,
        purpose: "generic".into(),
        locale: "en".into(),
        to_masked: "+1••23".into(),
        number_index: [number; 32],
        client_index: None,
        request_index: None,
        request_since: None,
        kept_back: None,
        country: None,
        area: "+1415".into(),
        content: Some(b"sealed".to_vec()),
        follow: None,
        reads: Vec::new(),
        created_at: NOW,
        expires_at: Timestamp::from_millis(NOW.as_millis() + 600_000),
    }
}

pub fn attempt(message: &str) -> NewAttempt {
    NewAttempt {
        message_id: message.into(),
        number: 1,
        connector: "c".into(),
        revision: 1,
        code_by_provider: false,
        reference: "r".into(),
        price: None,
        started_at: NOW,
    }
}

pub fn refused(message: &str) -> AttemptEnd {
    AttemptEnd {
        message_id: message.into(),
        number: 1,
        status: AttemptStatus::Refused,
        kind: None,
        certainty: None,
        provider_code: None,
        text: None,
        provider_ids: vec![],
        segments: None,
        segments_by: None,
        cost: None,
        usage: Usage::default(),
        elapsed_ms: 1,
        ended_at: NOW,
    }
}

pub fn new_verification(id: &str) -> NewVerification {
    let verification = Verification {
        id: id.into(),
        environment: "development".into(),
        purpose: "sign-in".into(),
        channel: "sms".into(),
        locale: "en".into(),
        to: b"sealed".to_vec(),
        number_index: [7; 32],
        pair_index: [8; 32],
        subject: None,
        client_ip: None,
        metadata: Some(json!({"a": 1})),
        app_hash: None,
        service: None,
        fixed_code: None,
        suppressed: false,
        status: VerificationStatus::Pending,
        code_key: 0,
        code_length: 6,
        unanswered: 0,
        attempts_left: 5,
        created_at: NOW,
        updated_at: NOW,
        expires_at: Timestamp::from_millis(NOW.as_millis() + 600_000),
        resend_after: NOW,
        ambiguous_failover_used: false,
        delivery: None,
    };
    let first = format!("m-{id}");
    NewVerification { verification, message: message(&first, 7), attempt: Some(attempt(&first)) }
}

pub fn yes() -> SendJudge {
    Box::new(|_| Verdict::default())
}

/// Approves whoever finds it pending.
pub fn approve() -> CheckJudge {
    Box::new(|v, _, _| {
        let pending = v.status == VerificationStatus::Pending;
        CheckDecision {
            status: VerificationStatus::Approved,
            attempts_left: v.attempts_left,
            number: None,
            pair: None,
            unanswered: 0,
            told: if pending { Told::Approved } else { Told::NotPending(v.status) },
        }
    })
}
