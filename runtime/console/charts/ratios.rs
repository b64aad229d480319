//! How many codes were used, as bars from the left: one for each connector, country or both.

use maud::{Markup, html};

use super::axis::{WIDTH, round};
use super::{Figure, blank};
use crate::console::shell;
use crate::console::words::charts as words;
use crate::store::Conversion;

/// Bars at most: the largest groups. The table has as many.
const BARS_MAX: usize = 30;
const ROW: f64 = 28.0;
const BAR: f64 = 16.0;
const NAME_WIDTH: f64 = 176.0;
const VALUE_WIDTH: f64 = 144.0;
const BAR_WIDTH: f64 = WIDTH - NAME_WIDTH - VALUE_WIDTH;
/// Letters of a name that fit before its bar.
const NAME_MAX: usize = 24;

/// One bar.
#[derive(Clone, Debug)]
pub(crate) struct Ratio {
    /// Whose.
    pub(crate) name: String,
    /// Used ones among those of which it is known.
    pub(crate) share: Option<f64>,
    /// How many were used.
    pub(crate) used: u64,
    /// How many were asked for.
    pub(crate) all: u64,
}

impl Ratio {
    /// A share that can be drawn.
    fn known(&self) -> Option<f64> {
        self.share.filter(|share| share.is_finite()).map(|share| share.clamp(0.0, 1.0))
    }
}

impl Ratio {
    /// A group of conversion, by what it was asked for.
    pub(crate) fn of(group: &Conversion) -> Self {
        let revision = group.revision.map(|number| number.to_string());
        let parts = [&group.connector, &revision, &group.country, &group.area, &group.network];
        let name = parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · ");
        let name = if name.is_empty() { words::NO_RATIO.to_owned() } else { name };
        Self { name, share: group.ratio, used: group.used, all: group.messages }
    }
}

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratios<'a> {
    /// Begins the ids in the figure.
    pub(crate) id: &'a str,
    /// The heading.
    pub(crate) title: &'a str,
    /// The bars, from the top.
    pub(crate) rows: &'a [Ratio],
}

/// Bars from the left, with their numbers.
pub(crate) fn ratio_bars(ratios: &Ratios<'_>) -> Markup {
    if ratios.rows.is_empty() {
        return blank(ratios.title, words::NOTHING_USED);
    }
    let shown = ratios.rows.iter().take(BARS_MAX);
    let rows: Vec<_> = shown.map(|row| Ratio { name: clean(&row.name), ..row.clone() }).collect();
    let known = || rows.iter().filter_map(|row| row.known().map(|share| (row.name.as_str(), share)));
    let best = known().max_by(|a, b| a.1.total_cmp(&b.1));
    let worst = known().min_by(|a, b| a.1.total_cmp(&b.1));
    Figure {
        id: ratios.id,
        title: ratios.title,
        sentence: &words::ratios(best, worst),
        height: rows.len() as f64 * ROW,
        picture: html! { @for (index, row) in rows.iter().enumerate() { (bar(index, row)) } },
        legend: html! {},
        table: table(ratios.title, &rows),
    }
    .draw()
}

fn bar(index: usize, row: &Ratio) -> Markup {
    let top = index as f64 * ROW;
    let (y, line) = (top + (ROW - BAR) / 2.0, top + ROW / 2.0 + 4.0);
    let share = row.known().unwrap_or(0.0);
    html! {
        g {
            title { (row.name) ": " (words::ratio(row.known(), row.used)) }
            text.value x=(NAME_WIDTH - 10.0) y=(line) text-anchor="end" { (short(&row.name)) }
            rect.track x=(NAME_WIDTH) y=(y) width=(BAR_WIDTH) height=(BAR) {}
            @if share > 0.0 {
                rect.share x=(NAME_WIDTH) y=(y) width=(round(share * BAR_WIDTH)) height=(BAR) {}
            }
            text.value x=(NAME_WIDTH + BAR_WIDTH + 10.0) y=(line) { (words::ratio(row.known(), row.used)) }
        }
    }
}

/// Without what no text has: XML knows no such character.
fn clean(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).collect()
}

fn short(name: &str) -> String {
    if name.chars().count() <= NAME_MAX {
        return name.to_owned();
    }
    name.chars().take(NAME_MAX - 1).chain(['…']).collect()
}

fn table(title: &str, rows: &[Ratio]) -> Markup {
    let row = |row: &Ratio| {
        let share = row.known().map_or_else(|| words::NO_RATIO.to_owned(), words::percent);
        vec![html! { (row.name) }, html! { (share) }, shell::number(row.used), shell::number(row.all)]
    };
    shell::table(title, &words::RATIO_COLUMNS, &rows.iter().map(row).collect::<Vec<_>>())
}
