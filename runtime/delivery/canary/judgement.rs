//! The statistics of a trial. Pure.

/// Fewer attempts than this prove nothing, on either side.
pub(super) const ATTEMPTS_MIN: u64 = 20;
/// Nor do fewer messages whose code could be used.
const USABLE_MIN: u64 = 50;
const SIGMAS_MIN: f64 = 3.5;
const DIFFERENCE_MIN: f64 = 0.05;
const SLOWER_MS: u64 = 250;

/// What one side did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub attempts: u64,
    pub failed: u64,
    pub accepted_ms: u64,
    /// Accepted ones whose time could be compared, and those of them that were slow.
    pub timed: u64,
    pub slow: u64,
    /// Accepted ones that the provider reported as not delivered.
    pub undelivered: u64,
    /// Accepted ones of which it is told if they are used.
    pub usable: u64,
    pub used: u64,
}

impl Tally {
    pub(super) fn attempted(&mut self, accepted: bool, use_is_told: bool, elapsed_ms: u64, slow: Option<bool>) {
        self.attempts += 1;
        if !accepted {
            self.failed += 1;
            return;
        }
        self.accepted_ms = self.accepted_ms.saturating_add(elapsed_ms);
        self.usable += u64::from(use_is_told);
        self.timed += u64::from(slow.is_some());
        self.slow += u64::from(slow == Some(true));
    }

    fn accepted(&self) -> u64 {
        self.attempts - self.failed
    }

    /// From when on an attempt is slow, measured by this side; none while it is too young to measure by.
    pub(super) fn slow_from_ms(&self) -> Option<u64> {
        let accepted = self.accepted();
        (accepted >= ATTEMPTS_MIN).then(|| 2 * (self.accepted_ms / accepted) + SLOWER_MS)
    }
}

/// What `tried` does worse than `served`, if that is no chance.
pub(super) fn worse(tried: &Tally, served: &Tally) -> Option<String> {
    let measures = [
        ("attempts failed", tried.failed, tried.attempts, served.failed, served.attempts, ATTEMPTS_MIN),
        ("attempts were slow", tried.slow, tried.timed, served.slow, served.timed, ATTEMPTS_MIN),
        (
            "accepted messages were reported as not delivered",
            tried.undelivered,
            tried.accepted(),
            served.undelivered,
            served.accepted(),
            ATTEMPTS_MIN,
        ),
        (
            "codes were not used",
            tried.usable.saturating_sub(tried.used),
            tried.usable,
            served.usable.saturating_sub(served.used),
            served.usable,
            USABLE_MIN,
        ),
    ];
    measures.into_iter().find_map(|(what, bad, all, bad_before, all_before, least)| {
        let enough = all >= least && all_before >= least;
        (enough && is_worse(bad as f64, all as f64, bad_before as f64, all_before as f64))
            .then(|| format!("{bad} of {all} {what}, against {bad_before} of {all_before} of the serving revision"))
    })
}

fn is_worse(bad: f64, all: f64, bad_before: f64, all_before: f64) -> bool {
    let difference = bad / all - bad_before / all_before;
    let pooled = (bad + bad_before) / (all + all_before);
    let deviation = (pooled * (1.0 - pooled) * (1.0 / all + 1.0 / all_before)).sqrt();
    difference >= DIFFERENCE_MIN && difference >= SIGMAS_MIN * deviation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(failed: u64, attempts: u64) -> Tally {
        Tally { attempts, failed, ..Tally::default() }
    }

    #[test]
    fn it_is_worse_only_where_chance_would_not_make_it_so() {
        for (tried, served, expected) in [
            (failing(20, 20), failing(0, 20), true),
            (failing(19, 19), failing(0, 1000), false),
            (failing(20, 20), failing(0, 19), false),
            (failing(20, 20), failing(20, 20), false),
            (failing(5, 20), failing(0, 20), false),
            (failing(8, 20), failing(2, 200), true),
            (failing(30, 1000), failing(5, 9000), false),
            (failing(80, 1000), failing(90, 9000), true),
            (failing(0, 100), failing(50, 100), false),
        ] {
            assert_eq!(worse(&tried, &served).is_some(), expected, "{tried:?} {served:?}");
        }
        assert_eq!(
            worse(&failing(20, 20), &failing(1, 80)).unwrap(),
            "20 of 20 attempts failed, against 1 of 80 of the serving revision"
        );
    }

    #[test]
    fn slow_is_measured_by_what_the_serving_one_takes() {
        let (mut tried, mut served) = (Tally::default(), Tally::default());
        for _ in 0..60 {
            let slow = |served: &Tally, ms| served.slow_from_ms().map(|from| ms > from);
            let (fast, long) = (slow(&served, 120), slow(&served, 600));
            served.attempted(true, true, 120, fast);
            tried.attempted(true, true, 600, long);
        }
        assert_eq!(served.slow_from_ms(), Some(490));
        assert_eq!(
            worse(&tried, &served).unwrap(),
            "40 of 40 attempts were slow, against 0 of 40 of the serving revision"
        );
    }

    #[test]
    fn codes_that_nobody_uses_end_a_trial_though_every_attempt_was_accepted() {
        let side = |used| Tally { attempts: 60, usable: 60, used, ..Tally::default() };
        assert_eq!(
            worse(&side(2), &side(40)).unwrap(),
            "58 of 60 codes were not used, against 20 of 60 of the serving revision"
        );
        assert_eq!(worse(&side(0), &side(0)), None, "nobody tells what is used");
        assert_eq!(worse(&Tally { usable: 49, ..side(0) }, &side(40)), None, "too few");
        assert_eq!(worse(&Tally { usable: 0, ..side(0) }, &side(40)), None, "of none of them it is told");
    }
}
