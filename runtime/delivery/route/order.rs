//! Who is asked first, and who after.
//!
//! 1. the names that the rule gives, or the channel's active connector and its fallbacks where no rule matches, and the
//!    cheapest of those that are as good as the best first, where that is preferred;
//! 2. of a connector with a revision on trial, some messages ask that one first and the serving one right after it;
//! 3. who fails lately comes behind who does not. It is still asked if nobody else is left: a breaker demotes and
//!    never excludes;
//! 4. of each of the two, who was asked for this code before comes last: its SMS did not help. But a way that works
//!    and did not help is better than one that does not work.

use std::sync::Arc;

use super::{chance, rules};
use crate::connector::registry::Routes;
use crate::connector::serving::Serving;
use crate::delivery::Wish;

/// Whoever would be asked of those that are named, in order. `keeps_its_place` says of a connector whether it may stay where the operator put
/// it; it hears whether that place is the first one, where messages really go.
pub fn order(
    routes: &Routes,
    names: &[&str],
    wish: &Wish<'_>,
    keeps_its_place: impl Fn(&Serving, bool) -> bool,
) -> Vec<Arc<Serving>> {
    let may_serve = named(routes, names, wish).filter(|serving| serving.quarantine.get().is_none());
    let tried = |serving: &Arc<Serving>| wish.tried.contains(&serving.name);
    rank(may_serve.collect(), tried, |serving, first| keeps_its_place(serving, first))
}

/// Those that keep their place before the others, and of each the untried before the tried ones. The operator's order
/// holds among equals.
pub fn rank<T>(mut all: Vec<T>, tried: impl Fn(&T) -> bool, keeps_its_place: impl Fn(&T, bool) -> bool) -> Vec<T> {
    // Before places are asked for, so that the first one that is asked about is the first one in truth.
    all.sort_by_key(&tried);
    let mut first = true;
    let mut ranked = Vec::with_capacity(all.len());
    for one in all {
        let keeps = keeps_its_place(&one, first);
        first &= !keeps;
        ranked.push((!keeps, tried(&one), one));
    }
    ranked.sort_by_key(|(demoted, tried, _)| (*demoted, *tried));
    ranked.into_iter().map(|(_, _, one)| one).collect()
}

/// The names that the operator wrote for this message, in order.
pub fn names<'a>(routes: &'a Routes, wish: &Wish<'_>) -> Vec<&'a str> {
    match rules::choose(&routes.rules, wish) {
        Some(rule) => rules::names(rule, wish.message_id),
        None => routes.active.iter().chain(&routes.fallback).map(String::as_str).collect(),
    }
}

/// Whoever serves of those that are named for this message, whatever is the matter with them.
pub fn named(routes: &Routes, names: &[&str], wish: &Wish<'_>) -> impl Iterator<Item = Arc<Serving>> {
    let trial = routes
        .canary
        .as_ref()
        .filter(|trial| chance::below(100, "canary", wish.message_id) < u64::from(trial.canary.percent));
    let mut all = Vec::with_capacity(names.len() + 1);
    for name in names {
        all.extend(trial.map(|trial| &trial.serving).filter(|serving| serving.name == *name).cloned());
        all.extend(routes.connectors.get(*name).cloned());
    }
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(all: &[&'static str], tried: &[&str], failing: &[&str]) -> Vec<&'static str> {
        rank(all.to_vec(), |name| tried.contains(name), |name, _| !failing.contains(name))
    }

    #[test]
    fn who_was_tried_comes_last_and_who_fails_comes_behind_who_does_not() {
        for (tried, failing, expected) in [
            (&[][..], &[][..], ["a", "b", "c"]),
            (&["a"], &[], ["b", "c", "a"]),
            (&[], &["a"], ["b", "c", "a"]),
            (&["a"], &["b"], ["c", "a", "b"]),
            (&["a", "b"], &["a"], ["c", "b", "a"]),
            (&[], &["a", "b", "c"], ["a", "b", "c"]),
            (&["a", "b", "c"], &[], ["a", "b", "c"]),
        ] {
            assert_eq!(ranked(&["a", "b", "c"], tried, failing), expected, "tried {tried:?}, failing {failing:?}");
        }
    }

    #[test]
    fn only_who_would_be_asked_first_hears_that_it_is_first() {
        let heard = std::cell::RefCell::new(Vec::new());
        rank(
            vec!["a", "b", "c"],
            |name| *name == "b",
            |name, first| {
                heard.borrow_mut().push((*name, first));
                *name != "a"
            },
        );
        assert_eq!(*heard.borrow(), [("a", true), ("c", true), ("b", false)]);
    }
}
