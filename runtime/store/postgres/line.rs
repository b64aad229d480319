//! What statements answer: PostgreSQL's columns as our types. What is not as it should be is a fault, never a default.

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::Row;

use crate::clock::Timestamp;
use crate::store::words::at;
use crate::store::{StoreError, Stored};

/// A row of an answer.
pub(super) struct Line(Row);

/// What a column can be read as.
pub(super) trait Column: Sized {
    /// Read it.
    fn read(row: &Row, column: usize) -> Stored<Self>;
}

impl Line {
    pub(super) fn new(row: Row) -> Self {
        Self(row)
    }

    /// The column at this place, from 0.
    pub(super) fn get<T: Column>(&self, column: usize) -> Stored<T> {
        T::read(&self.0, column)
    }

    /// A word of ours.
    pub(super) fn word<T: DeserializeOwned>(&self, column: usize) -> Stored<T> {
        unword(self.get(column)?)
    }

    /// A word of ours, if there is one.
    pub(super) fn word_if_any<T: DeserializeOwned>(&self, column: usize) -> Stored<Option<T>> {
        self.get::<Option<String>>(column)?.map(unword).transpose()
    }

    /// A document.
    pub(super) fn json<T: DeserializeOwned>(&self, column: usize) -> Stored<T> {
        unjson(&self.get::<String>(column)?)
    }

    /// A document, if there is one.
    pub(super) fn json_if_any<T: DeserializeOwned>(&self, column: usize) -> Stored<Option<T>> {
        self.get::<Option<String>>(column)?.as_deref().map(unjson).transpose()
    }
}

/// A word of ours from its text.
pub(super) fn unword<T: DeserializeOwned>(text: String) -> Stored<T> {
    serde_json::from_value(Value::String(text)).map_err(|error| fault(&error))
}

/// A document from its text.
pub(super) fn unjson<T: DeserializeOwned>(text: &str) -> Stored<T> {
    serde_json::from_str(text).map_err(|error| fault(&error))
}

/// serde names a place and what it wanted; of what stood there, it may quote a word.
fn fault(error: &serde_json::Error) -> StoreError {
    StoreError::Database(format!("a column holds what this version does not know ({:?})", error.classify()))
}

fn unreadable(column: usize) -> StoreError {
    StoreError::Database(format!("column {column} of an answer is not what it should be"))
}

macro_rules! as_itself {
    ($($type:ty),*) => { $(impl Column for $type {
        fn read(row: &Row, column: usize) -> Stored<Self> {
            row.try_get(column).map_err(|_| unreadable(column))
        }
    })* };
}
as_itself!(i64, f64, bool, String, Vec<u8>, Vec<String>, Vec<i64>);

macro_rules! as_number {
    ($($type:ty),*) => { $(impl Column for $type {
        fn read(row: &Row, column: usize) -> Stored<Self> {
            Self::try_from(i64::read(row, column)?).map_err(|_| unreadable(column))
        }
    })* };
}
as_number!(u8, u16, u32, u64, usize);

impl Column for Timestamp {
    fn read(row: &Row, column: usize) -> Stored<Self> {
        i64::read(row, column).map(at)
    }
}

impl Column for [u8; 32] {
    fn read(row: &Row, column: usize) -> Stored<Self> {
        Vec::<u8>::read(row, column)?.try_into().map_err(|_| unreadable(column))
    }
}

macro_rules! if_any {
    ($($type:ty => $of:ty),*) => { $(impl Column for Option<$type> {
        fn read(row: &Row, column: usize) -> Stored<Self> {
            let is_null = row.try_get::<_, Option<$of>>(column).map_err(|_| unreadable(column))?.is_none();
            if is_null { Ok(None) } else { <$type>::read(row, column).map(Some) }
        }
    })* };
}
if_any!(
    i64 => i64, u8 => i64, u16 => i64, u32 => i64, u64 => i64, usize => i64, Timestamp => i64, f64 => f64, bool => bool,
    String => String, Vec<u8> => Vec<u8>, [u8; 32] => Vec<u8>
);
