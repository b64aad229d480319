//! What messages cost: a provider's price list for each connector. Pure.
//!
//! A list has one currency and a price for one SMS part by destination: the first digits of numbers, a country, or `*`
//! for the rest. The longest digits that fit a number beat its country, and that beats the rest; where nothing fits, the
//! list has no price. Money is in millionths, exact: no float is anywhere near it.

mod currency;
pub mod decimal;
mod draft;
mod table;

use std::collections::BTreeMap;

use crate::phone::PhoneNumber;

pub use currency::Currency;
pub use draft::{Draft, DraftRow};
pub use table::{read as read_table, write as table_of};

/// Rows of a list at most.
pub const ROWS_MAX: usize = 20_000;
/// Bytes of a list as it is sent at most.
pub const BYTES_MAX: usize = 1 << 20;

/// The rest: what no other row is about.
const REST: &str = "*";

/// What a connector's provider asks for one SMS part, by destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceList {
    currency: Currency,
    rest: Option<u64>,
    countries: BTreeMap<String, u64>,
    /// By digits, after the plus.
    prefixes: BTreeMap<String, u64>,
}

/// What one SMS part costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// In millionths of the currency.
    pub micros: u64,
    /// The currency.
    pub currency: Currency,
}

impl Price {
    /// What a provider told of a message; none if that can't be read or believed.
    pub fn told(amount: &str, currency: &str) -> Option<Self> {
        Some(Self { micros: decimal::told_micros(amount)?, currency: Currency::shaped(currency.trim_matches(' '))? })
    }
}

/// Why a list can't be taken: one place of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {text}")]
pub struct PriceFault {
    /// JSON Pointer into the list, also where it was sent as a table.
    pub pointer: String,
    /// What is wrong with it; names the line and the column of a table.
    pub text: String,
}

impl PriceList {
    /// Its currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.prefixes.len() + self.countries.len() + usize::from(self.rest.is_some())
    }

    /// What one part costs to a country, whatever its numbers begin with; none where no row is about it.
    pub fn country_price(&self, country: Option<&str>) -> Option<Price> {
        let micros = country.and_then(|country| self.countries.get(country)).copied().or(self.rest)?;
        Some(Price { micros, currency: self.currency })
    }

    /// What one part costs to this number; none where no row is about it.
    pub fn price(&self, to: &PhoneNumber) -> Option<Price> {
        let digits = to.e164().trim_start_matches('+');
        let by_prefix = (1..=digits.len()).rev().find_map(|end| self.prefixes.get(digits.get(..end)?));
        let by_country = || self.countries.get(to.country()?);
        let micros = by_prefix.or_else(by_country).copied().or(self.rest)?;
        Some(Price { micros, currency: self.currency })
    }
}

#[cfg(test)]
mod tests;
