//! Pictures as text: well-formed, whole, inside their frame.

use super::*;
use crate::clock::Timestamp;

const HOUR: u64 = 3600 * 1000;
/// 2026-01-15T00:00:00Z.
const START: u64 = 1_768_435_200_000;

fn part(hour: u64, [delivered, accepted, undelivered, refused]: [u64; 4], ms: Option<u64>) -> Bucket {
    let attempts =
        [delivered, accepted, undelivered, refused].iter().fold(0_u64, |all, count| all.saturating_add(*count));
    let figures = Figures {
        attempts,
        delivered,
        accepted,
        undelivered,
        refused,
        p50_ms: ms,
        p95_ms: ms.map(|ms| ms.saturating_mul(2)),
        p99_ms: ms.map(|ms| ms.saturating_mul(3)),
        ..Figures::default()
    };
    Bucket { at: Timestamp::from_millis(START + hour * HOUR), figures }
}

fn totals(series: &[Bucket]) -> Figures {
    let sum = |of: fn(&Figures) -> u64| series.iter().fold(0_u64, |all, part| all.saturating_add(of(&part.figures)));
    let last = series.last().map(|part| part.figures.clone()).unwrap_or_default();
    Figures {
        attempts: sum(|f| f.attempts),
        delivered: sum(|f| f.delivered),
        accepted: sum(|f| f.accepted) / 2,
        undelivered: sum(|f| f.undelivered) / 2,
        refused: sum(|f| f.refused),
        ..last
    }
}

fn draw(series: &[Bucket], step: Step, how: fn(&Chart<'_>) -> Markup) -> String {
    let totals = totals(series);
    how(&Chart { id: "sends", title: "Sends <by> outcome", step, series, totals: &totals }).into_string()
}

/// Well-formed, and every picture in it keeps within its frame. Answers the heights of the bars' pieces, by bar.
fn checked(markup: &str) -> Vec<f64> {
    let document = roxmltree::Document::parse(markup).unwrap_or_else(|error| panic!("{error}\n{markup}"));
    let mut heights = Vec::new();
    for svg in document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "svg"))) {
        let frame: Vec<f64> = svg.attribute("viewBox").unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
        let title = svg.attribute("aria-labelledby").unwrap().split(' ').next().unwrap();
        assert!(svg.descendants().any(|node| node.attribute("id") == Some(title)));
        for node in svg.descendants().filter(|node| !node.ancestors().any(|a| a.tag_name().name() == "defs")) {
            let of = |name| node.attribute(name).map(|value| value.parse::<f64>().unwrap());
            for (start, size, most) in [("x", "width", frame[2]), ("y", "height", frame[3])] {
                if let Some(at) = of(start) {
                    assert!(at >= 0.0 && at + of(size).unwrap_or(0.0) <= most + 0.02, "{node:?} of {frame:?}");
                }
            }
            for point in node.attribute("points").into_iter().flat_map(|points| points.split(' ')) {
                let (x, y) = point.split_once(',').unwrap();
                let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
                assert!((0.0..=frame[2]).contains(&x) && (0.0..=frame[3]).contains(&y), "{point}");
            }
        }
        let bars = svg.children().filter(|node| node.tag_name().name() == "g");
        let piece =
            |node: &roxmltree::Node<'_, '_>| node.attribute("class").is_some_and(|class| class.starts_with("edge"));
        let height = |bar: roxmltree::Node<'_, '_>| {
            bar.children()
                .filter(piece)
                .map(|node| node.attribute("height").unwrap().parse::<f64>().unwrap())
                .sum::<f64>()
        };
        heights.extend(bars.map(height));
    }
    heights
}

#[test]
fn a_bar_of_the_highest_mark_is_as_high_as_the_plot_and_its_pieces_add_up() {
    let series = [part(0, [1, 1, 1, 1], None), part(1, [0, 0, 0, 0], None), part(2, [1, 0, 0, 1], None)];
    let heights = checked(&draw(&series, Step::Hour, bars));
    assert!((heights[0] - axis::PLOT_HEIGHT).abs() < 0.05, "{heights:?}");
    assert_eq!(heights[1], 0.0);
    assert!((heights[2] - axis::PLOT_HEIGHT / 2.0).abs() < 0.05);
}

#[test]
fn a_sentence_says_what_is_to_be_seen() {
    let series = [part(13, [900, 0, 0, 0], Some(400)), part(14, [277, 0, 0, 12], Some(900)), part(15, [0; 4], None)];
    let text = draw(&series, Step::Hour, bars);
    assert!(text.contains("1,177 sent, 100 % delivered; the worst hour was 15 Jan, 14:00 with 12 refused."), "{text}");
    let text = draw(&series, Step::Hour, lines);
    assert!(text.contains("slowest hour: 15 Jan, 14:00 with 1.8 s."), "{text}");
}

#[test]
fn every_series_makes_a_whole_picture_whatever_its_numbers() {
    let month: Vec<_> =
        (0..745).map(|hour| part(hour, [hour % 7, 3, 0, hour % 2], (hour % 3 > 0).then_some(hour))).collect();
    let huge = [part(0, [u64::MAX / 2, 0, 0, u64::MAX / 4], Some(u64::MAX))];
    let one = [part(5, [0, 0, 0, 1], Some(0))];
    let nothing = [part(0, [0; 4], None)];
    for series in [month.as_slice(), &huge, &one, &nothing, &[]] {
        for step in [Step::Hour, Step::Day] {
            for how in [bars, lines] {
                checked(&draw(series, step, how));
            }
        }
    }
    assert!(draw(&nothing, Step::Hour, bars).contains(words::NOTHING));
    assert!(draw(&[], Step::Hour, lines).contains(words::NOTHING_ENDED));
}

#[test]
fn a_line_is_broken_where_nothing_ended_and_a_value_alone_is_a_dot() {
    let ended = |hour: u64| part(hour, [1, 0, 0, 0], (hour != 2).then_some(100));
    let series: Vec<_> = (0..4).map(ended).collect();
    let text = draw(&series, Step::Hour, lines);
    assert_eq!((text.matches("<polyline").count(), text.matches("<circle").count()), (3, 3));
}

#[test]
fn hostile_names_are_text_and_ratios_stay_in_their_frame() {
    let ratio = |name: &str, share| Ratio { name: name.into(), share, used: 3, all: 9 };
    let mut rows = vec![
        ratio("</svg><script>alert(1)</script>", Some(0.4)),
        ratio("\u{0}\u{8}\"'&amp; <b onload=x> and a very long name that no picture has room for", Some(7.0)),
        ratio("nan", Some(f64::NAN)),
        ratio("", None),
    ];
    rows.extend((0..60).map(|n| ratio(&format!("connector-{n}"), Some(f64::from(n) / 60.0))));
    let text = ratio_bars(&Ratios { id: "used", title: "A & B", rows: &rows }).into_string();
    checked(&text);
    assert!(!text.contains("<script") && !text.contains("<b "), "{text}");
    assert!(!text.contains("style="));
    assert!(ratio_bars(&Ratios { id: "used", title: "x", rows: &[] }).into_string().contains(words::NOTHING_USED));
}

#[test]
fn pictures_have_no_script_and_no_style_of_their_own() {
    let series = [part(0, [1, 1, 1, 1], Some(3)), part(1, [2, 0, 0, 0], Some(4))];
    for text in [draw(&series, Step::Hour, bars), draw(&series, Step::Day, lines)] {
        assert!(!text.contains("style=") && !text.contains("<script") && !text.contains(" on"), "{text}");
        assert!(text.contains("Sends &lt;by&gt; outcome"));
    }
}
