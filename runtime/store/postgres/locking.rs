//! Locks of what is judged about: an environment's sends, a number's codes, a connector's revisions.
//!
//! Whoever reads in order to decide takes its lock first, so that two who race are as if one came after the other, on
//! whatever nodes they are. They are advisory locks of the transaction (postgresql.org/docs/15/explicit-locking.html): a
//! row that does not exist yet can't be locked. The commit, or the connection's end, lets them go.

use sha2::{Digest as _, Sha256};

use super::flight::Flight;
use super::given::given;

/// What is locked.
#[derive(Clone, Copy)]
pub(super) enum Lock<'a> {
    /// What an environment may send: caps and the guard's counters.
    Sends(&'a str),
    /// Whatever an environment's set-up is.
    Setup(&'a str),
    /// Something of the whole service, by a name.
    Service(&'a str),
}

impl Lock<'_> {
    /// PostgreSQL's locks are numbers: two names may share one, and then wait for each other in vain, but never wrongly.
    fn number(self) -> i64 {
        let mut hash = Sha256::new();
        let (kind, name): (&[u8], &str) = match self {
            Self::Sends(environment) => (b"sends", environment),
            Self::Setup(environment) => (b"setup", environment),
            Self::Service(name) => (b"service", name),
        };
        for part in [kind, name.as_bytes()] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let hash: [u8; 32] = hash.finalize().into();
        hash.first_chunk().map_or(0, |first| i64::from_be_bytes(*first))
    }
}

/// Take locks, all of them in the same order wherever they are taken, so that nobody waits in a circle.
pub(super) fn take(flight: &mut Flight, locks: &[Lock<'_>]) {
    let mut numbers: Vec<i64> = locks.iter().map(|lock| lock.number()).collect();
    numbers.sort_unstable();
    for number in numbers {
        flight.ask("SELECT pg_advisory_xact_lock($1)", given![number]);
    }
}

/// Take a lock beside others that take it so, and not beside one that takes it alone.
pub(super) fn take_beside(flight: &mut Flight, lock: Lock<'_>) {
    flight.ask("SELECT pg_advisory_xact_lock_shared($1)", given![lock.number()]);
}

/// Take the lock of the codes of a verification's number: it is found by the verification, so that whoever has only that
/// needs no flight more. Comes after all other locks; a verification that is not there locks nothing.
pub(super) fn take_codes(flight: &mut Flight, environment: &str, verification: &str) {
    flight.ask(
        "SELECT pg_advisory_xact_lock(hashtextextended(environment || encode(number_index, 'hex'), 0))
         FROM verifications WHERE environment = $1 AND id = $2",
        given![environment, verification],
    );
}

/// The lock of a provider's id, by environment, connector and id.
macro_rules! of_id {
    ($environment:literal, $connector:literal) => {
        concat!("hashtextextended(", $environment, " || ' ' || ", $connector, " || ' ' || i.id, 1)")
    };
}

/// Take the locks of provider ids, each of an environment and a connector: after those of [`take`], before codes and
/// rows. A report that finds no attempt of an id is kept until one has it, and an attempt that gets an id looks for
/// reports that were kept. Each would miss the other if both looked before either wrote.
pub(super) fn take_ids(flight: &mut Flight, environments: Vec<String>, connectors: Vec<String>, ids: Vec<String>) {
    let sql = concat!(
        "SELECT pg_advisory_xact_lock(k.number) FROM (
           SELECT DISTINCT ",
        of_id!("i.environment", "i.connector"),
        " AS number FROM unnest($1::text[], $2::text[], $3::text[]) AS i (environment, connector, id)
           ORDER BY 1) k"
    );
    flight.ask(sql, given![environments, connectors, ids]);
}

/// The same of the ids that an attempt gets, which has them of its own environment and connector.
pub(super) fn take_ids_of(flight: &mut Flight, message: &str, attempt: u32, ids: &[String]) {
    let sql = concat!(
        "SELECT pg_advisory_xact_lock(k.number) FROM (
           SELECT DISTINCT ",
        of_id!("m.environment", "a.connector"),
        " AS number FROM messages m, attempts a, unnest($3::text[]) AS i (id)
           WHERE m.id = $1 AND a.message_id = $1 AND a.number = $2 ORDER BY 1) k"
    );
    flight.ask(sql, given![message, attempt, ids]);
}
