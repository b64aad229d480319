//! The tables that go along, in an order in which each finds what it names. A table that a data folder has and that is
//! not here stops the move: nothing is left behind unseen.

use super::value::{Column, Row, Value};

/// A table of both stores.
#[derive(Debug)]
pub(in crate::store) struct Table {
    pub(in crate::store) name: &'static str,
    /// What its rows are told apart and ordered by.
    pub(in crate::store) key: &'static [&'static str],
    /// Whether its key is the number that SQLite gives each row: a column `line` in PostgreSQL, none in SQLite.
    pub(in crate::store) by_row: bool,
    /// Rows that go at once, at most.
    pub(in crate::store) at_once: usize,
    /// Which of its rows belong to the data, in words that both databases understand.
    pub(in crate::store) which: &'static str,
    /// Its column that a sequence counts on in PostgreSQL.
    pub(in crate::store) sequence: Option<&'static str>,
}

impl Table {
    /// What tells this row of it from others.
    pub(in crate::store) fn key_of(&self, columns: &[Column], row: &[Value]) -> Row {
        let of = |name: &&str| columns.iter().zip(row).find(|(column, _)| column.name == **name);
        self.key.iter().filter_map(of).map(|(_, value)| value.clone()).collect()
    }
}

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key, by_row: false, at_once: 1000, which: "1 = 1", sequence: None }
}

const fn by_row(name: &'static str) -> Table {
    Table { by_row: true, sequence: Some("line"), ..table(name, &["line"]) }
}

/// What a schema or a move notes of itself is no data.
const META: Table =
    Table { which: "name <> 'schema_opens_from' AND substr(name, 1, 6) <> 'moving'", ..table("meta", &["name"]) };

pub(in crate::store) const TABLES: &[Table] = &[
    table("environments", &["name"]),
    table("settings", &["environment", "kind"]),
    table("api_keys", &["id"]),
    table("users", &["id"]),
    table("sessions", &["id"]),
    table("links", &["token"]),
    table("audit", &["id"]),
    table("components", &["digest"]),
    // Megabytes each.
    Table { at_once: 1, ..table("artifacts", &["digest"]) },
    table("connectors", &["environment", "name"]),
    table("revisions", &["environment", "connector", "number"]),
    table("secrets", &["environment", "connector", "field", "version"]),
    by_row("switches"),
    table("channels", &["environment", "channel"]),
    table("prices", &["environment", "connector"]),
    table("hooks", &["environment", "name"]),
    table("twilio_credentials", &["account_sid"]),
    table("twilio_services", &["sid"]),
    table("reviewer_numbers", &["environment", "number_index"]),
    table("webhooks", &["id"]),
    table("verifications", &["id"]),
    table("messages", &["id"]),
    table("attempts", &["message_id", "number"]),
    table("provider_ids", &["environment", "connector", "provider_id"]),
    table("reports", &["digest"]),
    table("idempotency", &["scope"]),
    table("number_failures", &["environment", "number_index", "pair_index"]),
    by_row("erased_sends"),
    table("country_counts", &["environment", "country", "hour"]),
    table("guard_counts", &["environment", "scope", "key", "span", "bucket"]),
    table("guard_receipts", &["message_id"]),
    table("guard_decisions", &["id"]),
    Table { sequence: Some("line"), ..table("guard_traffic", &["line"]) },
    table("webhook_events", &["id"]),
    table("webhook_deliveries", &["id"]),
    table("followed_messages", &["message_id"]),
    Table { sequence: Some("id"), ..table("status_callbacks", &["id"]) },
    table("bills", &["environment", "connector", "day", "country"]),
    table("bill_costs", &["environment", "connector", "day", "country", "currency", "told_by"]),
    // At last: the root of all that is sealed is there when the rest is.
    META,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TABLES;
    use crate::store::sqlite::{Source, Sqlite};

    #[test]
    fn each_table_of_a_data_folder_goes_along() {
        let ours: BTreeSet<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        let dir = tempfile::tempdir().unwrap();
        drop(Sqlite::open(dir.path()).unwrap());
        let found = Source::open(dir.path()).unwrap().tables().unwrap();
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), ours);
    }
}
