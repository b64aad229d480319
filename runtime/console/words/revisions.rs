//! A connector's revisions, change and delete.

use crate::setup::{Dependent, DifferenceKind};
use crate::store::Why;

pub(in crate::console) const TABS: &str = "Connector";
pub(in crate::console) const SETTINGS: &str = "Settings";
pub(in crate::console) const REVISIONS: &str = "Revisions";
pub(in crate::console) const DELIVERIES: &str = "Deliveries";
pub(in crate::console) const CHANGE: &str = "Change connector";
pub(in crate::console) const DELETE: &str = "Delete connector";
pub(in crate::console) const MAKE_ACTIVE: &str = "Make it the active one";
pub(in crate::console) const MADE_ACTIVE: &str = "It is the active connector now.";
pub(in crate::console) const LEAD: &str = "Every save is a revision that never changes. The one that serves is swapped at once; sends that are under way finish on the old one.";
pub(in crate::console) const REVISION: &str = "Revision";
pub(in crate::console) const COMPONENT: &str = "Component";
pub(in crate::console) const SAVED: &str = "Saved";
pub(in crate::console) const BY: &str = "By";
pub(in crate::console) const SERVED: &str = "Served";
pub(in crate::console) const NEVER: &str = "never";
pub(in crate::console) const NOW: &str = "now";
pub(in crate::console) const SENDS: &str = "Sends, 24 h";
pub(in crate::console) const SUCCESS: &str = "Taken";
pub(in crate::console) const LATENCY: &str = "p50 / p95";
pub(in crate::console) const ACTION: &str = "Action";
pub(in crate::console) const SERVES: &str = "serves";
pub(in crate::console) const ROLLED_BACK: &str =
    "It serves now. Sends that were under way finish on the revision before.";
pub(in crate::console) const COMPARE: &str = "Compare";
pub(in crate::console) const COMPARE_TWO: &str = "Compare two revisions";
pub(in crate::console) const FROM: &str = "From";
pub(in crate::console) const TO: &str = "To";
pub(in crate::console) const SAME: &str = "They say the same.";
pub(in crate::console) const WHERE: &str = "Where";
pub(in crate::console) const WHAT: &str = "What";
pub(in crate::console) const BEFORE: &str = "Was";
pub(in crate::console) const AFTER: &str = "Is";
pub(in crate::console) const SECRET_BEFORE: &str = "a secret";
pub(in crate::console) const SECRET: &str = "another secret";
pub(in crate::console) const SWITCHES: &str = "When it served";
pub(in crate::console) const SINCE: &str = "Since";
pub(in crate::console) const UNTIL: &str = "Until";
pub(in crate::console) const WHY: &str = "Why";
pub(in crate::console) const ENDED: &str = "Ended by";
pub(in crate::console) const IN_FLIGHT: &str = "Sends under way";
pub(in crate::console) const SWAPPED: &str = "Swapped out";
pub(in crate::console) const AT_SWAP: &str = "Under way at the swap";
pub(in crate::console) const DRAINED: &str = "Last one ended";
pub(in crate::console) const DRAINING: &str = "still draining";
pub(in crate::console) const DRAIN: &str = "The swap";
pub(in crate::console) const NO_DRAIN: &str = "No other revision took its place since this service started.";
pub(in crate::console) const FIGURES: &str = "In the last 24 hours";
pub(in crate::console) const NO_FIGURES: &str = "It was asked for nothing in the last 24 hours.";
pub(in crate::console) const COUNT_FIGURES: &str = "Count the sends of the last 24 hours";
pub(in crate::console) const COUNT_SENT: &str = "Count them all";
pub(in crate::console) const CONFIG: &str = "Configuration";
pub(in crate::console) const OUTCOMES: &str = "Delivered / taken / refused / unknown";
pub(in crate::console) const QUARANTINED: &str = "quarantined";
pub(in crate::console) const KEEP: &str = "Keep it";
pub(in crate::console) const CONFIRM: &str = "Type the connector's name to confirm";
pub(in crate::console) const WRONG_NAME: &str = "This is not its name; nothing was deleted.";
pub(in crate::console) const STAYS: &str =
    "Its messages stay in the log. Its secrets are erased; its numbering goes on if the name comes back.";
pub(in crate::console) const BREAKS: &str = "What depends on it:";
pub(in crate::console) const NOTHING_BREAKS: &str = "Nothing depends on it: sign-in goes on as it is.";
pub(in crate::console) const DELETED: &str = "The connector was deleted.";
pub(in crate::console) const CHOOSE: &str = "Choose what takes its place";
pub(in crate::console) const OLD: &str = "Serves now";
pub(in crate::console) const NEW: &str = "Takes its place";
pub(in crate::console) const UNTIL_SWITCH: &str = "The old one serves until you save the new one. Then the new one gets all of its places at once, and the old one stays saved.";
pub(in crate::console) const CARRIES: &str = "What carries over";
pub(in crate::console) const STAYS_BEHIND: &str = "What stays behind";
pub(in crate::console) const SECRETS_STAY: &str = "Secrets and the rest of the configuration: they are one provider's.";
pub(in crate::console) const PLACES: &str = "Places that it takes";
pub(in crate::console) const NO_PLACES: &str = "None: nothing goes through it now.";
pub(in crate::console) const TRIAL_ENDS: &str = "The trial of the old one ends.";
pub(in crate::console) const SET_UP: &str = "Set it up";
pub(in crate::console) const LOOK: &str = "Show what it comes to";
pub(in crate::console) const TEXTS: &str = "texts";
pub(in crate::console) const SENDERS: &str = "senders";

