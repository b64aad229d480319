//! A server that only one test has, which may crash it. It waits for the disk as in earnest, so what
//! was committed is there after a crash.

use std::io::{BufRead as _, Write as _};

use super::{Started, binaries, is_there, started};

pub struct Alone(Started);

impl Alone {
    /// None where there are no binaries to start one from.
    pub fn start(what: &str) -> Option<Self> {
        let found = binaries();
        is_there(found.is_some(), what, "PostgreSQL's server", "apt-get install postgresql");
        found.map(|bin| Self(started(&bin, "on")))
    }

    /// A database that is there, with nothing in it.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// `pg_ctl restart -m immediate`: connections end, nothing is written any more, and it recovers from its log. Returns once
    /// it answers.
    pub fn crash(&mut self) {
        writeln!(self.0.input, "again").unwrap();
        let mut line = String::new();
        self.0.said.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready", "the server did not start again");
    }
}
