//! Who sends on a channel.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Canary, CanaryEnd, Rule};

/// What decides who is asked first, of those that the operator named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Prefer {
    /// The operator's order.
    #[default]
    Order,
    /// The least cost, among those of whose codes as many are used as of the best's.
    Cheapest,
}

/// Who sends on a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelRow {
    /// The active connector.
    pub active: Option<String>,
    /// Who is asked after it.
    pub fallback: Vec<String>,
    /// Who sends what differs; the first rule that matches decides.
    pub routes: Vec<Rule>,
    /// What decides who is first of those that are named.
    pub prefer: Prefer,
    /// A revision on trial.
    pub canary: Option<Canary>,
    /// How the last trial ended, if it was not ended by a person.
    pub canary_ended: Option<CanaryEnd>,
}

impl ChannelRow {
    /// As it is once a connector serves that was saved: it becomes active if it is wanted to or nobody is, and takes the
    /// place of the one that it replaces.
    #[must_use]
    pub fn with(mut self, name: &str, activate: bool, replaces: Option<&str>) -> Self {
        if let Some(old) = replaces {
            self = self.with_replaced(old, name);
        }
        if activate || self.active.is_none() { self.with_active(name) } else { self }
    }

    /// With one connector in the place of another, wherever that is named. Its trial ends: the new one has none.
    fn with_replaced(mut self, old: &str, new: &str) -> Self {
        if self.active.as_deref() == Some(old) {
            self = self.with_active(new);
        }
        let is_active = self.active.as_deref() == Some(new);
        take_place(&mut self.fallback, old, new);
        self.fallback.retain(|name| !(is_active && name == new));
        self.routes.iter_mut().for_each(|rule| rule.replace(old, new));
        self.canary = self.canary.filter(|canary| canary.connector != old);
        self
    }

    /// With another active one; whoever was active before stands by no differently than it did.
    #[must_use]
    pub fn with_active(mut self, name: &str) -> Self {
        self.fallback.retain(|other| other != name);
        self.active = Some(name.to_owned());
        self
    }
}

/// In a list of names: `new` where `old` stands, and nowhere twice.
pub(super) fn take_place(names: &mut Vec<String>, old: &str, new: &str) {
    if names.iter().any(|name| name == new) {
        names.retain(|name| name != old);
    }
    names.iter_mut().filter(|name| *name == old).for_each(|name| new.clone_into(name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Share;

    fn share(connector: &str, weight: u32) -> Share {
        Share { connector: connector.to_owned(), weight }
    }

    #[test]
    fn who_replaces_another_stands_wherever_that_stood_and_nowhere_twice() {
        let rule = |shares, fallback: &[&str]| Rule {
            countries: None,
            prefixes: None,
            purposes: None,
            shares,
            fallback: fallback.iter().map(|name| (*name).to_owned()).collect(),
        };
        let channel = ChannelRow {
            active: Some("old".into()),
            fallback: vec!["new".into(), "other".into()],
            routes: vec![
                rule(vec![share("old", 2), share("new", 3)], &["other"]),
                rule(vec![share("new", 1)], &["old"]),
                rule(vec![share("other", 1)], &["old"]),
            ],
            ..ChannelRow::default()
        };
        let now = channel.clone().with("new", false, Some("old"));
        assert_eq!((now.active.as_deref(), now.fallback), (Some("new"), vec!["other".to_owned()]));
        let expected = [
            rule(vec![share("new", 5)], &["other"]),
            rule(vec![share("new", 1)], &[]),
            rule(vec![share("other", 1)], &["new"]),
        ];
        assert_eq!(now.routes, expected);
        assert_eq!(channel.clone().with("third", false, Some("nobody")), channel);
    }
}
