//! Price lists as they are stored, and bills as they add up.

use std::collections::BTreeMap;

/// A stored price list, without its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricesRow {
    /// The connector.
    pub connector: String,
    /// The list's currency.
    pub currency: String,
    /// Grows with every change.
    pub version: u64,
}

/// What one call of a connector took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Processor time, in microseconds.
    pub cpu_us: u64,
    /// The most memory that it had at once.
    pub memory_bytes: u64,
    /// Bytes of its requests: address, headers, body.
    pub bytes_out: u64,
    /// Bytes of the answers: headers, body.
    pub bytes_in: u64,
}

/// Which bills.
#[derive(Clone, Debug)]
pub struct BillQuery {
    /// The environment.
    pub environment: String,
    /// Of this connector alone.
    pub connector: Option<String>,
    /// Its first day, counted from 1970 in UTC.
    pub since: u64,
    /// Its last day.
    pub until: u64,
}

/// What a connector sent to one country, and what that cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// The connector.
    pub connector: String,
    /// The country; none where the number is of none.
    pub country: Option<String>,
    /// What was counted.
    pub sums: BillSums,
}

/// What adds up in a bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "bill/view.rs explains them")]
pub struct BillSums {
    pub accepted: u64,
    pub delivered: u64,
    pub undelivered: u64,
    pub unknown: u64,
    pub refused: u64,
    pub segments: u64,
    pub unpriced: u64,
    pub verified: u64,
    pub usage: Usage,
    /// By currency.
    pub costs: BTreeMap<String, CostSums>,
}

/// Money of one currency, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostSums {
    /// As providers told it.
    pub provider_micros: u64,
    /// By price lists, where they told nothing.
    pub list_micros: u64,
}

impl Usage {
    /// This and more: memory is not added up, the most of it counts.
    pub fn add(&mut self, more: Self) {
        self.cpu_us = self.cpu_us.saturating_add(more.cpu_us);
        self.memory_bytes = self.memory_bytes.max(more.memory_bytes);
        self.bytes_out = self.bytes_out.saturating_add(more.bytes_out);
        self.bytes_in = self.bytes_in.saturating_add(more.bytes_in);
    }
}

impl CostSums {
    /// This and more.
    pub fn add(&mut self, more: Self) {
        self.provider_micros = self.provider_micros.saturating_add(more.provider_micros);
        self.list_micros = self.list_micros.saturating_add(more.list_micros);
    }

    /// All of it.
    pub fn micros(self) -> u64 {
        self.provider_micros.saturating_add(self.list_micros)
    }
}

impl BillSums {
    /// This and more.
    pub fn add(&mut self, more: &Self) {
        for (sum, more) in [
            (&mut self.accepted, more.accepted),
            (&mut self.delivered, more.delivered),
            (&mut self.undelivered, more.undelivered),
            (&mut self.unknown, more.unknown),
            (&mut self.refused, more.refused),
            (&mut self.segments, more.segments),
            (&mut self.unpriced, more.unpriced),
            (&mut self.verified, more.verified),
        ] {
            *sum = sum.saturating_add(more);
        }
        self.usage.add(more.usage);
        for (currency, cost) in &more.costs {
            self.costs.entry(currency.clone()).or_default().add(*cost);
        }
    }
}
