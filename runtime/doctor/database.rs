//! A PostgreSQL database that nodes share, only looked at.

use super::Finding;
use super::store::{Opened, judge_schema, master_key};
use crate::app;
use crate::clock::Clock;
use crate::config::{Config, StoreUrl};
use crate::store::StoreError;
use crate::store::postgres::{Postgres, Seen};

const DATABASE: &str = "database";
/// What looks needs no more.
const CONNECTIONS: usize = 2;
const VERSION_MIN: u32 = 150_000;
const OFF_MS_WARN: u64 = 1_000;
const OFF_MS_FAIL: u64 = 60_000;

/// Look at it. What can't be opened is told, and the checks that would read it are left out.
pub(super) async fn examine(config: &Config, url: &StoreUrl) -> (Vec<Finding>, Option<Opened>) {
    let options = app::database_options(config, url, CONNECTIONS);
    let (store, seen) = match Postgres::look(&options, &Clock::system()).await {
        Ok(looked) => looked,
        Err(error) => return (vec![unreachable(url, &error)], None),
    };
    let mut findings = judge(config, url, &seen);
    if seen.schema.found == 0 {
        findings.insert(0, Finding::ok(DATABASE, "there is nothing in it yet; the first start makes it"));
        return (findings, None);
    }
    match judge_schema(seen.schema, "a dump of the database") {
        Ok(finding) => {
            findings.insert(0, finding);
            findings.push(master_key(config, &store).await);
            (findings, Some(Opened { store: Box::new(store) }))
        }
        Err(finding) => {
            findings.insert(0, finding);
            (findings, None)
        }
    }
}

fn unreachable(url: &StoreUrl, error: &StoreError) -> Finding {
    let fix = match error {
        StoreError::Database(_) => "ask its administrator: user, password and rights are in `store` and pg_hba.conf",
        _ => {
            "see whether it runs and this machine reaches it: host, port and certificate are in `store` and [postgres]"
        }
    };
    Finding::fail(DATABASE, format!("`{}`: {error}", url.place()), fix)
}

fn judge(config: &Config, url: &StoreUrl, seen: &Seen) -> Vec<Finding> {
    vec![
        judge_server(url, seen),
        judge_clock(seen.ahead_ms, seen.give_or_take_ms),
        judge_durability(seen),
        judge_encryption(seen),
        judge_connections(config, seen),
    ]
}

fn judge_server(url: &StoreUrl, seen: &Seen) -> Finding {
    let told = format!("`{}`, PostgreSQL {}", url.place(), seen.version);
    if seen.version_number < VERSION_MIN {
        return Finding::fail(
            "database server",
            told,
            "upgrade it: version 15 is the oldest that this program works with",
        );
    }
    Finding::ok("database server", told)
}

/// What waits is claimed by the database's clock, and codes end by the node's.
fn judge_clock(ahead_ms: i64, give_or_take_ms: u64) -> Finding {
    const CHECK: &str = "database clock";
    let off = ahead_ms.unsigned_abs().saturating_sub(give_or_take_ms);
    let side = if ahead_ms > 0 { "behind" } else { "ahead of" };
    let seen = format!("{}.{} s {side} this machine's", off / 1000, off % 1000 / 100);
    let fix = "let a time service keep both: timedatectl set-ntp true, or chrony";
    match off {
        OFF_MS_FAIL.. => Finding::fail(CHECK, seen, fix),
        OFF_MS_WARN.. => Finding::warn(CHECK, seen, fix),
        _ => Finding::ok(CHECK, "in step with this machine's"),
    }
}

fn judge_durability(seen: &Seen) -> Finding {
    const CHECK: &str = "database durability";
    if !seen.fsync {
        let told = "fsync is off: a power loss may leave a database that can't be read";
        return Finding::warn(CHECK, told, "set fsync = on in postgresql.conf");
    }
    if seen.synchronous_commit == "off" {
        let told = "synchronous_commit is off: when the server crashes, what it answered a moment ago is lost";
        return Finding::warn(CHECK, told, "set synchronous_commit = on, for this user or database at least");
    }
    Finding::ok(CHECK, format!("a commit waits for the disk (synchronous_commit {})", seen.synchronous_commit))
}

fn judge_encryption(seen: &Seen) -> Finding {
    const CHECK: &str = "database connection";
    match (seen.encrypted, seen.is_here) {
        (true, _) => Finding::ok(CHECK, "encrypted"),
        (false, true) => Finding::ok(CHECK, "not encrypted, and does not leave this machine"),
        (false, false) => {
            let fix = "let the server have a certificate (ssl = on), and leave `sslmode` out of `store`";
            Finding::warn(CHECK, "not encrypted: whoever is on the way reads and changes what is stored", fix)
        }
    }
}

fn judge_connections(config: &Config, seen: &Seen) -> Finding {
    const CHECK: &str = "database connections";
    let (own, most) = (config.postgres.connections, seen.connections_max);
    if config.postgres.pooler {
        return Finding::ok(CHECK, format!("{own} of this node, by a pooler"));
    }
    // One more hears of what other nodes change.
    let own = own.saturating_add(1);
    let fix =
        "lower `postgres.connections`, or raise the server's max_connections (or the limit of the user or database)";
    match most / own {
        0 => Finding::fail(CHECK, format!("this node may want {own}, and the server has {most} for all"), fix),
        1 => Finding::warn(CHECK, format!("this node may want {own} of {most}: a second one has no room"), fix),
        nodes => Finding::ok(CHECK, format!("this node may want {own} of {most}: enough for {nodes} like it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;
    use crate::store::Schema;

    fn seen() -> Seen {
        Seen {
            version: "15.4".into(),
            version_number: 150_004,
            schema: Schema { found: 2, known: 2, readable: true },
            ahead_ms: 3,
            give_or_take_ms: 2,
            synchronous_commit: "on".into(),
            fsync: true,
            encrypted: true,
            is_here: false,
            connections_max: 97,
        }
    }

    fn judged(seen: &Seen) -> Vec<Status> {
        let config = Config { store: Some("postgres://u:p@db.example/d".parse().unwrap()), ..Config::default() };
        judge(&config, config.store.as_ref().unwrap(), seen).iter().map(|finding| finding.status).collect()
    }

    #[test]
    fn what_a_database_has_to_be_is_told_one_by_one() {
        use Status::{Fail, Ok, Warn};
        assert_eq!(judged(&seen()), [Ok; 5]);
        assert_eq!(judged(&Seen { version_number: 140_011, ..seen() }), [Fail, Ok, Ok, Ok, Ok]);
        assert_eq!(judged(&Seen { ahead_ms: -1_100, ..seen() }), [Ok, Warn, Ok, Ok, Ok]);
        assert_eq!(judged(&Seen { ahead_ms: 61_000, ..seen() }), [Ok, Fail, Ok, Ok, Ok]);
        assert_eq!(judged(&Seen { fsync: false, ..seen() }), [Ok, Ok, Warn, Ok, Ok]);
        assert_eq!(judged(&Seen { synchronous_commit: "off".into(), ..seen() }), [Ok, Ok, Warn, Ok, Ok]);
        assert_eq!(judged(&Seen { encrypted: false, ..seen() }), [Ok, Ok, Ok, Warn, Ok]);
        assert_eq!(judged(&Seen { encrypted: false, is_here: true, ..seen() }), [Ok; 5]);
        assert_eq!(judged(&Seen { connections_max: 33, ..seen() }), [Ok, Ok, Ok, Ok, Warn]);
        assert_eq!(judged(&Seen { connections_max: 16, ..seen() }), [Ok, Ok, Ok, Ok, Fail]);
    }
}
