//! Statements that travel together: sent one after the other without waiting, answered together. A flight is one round trip
//! to the database, however many statements it has (pipelining, in the words of PostgreSQL's protocol).
//!
//! What has to be known before the next statement can be written needs another flight; so a method of the store says by
//! its flights what it costs, and a test counts them.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::TryStreamExt as _;
use tokio_postgres::{Error, RowStream, Statement};

use super::given::Given;
use super::line::Line;
use super::link::{Asked, Link};
use super::trouble;
use crate::store::{StoreError, Stored};

/// Statements that travel together.
#[derive(Default)]
pub(super) struct Flight {
    statements: Vec<(String, Vec<Given>)>,
}

/// Which of them.
#[derive(Clone, Copy)]
pub(super) struct Seat(usize);

/// What came back.
pub(super) struct Answers(Vec<Answer>);

struct Answer {
    lines: Vec<Line>,
    written: u64,
}

impl Flight {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// One more statement; `$1` is the first of `given`.
    pub(super) fn ask(&mut self, sql: impl Into<String>, given: Vec<Given>) -> Seat {
        self.statements.push((sql.into(), given));
        Seat(self.statements.len() - 1)
    }
}

impl Answers {
    /// The rows that a statement answered.
    pub(super) fn lines(&self, seat: Seat) -> &[Line] {
        self.0.get(seat.0).map_or(&[], |answer| &answer.lines)
    }

    /// The first of them.
    pub(super) fn line(&self, seat: Seat) -> Option<&Line> {
        self.lines(seat).first()
    }

    /// How many rows it wrote.
    pub(super) fn written(&self, seat: Seat) -> u64 {
        self.0.get(seat.0).map_or(0, |answer| answer.written)
    }

    fn only(self) -> Answer {
        self.0.into_iter().next().unwrap_or(Answer { lines: Vec::new(), written: 0 })
    }

    /// Of a flight of one: its rows.
    pub(super) fn into_lines(self) -> Vec<Line> {
        self.only().lines
    }

    /// Of a flight of one: how many rows it wrote.
    pub(super) fn into_written(self) -> u64 {
        self.only().written
    }
}

/// Whether a transaction begins or ends with a flight.
#[derive(Clone, Copy, Default)]
pub(super) struct Bounds<'a> {
    /// What begins it, before the first statement.
    pub(super) begin: Option<&'a str>,
    /// Whether it is committed after the last.
    pub(super) commit: bool,
}

type Flying<'a> = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>>;

/// Send them all, in order, and wait for all. An error of any is the flight's error: of several, the first that is no mere
/// consequence.
pub(super) async fn fly(link: &Link, flight: Flight, bounds: Bounds<'_>) -> Stored<Answers> {
    let mut asked = Vec::with_capacity(flight.statements.len());
    // Before anything is sent: a statement that had to be prepared in between would be overtaken by its successors.
    for (sql, _) in &flight.statements {
        asked.push(link.asked(sql).await?);
    }
    let client = link.client();
    let mut flying: Vec<Flying<'_>> = Vec::with_capacity(flight.statements.len() + 2);
    if let Some(begin) = bounds.begin {
        flying.push(Box::pin(simply(client, begin)));
    }
    let first = flying.len();
    for (asked, (sql, given)) in asked.into_iter().zip(flight.statements) {
        flying.push(match asked {
            Asked::Prepared(statement) => Box::pin(prepared(client, statement, given)),
            Asked::Typed(types) => Box::pin(async move {
                let given = given.into_iter().zip(types.iter().cloned());
                all(client.query_typed_raw(&sql, given).await?).await
            }),
        });
    }
    if bounds.commit {
        flying.push(Box::pin(simply(client, "COMMIT")));
    }
    let mut landed = in_order(flying).await;
    let failed = landed.iter().position(|answer| answer.as_ref().is_err_and(|error| !trouble::is_consequence(error)));
    let failed = failed.or_else(|| landed.iter().position(Result::is_err));
    if let Some(failed) = failed
        && let Err(error) = landed.swap_remove(failed)
    {
        return Err(trouble::stored(&error));
    }
    Ok(Answers(landed.into_iter().skip(first).filter_map(Result::ok).collect()))
}

async fn simply(client: &tokio_postgres::Client, sql: &str) -> Result<Answer, Error> {
    client.batch_execute(sql).await.map(|()| Answer { lines: Vec::new(), written: 0 })
}

async fn prepared(client: &tokio_postgres::Client, statement: Statement, given: Vec<Given>) -> Result<Answer, Error> {
    all(client.query_raw(&statement, given).await?).await
}

async fn all(answer: RowStream) -> Result<Answer, Error> {
    let mut answer = pin!(answer);
    let mut lines = Vec::new();
    while let Some(row) = answer.try_next().await? {
        lines.push(Line::new(row));
    }
    Ok(Answer { lines, written: answer.rows_affected().unwrap_or(0) })
}

/// Polls them one after the other, so that they are sent in their order; a statement is sent when it is first polled.
async fn in_order(mut flying: Vec<Flying<'_>>) -> Vec<Result<Answer, Error>> {
    let mut landed: Vec<Option<Result<Answer, Error>>> = flying.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (flying, landed) in flying.iter_mut().zip(&mut landed) {
            if landed.is_none()
                && let Poll::Ready(answer) = flying.as_mut().poll(context)
            {
                *landed = Some(answer);
            }
        }
        if landed.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    landed.into_iter().flatten().collect()
}

/// A flight that took too long: its connection is not used again.
pub(super) fn too_late() -> StoreError {
    StoreError::Unreachable("it did not answer in time".into())
}