pub(in crate::console) fn roll_back(number: u64) -> String {
    format!("Roll back to revision {number}")
}

pub(in crate::console) fn roll_forward(number: u64) -> String {
    format!("Let revision {number} serve")
}

pub(in crate::console) fn revision(number: u64) -> String {
    format!("Revision {number}")
}

pub(in crate::console) fn change(name: &str) -> String {
    format!("Change {name}")
}

/// What a deletion stops, in plain words.
pub(in crate::console) fn stops(environment: &str, next: &[String]) -> String {
    match next.first() {
        Some(next) => format!("{next} sends in its place in {environment} at once."),
        None => format!("Sign-in codes stop in {environment} at once."),
    }
}

/// Before all of it is counted.
pub(in crate::console) fn sent_at_least(sent: u64) -> String {
    match sent {
        0 => "How much it sent in the last 24 hours is still being counted.".to_owned(),
        sent => format!("At least {} were sent in the last 24 hours.", super::common::count(sent)),
    }
}

pub(in crate::console) fn sent_lately(sent: u64) -> String {
    match sent {
        0 => "It sent nothing in the last 24 hours.".to_owned(),
        1 => "One message was sent in the last 24 hours.".to_owned(),
        sent => format!("{} were sent in the last 24 hours.", super::common::count(sent)),
    }
}

pub(in crate::console) fn kind(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Added => "added",
        DifferenceKind::Removed => "removed",
        DifferenceKind::Changed => "changed",
    }
}

pub(in crate::console) fn why(why: Why) -> &'static str {
    match why {
        Why::Save => "saved",
        Why::Activate => "rolled back or forward",
        Why::Promote => "promoted",
        Why::Trial => "on trial",
        Why::Delete => "deleted",
        Why::Quarantine => "quarantined",
        Why::Earlier => "saved earlier",
    }
}

pub(in crate::console) fn carried(texts: usize, senders: usize) -> String {
    format!("{texts} {TEXTS}, {senders} {SENDERS}")
}

/// Where a channel names a connector, of a JSON Pointer into it.
pub(in crate::console) fn place(pointer: &str) -> String {
    let nth = |text: &str| text.parse::<u32>().map_or_else(|_| text.to_owned(), |index| (index + 1).to_string());
    match pointer.split('/').skip(1).collect::<Vec<_>>().as_slice() {
        ["active"] => "Active connector".to_owned(),
        ["fallback", index] => format!("Fallback {}", nth(index)),
        ["routes", rule, "fallback", index] => format!("Rule {}, fallback {}", nth(rule), nth(index)),
        ["routes", rule, ..] => format!("Rule {}", nth(rule)),
        ["canary"] => "Trial".to_owned(),
        _ => pointer.to_owned(),
    }
}

/// What would break, in a line each; purposes share one. That sends stop altogether is said before.
pub(in crate::console) fn breaks(by: &[Dependent]) -> Vec<String> {
    let purposes: Vec<&str> = by.iter().filter_map(|one| one.at.strip_prefix("/purposes/")).collect();
    let own = by.iter().any(|one| one.at == "/other_purposes");
    let line = |one: &Dependent| match one.at.as_str() {
        "" | "/other_purposes" => None,
        "/sign_up/identifier" => Some("Sign-up by phone".to_owned()),
        "/sign_in/identifier" => Some("Sign-in by phone".to_owned()),
        at if at.starts_with("/purposes/") => None,
        at => Some(format!("{}: {}", place(at), one.then)),
    };
    let mut lines: Vec<String> = by.iter().filter_map(line).collect();
    if !purposes.is_empty() || own {
        let own = own.then_some("every purpose of your own");
        lines.push(format!("Codes for {}", purposes.into_iter().chain(own).collect::<Vec<_>>().join(", ")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_what_breaks_are_told_in_words_and_purposes_in_one_line() {
        assert_eq!(place("/routes/0/use/1"), "Rule 1");
        assert_eq!(place("/routes/1/fallback/0"), "Rule 2, fallback 1");
        let by = |at: &str| Dependent { at: at.to_owned(), of: String::new(), then: "it ends".to_owned() };
        let told = breaks(&[
            by(""),
            by("/sign_up/identifier"),
            by("/purposes/mfa-setup"),
            by("/purposes/register"),
            by("/canary"),
        ]);
        assert_eq!(told, ["Sign-up by phone", "Trial: it ends", "Codes for mfa-setup, register"]);
    }
}
