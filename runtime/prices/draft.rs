//! A list as it is sent, stored and shown; and what of it can't be taken.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Currency, PriceFault, PriceList, REST, ROWS_MAX, decimal};
use crate::phone::{is_beginning, is_country};

/// Faults that are told at most: a table of the wrong kind has one in each row.
const FAULTS_MAX: usize = 50;

/// A price list as it is sent and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PriceList)]
pub struct Draft {
    /// ISO 4217, such as `EUR`. All lists of an environment have the same: one budget can't be of two.
    pub currency: String,
    /// What one SMS part costs, by destination; at most 20000.
    pub prices: Vec<DraftRow>,
}

/// A row of a price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PriceRow)]
pub struct DraftRow {
    /// A country (`DE`), the first digits of numbers (`+4915`), or `*` for the rest. The longest digits that fit beat the
    /// country, and that beats the rest.
    pub destination: String,
    /// For one SMS part, in decimals: `0.0750`. Six digits after the point at most.
    pub price: String,
    /// Where it stood in a table.
    #[serde(skip)]
    pub line: Option<u32>,
}

impl PriceList {
    /// Take a list, or say everything that is wrong with it.
    pub fn read(draft: &Draft) -> Result<Self, Vec<PriceFault>> {
        let mut faults = Vec::new();
        let currency = Currency::in_use(&draft.currency);
        if currency.is_none() {
            faults.push(fault("/currency", "must be three capital letters of ISO 4217, such as EUR"));
        }
        if draft.prices.is_empty() {
            faults.push(fault("/prices", "has no rows; delete the list instead"));
        }
        if draft.prices.len() > ROWS_MAX {
            faults.push(fault("/prices", &format!("has more than {ROWS_MAX} rows")));
            return Err(faults);
        }
        let mut rows = Rows::default();
        for (index, row) in draft.prices.iter().enumerate() {
            rows.take(index, row, &mut faults);
        }
        let more = faults.len().saturating_sub(FAULTS_MAX);
        faults.truncate(FAULTS_MAX);
        if more > 0 {
            faults.push(fault("/prices", &format!("has {more} more faults")));
        }
        match currency {
            Some(currency) if faults.is_empty() => {
                Ok(Self { currency, rest: rows.rest, countries: rows.countries, prefixes: rows.prefixes })
            }
            _ => Err(faults),
        }
    }

    /// As it is shown and stored.
    pub fn draft(&self) -> Draft {
        let row = |destination, micros: &u64| DraftRow { destination, price: decimal::written(*micros), line: None };
        let rest = self.rest.iter().map(|micros| row(REST.to_owned(), micros));
        let countries = self.countries.iter().map(|(country, micros)| row(country.clone(), micros));
        let prefixes = self.prefixes.iter().map(|(digits, micros)| row(format!("+{digits}"), micros));
        Draft { currency: self.currency.to_string(), prices: rest.chain(countries).chain(prefixes).collect() }
    }
}

#[derive(Default)]
struct Rows {
    rest: Option<u64>,
    countries: BTreeMap<String, u64>,
    prefixes: BTreeMap<String, u64>,
}

impl Rows {
    fn take(&mut self, index: usize, row: &DraftRow, faults: &mut Vec<PriceFault>) {
        let mut told = |field: &str, detail: &str| {
            let place = row.line.map(|line| format!("line {line}: the {field} ")).unwrap_or_default();
            faults.push(fault(&format!("/prices/{index}/{field}"), &format!("{place}{detail}")));
        };
        let micros = decimal::micros(&row.price).map_err(|wrong| told("price", &wrong.to_string()));
        let digits = row.destination.strip_prefix('+').unwrap_or(&row.destination);
        let Ok(micros) = micros else { return };
        let before = if row.destination == REST {
            self.rest.replace(micros)
        } else if is_country(&row.destination) {
            self.countries.insert(row.destination.clone(), micros)
        } else if is_beginning(&format!("+{digits}")) {
            self.prefixes.insert(digits.to_owned(), micros)
        } else {
            let shapes = "is none: it is a country's two capital letters (DE), a number's first digits (+4915), or *";
            return told("destination", shapes);
        };
        if before.is_some() {
            told("destination", "is there twice");
        }
    }
}

fn fault(pointer: &str, text: &str) -> PriceFault {
    PriceFault { pointer: pointer.to_owned(), text: text.to_owned() }
}
