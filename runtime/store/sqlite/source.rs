//! A data folder that is read from end to end, to be moved elsewhere. It is held as a service holds it, so no service
//! writes meanwhile; and all is read in one transaction, so that what a command beside it writes is not half of it.
//! Nothing is written but what brings it to the newest schema.

use std::fs::File;
use std::path::Path;

use rusqlite::types::{Value as Parameter, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use sha2::{Digest as _, Sha256};

use super::{FILE, META_ROOT, PAGE_CACHE_KIB, connection, migrations, snapshot};
use crate::store::moving::{Column, Kind, Row, Table, Value};
use crate::store::{StoreError, Stored};

/// What is read at once takes no more memory than that, but for a single row that does.
const BYTES_AT_ONCE: usize = 4 << 20;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A data folder to be read.
pub(in crate::store) struct Source {
    connection: Connection,
    lock: File,
}

/// Some rows, and the key of the last of them as it is here.
pub(in crate::store) struct Page {
    pub(in crate::store) rows: Vec<Row>,
    pub(in crate::store) after: Row,
    /// Whether more may come.
    pub(in crate::store) goes_on: bool,
}

impl Drop for Source {
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

impl Source {
    /// Whether there is one.
    pub(in crate::store) fn is_at(dir: &Path) -> bool {
        dir.join(FILE).is_file()
    }

    /// Hold a data folder and bring it to the newest schema.
    pub(in crate::store) fn open(dir: &Path) -> Stored<Self> {
        let file = dir.join(FILE);
        let lock = snapshot::hold(dir)?;
        let mut connection = connection(&file, PAGE_CACHE_KIB)?;
        let (found, known) = (migrations::found(&connection)?, migrations::known());
        if found > known {
            // A service could work with it; but what it does not know it would leave behind.
            return Err(StoreError::Newer { found, known });
        }
        snapshot::before_upgrade(&connection, dir)?;
        migrations::run(&mut connection, migrations::STEPS)?;
        connection.execute_batch("PRAGMA query_only = ON; BEGIN")?;
        Ok(Self { connection, lock })
    }

    /// Tells this data from any other: a digest of its sealed root. None if no service has come so far as to make one.
    pub(in crate::store) fn identity(&self) -> Stored<Option<String>> {
        let sql = "SELECT value FROM meta WHERE name = ?1";
        let root: Option<Vec<u8>> = self.connection.query_row(sql, [META_ROOT], |row| row.get(0)).optional()?;
        Ok(root.map(|root| hex::encode(Sha256::digest(root))))
    }

    /// All tables there are.
    pub(in crate::store) fn tables(&self) -> Stored<Vec<String>> {
        let sql =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1";
        self.words(sql)
    }

    /// The columns of a table, but for those that are computed.
    pub(in crate::store) fn columns(&self, table: &Table) -> Stored<Vec<String>> {
        let mut columns = self
            .words(&format!("SELECT name FROM pragma_table_xinfo('{}') WHERE hidden = 0 ORDER BY cid", table.name))?;
        if table.by_row {
            columns.push("line".to_owned());
        }
        Ok(columns)
    }

    pub(in crate::store) fn count(&self, table: &Table) -> Stored<u64> {
        let sql = format!("SELECT count(*) FROM {} WHERE {}", table.name, table.which);
        Ok(self.connection.query_row(&sql, [], |row| row.get(0))?)
    }

    /// The rows that follow a key, or the first.
    pub(in crate::store) fn page(&self, table: &Table, columns: &[Column], after: &[Value]) -> Stored<Page> {
        let mut statement = self.connection.prepare_cached(&paged(table, columns, after))?;
        let mut found = statement.query(params_from_iter(after.iter().map(parameter)))?;
        let (mut rows, mut last, mut bytes): (Vec<Row>, Row, usize) = (Vec::new(), Row::new(), 0);
        while bytes < BYTES_AT_ONCE {
            let Some(line) = found.next()? else { break };
            let row = columns.iter().enumerate().map(|(at, column)| value(line.get_ref(at)?, column, table));
            let row = row.collect::<Stored<Row>>()?;
            bytes = row.iter().map(Value::size).fold(bytes, usize::saturating_add);
            last = table.key_of(columns, &row);
            rows.push(row.into_iter().map(Value::portable).collect());
        }
        let goes_on = bytes >= BYTES_AT_ONCE || rows.len() >= table.at_once;
        Ok(Page { rows, after: last, goes_on })
    }

    /// Sources that ever told what became of their codes: environment and source.
    pub(in crate::store) fn told_sources(&self) -> Stored<Vec<(String, String)>> {
        let sql =
            "SELECT DISTINCT environment, source FROM messages WHERE used IS NOT NULL AND verification_id IS NULL";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The days on which ids of a table were made, as times in them. One look at its index for each day.
    pub(in crate::store) fn days(&self, table: &str, id: &str, prefix: &str) -> Stored<Vec<i64>> {
        let sql = format!("SELECT min({id}) FROM {table} WHERE {id} >= ?1 AND {id} < ?2");
        let end = format!("{prefix}g");
        let (mut days, mut from) = (Vec::new(), 0_i64);
        loop {
            let low = format!("{prefix}{from:012x}");
            let first: Option<String> = self.connection.query_row(&sql, [&low, &end], |row| row.get(0))?;
            let digits = first.as_deref().and_then(|first| first.get(prefix.len()..prefix.len() + 12));
            let Some(at) = digits.and_then(|digits| i64::from_str_radix(digits, 16).ok()) else { break };
            days.push(at);
            from = at.div_euclid(DAY_MS).saturating_add(1).saturating_mul(DAY_MS);
        }
        Ok(days)
    }

    fn words(&self, sql: &str) -> Stored<Vec<String>> {
        Ok(self.connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }
}

/// How this database calls a column.
fn called(table: &Table, column: &str) -> String {
    if table.by_row && column == "line" { "rowid".to_owned() } else { format!("\"{column}\"") }
}

fn paged(table: &Table, columns: &[Column], after: &[Value]) -> String {
    let columns: Vec<String> = columns.iter().map(|column| called(table, &column.name)).collect();
    let key: Vec<String> = table.key.iter().map(|column| called(table, column)).collect();
    let (columns, key) = (columns.join(", "), key.join(", "));
    let beyond = if after.is_empty() {
        String::new()
    } else {
        let places: Vec<String> = (1..=after.len()).map(|place| format!("?{place}")).collect();
        format!(" AND ({key}) > ({})", places.join(", "))
    };
    let Table { name, which, at_once, .. } = table;
    format!("SELECT {columns} FROM {name} WHERE {which}{beyond} ORDER BY {key} LIMIT {at_once}")
}

fn value(found: ValueRef<'_>, column: &Column, table: &Table) -> Stored<Value> {
    Ok(match (found, column.kind) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(number), Kind::Number) => Value::Number(number),
        (ValueRef::Integer(number), Kind::Truth) => Value::Truth(number != 0),
        (ValueRef::Text(text), Kind::Text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        (ValueRef::Blob(bytes), Kind::Bytes) => Value::Bytes(bytes.to_vec()),
        _ => {
            let (table, column) = (table.name, &column.name);
            return Err(StoreError::Database(format!("`{table}.{column}` holds what PostgreSQL has no place for")));
        }
    })
}

fn parameter(value: &Value) -> Parameter {
    match value {
        Value::Null => Parameter::Null,
        Value::Number(number) => Parameter::Integer(*number),
        Value::Truth(is_so) => Parameter::Integer(i64::from(*is_so)),
        Value::Text(text) => Parameter::Text(text.clone()),
        Value::Bytes(bytes) => Parameter::Blob(bytes.clone()),
    }
}
