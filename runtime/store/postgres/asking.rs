//! Statements whose conditions are written out only where they are asked for, so that each finds its index.

use super::given::Given;

/// A statement while it is written, with what it is given.
pub(super) struct Asking {
    pub(super) sql: String,
    pub(super) given: Vec<Given>,
}

impl Asking {
    /// It begins so. `$1` is the first of `given`.
    pub(super) fn new(sql: impl Into<String>, given: Vec<Given>) -> Self {
        Self { sql: sql.into(), given }
    }

    /// More of it; each `?` in it is the next of `values`.
    pub(super) fn add(&mut self, sql: &str, values: Vec<Given>) {
        let mut parts = sql.split('?');
        self.sql.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            self.given.push(value);
            self.sql.push_str(&format!("${}{part}", self.given.len()));
        }
    }

    /// One condition more.
    pub(super) fn and(&mut self, condition: &str, values: Vec<Given>) {
        self.sql.push_str(" AND ");
        self.add(condition, values);
    }
}
