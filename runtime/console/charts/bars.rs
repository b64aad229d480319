//! How sends ended, as stacked bars: one for each part of time.

use maud::{Markup, html};

use super::axis::{self, LEFT, PLOT_HEIGHT, Scale, TOP};
use super::{Chart, Figure, Outcome, blank};
use crate::console::shell;
use crate::console::words::{charts as words, common};
use crate::store::Bucket;

/// Stacked bars, with their names and numbers.
pub(crate) fn bars(chart: &Chart<'_>) -> Markup {
    let most = chart.series.iter().map(|part| part.figures.attempts).max().unwrap_or(0);
    if most == 0 {
        return blank(chart.title, words::NOTHING);
    }
    let scale = Scale::up_to(most);
    let picture = html! {
        defs { @for outcome in Outcome::ALL { (pattern(chart.id, outcome)) } }
        (scale.draw(common::count))
        @for (index, part) in chart.series.iter().enumerate() { (bar(chart, &scale, index, part)) }
        (axis::time(chart))
    };
    let shown: Vec<_> = Outcome::ALL.into_iter().filter(|outcome| outcome.of(chart.totals) > 0).collect();
    Figure {
        id: chart.id,
        title: chart.title,
        sentence: &words::bars(chart.totals, chart.series, chart.step),
        height: axis::HEIGHT,
        picture,
        legend: html! {
            ul.legend { @for outcome in &shown {
                li { (swatch(chart.id, *outcome)) (words::outcome(*outcome)) " " (common::count(outcome.of(chart.totals))) }
            } }
        },
        table: table(chart),
    }
    .draw()
}

/// Fills that are told apart without colour.
fn pattern(id: &str, outcome: Outcome) -> Markup {
    let class = outcome.class();
    html! {
        pattern id={ (id) "-" (class) } class=(class) width="6" height="6" patternUnits="userSpaceOnUse" {
            rect.ground width="6" height="6" {}
            @match outcome {
                Outcome::Delivered | Outcome::Refused => {}
                Outcome::Accepted => { path.ink d="M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5" {} }
                Outcome::Sending => { circle.dot cx="3" cy="3" r="1.2" {} }
                Outcome::Unknown => { path.ink d="M0 3 H6" {} }
                Outcome::Undelivered => { path.ink d="M-1 5 L1 7 M0 0 L6 6 M5 -1 L7 1" {} }
            }
        }
    }
}

fn fill(id: &str, outcome: Outcome) -> String {
    format!("url(#{id}-{})", outcome.class())
}

fn swatch(id: &str, outcome: Outcome) -> Markup {
    html! {
        svg.swatch viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" {
            rect x="0.5" y="0.5" width="11" height="11" fill=(fill(id, outcome)) class={ "edge " (outcome.class()) } {}
        }
    }
}

fn bar(chart: &Chart<'_>, scale: &Scale, index: usize, part: &Bucket) -> Markup {
    let room = axis::part_width(chart.series);
    let width = (room - (room * 0.2).min(3.0)).min(48.0);
    let x = axis::middle(index, chart.series) - width / 2.0;
    let mut below = 0;
    let mut pieces = Vec::new();
    for outcome in Outcome::ALL {
        let count = outcome.of(&part.figures);
        let (bottom, top) = (scale.y(below), scale.y(below.saturating_add(count)));
        below = below.saturating_add(count);
        if count > 0 {
            pieces.push((outcome, top, bottom - top));
        }
    }
    let left = LEFT + room * index as f64;
    html! {
        g {
            title { (words::part_of_bars(part, chart.step)) }
            rect.reach x=(format!("{left:.2}")) y=(TOP) width=(format!("{room:.2}")) height=(PLOT_HEIGHT) {}
            @for (outcome, y, height) in pieces {
                rect class={ "edge " (outcome.class()) } x=(format!("{x:.2}")) y=(format!("{y:.2}"))
                    width=(format!("{width:.2}")) height=(format!("{height:.2}")) fill=(fill(chart.id, outcome)) {}
            }
        }
    }
}

fn table(chart: &Chart<'_>) -> Markup {
    let mut heads = vec![words::WHEN, words::CALLS];
    heads.extend(Outcome::ALL.map(words::outcome));
    let row = |part: &Bucket| {
        let mut cells = vec![html! { (words::part(part.at, chart.step)) }, shell::number(part.figures.attempts)];
        cells.extend(Outcome::ALL.map(|outcome| shell::number(outcome.of(&part.figures))));
        cells
    };
    let rows: Vec<_> = chart.series.iter().filter(|part| part.figures.attempts > 0).map(row).collect();
    shell::table(chart.title, &heads, &rows)
}
