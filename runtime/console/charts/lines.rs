//! How long sends took, as lines: half of them, 95 and 99 of 100. Each line has its own dashes and its name at its end.

use maud::{Markup, html};

use super::axis::{self, LEFT, PLOT_HEIGHT, PLOT_WIDTH, Scale, TOP, round};
use super::{Chart, Figure, blank};
use crate::console::shell;
use crate::console::words::charts as words;
use crate::store::{Bucket, Figures};

/// Room for a name beside the others.
const NAME_HEIGHT: f64 = 14.0;

/// Its name, its class, its value of a part.
type Line = (&'static str, &'static str, fn(&Figures) -> Option<u64>);

const LINES: [Line; 3] = {
    let [p50, p95, p99] = words::PERCENTILES;
    [(p50, "p50", |f| f.p50_ms), (p95, "p95", |f| f.p95_ms), (p99, "p99", |f| f.p99_ms)]
};

/// Lines of durations, with their numbers.
pub(crate) fn lines(chart: &Chart<'_>) -> Markup {
    let most = chart.series.iter().filter_map(|part| part.figures.p99_ms).max();
    let Some(most) = most else { return blank(chart.title, words::NOTHING_ENDED) };
    let scale = Scale::up_to(most);
    let picture = html! {
        (scale.draw(words::duration))
        @for (_, class, value) in LINES { (line(chart, &scale, class, value)) }
        (names(chart, &scale))
        @for (index, part) in chart.series.iter().enumerate() { (reach(chart, index, part)) }
        (axis::time(chart))
    };
    Figure {
        id: chart.id,
        title: chart.title,
        sentence: &words::lines(chart.totals, chart.series, chart.step),
        height: axis::HEIGHT,
        picture,
        legend: html! {},
        table: table(chart),
    }
    .draw()
}

/// Pieces of a line: it is broken where there is no value, and a value alone is a dot.
fn line(chart: &Chart<'_>, scale: &Scale, class: &str, value: fn(&Figures) -> Option<u64>) -> Markup {
    let place = |(index, part): (usize, &Bucket)| {
        value(&part.figures).map(|ms| (round(axis::middle(index, chart.series)), round(scale.y(ms))))
    };
    let places: Vec<_> = chart.series.iter().enumerate().map(place).collect();
    let pieces = places.split(Option::is_none).map(|piece| piece.iter().flatten().copied().collect::<Vec<_>>());
    html! {
        @for piece in pieces.filter(|piece| !piece.is_empty()) {
            @match piece.as_slice() {
                [(x, y)] => { circle class={ "point " (class) } cx=(x) cy=(y) r="2.5" {} }
                many => { polyline class={ "line " (class) } fill="none" points=(points(many)) {} }
            }
        }
    }
}

fn points(places: &[(f64, f64)]) -> String {
    places.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
}

/// Names at the lines' ends, apart from each other.
fn names(chart: &Chart<'_>, scale: &Scale) -> Markup {
    let last = |value: fn(&Figures) -> Option<u64>| {
        let ends = chart.series.iter().enumerate().rev();
        ends.into_iter()
            .find_map(|(index, part)| value(&part.figures).map(|ms| (axis::middle(index, chart.series), ms)))
    };
    let mut floor = TOP + PLOT_HEIGHT + 4.0;
    let mut shown = Vec::new();
    for (upwards, (name, class, value)) in LINES.into_iter().enumerate() {
        let Some((x, ms)) = last(value) else { continue };
        // Room is kept for the names that lie above.
        let ceiling = TOP + 4.0 + NAME_HEIGHT * (LINES.len() - 1 - upwards) as f64;
        let y = (scale.y(ms) + 4.0).min(floor).max(ceiling);
        floor = y - NAME_HEIGHT;
        shown.push((name, class, x.min(LEFT + PLOT_WIDTH) + 6.0, y));
    }
    html! { @for (name, class, x, y) in shown { text class={ "name " (class) } x=(round(x)) y=(round(y)) { (name) } } }
}

/// What the pointer finds at a part.
fn reach(chart: &Chart<'_>, index: usize, part: &Bucket) -> Markup {
    let room = axis::part_width(chart.series);
    let left = LEFT + room * index as f64;
    html! {
        @if part.figures.p50_ms.is_some() {
            g {
                title { (words::part_of_lines(part, chart.step)) }
                rect.reach x=(format!("{left:.2}")) y=(TOP) width=(format!("{room:.2}")) height=(PLOT_HEIGHT) {}
            }
        }
    }
}

fn table(chart: &Chart<'_>) -> Markup {
    let mut heads = vec![words::WHEN];
    heads.extend(words::PERCENTILES);
    let row = |part: &Bucket| {
        let mut cells = vec![html! { (words::part(part.at, chart.step)) }];
        cells.extend(
            LINES.map(|(_, _, value)| html! { @if let Some(ms) = value(&part.figures) { (words::duration(ms)) } }),
        );
        cells
    };
    let rows: Vec<_> = chart.series.iter().filter(|part| part.figures.p50_ms.is_some()).map(row).collect();
    shell::table(chart.title, &heads, &rows)
}
