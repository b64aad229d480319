//! From a data folder into a PostgreSQL database: all of it, as it is, in batches that can be gone on with.
//!
//! The threat: a move that ends half-way and is served from, or one that leaves something behind and nobody notices. So
//! a database whose move is not done is refused by every service; and done it is once each table was read back and is
//! the same on both sides. What is sealed goes as it is: nobody needs the master key for this.

mod fault;
mod tables;
mod value;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::postgres::{Options, Standing, Target, cut_into_days};
use super::sqlite::Source;
use super::{StoreError, Stored};
pub use fault::MoveError;
pub(in crate::store) use tables::{TABLES, Table};
pub use value::Sum;
pub(in crate::store) use value::{Column, Kind, Row, Value};

/// How far a table is.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(in crate::store) struct Note {
    /// Rows that are there.
    rows: u64,
    /// The key of the last of them.
    after: Row,
    /// Whether it is there to its end.
    is_done: bool,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Rows go over.
    Copying,
    /// They are read on both sides.
    Comparing,
}

/// Where a move is, for whoever watches.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being done.
    pub doing: Doing,
    /// With which table.
    pub table: &'static str,
    /// Rows of all that this was done with, an earlier run's among them.
    pub done: u64,
    /// Rows of all.
    pub all: u64,
    /// Set when that is over for the table: how many rows, and when they were compared their checksum.
    pub ended: Option<(u64, Option<Sum>)>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// All of it is there.
    Now {
        /// So many rows.
        rows: u64,
        /// In so many tables that are not empty.
        tables: usize,
    },
    /// It was already.
    Before,
}

/// Move what is in a data folder to a database, or go on with that. Nothing is changed in the folder but its schema, if
/// that is an older one.
pub async fn run(dir: &Path, options: &Options, tell: &mut dyn FnMut(Progress)) -> Result<Moved, MoveError> {
    let source = open(dir)?;
    let from = source.identity().map_err(MoveError::Source)?.ok_or_else(|| MoveError::Nothing(dir.into()))?;
    let target = Target::connect(options)?;
    let is_new = match target.standing(&from).await? {
        Standing::Empty => true,
        Standing::Begun => false,
        Standing::Done => return Ok(Moved::Before),
        Standing::OfOthers => return Err(MoveError::OfOthers),
        Standing::HasData(table) => return Err(MoveError::HasData(table)),
        Standing::Serves(node) => return Err(MoveError::Serves(node)),
    };
    target.prepare().await?;
    let mut moving = Moving::plan(&source, &target, tell).await?;
    if is_new {
        target.begin(&from).await?;
    }
    moving.make_room().await?;
    moving.copy().await?;
    moving.compare().await?;
    if let Some(node) = target.serves().await? {
        return Err(MoveError::Serves(node));
    }
    target.finish(&from).await?;
    Ok(Moved::Now { rows: moving.all, tables: moving.parts.iter().filter(|part| part.rows > 0).count() })
}

fn open(dir: &Path) -> Result<Source, MoveError> {
    if !Source::is_at(dir) {
        return Err(MoveError::Nothing(dir.into()));
    }
    Source::open(dir).map_err(|error| match error {
        StoreError::Locked => MoveError::Runs(dir.into()),
        error => MoveError::Source(error),
    })
}

/// A table on its way.
struct Part {
    table: &'static Table,
    columns: Vec<Column>,
    rows: u64,
}

/// A move under way.
struct Moving<'a> {
    source: &'a Source,
    target: &'a Target,
    tell: &'a mut dyn FnMut(Progress),
    parts: Vec<Part>,
    all: u64,
}

impl<'a> Moving<'a> {
    /// What goes: every table and every column, or nothing at all.
    async fn plan(
        source: &'a Source,
        target: &'a Target,
        tell: &'a mut dyn FnMut(Progress),
    ) -> Result<Self, MoveError> {
        let unknown = source.tables().map_err(MoveError::Source)?;
        let is_ours = |name: &String| TABLES.iter().any(|table| table.name == name);
        if let Some(table) = unknown.into_iter().find(|name| !is_ours(name)) {
            return Err(MoveError::Unknown(table));
        }
        let mut parts = Vec::new();
        for table in TABLES {
            let there = target.columns(table).await?;
            let names = source.columns(table).map_err(MoveError::Source)?;
            let column = |name: String| {
                let found = there.iter().find(|column| column.name == name);
                found.cloned().ok_or_else(|| MoveError::Unknown(format!("{}.{name}", table.name)))
            };
            let columns = names.into_iter().map(column).collect::<Result<_, _>>()?;
            parts.push(Part { table, columns, rows: source.count(table).map_err(MoveError::Source)? });
        }
        let all = parts.iter().map(|part| part.rows).sum();
        Ok(Self { source, target, tell, parts, all })
    }

