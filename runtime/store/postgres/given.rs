//! What statements are given: our types as PostgreSQL's. Numbers are always `BIGINT`, so that no width is ever guessed.

use serde_json::Value;
use tokio_postgres::types::ToSql;

use crate::clock::Timestamp;
use crate::store::words::{ms, text};

/// A value on its way.
pub(super) type Given = Box<dyn ToSql + Sync + Send>;

/// What can be given to a statement.
pub(super) trait Give {
    /// As PostgreSQL takes it.
    type As: ToSql + Sync + Send + 'static;
    /// Make it so.
    fn give(self) -> Self::As;
}

/// `given![a, b]`: the values of `$1`, `$2`.
macro_rules! given {
    ($($value:expr),* $(,)?) => {
        vec![$(Box::new($crate::store::postgres::given::Give::give($value)) as $crate::store::postgres::given::Given),*]
    };
}
pub(super) use given;

/// PostgreSQL's text has no NUL; what is not ours may have one.
fn without_nul(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.to_owned() }
}

macro_rules! as_itself {
    ($($type:ty),*) => { $(impl Give for $type {
        type As = $type;
        fn give(self) -> $type { self }
    })* };
}
as_itself!(i64, bool, Vec<u8>, Vec<i64>, Vec<bool>, Vec<Vec<u8>>);

macro_rules! as_number {
    ($($type:ty),*) => { $(
        impl Give for $type {
            type As = i64;
            fn give(self) -> i64 { i64::try_from(self).unwrap_or(i64::MAX) }
        }
        impl Give for &$type {
            type As = i64;
            fn give(self) -> i64 { (*self).give() }
        }
    )* };
}
as_number!(u8, u16, u32, u64, usize, i32);

impl Give for &i64 {
    type As = i64;
    fn give(self) -> i64 {
        *self
    }
}

impl Give for &bool {
    type As = bool;
    fn give(self) -> bool {
        *self
    }
}

impl Give for Timestamp {
    type As = i64;
    fn give(self) -> i64 {
        ms(self)
    }
}

impl Give for &Timestamp {
    type As = i64;
    fn give(self) -> i64 {
        ms(*self)
    }
}

impl Give for &str {
    type As = String;
    fn give(self) -> String {
        without_nul(self)
    }
}

impl Give for String {
    type As = String;
    fn give(self) -> String {
        without_nul(&self)
    }
}

impl Give for &String {
    type As = String;
    fn give(self) -> String {
        without_nul(self)
    }
}

impl Give for Vec<String> {
    type As = Vec<String>;
    fn give(self) -> Vec<String> {
        self.iter().map(|text| without_nul(text)).collect()
    }
}

impl Give for &[String] {
    type As = Vec<String>;
    fn give(self) -> Vec<String> {
        self.iter().map(|text| without_nul(text)).collect()
    }
}

impl Give for Vec<Option<String>> {
    type As = Vec<Option<String>>;
    fn give(self) -> Vec<Option<String>> {
        self.into_iter().map(|text| text.map(|text| without_nul(&text))).collect()
    }
}

impl Give for [u8; 32] {
    type As = Vec<u8>;
    fn give(self) -> Vec<u8> {
        self.to_vec()
    }
}

impl Give for &[u8; 32] {
    type As = Vec<u8>;
    fn give(self) -> Vec<u8> {
        self.to_vec()
    }
}

impl Give for &[u8] {
    type As = Vec<u8>;
    fn give(self) -> Vec<u8> {
        self.to_vec()
    }
}

impl Give for &Vec<u8> {
    type As = Vec<u8>;
    fn give(self) -> Vec<u8> {
        self.clone()
    }
}

/// A document, as its text.
impl Give for &Value {
    type As = String;
    fn give(self) -> String {
        text(self)
    }
}

impl<T: Give> Give for Option<T> {
    type As = Option<T::As>;
    fn give(self) -> Option<T::As> {
        self.map(Give::give)
    }
}

impl<'a, T> Give for &'a Option<T>
where
    &'a T: Give,
{
    type As = Option<<&'a T as Give>::As>;
    fn give(self) -> Option<<&'a T as Give>::As> {
        self.as_ref().map(Give::give)
    }
}
