//! Judging a channel before anything of it is stored: every fault, each by JSON Pointer.

use std::collections::BTreeSet;

use super::{PutCanary, PutChannel};
use crate::connector::reason::Reason;
use crate::delivery::route;
use crate::phone;
use crate::setup::{Setup, SetupError};
use crate::store::{ConnectorRow, Rule, WEIGHT_MAX};
use crate::texts;

const RULES_MAX: usize = 100;
const ENTRIES_MAX: usize = 250;

/// What there is to refer to, and the faults that were found.
struct Judge<'a> {
    environment: &'a str,
    serving: BTreeSet<String>,
    faults: Vec<Reason>,
}

impl Setup {
    pub(super) async fn judge_channel(&self, environment: &str, put: &PutChannel) -> Result<Vec<Reason>, SetupError> {
        let connectors = self.store.connectors(environment).await?;
        self.judge_channel_of(environment, put, &connectors).await
    }

    /// The same among connectors that the environment may not have yet.
    pub(in crate::setup) async fn judge_channel_of(
        &self,
        environment: &str,
        put: &PutChannel,
        connectors: &[ConnectorRow],
    ) -> Result<Vec<Reason>, SetupError> {
        let serving = connectors.iter().filter(|row| row.serving.is_some()).map(|row| row.name.clone()).collect();
        let mut judge = Judge { environment, serving, faults: Vec::new() };
        judge.connectors([("/active".to_owned(), &put.active)].into_iter().chain(pointed("/fallback", &put.fallback)));
        if put.routes.len() > RULES_MAX {
            judge.fault("too-many", "/routes", format!("there are at most {RULES_MAX} rules"));
        }
        for (index, rule) in put.routes.iter().enumerate().take(RULES_MAX) {
            let pointer = format!("/routes/{index}");
            judge.rule(&pointer, rule);
            let earlier = put.routes.get(..index).unwrap_or_default();
            if let Some(by) = route::hidden_by(rule, earlier) {
                judge.fault("hidden", &pointer, format!("rule {by} takes everything that this one would match"));
            }
        }
        let Some(canary) = &put.canary else { return Ok(judge.faults) };
        let used = put.routes.iter().flat_map(Rule::connectors).chain(&put.fallback).chain([&put.active]);
        if !used.into_iter().any(|name| *name == canary.connector) {
            let text = format!("`{}` gets no messages: nothing names it", canary.connector);
            judge.fault("unused-connector", "/canary/connector", text);
        }
        judge.faults.extend(self.judge_canary(environment, canary, connectors).await?);
        Ok(judge.faults)
    }

    async fn judge_canary(
        &self,
        environment: &str,
        canary: &PutCanary,
        connectors: &[ConnectorRow],
    ) -> Result<Vec<Reason>, SetupError> {
        let mut faults = Vec::new();
        if !(1..=99).contains(&canary.percent) {
            faults.push(Reason::at("percent", "/canary/percent", "a share is 1 to 99 of a hundred"));
        }
        let refused = |code, text: &str| Some(Reason::at(code, "/canary/revision", text));
        let connector = connectors.iter().find(|row| row.name == canary.connector);
        let fault = match connector.and_then(|row| row.serving) {
            None => {
                let text = format!("no connector `{}` serves in `{environment}`", canary.connector);
                Some(Reason::at("unknown-connector", "/canary/connector", &text))
            }
            Some(serving) if serving == canary.revision => {
                refused("serving", "this revision serves already; try another one beside it")
            }
            Some(_) => match self.may_serve(environment, &canary.connector, canary.revision).await {
                Ok(()) => None,
                Err(SetupError::NotFound { .. }) => refused("unknown-revision", "there is no such revision"),
                Err(error @ SetupError::Quarantined { .. }) => refused("quarantined", &error.to_string()),
                Err(error @ SetupError::SecretErased { .. }) => refused("secret-erased", &error.to_string()),
                Err(other) => return Err(other),
            },
        };
        faults.extend(fault);
        Ok(faults)
    }
}

impl Judge<'_> {
    fn fault(&mut self, code: &'static str, pointer: &str, text: impl AsRef<str>) {
        self.faults.push(Reason::at(code, pointer, text.as_ref()));
    }

    /// Each serves, and none is named twice.
    fn connectors<'a>(&mut self, named: impl Iterator<Item = (String, &'a String)>) {
        let mut seen = BTreeSet::new();
        for (pointer, name) in named {
            if !self.serving.contains(name) {
                let text = format!("no connector `{name}` serves in `{}`", self.environment);
                self.fault("unknown-connector", &pointer, text);
            } else if !seen.insert(name) {
                self.fault("twice", &pointer, format!("`{name}` is named twice"));
            }
        }
    }

    fn rule(&mut self, pointer: &str, rule: &Rule) {
        let country = |text: &str| {
            (!phone::is_country(text))
                .then(|| format!("`{text}` is not a country's ISO 3166-1 alpha-2 code in upper case"))
        };
        self.list(&format!("{pointer}/countries"), rule.countries.as_deref(), "unknown-country", country);
        self.list(&format!("{pointer}/prefixes"), rule.prefixes.as_deref(), "prefix", |text| {
            (!phone::is_beginning(text))
                .then(|| format!("`{text}` is not the beginning of a number: a plus and 1 to 15 digits"))
        });
        self.list(&format!("{pointer}/purposes"), rule.purposes.as_deref(), "purpose", |text| {
            (!texts::is_purpose(text)).then(|| format!("a purpose {}", texts::PURPOSE_FORM))
        });
        if rule.shares.is_empty() {
            self.fault("empty", &format!("{pointer}/use"), "a rule names at least one connector to use");
        }
        for (index, share) in rule.shares.iter().enumerate() {
            if !(1..=WEIGHT_MAX).contains(&share.weight) {
                let pointer = format!("{pointer}/use/{index}/weight");
                self.fault("weight", &pointer, format!("a weight is 1 to {WEIGHT_MAX}"));
            }
        }
        let shares = rule.shares.iter().enumerate();
        let shares = shares.map(|(index, share)| (format!("{pointer}/use/{index}/connector"), &share.connector));
        self.connectors(shares.chain(pointed(&format!("{pointer}/fallback"), &rule.fallback)));
    }

    /// A list that is there says something, and nothing twice.
    fn list(
        &mut self,
        pointer: &str,
        list: Option<&[String]>,
        code: &'static str,
        fault: impl Fn(&str) -> Option<String>,
    ) {
        let Some(list) = list else { return };
        if list.is_empty() {
            self.fault("empty", pointer, "an empty list would match nothing; leave it out to match everything");
        }
        if list.len() > ENTRIES_MAX {
            return self.fault("too-many", pointer, format!("there are at most {ENTRIES_MAX} entries"));
        }
        let mut seen = BTreeSet::new();
        for (index, text) in list.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            if let Some(text) = fault(text) {
                self.fault(code, &pointer, text);
            } else if !seen.insert(text) {
                self.fault("twice", &pointer, format!("`{text}` is named twice"));
            }
        }
    }
}

fn pointed<'a>(pointer: &str, names: &'a [String]) -> impl Iterator<Item = (String, &'a String)> {
    names.iter().enumerate().map(move |(index, name)| (format!("{pointer}/{index}"), name))
}
