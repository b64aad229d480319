//! A drill while it goes on: one line for each second.

use std::fmt;

use serde::Serialize;

use super::lanes::Scenario;
use super::ledger::Counts;

/// What became of the codes that were asked for in one second, as far as that is known two seconds later.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Since the beginning.
    pub second: u64,
    /// `well`, `failing` or `well again`.
    pub phase: &'static str,
    /// By lane, in the order of the heading.
    pub lanes: Vec<Counts>,
}

const WIDTH: usize = 16;

/// What stands above the lines.
pub fn heading(scenario: Scenario) -> String {
    let names = scenario.lanes().iter().map(|lane| format!("{:<WIDTH$}", lane.name));
    let columns = scenario.lanes().iter().map(|_| format!("{:<WIDTH$}", "place else wait"));
    let (names, columns): (String, String) = (names.collect(), columns.collect());
    format!("{:<18}{}\n{:<18}{}", "", names.trim_end(), "second", columns.trim_end())
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |count: u64| if count == 0 { ".".to_owned() } else { count.to_string() };
        let lane = |counts: &Counts| {
            let (place, elsewhere) = (number(counts.in_place), number(counts.elsewhere));
            format!("{place:>5} {elsewhere:>4} {:>4} ", number(counts.open + counts.failed))
        };
        let lanes: String = self.lanes.iter().map(lane).collect();
        write!(f, "{:>4}  {:<12}{}", self.second, self.phase, lanes.trim_end())
    }
}
