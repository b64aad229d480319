//! Where messages may go: countries, blocks of numbers, and types of numbers. Pure.
//!
//! The threat: toll fraud. Somebody asks for codes to numbers whose carrier pays him a share of what each message costs;
//! they lie in countries where a service has no customers, and in blocks that ordinary people don't have. What is closed
//! can't be abused. So production is closed until its operator names a country, and each further one begins small.

mod number_type;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PolicyError;
use crate::phone::{PhoneNumber, is_beginning, is_country};

pub use number_type::NumberType;

/// Messages a day to each country but the first, until that is raised.
const FURTHER_COUNTRY_PER_DAY: u32 = 100;
const PER_DAY_MAX: u32 = 10_000_000;
const ENTRIES_MAX: usize = 1000;

/// Where messages may go. What is not said is as built in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Destinations {
    /// `all` countries, or `named` ones alone (`named` in an environment of kind production, `all` in one of kind
    /// development).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub countries: Option<Countries>,
    /// Countries by name, the service's own first, and how many messages a day each gets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<NamedCountry>,
    /// Countries that get nothing, also where all others do (ISO 3166-1, such as `DE`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<String>,
    /// Types of numbers that get nothing (premium-rate, shared-cost, toll-free, pager, voicemail).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_types: Option<BTreeSet<NumberType>>,
    /// First digits, with the plus and the country code, of numbers that get messages whatever their country and their
    /// type: what is known of types lags behind new blocks of numbers. Caps hold for them all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_prefixes: Vec<String>,
    /// First digits of numbers that get nothing. Of an allowed and a blocked prefix the longer one counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked_prefixes: Vec<String>,
}

/// Which countries get messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Countries {
    /// All that are not blocked.
    All,
    /// Those that are named and not blocked.
    Named,
}

/// A country by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedCountry {
    /// ISO 3166-1 alpha-2, such as `DE`.
    pub country: String,
    /// Messages a day; 0 is no limit. Of the first country that is named none unless given, of each further one 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends_per_day: Option<u32>,
}

/// Why nothing goes to a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// No country is named yet.
    #[error("no country is named yet, so nothing is sent")]
    Everywhere,
    /// Its country is none of those that are named.
    #[error("nothing is sent to {0}, which is not among the named countries")]
    Country(String),
    /// Its country is blocked.
    #[error("nothing is sent to {0}, which is blocked")]
    Blocked(String),
    /// It begins as a blocked prefix does.
    #[error("nothing is sent to numbers that begin like this one, which are blocked")]
    Prefix,
    /// Its type.
    #[error("nothing is sent to numbers of the type {}", .0.word())]
    Type(NumberType),
}

impl Closed {
    /// One word for programs.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Everywhere | Self::Country(_) => "country-closed",
            Self::Blocked(_) => "country-blocked",
            Self::Prefix => "prefix-blocked",
            Self::Type(_) => "number-type",
        }
    }
}

impl Destinations {
    /// Whether it leaves everything as built in.
    pub fn says_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Which countries are open.
    pub fn countries(&self, is_development: bool) -> Countries {
        self.countries.unwrap_or(if is_development { Countries::All } else { Countries::Named })
    }

    /// Types that get nothing.
    pub fn refused_types(&self) -> BTreeSet<NumberType> {
        self.refused_types.clone().unwrap_or_else(|| NumberType::REFUSED.into_iter().collect())
    }

    /// Whether nothing can be sent at all.
    pub fn is_closed(&self, is_development: bool) -> bool {
        self.countries(is_development) == Countries::Named && self.named.is_empty() && self.allowed_prefixes.is_empty()
    }

    /// May a message go to this number?
    pub fn open(&self, to: &PhoneNumber, is_development: bool) -> Result<(), Closed> {
        let longest = |prefixes: &[String]| {
            let held = prefixes.iter().filter(|prefix| to.e164().starts_with(prefix.as_str()));
            held.map(String::len).max().unwrap_or_default()
        };
        let (allowed, blocked) = (longest(&self.allowed_prefixes), longest(&self.blocked_prefixes));
        if blocked > 0 && blocked >= allowed {
            return Err(Closed::Prefix);
        }
        // Satellite and international networks have no country: their code stands for it.
        let country = to.country().map_or_else(|| format!("+{}", to.calling_code()), str::to_owned);
        if self.blocked.contains(&country) {
            return Err(Closed::Blocked(country));
        }
        if allowed > 0 {
            return Ok(());
        }
        if self.countries(is_development) == Countries::Named && !self.named.iter().any(|n| n.country == country) {
            return Err(if self.named.is_empty() { Closed::Everywhere } else { Closed::Country(country) });
        }
        match NumberType::of(to.kind()) {
            Some(kind) if self.refused_types().contains(&kind) => Err(Closed::Type(kind)),
            _ => Ok(()),
        }
    }

    /// Messages a day to the number's country, where that is limited.
    pub fn per_day(&self, to: &PhoneNumber) -> Option<u32> {
        let at = self.named.iter().position(|named| Some(named.country.as_str()) == to.country())?;
        let built_in = if at == 0 { 0 } else { FURTHER_COUNTRY_PER_DAY };
        self.named.get(at)?.sends_per_day.or(Some(built_in)).filter(|cap| *cap > 0)
    }

    pub(super) fn faults(&self) -> Vec<PolicyError> {
        let mut faults = Vec::new();
        let mut fault = |at: String, detail: &str| {
            faults.push(PolicyError { pointer: format!("/destinations/{at}"), detail: detail.to_owned() });
        };
        let mut seen = BTreeSet::new();
        for (n, named) in self.named.iter().enumerate() {
            if !is_country(&named.country) {
                fault(format!("named/{n}/country"), NO_COUNTRY);
            } else if !seen.insert(&named.country) {
                fault(format!("named/{n}/country"), "is named before");
            }
            if named.sends_per_day.is_some_and(|cap| cap > PER_DAY_MAX) {
                fault(format!("named/{n}/sends_per_day"), "must be from 0 to 10000000");
            }
        }
        for (n, _) in self.blocked.iter().enumerate().filter(|(_, country)| !is_country(country)) {
            fault(format!("blocked/{n}"), NO_COUNTRY);
        }
        let lists = [("allowed_prefixes", &self.allowed_prefixes), ("blocked_prefixes", &self.blocked_prefixes)];
        for (name, prefixes) in lists {
            if prefixes.len() > ENTRIES_MAX {
                fault(name.to_owned(), "has more than 1000 entries");
            }
            for (n, _) in prefixes.iter().enumerate().filter(|(_, prefix)| !is_beginning(prefix)) {
                fault(format!("{name}/{n}"), "is a plus and 1 to 15 digits, such as +4915");
            }
        }
        faults
    }
}

const NO_COUNTRY: &str = "is a country's two letters (ISO 3166-1) in upper case, such as DE";

#[cfg(test)]
mod tests;
