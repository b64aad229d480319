//! A report as it is written down.

use super::super::super::flight::Flight;
use super::super::super::given::given;
use super::super::super::word;
use crate::store::{NewReport, Subject};

/// A report that is kept, and what it says of itself there.
pub(super) struct Kept<'a> {
    pub(super) report: &'a NewReport,
    pub(super) of: Option<(String, u32)>,
    pub(super) moved: bool,
}

impl Kept<'_> {
    pub(super) fn write(&self, flight: &mut Flight) {
        let report = self.report;
        let waits_for = match (&self.of, &report.subject) {
            (None, Subject::ProviderIds(ids)) => ids.first(),
            _ => None,
        };
        let sql = "INSERT INTO reports (digest, environment, connector, message_id, attempt, provider_id, status, kind,
                     provider_code, text, network, segments, price, currency, at, received_at, verified, moved)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                   ON CONFLICT (digest) DO NOTHING";
        let row = given![
            &report.digest,
            &report.environment,
            &report.connector,
            self.of.as_ref().map(|(message, _)| message),
            self.of.as_ref().map(|(_, number)| *number),
            waits_for,
            word(&report.status),
            report.kind.map(|kind| kind.as_str()),
            &report.provider_code,
            &report.text,
            &report.network,
            report.segments,
            report.price.as_ref().map(|price| &price.amount),
            report.price.as_ref().map(|price| &price.currency),
            report.at,
            report.received_at,
            report.verified,
            self.moved
        ];
        flight.ask(sql, row);
    }
}
