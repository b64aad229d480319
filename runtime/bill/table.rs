//! A bill as a table: a row for each connector, country and currency. Where there are several currencies, the first row alone
//! has the counts, so that a column can be added up.

use super::{BillSpan, Charges, ConnectorBill, Cost};
use crate::log::csv;
use crate::prices::decimal::written;

const COLUMNS: [&str; 22] = [
    "since",
    "until",
    "connector",
    "country",
    "currency",
    "cost",
    "cost_by_provider",
    "cost_by_list",
    "cost_per_verified",
    "sends",
    "accepted",
    "delivered",
    "undelivered",
    "unknown",
    "refused",
    "segments",
    "verified",
    "unpriced",
    "cpu_ms",
    "peak_memory_bytes",
    "bytes_out",
    "bytes_in",
];

/// A bill with its header.
pub fn table_of(span: BillSpan, connectors: &[ConnectorBill]) -> String {
    let mut out = COLUMNS.join(",") + "\r\n";
    for bill in connectors {
        for of in &bill.countries {
            let place = [
                span.since.to_string(),
                span.until.to_string(),
                bill.connector.clone(),
                of.country.clone().unwrap_or_default(),
            ];
            let (first, others) = match of.charges.costs.split_first() {
                Some((first, others)) => (Some(first), others),
                None => (None, [].as_slice()),
            };
            row(&mut out, &place, money(first, of.charges.cost_per_verified_micros), &counts(&of.charges));
            for cost in others {
                row(&mut out, &place, money(Some(cost), None), &[const { String::new() }; 13]);
            }
        }
    }
    out
}

fn row(out: &mut String, place: &[String; 4], money: [String; 5], counts: &[String; 13]) {
    let cells: Vec<&str> = place.iter().chain(&money).chain(counts).map(String::as_str).collect();
    csv::line(out, &cells);
}

fn money(cost: Option<&Cost>, per_verified: Option<u64>) -> [String; 5] {
    let Some(cost) = cost else { return Default::default() };
    [
        cost.currency.clone(),
        written(cost.micros),
        written(cost.provider_micros),
        written(cost.list_micros),
        per_verified.map(written).unwrap_or_default(),
    ]
}

fn counts(of: &Charges) -> [String; 13] {
    [
        of.sends,
        of.accepted,
        of.delivered,
        of.undelivered,
        of.unknown,
        of.refused,
        of.segments,
        of.verified,
        of.unpriced,
        of.cpu_ms,
        of.peak_memory_bytes,
        of.bytes_out,
        of.bytes_in,
    ]
    .map(|count| count.to_string())
}
