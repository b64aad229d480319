//! How far it is: on a terminal one line that is drawn anew, elsewhere a line for each table.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::store::moving::{Doing, Progress};

const WIDTH: u64 = 24;
/// Nobody reads faster.
const REDRAW: Duration = Duration::from_millis(100);

pub(super) struct Bar {
    is_terminal: bool,
    since: Option<Since>,
    drawn: Option<Instant>,
}

/// What the pace is reckoned from: rows that an earlier run has moved took no time now.
struct Since {
    doing: Doing,
    at: Instant,
    done: u64,
}

/// A line of the result. Whoever started it may not read what it says: that is no reason to end.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

impl Bar {
    pub(super) fn new() -> Self {
        Self { is_terminal: std::io::stdout().is_terminal(), since: None, drawn: None }
    }

    pub(super) fn show(&mut self, progress: &Progress) {
        if let Some(line) = ended(progress)
            && (!self.is_terminal || progress.doing == Doing::Comparing)
        {
            self.clear();
            say(&line);
        }
        if !self.is_terminal {
            return;
        }
        let now = Instant::now();
        let since = match &self.since {
            Some(since) if since.doing == progress.doing => since,
            _ => self.since.insert(Since { doing: progress.doing, at: now, done: progress.done }),
        };
        if self.drawn.is_some_and(|drawn| now.duration_since(drawn) < REDRAW) {
            return;
        }
        let line = drawn(progress, progress.done.saturating_sub(since.done), now.duration_since(since.at));
        // To the line's beginning, and what was there is erased.
        let mut out = std::io::stdout();
        let _ = write!(out, "\r\x1b[2K{line}").and_then(|()| out.flush());
        self.drawn = Some(now);
    }

    /// Make room for lines that stay.
    pub(super) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            let mut out = std::io::stdout();
            let _ = write!(out, "\r\x1b[2K").and_then(|()| out.flush());
        }
    }
}

/// A table that is over. Of one without rows nothing is to be said.
fn ended(progress: &Progress) -> Option<String> {
    let (rows, sum) = progress.ended.filter(|(rows, _)| *rows > 0)?;
    Some(match sum {
        None => format!("copied    {:20} {rows:>12} rows", progress.table),
        Some(sum) => format!("compared  {:20} {rows:>12} rows  {sum}  the same", progress.table),
    })
}

/// The line: a bar, the share, rows of all, the pace, what is left, the table.
fn drawn(progress: &Progress, rows: u64, took: Duration) -> String {
    let Progress { doing, table, done, all, .. } = *progress;
    let share = |of: u64| done.saturating_mul(of).checked_div(all).unwrap_or(of).min(of);
    let filled = usize::try_from(share(WIDTH)).unwrap_or_default();
    let empty = usize::try_from(WIDTH).unwrap_or_default().saturating_sub(filled);
    let word = match doing {
        Doing::Copying => "copying",
        Doing::Comparing => "comparing",
    };
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let pace = rows.saturating_mul(1000).checked_div(millis).unwrap_or(0);
    let left = all.saturating_sub(done).checked_div(pace).map_or_else(|| "…".to_owned(), span);
    format!(
        "{word:9} [{}{}] {:>3} %  {done} of {all}  {pace}/s  {left} left  {table}",
        "#".repeat(filled),
        " ".repeat(empty),
        share(100)
    )
}

fn span(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is_and_how_long_it_takes_yet() {
        let progress = Progress { doing: Doing::Copying, table: "messages", done: 600, all: 1200, ended: None };
        let line = drawn(&progress, 100, Duration::from_secs(10));
        assert_eq!(line, "copying   [############            ]  50 %  600 of 1200  10/s  1 min 00 s left  messages");
        let begun = drawn(&Progress { done: 0, all: 0, ..progress }, 0, Duration::ZERO);
        assert!(begun.contains("100 %") && begun.contains("… left"), "{begun}");
        assert_eq!((span(59), span(3725)), ("59 s".into(), "1 h 02 min".into()));
    }
}
