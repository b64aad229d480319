//! Who may send a message, as the operator wrote it.
//!
//! The first rule that matches decides, whatever comes after it. Within a rule each list that is there must match. What
//! a rule matches goes to nobody that the rule does not name: a country whose regulator knows one connector's
//! registered template gets nothing from another one.

use super::chance;
use crate::delivery::Wish;
use crate::store::{Rule, Share};

/// The rule for a message, if one matches.
pub fn choose<'a>(rules: &'a [Rule], wish: &Wish<'_>) -> Option<&'a Rule> {
    rules.iter().find(|rule| matches(rule, wish))
}

fn matches(rule: &Rule, wish: &Wish<'_>) -> bool {
    let country = |codes: &Vec<String>| wish.to.country().is_some_and(|country| codes.iter().any(|c| c == country));
    let prefix = |prefixes: &Vec<String>| prefixes.iter().any(|prefix| wish.to.e164().starts_with(prefix.as_str()));
    let purpose = |purposes: &Vec<String>| purposes.iter().any(|purpose| purpose == wish.purpose);
    rule.countries.as_ref().is_none_or(country)
        && rule.prefixes.as_ref().is_none_or(prefix)
        && rule.purposes.as_ref().is_none_or(purpose)
}

/// Whoever the rule names: one of `use` by weight, the others with the heaviest first, then the fallback.
pub(super) fn names<'a>(rule: &'a Rule, message_id: &str) -> Vec<&'a str> {
    let mut shares: Vec<&Share> = rule.shares.iter().collect();
    // Stable: of equal weights, the one that was written first.
    shares.sort_by_key(|share| std::cmp::Reverse(share.weight));
    let total = shares.iter().map(|share| u64::from(share.weight)).sum();
    let mut thrown = chance::below(total, "use", message_id);
    let chosen = shares.iter().position(|share| {
        let weight = u64::from(share.weight);
        let here = thrown < weight;
        thrown = thrown.saturating_sub(weight);
        here
    });
    if let Some(standing_before) = chosen.and_then(|chosen| shares.get_mut(..=chosen)) {
        standing_before.rotate_right(1);
    }
    shares.into_iter().map(|share| &share.connector).chain(&rule.fallback).map(String::as_str).collect()
}

/// Whether the operator splits this message's kind among several by weight: then nothing else decides who is first.
pub fn splits(rules: &[Rule], wish: &Wish<'_>) -> bool {
    choose(rules, wish).is_some_and(|rule| rule.shares.len() > 1)
}

/// The first of `earlier` that takes everything that `rule` would match.
pub fn hidden_by(rule: &Rule, earlier: &[Rule]) -> Option<usize> {
    let within = |narrow: &Option<Vec<String>>, wide: &Option<Vec<String>>, covers: fn(&str, &str) -> bool| {
        let Some(wide) = wide else { return true };
        narrow.as_ref().is_some_and(|narrow| narrow.iter().all(|one| wide.iter().any(|other| covers(other, one))))
    };
    let same = |wide: &str, narrow: &str| wide == narrow;
    earlier.iter().position(|other| {
        within(&rule.countries, &other.countries, same)
            && within(&rule.prefixes, &other.prefixes, |wide, narrow| narrow.starts_with(wide))
            && within(&rule.purposes, &other.purposes, same)
    })
}

#[cfg(test)]
mod tests;
