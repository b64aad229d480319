//! What a service keeps, looked at and changed behind its back, whichever store it has.

use std::path::Path;

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::types::ValueRef;

use super::postgres::{self, Answer, asked};

/// The store of a folder, whose data folder is `data`.
pub enum Inside {
    Sqlite(rusqlite::Connection),
    Postgres(String),
}

impl Inside {
    pub fn of(folder: &Path) -> Self {
        match postgres::of(folder) {
            Some(url) => Self::Postgres(url),
            None => {
                let database = rusqlite::Connection::open(folder.join("data/countersign.db")).unwrap();
                database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
                Self::Sqlite(database)
            }
        }
    }

    /// Of two ways to say the same, the one that this store understands.
    pub fn either<'a>(&self, sqlite: &'a str, postgres: &'a str) -> &'a str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }

    /// Do it; answers how many rows were written.
    pub fn run(&self, sql: &str) -> u64 {
        self.tried(sql).unwrap_or_else(|error| panic!("{sql}: {error}")).written
    }

    /// Try to; an error is told in the database's words.
    pub fn tried(&self, sql: &str) -> Result<Answer, String> {
        match self {
            Self::Sqlite(database) => ask_sqlite(database, sql).map_err(|error| error.to_string()),
            Self::Postgres(url) => asked(url, sql),
        }
    }

    /// The rows that it answers, as text.
    pub fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        self.tried(sql).unwrap_or_else(|error| panic!("{sql}: {error}")).rows
    }

    /// The first column of the first row, if there is one with something in it.
    pub fn text(&self, sql: &str) -> Option<String> {
        self.rows(sql).into_iter().next()?.into_iter().next()?
    }

    /// The same, as a number.
    pub fn number(&self, sql: &str) -> u64 {
        let text = self.text(sql).unwrap_or_else(|| panic!("{sql}: no row"));
        text.parse().unwrap_or_else(|_| panic!("{sql}: {text}"))
    }
}

fn ask_sqlite(database: &rusqlite::Connection, sql: &str) -> rusqlite::Result<Answer> {
    let mut answer = Answer::default();
    let mut statements = rusqlite::Batch::new(database, sql);
    while let Some(mut statement) = statements.next()? {
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let column = |column| row.get_ref(column).map(text);
            answer.rows.push((0..columns).map(column).collect::<rusqlite::Result<_>>()?);
        }
        drop(rows);
        if columns == 0 {
            answer.written += database.changes();
        }
    }
    Ok(answer)
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Some(format!("\\x{}", hex::encode(bytes))),
    }
}

/// Every file of a data folder, and what its service keeps elsewhere: a secret would be found in one of them. `folder` is
/// the one around the data folder.
pub fn kept(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    walk(&folder.join("data"), &mut found);
    if let Some(url) = postgres::of(folder) {
        let tables = postgres::bytes(&url);
        assert!(tables.iter().any(|(table, bytes)| table == "api_keys" && bytes.len() > 100), "nothing is in {url}");
        found.extend(tables);
    } else {
        let is_one = |(name, bytes): &(String, Vec<u8>)| {
            name.ends_with("countersign.db") && bytes.starts_with(b"SQLite format 3")
        };
        assert!(found.iter().any(is_one), "no database in {}", folder.display());
    }
    found
}

fn walk(dir: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
            continue;
        }
        match std::fs::read(&path) {
            // A database that is being closed takes its log away meanwhile.
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => {}
            read => found.push((path.display().to_string(), read.unwrap())),
        }
    }
}
