//! A data folder that is only looked at, beside a running service or without one: nothing is made, written or brought to a
//! newer schema.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::readers::Readers;
use super::writer::Writer;
use super::{FILE, READERS, Sqlite, migrations};
use crate::store::{Schema, Stored};

impl Sqlite {
    /// Schema of a data folder's database; none if there is no database yet.
    pub fn schema(dir: &Path) -> Stored<Option<Schema>> {
        let file = dir.join(FILE);
        if !file.is_file() {
            return Ok(None);
        }
        let connection = connection(&file)?;
        let found = migrations::found(&connection)?;
        let readable = migrations::readable(found, migrations::opens_from(&connection, found)?).is_ok();
        Ok(Some(Schema { found, known: migrations::known(), readable }))
    }

    /// Open a database whose schema this version can work with, only to look: every write fails.
    pub fn open_to_look(dir: &Path) -> Stored<Self> {
        let path = dir.join(FILE);
        let readers = (0..READERS).map(|_| connection(&path)).collect::<Stored<Vec<_>>>()?;
        let writer = Writer::start(connection(&path)?)?;
        let counting = Readers::new(vec![connection(&path)?]);
        Ok(Self { writer, readers: Readers::new(readers), counting, lock: Mutex::new(None) })
    }
}

fn connection(path: &Path) -> Stored<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;")?;
    Ok(connection)
}
