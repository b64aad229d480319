//! What routing by cost knows of connectors.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::breaker::State;
use super::{Health, Place};
use crate::clock::Timestamp;
use crate::connector::registry::Routes;
use crate::connector::serving::Serving;
use crate::delivery::Wish;
use crate::delivery::route::{self, Beside, Candidate, Record};
use crate::prices::{Price, decimal};
use crate::store::Prefer;

/// What one connector costs in one country, and how it stands beside the best there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cost {
    /// The recipients' country.
    pub country: Option<String>,
    /// The connector.
    pub connector: String,
    /// Its revision.
    pub revision: u64,
    /// What an SMS part costs, in decimals; the mean of what its provider told lately, or its price list. Null without either.
    pub price: Option<String>,
    /// Of that price.
    pub currency: Option<String>,
    /// `best`, `as-good`, `worse` or `unproven`.
    pub beside: Beside,
    /// Whether messages go to it first.
    pub first: bool,
    /// Codes that were sent to numbers that got none before, at least five minutes ago: half of them count after a day.
    pub sent: u64,
    /// Those that were used within five minutes.
    pub used: u64,
    /// Those that were used within 30 seconds.
    pub used_soon: u64,
}

impl Health {
    /// The names for a message, in the operator's order, or by cost where that is preferred.
    pub fn names<'a>(&self, routes: &'a Routes, wish: &Wish<'_>, now: Timestamp) -> Vec<&'a str> {
        let mut names = route::names(routes, wish);
        if routes.prefer == Prefer::Order || route::splits(&routes.rules, wish) {
            return names;
        }
        names.retain(|name| routes.connectors.contains_key(*name));
        let of = |name: &&str| {
            let serving = routes.connectors.get(*name)?;
            Some(self.candidate(&Place::of(serving, wish.to), routes.price(name, wish.to), now))
        };
        let all: Vec<Candidate> = names.iter().filter_map(of).collect();
        // Whoever asks again is no matter to try out anything with.
        let thrown = wish.tried.is_empty().then(|| route::below(route::OF, "cost", wish.message_id));
        route::arranged(&all, thrown).into_iter().filter_map(|at| names.get(at).copied()).collect()
    }

    /// What connectors cost, country by country, as messages have it that no rule but one of their country alone concerns.
    pub fn costs(&self, environment: &str, now: Timestamp) -> Vec<Cost> {
        let routes = self.registry.routes(environment).filter(|routes| routes.prefer == Prefer::Cheapest);
        let Some(routes) = routes else { return Vec::new() };
        self.countries(environment, now).iter().flat_map(|country| self.costs_of(&routes, country, now)).collect()
    }

    fn costs_of(&self, routes: &Routes, country: &Option<String>, now: Timestamp) -> Vec<Cost> {
        let is_it = |countries: &Vec<String>| country.as_ref().is_some_and(|country| countries.contains(country));
        let rule = routes.rules.iter().find(|rule| {
            rule.prefixes.is_none() && rule.purposes.is_none() && rule.countries.as_ref().is_none_or(is_it)
        });
        let names: Vec<&String> = match rule {
            Some(rule) => rule.connectors().collect(),
            None => routes.active.iter().chain(&routes.fallback).collect(),
        };
        let serving: Vec<&Arc<Serving>> = names.into_iter().filter_map(|name| routes.connectors.get(name)).collect();
        let of = |serving: &&Arc<Serving>| {
            let listed =
                routes.prices.get(&serving.name).and_then(|prices| prices.list.country_price(country.as_deref()));
            let place = Place {
                environment: serving.environment.clone(),
                connector: serving.name.clone(),
                revision: serving.revision,
                country: country.clone(),
                area: String::new(),
            };
            self.candidate(&place, listed, now)
        };
        let all: Vec<Candidate> = serving.iter().map(of).collect();
        let choice = route::cheapest(&all);
        let well = |at: &usize| all.get(*at).is_some_and(|one| one.is_well);
        let first = choice.order.iter().copied().find(well);
        let told = all.iter().zip(&choice.beside).zip(serving).enumerate();
        let told = told.map(|(at, ((one, beside), serving))| {
            let Record { sent, used, soon } = one.record;
            Cost {
                country: country.clone(),
                connector: serving.name.clone(),
                revision: serving.revision,
                price: one.price.map(|price| decimal::written(price.micros)),
                currency: one.price.map(|price| price.currency.to_string()),
                beside: *beside,
                first: first == Some(at),
                sent,
                used,
                used_soon: soon,
            }
        });
        told.collect()
    }

    /// A provider took a code that nobody had sent before, and somebody tells if it is used.
    pub fn sent_first(&self, place: &Place, now: Timestamp) {
        if !self.is_place_on_trial(place) {
            self.table.at(&place.spot(), now, |entry| entry.worth.sent(now));
        }
    }

    /// A code was used that this one sent then, and nobody before.
    pub fn used_first(&self, place: &Place, sent_at: Timestamp, now: Timestamp) {
        self.table.look(&place.spot(), now, |entry| entry.worth.used(sent_at, now));
    }

    /// A provider told what a part of a message costs there.
    pub fn told_price(&self, place: &Place, price: Price, now: Timestamp) {
        if !self.is_place_on_trial(place) {
            self.table.at(&place.spot(), now, |entry| entry.worth.told(price));
        }
    }

    /// How one stands to be chosen: its provider's word is better than a list.
    pub fn candidate(&self, place: &Place, listed: Option<Price>, now: Timestamp) -> Candidate {
        let known = self.table.look(&place.spot(), now, |entry| Candidate {
            price: entry.worth.price().or(listed),
            record: entry.worth.record(now),
            is_well: entry.breaker.state == State::Closed,
        });
        known.unwrap_or(Candidate { price: listed, record: Default::default(), is_well: true })
    }

    /// Countries of an environment that anything is known of.
    fn countries(&self, environment: &str, now: Timestamp) -> Vec<Option<String>> {
        let mut all = Vec::new();
        self.table.each(environment, now, |entry| {
            if entry.network.is_none() && !all.contains(&entry.country) {
                all.push(entry.country.clone());
            }
        });
        all.sort();
        all
    }

    fn is_place_on_trial(&self, place: &Place) -> bool {
        self.trial_arm(place).is_some_and(|arm| arm.on_trial)
    }
}
