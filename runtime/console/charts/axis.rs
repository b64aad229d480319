//! Where things lie in a picture: its sizes, its scale, its marks.

use maud::{Markup, html};

use super::Chart;
use crate::console::words::charts as words;
use crate::store::{Bucket, Step};

pub(super) const WIDTH: f64 = 720.0;
pub(super) const HEIGHT: f64 = 232.0;
pub(super) const LEFT: f64 = 56.0;
pub(super) const RIGHT: f64 = 40.0;
pub(super) const TOP: f64 = 14.0;
pub(super) const BOTTOM: f64 = 30.0;
pub(super) const PLOT_WIDTH: f64 = WIDTH - LEFT - RIGHT;
pub(super) const PLOT_HEIGHT: f64 = HEIGHT - TOP - BOTTOM;

/// Marks on the upright axis at most, and names on the other.
const MARKS: u64 = 4;
const NAMES: usize = 8;
/// Half of what a name on the axis of time takes.
const NAME_HALF: f64 = 18.0;

/// A number as pictures have it: a tenth of a unit is finer than any screen.
pub(super) fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The upright axis, from 0 to a round number.
pub(super) struct Scale {
    step: u64,
    top: u64,
}

impl Scale {
    /// One that `most` fits on: steps of 1, 2 or 5 and noughts.
    pub(super) fn up_to(most: u64) -> Self {
        let most = most.max(1);
        let mut step = 1_u64;
        while most.div_ceil(step) > MARKS {
            let is_two = step.to_string().starts_with('2');
            step = if is_two { (step / 2).saturating_mul(5) } else { step.saturating_mul(2) };
        }
        Self { step, top: step.saturating_mul(most.div_ceil(step)) }
    }

    /// How high a value lies above the ground.
    pub(super) fn height(&self, value: u64) -> f64 {
        (value as f64 / self.top as f64).clamp(0.0, 1.0) * PLOT_HEIGHT
    }

    /// Where a value lies.
    pub(super) fn y(&self, value: u64) -> f64 {
        TOP + PLOT_HEIGHT - self.height(value)
    }

    /// Lines across the picture, each with its value.
    pub(super) fn draw(&self, name: fn(u64) -> String) -> Markup {
        let marks = (0..=self.top / self.step).map(|index| index.saturating_mul(self.step));
        html! {
            @for value in marks {
                @let y = round(self.y(value));
                line.grid x1=(LEFT) x2=(LEFT + PLOT_WIDTH) y1=(y) y2=(y) {}
                text.mark x=(LEFT - 8.0) y=(round(y + 4.0)) text-anchor="end" { (name(value)) }
            }
        }
    }
}

/// How wide a part of a series is.
pub(super) fn part_width(series: &[Bucket]) -> f64 {
    PLOT_WIDTH / series.len().max(1) as f64
}

/// The middle of a part.
pub(super) fn middle(index: usize, series: &[Bucket]) -> f64 {
    LEFT + (index as f64 + 0.5) * part_width(series)
}

/// The axis of time: few enough names to read, at round times.
pub(super) fn time(chart: &Chart<'_>) -> Markup {
    let y = HEIGHT - BOTTOM + 18.0;
    let x = |index| middle(index, chart.series).clamp(LEFT + NAME_HALF, WIDTH - NAME_HALF);
    html! {
        @for (index, name) in names(chart) {
            text.mark x=(round(x(index))) y=(y) text-anchor="middle" { (name) }
        }
        text.mark x=(LEFT - 8.0) y=(y) text-anchor="end" { (words::TIME_AXIS) }
    }
}

fn names(chart: &Chart<'_>) -> Vec<(usize, String)> {
    let hours = |part: &Bucket| part.at.as_millis() / (3600 * 1000);
    let is_by_hour = chart.step == Step::Hour && chart.series.len() <= 48;
    // Of so many hours, or days, each first one has a name.
    let every = |choices: &[u64], parts: usize| {
        choices.iter().copied().find(|every| parts.div_ceil(usize::try_from(*every).unwrap_or(1)) <= NAMES).unwrap_or(1)
    };
    let all = chart.series.iter().enumerate();
    if is_by_hour {
        let every = every(&[1, 2, 3, 4, 6, 12], chart.series.len());
        return all
            .filter(|(_, part)| hours(part) % every == 0)
            .map(|(index, part)| {
                (index, if hours(part) % 24 == 0 { words::day(part.at) } else { words::hour(part.at) })
            })
            .collect();
    }
    let days: Vec<_> = all.filter(|(_, part)| hours(part) % 24 == 0).collect();
    let every = usize::try_from(every(&[1, 2, 3, 5, 7, 14, 31], days.len())).unwrap_or(1);
    days.into_iter().step_by(every).map(|(index, part)| (index, words::day(part.at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_round_number_that_everything_fits_on() {
        for (most, top) in [(0, 1), (1, 1), (4, 4), (5, 6), (9, 10), (41, 60), (1204, 1500), (999_999, 1_000_000)] {
            assert_eq!(Scale::up_to(most).top, top, "{most}");
        }
        let huge = Scale::up_to(u64::MAX);
        assert_eq!((huge.height(u64::MAX), huge.y(0)), (PLOT_HEIGHT, TOP + PLOT_HEIGHT));
    }
}
