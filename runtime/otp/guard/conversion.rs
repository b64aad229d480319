//! Authgear's rules, as it publishes them (authgear-server, docs/specs/fraud-protection.md): unverified messages, against
//! verified ones of the day, the hour and the best of 14 days. Only where outcomes are told.

use super::sight::{RECENT, Sight, fired, percent};
use super::{Fired, Rule};
use crate::store::counters::{DAYS, HOURS, Scope, Span};

/// The rules that it breaks.
pub(super) fn judge(sight: &Sight) -> Vec<Fired> {
    if !sight.asked.outcomes_told || sight.known {
        return Vec::new();
    }
    let mut all = country(sight);
    if sight.asked.client_index.is_some() {
        all.extend(client(sight));
    }
    all
}

fn country(sight: &Sight) -> Vec<Fired> {
    let (rules, at) = (&sight.rules.conversion, sight.asked.at);
    let hours = sight.counts.of(Scope::Country, Span::Hour);
    let (day, hour) = (hours.sum(0, HOURS), hours.sum(0, 0));
    let best = sight.counts.days(Scope::Country).max(0, DAYS, |tally| tally.verified);
    let part = |verified| percent(verified, rules.unverified_percent.into());
    let of_day = part(best).max(part(day.verified)).max(rules.country_day_messages.into());
    let of_hour = (of_day / 6).max(part(hour.verified)).max(rules.country_hour_messages.into());
    let next = Span::Hour.next(at);
    let day = fired(Rule::CountryDay, rules.country_day, day.unverified().saturating_add(1), of_day, next);
    let hour = fired(Rule::CountryHour, rules.country_hour, hour.unverified().saturating_add(1), of_hour, next);
    day.into_iter().chain(hour).collect()
}

fn client(sight: &Sight) -> Vec<Fired> {
    let (rules, at) = (&sight.rules.conversion, sight.asked.at);
    let hours = sight.counts.of(Scope::Client, Span::Hour);
    let (day, hour) = (hours.sum(0, HOURS), hours.sum(0, 0));
    let part = percent(day.verified, rules.unverified_percent.into());
    let of_day = part.max(rules.client_day_messages.into());
    let of_hour = (part / 6).max(rules.client_hour_messages.into());
    let next = Span::Hour.next(at);
    let here = sight.sum(Scope::ClientCountry, RECENT);
    let new = u64::from(here.sent == 0);
    let countries = sight.sum(Scope::Client, (0, 0)).firsts.saturating_add(new);
    let many = (here.verified == 0)
        .then(|| {
            let limit = rules.countries_per_client.into();
            fired(Rule::ClientCountries, rules.client_countries, countries, limit, Span::Day.next(at))
        })
        .flatten();
    let day = fired(Rule::ClientDay, rules.client_day, day.unverified().saturating_add(1), of_day, next);
    let hour = fired(Rule::ClientHour, rules.client_hour, hour.unverified().saturating_add(1), of_hour, next);
    day.into_iter().chain(hour).chain(many).collect()
}
