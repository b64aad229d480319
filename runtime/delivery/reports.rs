//! What a provider says of a message after it took it: its callback read by the connector, and judged by the host.
//!
//! A report moves a state only if the callback is the provider's for certain: where the connector has a key to verify
//! it, by its signature; where the provider signs nothing, by the address that nobody can guess.

use sha2::{Digest as _, Sha256};

use super::callbacks::Target;
use super::{Delivery, attempt, quarantine};
use crate::connector::contract::{Answer, Callback, DeliveryReport, Export, Failure, Handled};
use crate::connector::serving::Serving;
use crate::store::{NewReport, StoreError, Subject};

/// Digits in a row that could be a person's number.
const NUMBER_DIGITS_MIN: usize = 7;

/// Why a callback was not read.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// No connector of that name serves, or it reads no callbacks.
    #[error("no connector reads callbacks here")]
    NobodyReads,
    /// The connector could not read it; its words are scrubbed.
    #[error("the connector could not read the callback: {}", .0.text)]
    Failed(Failure),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A callback that was read.
pub struct ReadCallback {
    /// What it reports.
    pub reports: Vec<NewReport>,
    /// What the provider is answered.
    pub answer: Answer,
}

impl Delivery {
    /// Let a connector read a callback. What it reports is written by the caller.
    pub async fn read_callback(
        &self,
        environment: &str,
        connector: &str,
        target: &Target,
        callback: &Callback,
    ) -> Result<ReadCallback, CallbackError> {
        let routes = self.registry.routes(environment).ok_or(CallbackError::NobodyReads)?;
        let sent_by = match target {
            Target::Message(id) => self.sent_by(id, connector).await?,
            Target::Connector => None,
        };
        let serving = routes.reader(connector, sent_by, self.clock.now()).ok_or(CallbackError::NobodyReads)?;
        if serving.quarantine.get().is_some() {
            return Err(CallbackError::NobodyReads);
        }
        let now = self.clock.now();
        let report = serving.handle_callback(now, callback, self.times.send).await;
        let report = report.ok_or(CallbackError::NobodyReads)?;
        quarantine::judge(&*self.store, serving, &report, self.clock.now()).await;
        let Handled { reports, answer, verified } = report.result.map_err(CallbackError::Failed)?;
        let verified = verified || !verifies(serving);
        for report in &reports {
            self.metrics.report_read(environment, connector, report.status.as_str(), verified);
        }
        let new = |report: DeliveryReport| {
            let subject = subject(target, connector, &report)?;
            let digest = digest(serving, &subject, &report, verified);
            Some(NewReport {
                digest,
                environment: environment.to_owned(),
                connector: connector.to_owned(),
                subject,
                status: report.status,
                kind: report.kind,
                provider_code: report.provider_code,
                text: report.text.as_deref().map(without_numbers),
                network: report.network,
                segments: report.segments,
                price: report.price,
                at: report.at,
                received_at: now,
                verified,
            })
        };
        Ok(ReadCallback { reports: reports.into_iter().filter_map(new).collect(), answer })
    }
}

impl Delivery {
    /// The revision of a connector that sent a message.
    async fn sent_by(&self, message_id: &str, connector: &str) -> Result<Option<u64>, StoreError> {
        let attempts = self.store.attempts(message_id).await?;
        Ok(attempts.iter().rev().find(|attempt| attempt.connector == connector).map(|attempt| attempt.revision))
    }
}

/// Whether the connector has a key with which it can tell the provider's callbacks from others.
fn verifies(serving: &Serving) -> bool {
    let wallet = &serving.wallet;
    wallet.bindings.values().any(|binding| binding.is_for(Export::DeliveryReports) && wallet.is_set(binding))
}

/// Which attempt a report speaks of. The address of a message speaks of nothing else, whatever is in it.
fn subject(target: &Target, connector: &str, report: &DeliveryReport) -> Option<Subject> {
    if let Target::Message(id) = target {
        return Some(Subject::Message(id.clone()));
    }
    let of_ours = report.reference.as_deref().and_then(|reference| reference.rsplit_once('-'));
    let of_ours = of_ours.filter(|(id, _)| report.reference.as_deref() == Some(&attempt::reference(id, connector)));
    if let Some((id, _)) = of_ours {
        return Some(Subject::Message(id.to_owned()));
    }
    (!report.message_ids.is_empty()).then(|| Subject::ProviderIds(report.message_ids.clone()))
}

/// A provider's words, without what could be a telephone number: the log has those masked.
fn without_numbers(text: &str) -> String {
    let (mut kept, mut digits) = (String::with_capacity(text.len()), String::new());
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        kept.push_str(if digits.len() >= NUMBER_DIGITS_MIN { "•••" } else { &digits });
        digits.clear();
        kept.push(c);
    }
    kept.pop();
    kept
}

/// What makes a report the same as another: who says what of whom, and whether that can be believed.
fn digest(serving: &Serving, subject: &Subject, report: &DeliveryReport, verified: bool) -> [u8; 32] {
    let who = (&serving.environment, &serving.name, format!("{subject:?}"), verified);
    let what = (&report.status, report.at, &report.provider_code, &report.network);
    // A price that comes after the same was said without one is news.
    let price = report.price.as_ref().map(|price| format!("/{price:?}")).unwrap_or_default();
    Sha256::digest(format!("{who:?}/{what:?}{price}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_words_keep_no_number() {
        assert_eq!(without_numbers("+14155550123 is off: 30005"), "+••• is off: 30005");
        assert_eq!(without_numbers("to 4155550123"), "to •••");
        assert_eq!(without_numbers(""), "");
    }
}
