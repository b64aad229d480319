//! A bill as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use super::BillSpan;
use crate::store::{BillRow, BillSums};

/// What was sent, what it took and what it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Charges {
    /// Calls whose message the provider took, or may have taken: accepted, delivered, undelivered and unknown together. A
    /// message that two connectors were asked for counts for each that may have sent it.
    pub sends: u64,
    /// The provider took it, and reported nothing more yet.
    pub accepted: u64,
    /// Reported as delivered.
    pub delivered: u64,
    /// Reported as not delivered.
    pub undelivered: u64,
    /// Nobody knows whether it was sent.
    pub unknown: u64,
    /// Certainly not sent: no part of `sends`.
    pub refused: u64,
    /// SMS parts of the sends.
    pub segments: u64,
    /// Codes that were used, each for the connector that most likely delivered it.
    pub verified: u64,
    /// What it cost, by currency.
    pub costs: Vec<Cost>,
    /// Sends whose cost neither the provider nor a price list told: it is not among the costs.
    pub unpriced: u64,
    /// Cost for each used code, in millionths, rounded down: null where no code was used, where there are costs of several
    /// currencies, and where nothing is known of any cost. What is unpriced makes it smaller than it is.
    pub cost_per_verified_micros: Option<u64>,
    /// Processor time of the connector's code, in milliseconds.
    pub cpu_ms: u64,
    /// The most memory that a call had, in bytes.
    pub peak_memory_bytes: u64,
    /// Bytes of requests to the provider: addresses, headers and bodies, without TLS.
    pub bytes_out: u64,
    /// Bytes of the provider's answers: headers and bodies.
    pub bytes_in: u64,
}

/// Money of one currency, in millionths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cost {
    /// ISO 4217.
    pub currency: String,
    /// All of it.
    pub micros: u64,
    /// How much of it the provider told.
    pub provider_micros: u64,
    /// How much of it is by the price list, since the provider told nothing.
    pub list_micros: u64,
}

/// Of one country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountryBill {
    /// ISO 3166-1; null for numbers of no country.
    pub country: Option<String>,
    /// What was sent there.
    #[serde(flatten)]
    pub charges: Charges,
}

/// Of one connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectorBill {
    /// Its name.
    pub connector: String,
    /// All of it.
    pub totals: Charges,
    /// By country.
    pub countries: Vec<CountryBill>,
}

/// A connector's bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bill {
    /// Its days.
    #[serde(flatten)]
    pub span: BillSpan,
    /// What is on it.
    #[serde(flatten)]
    pub of: ConnectorBill,
}

/// An environment's bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EnvironmentBill {
    /// Its days.
    #[serde(flatten)]
    pub span: BillSpan,
    /// Of all connectors together.
    pub totals: Charges,
    /// Connectors that were asked for something, by name.
    pub connectors: Vec<ConnectorBill>,
}

impl Charges {
    /// What adds up to this.
    pub fn of(sums: &BillSums) -> Self {
        let cost = |(currency, sums): (&String, &crate::store::CostSums)| Cost {
            currency: currency.clone(),
            micros: sums.micros(),
            provider_micros: sums.provider_micros,
            list_micros: sums.list_micros,
        };
        let costs: Vec<Cost> = sums.costs.iter().map(cost).collect();
        let cost_per_verified_micros = match costs.as_slice() {
            [cost] => cost.micros.checked_div(sums.verified),
            _ => None,
        };
        let taken = [sums.accepted, sums.delivered, sums.undelivered, sums.unknown];
        Self {
            sends: taken.into_iter().fold(0, u64::saturating_add),
            accepted: sums.accepted,
            delivered: sums.delivered,
            undelivered: sums.undelivered,
            unknown: sums.unknown,
            refused: sums.refused,
            segments: sums.segments,
            verified: sums.verified,
            costs,
            unpriced: sums.unpriced,
            cost_per_verified_micros,
            cpu_ms: sums.usage.cpu_us.div_ceil(1000),
            peak_memory_bytes: sums.usage.memory_bytes,
            bytes_out: sums.usage.bytes_out,
            bytes_in: sums.usage.bytes_in,
        }
    }
}

impl ConnectorBill {
    /// Of its rows, one a country.
    pub fn of(connector: String, rows: Vec<BillRow>) -> Self {
        let mut all = BillSums::default();
        rows.iter().for_each(|row| all.add(&row.sums));
        let country = |row: BillRow| CountryBill { charges: Charges::of(&row.sums), country: row.country };
        Self { connector, totals: Charges::of(&all), countries: rows.into_iter().map(country).collect() }
    }
}
