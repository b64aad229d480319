//! A server that only one test has, which may crash it. What was committed is there afterwards, since the machine lives on;
//! waiting for the disk, as in earnest, only makes it slower: most of all its start, which syncs every file.

use std::io::{BufRead as _, Write as _};

use super::{Started, binaries, is_there, started};

pub struct Alone(Started);

impl Alone {
    /// `syncs`: whether it waits for the disk. None where there are no binaries to start one from.
    pub fn start(what: &str, syncs: bool) -> Option<Self> {
        let found = binaries();
        is_there(found.is_some(), what, "PostgreSQL's server", "apt-get install postgresql");
        found.map(|bin| Self(started(&bin, if syncs { "on" } else { "off" })))
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
