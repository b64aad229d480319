//! A data folder that is only looked at, beside a running service or without one: nothing is made, written or brought to a
//! newer schema.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::readers::Readers;
use super::writer::Writer;
use super::{FILE, READERS, Sqlite, migrations};
use crate::store::Stored;

impl Sqlite {
    /// Schema of a data folder's database, and the newest that this version knows; none if there is no database yet.
    pub fn schema(dir: &Path) -> Stored<Option<(u32, u32)>> {
        match dir.join(FILE) {
            file if !file.is_file() => Ok(None),
            file => migrations::schema(&connection(&file)?).map(Some),
        }
    }

    /// Open a database whose schema is this version's, only to look: every write fails.
    pub fn open_to_look(dir: &Path) -> Stored<Self> {
        let path = dir.join(FILE);
        let readers = (0..READERS).map(|_| connection(&path)).collect::<Stored<Vec<_>>>()?;
        let writer = Writer::start(connection(&path)?)?;
        Ok(Self { writer, readers: Readers::new(readers), lock: Mutex::new(None) })
    }
}

fn connection(path: &Path) -> Stored<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;")?;
    Ok(connection)
}
