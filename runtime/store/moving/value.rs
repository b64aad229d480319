//! Rows as both databases have them, and the checksum of a table.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    Number,
    /// SQLite has numbers for these.
    Truth,
    Text,
    Bytes,
}

/// A column of both stores.
#[derive(Clone, Debug)]
pub(in crate::store) struct Column {
    pub(in crate::store) name: String,
    pub(in crate::store) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::store) enum Value {
    Null,
    Number(i64),
    Truth(bool),
    Text(String),
    Bytes(Vec<u8>),
}

pub(in crate::store) type Row = Vec<Value>;

impl Value {
    /// As PostgreSQL can have it: its text has no NUL.
    pub(in crate::store) fn portable(self) -> Self {
        match self {
            Self::Text(text) if text.contains('\0') => Self::Text(text.replace('\0', "\u{fffd}")),
            value => value,
        }
    }

    /// About how many bytes it takes.
    pub(in crate::store) fn size(&self) -> usize {
        match self {
            Self::Null | Self::Number(_) | Self::Truth(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    fn note(&self, hash: &mut Sha256) {
        let (kind, bytes): (u8, &[u8]) = match self {
            Self::Null => (0, &[]),
            Self::Number(number) => (1, &number.to_be_bytes()),
            Self::Truth(is_so) => (2, &[u8::from(*is_so)]),
            Self::Text(text) => (3, text.as_bytes()),
            Self::Bytes(bytes) => (4, bytes),
        };
        hash.update([kind]);
        hash.update(bytes.len().to_be_bytes());
        hash.update(bytes);
    }
}

/// The checksum of rows: the sum of their digests, so that it is the same in whatever order they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many there were.
    pub rows: u64,
    lanes: [u64; 4],
}

impl Sum {
    pub(in crate::store) fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            value.note(&mut hash);
        }
        let digest: [u8; 32] = hash.finalize().into();
        for (lane, part) in self.lanes.iter_mut().zip(digest.as_chunks::<8>().0) {
            *lane = lane.wrapping_add(u64::from_be_bytes(*part));
        }
        self.rows = self.rows.saturating_add(1);
    }
}

impl std::fmt::Display for Sum {
    /// Enough of it to compare by eye.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [first, second, ..] = self.lanes;
        write!(f, "{first:016x}{second:016x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[Value]]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            sum.add(row);
        }
        sum
    }

    #[test]
    fn the_order_of_rows_does_not_count_and_everything_else_does() {
        let (one, two) =
            (&[Value::Text("a".into()), Value::Null][..], &[Value::Text("b".into()), Value::Number(1)][..]);
        assert_eq!(sum(&[one, two]), sum(&[two, one]));
        assert_ne!(sum(&[one, two]), sum(&[one]));
        assert_ne!(sum(&[one, one]), sum(&[]), "rows that are twice there are not lifted out");
        assert_ne!(sum(&[&[Value::Number(1)]]), sum(&[&[Value::Truth(true)]]));
        let split = |first: &str, second: &str| sum(&[&[Value::Text(first.into()), Value::Text(second.into())]]);
        assert_ne!(split("ab", "c"), split("a", "bc"));
    }
}
