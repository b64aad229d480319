//! The judgement. What was told must be so; what was asked without an answer may be so or not.

use std::collections::{BTreeMap, HashMap};

use super::{BUSY, CHECKS, Check, Checked, Created, History, Moment, Received, STATED, Swap, Swapped, Violation};

/// Everything in this history that must not be.
pub fn judge(history: &History) -> Vec<Violation> {
    let mut by_id: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in &history.checks {
        by_id.entry(&check.id).or_default().push(check);
    }
    let mut found: Vec<Violation> = by_id.iter().flat_map(|(id, checks)| of_codes(id, checks)).collect();
    found.extend(of_messages(history));
    found.extend(of_switches(history));
    found.extend(of_answers(history));
    found
}

/// What is wrong with the checks of one verification.
fn of_codes(id: &str, checks: &[&Check]) -> Vec<Violation> {
    let id = || id.to_owned();
    let times = |told, is_right| checks.iter().filter(|c| c.told == told && c.is_right == is_right).count();
    let mut found = Vec::new();
    if times(Checked::Approved, true) > 1 {
        found.push(Violation::AcceptedTwice { id: id() });
    }
    if times(Checked::Approved, false) > 0 {
        found.push(Violation::WrongAccepted { id: id() });
    }
    if times(Checked::Wrong, false) > CHECKS {
        found.push(Violation::GuessedTooOften { id: id() });
    }
    for check in checks {
        let at = check.span.began;
        match check.told {
            Checked::Gone => found.push(Violation::Lost { id: id(), at }),
            // No check that was made before makes a right code a wrong one.
            Checked::Wrong if check.is_right => found.push(Violation::RightRefused { id: id(), at }),
            Checked::Over | Checked::Refused(429) if check.is_right && !is_explained(check, checks) => {
                found.push(Violation::RightRefused { id: id(), at });
            }
            _ => {}
        }
    }
    found
}

/// Whether others that were asked before this answer came may have ended the verification.
fn is_explained(refused: &Check, checks: &[&Check]) -> bool {
    let before = || checks.iter().filter(|other| other.span.began < refused.span.ended);
    let accepted = before().any(|other| other.is_right && (other.told == Checked::Approved || other.told.is_open()));
    let wrong = before().filter(|other| !other.is_right && (other.told == Checked::Wrong || other.told.is_open()));
    accepted || wrong.count() >= CHECKS
}

/// Once for each creation at most, and as it was told.
fn of_messages(history: &History) -> Vec<Violation> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for received in &history.received {
        *times.entry(&received.to).or_default() += 1;
    }
    let mut found = Vec::new();
    for create in &history.creates {
        let (to, times) = (create.to.clone(), times.get(&*create.to).copied().unwrap_or_default());
        if times > 1 {
            found.push(Violation::SentTwice { to });
        } else if times == 0 && matches!(create.told, Created::Made { accepted: true, .. }) {
            found.push(Violation::NeverSent { to });
        }
    }
    found
}

/// What left by a revision, when a later one had been told to serve for more than the stated second.
fn of_switches(history: &History) -> Vec<Violation> {
    let revisions = revisions(history);
    let is_told = |swap: &&Swap| swap.told != Swapped::Nothing;
    let told: Vec<(u64, &Swap)> =
        history.swaps.iter().filter(is_told).filter_map(|swap| Some((*revisions.get(&swap.mark)?, swap))).collect();
    let asked: HashMap<&str, Moment> = history.creates.iter().map(|create| (&*create.to, create.span.began)).collect();
    let late = |received: &Received| {
        let by = *revisions.get(&received.mark)?;
        let since = told.iter().filter(|(revision, _)| *revision > by).map(|(_, swap)| swap.span.ended).min()?;
        let late = received.at.checked_sub(since + STATED + BUSY).filter(|late| !late.is_zero())?;
        let after = received.at.saturating_sub(asked.get(&*received.to).copied().unwrap_or_default());
        Some(Violation::SwitchedOff { to: received.to.clone(), mark: received.mark, late, after })
    };
    history.received.iter().filter_map(late).collect()
}

/// The revision of each mark: as its swap was told, or as a creation was told whose message had it.
fn revisions(history: &History) -> HashMap<u32, u64> {
    let marks: HashMap<&str, u32> = history.received.iter().map(|received| (&*received.to, received.mark)).collect();
    let of_creates = history.creates.iter().filter_map(|create| match create.told {
        Created::Made { revision: Some(revision), .. } => Some((*marks.get(&*create.to)?, revision)),
        _ => None,
    });
    let of_swaps = history.swaps.iter().filter_map(|swap| match swap.told {
        Swapped::Serving(revision) => Some((swap.mark, revision)),
        _ => None,
    });
    of_creates.chain(of_swaps).collect()
}

/// A fault may be told as `503`, and a limit as `429`: no other refusal has a place here.
fn of_answers(history: &History) -> Vec<Violation> {
    let creates = history.creates.iter().filter_map(|create| match create.told {
        Created::Refused(status) => Some(("create", status)),
        _ => None,
    });
    let checks = history.checks.iter().filter_map(|check| match check.told {
        Checked::Refused(status) => Some(("check", status)),
        _ => None,
    });
    let broken = creates.chain(checks).filter(|(_, status)| !matches!(status, 429 | 503));
    broken.map(|(what, status)| Violation::Broken { what: what.to_owned(), status }).collect()
}
