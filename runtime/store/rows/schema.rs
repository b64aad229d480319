//! Which version a database is of.

/// Which version a database is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Its own; 0 if there is nothing in it yet.
    pub found: u32,
    /// The newest that this program knows.
    pub known: u32,
    /// Whether this program can work with it, be it newer.
    pub readable: bool,
}
