//! What figures say.

use super::common::count;
use crate::clock::Timestamp;
use crate::console::charts::Outcome;
use crate::store::{Bucket, Figures, Step};

pub(in crate::console) const NUMBERS: &str = "The numbers";
pub(in crate::console) const WHEN: &str = "When (UTC)";
pub(in crate::console) const CALLS: &str = "All";
pub(in crate::console) const TIME_AXIS: &str = "UTC";
pub(in crate::console) const NOTHING: &str = "Nothing was sent in this time.";
pub(in crate::console) const NOTHING_ENDED: &str = "No send has ended in this time, so there are no durations.";
pub(in crate::console) const NOTHING_USED: &str = "No code was sent in this time, so there is nothing to compare.";
pub(in crate::console) const RATIO_COLUMNS: [&str; 4] = ["Of", "Codes used", "Used", "Sent or tried"];
pub(in crate::console) const NO_RATIO: &str = "not known yet";
pub(in crate::console) const PERCENTILES: [&str; 3] = ["p50", "p95", "p99"];

/// The name of an outcome.
pub(in crate::console) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered => "Delivered",
        Outcome::Accepted => "Accepted",
        Outcome::Sending => "Sending",
        Outcome::Unknown => "Unknown",
        Outcome::Undelivered => "Not delivered",
        Outcome::Refused => "Refused",
    }
}

/// A share in percent. Only all are 100 %, and only none are 0 %.
pub(in crate::console) fn percent(share: f64) -> String {
    let share = share.clamp(0.0, 1.0) * 100.0;
    if share <= 0.0 {
        "0 %".to_owned()
    } else if share >= 100.0 {
        "100 %".to_owned()
    } else {
        format!("{:.1} %", share.clamp(0.1, 99.9))
    }
}

/// A duration, short.
pub(in crate::console) fn duration(ms: u64) -> String {
    match ms {
        0..=999 => format!("{ms} ms"),
        1_000..=9_999 => format!("{:.1} s", ms as f64 / 1000.0),
        _ => format!("{} s", count(ms / 1000)),
    }
}

/// `14:00`.
pub(in crate::console) fn hour(at: Timestamp) -> String {
    at.to_string().get(11..16).unwrap_or_default().to_owned()
}

/// `15 Jan`.
pub(in crate::console) fn day(at: Timestamp) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = at.to_string();
    let number = |range| text.get(range).and_then(|digits: &str| digits.parse::<usize>().ok()).unwrap_or_default();
    let month = MONTHS.get(number(5..7).wrapping_sub(1)).copied().unwrap_or_default();
    format!("{} {month}", number(8..10))
}

/// A part of a series.
pub(in crate::console) fn part(at: Timestamp, step: Step) -> String {
    match step {
        Step::Hour => format!("{}, {}", day(at), hour(at)),
        Step::Day => day(at),
    }
}

/// What bars show, in one sentence.
pub(in crate::console) fn bars(totals: &Figures, series: &[Bucket], step: Step) -> String {
    let delivered = match (totals.delivered + totals.undelivered, totals.sent()) {
        (0, 0) => String::new(),
        (0, _) => ", no delivery reports".to_owned(),
        (_, sent) => format!(", {} delivered", percent(totals.delivered as f64 / sent as f64)),
    };
    let worst = series.iter().max_by_key(|part| part.figures.failed()).filter(|part| part.figures.failed() > 0);
    let worst = worst.map_or_else(
        || "; nothing failed".to_owned(),
        |part| format!("; the worst {} was {} with {}", unit(step), self::part(part.at, step), failed(&part.figures)),
    );
    format!("{} sent{delivered}{worst}.", count(totals.sent()))
}

fn unit(step: Step) -> &'static str {
    match step {
        Step::Hour => "hour",
        Step::Day => "day",
    }
}

fn failed(figures: &Figures) -> String {
    let kinds = [(figures.refused, "refused"), (figures.undelivered, "not delivered"), (figures.unknown, "unknown")];
    let told =
        kinds.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{} {word}", count(*number)));
    told.collect::<Vec<_>>().join(", ")
}

/// What is in a part of the bars.
pub(in crate::console) fn part_of_bars(part: &Bucket, step: Step) -> String {
    let told = Outcome::ALL.iter().map(|outcome| (self::outcome(*outcome), outcome.of(&part.figures)));
    let told = told
        .filter(|(_, number)| *number > 0)
        .map(|(word, number)| format!("{} {}", count(number), word.to_lowercase()));
    let told = told.collect::<Vec<_>>().join(", ");
    format!("{}: {}", self::part(part.at, step), if told.is_empty() { "nothing" } else { &told })
}

/// What lines show, in one sentence.
pub(in crate::console) fn lines(totals: &Figures, series: &[Bucket], step: Step) -> String {
    let told = |ms: Option<u64>| ms.map(duration).unwrap_or_default();
    let slowest =
        series.iter().filter_map(|part| part.figures.p95_ms.map(|ms| (ms, part.at))).max_by_key(|(ms, _)| *ms);
    let slowest = slowest
        .filter(|_| series.len() > 1)
        .map(|(ms, at)| format!("; slowest {}: {} with {}", unit(step), part(at, step), duration(ms)));
    format!(
        "Half of the sends took at most {}, 95 of 100 at most {}{}.",
        told(totals.p50_ms),
        told(totals.p95_ms),
        slowest.unwrap_or_default()
    )
}

/// What is at a place of the lines.
pub(in crate::console) fn part_of_lines(part: &Bucket, step: Step) -> String {
    let figures = &part.figures;
    let all = [figures.p50_ms, figures.p95_ms, figures.p99_ms];
    let told = PERCENTILES.iter().zip(all).filter_map(|(name, ms)| ms.map(|ms| format!("{name} {}", duration(ms))));
    format!("{}: {}", self::part(part.at, step), told.collect::<Vec<_>>().join(", "))
}

/// What ratios show, in one sentence: the best and the worst.
pub(in crate::console) fn ratios(best: Option<(&str, f64)>, worst: Option<(&str, f64)>) -> String {
    match (best, worst) {
        (Some((best, high)), Some((worst, low))) if best != worst => {
            format!("Most codes were used with {best} ({}), fewest with {worst} ({}).", percent(high), percent(low))
        }
        (Some((only, share)), _) => format!("{} of the codes sent with {only} were used.", percent(share)),
        _ => "It is not known yet how many codes were used.".to_owned(),
    }
}

/// Beside a ratio's bar.
pub(in crate::console) fn ratio(share: Option<f64>, used: u64) -> String {
    share.map_or_else(|| NO_RATIO.to_owned(), |share| format!("{} · {} used", percent(share), count(used)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_are_a_hundred_percent() {
        assert_eq!(
            [0.0, 0.000_1, 0.981, 0.999_99, 1.0, 7.0].map(percent),
            ["0 %", "0.1 %", "98.1 %", "99.9 %", "100 %", "100 %"]
        );
        assert_eq!([0, 999, 1_500, 12_000, 3_600_000].map(duration), ["0 ms", "999 ms", "1.5 s", "12 s", "3,600 s"]);
    }

    #[test]
    fn times_are_short_and_in_utc() {
        let at = Timestamp::from_millis(1_768_485_600_000);
        assert_eq!(
            (hour(at), day(at), part(at, Step::Hour)),
            ("14:00".into(), "15 Jan".into(), "15 Jan, 14:00".into())
        );
    }
}