    /// Partitions, before there are rows that would be in their way.
    async fn make_room(&self) -> Result<(), MoveError> {
        for (table, id, prefix) in cut_into_days() {
            let days = self.source.days(table, id, prefix).map_err(MoveError::Source)?;
            self.target.prepare_days(table, &days).await?;
        }
        Ok(())
    }

    async fn copy(&mut self) -> Result<(), MoveError> {
        let mut done = 0;
        for part in &self.parts {
            let progress = Progress { doing: Doing::Copying, table: part.table.name, done, all: self.all, ended: None };
            let mut note = self.target.how_far(part.table).await?;
            while !note.is_done {
                (self.tell)(Progress { done: done.saturating_add(note.rows), ..progress });
                note = self.batch(part, note).await?;
            }
            done = done.saturating_add(note.rows);
            (self.tell)(Progress { done, ended: Some((note.rows, None)), ..progress });
        }
        let told = self.source.told_sources().map_err(MoveError::Source)?;
        self.target.complete(TABLES, told).await?;
        for part in self.parts.iter().filter(|part| part.rows > 0) {
            self.target.analyze(part.table).await?;
        }
        Ok(())
    }

    async fn batch(&self, part: &Part, note: Note) -> Result<Note, MoveError> {
        let page = self.source.page(part.table, &part.columns, &note.after).map_err(MoveError::Source)?;
        let rows = note.rows.saturating_add(u64::try_from(page.rows.len()).unwrap_or(u64::MAX));
        let note = Note { rows, after: page.after, is_done: !page.goes_on };
        self.target.insert(part.table, &part.columns, page.rows, &note).await?;
        Ok(note)
    }

    /// Read all of it again, on both sides.
    async fn compare(&mut self) -> Result<(), MoveError> {
        let all = self.all.saturating_mul(2);
        let mut done = 0;
        for part in &self.parts {
            let progress = Progress { doing: Doing::Comparing, table: part.table.name, done, all, ended: None };
            let mut tell = |rows: u64| (self.tell)(Progress { done: done.saturating_add(rows), ..progress });
            let source_sum = sum_of_source(self.source, part, &mut tell).map_err(MoveError::Source)?;
            let mut tell = |rows: u64| tell(source_sum.rows.saturating_add(rows));
            let target_sum = sum_of_target(self.target, part, &mut tell).await?;
            if source_sum != target_sum {
                return Err(MoveError::Differs { table: part.table.name, source_sum, target_sum });
            }
            done = done.saturating_add(source_sum.rows.saturating_mul(2));
            (self.tell)(Progress { done, ended: Some((target_sum.rows, Some(target_sum))), ..progress });
        }
        Ok(())
    }
}

fn sum_of_source(source: &Source, part: &Part, tell: &mut dyn FnMut(u64)) -> Stored<Sum> {
    let (mut sum, mut after, mut goes_on) = (Sum::default(), Row::new(), true);
    while goes_on {
        let page = source.page(part.table, &part.columns, &after)?;
        page.rows.iter().for_each(|row| sum.add(row));
        (after, goes_on) = (page.after, page.goes_on);
        tell(sum.rows);
    }
    Ok(sum)
}

async fn sum_of_target(target: &Target, part: &Part, tell: &mut dyn FnMut(u64)) -> Stored<Sum> {
    let (mut sum, mut after) = (Sum::default(), Row::new());
    loop {
        let rows = target.page(part.table, &part.columns, &after).await?;
        rows.iter().for_each(|row| sum.add(row));
        tell(sum.rows);
        match rows.last() {
            Some(last) if rows.len() >= part.table.at_once => after = part.table.key_of(&part.columns, last),
            _ => return Ok(sum),
        }
    }
}
