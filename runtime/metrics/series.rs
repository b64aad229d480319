//! The series of one metric: a map from labels to a value, with a bound.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use prometheus_client::encoding::{EncodeLabel as _, EncodeLabelSet, EncodeMetric, LabelSetEncoder, MetricEncoder};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// Series of one metric at most, but for those under `_overflow`.
pub const SERIES_MAX: usize = 10_000;
const OVERFLOW: &str = "_overflow";
/// The country of a number that has none.
const NO_COUNTRY: &str = "none";

/// What operators name, and a country.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Whose {
    environment: Option<String>,
    connector: Option<String>,
    country: Option<String>,
}

impl Whose {
    /// Of the service.
    pub(super) fn service() -> Self {
        Self::default()
    }

    /// Of an environment.
    pub(super) fn environment(name: &str) -> Self {
        Self { environment: Some(name.to_owned()), ..Self::default() }
    }

    /// Of a connector.
    pub(super) fn connector_of(environment: &str, name: &str) -> Self {
        Self { connector: Some(name.to_owned()), ..Self::environment(environment) }
    }

    /// In a country.
    pub(super) fn to(self, country: Option<&str>) -> Self {
        Self { country: Some(country.unwrap_or(NO_COUNTRY).to_owned()), ..self }
    }

    pub(super) fn is_of(&self, environment: &str) -> bool {
        self.environment.as_deref() == Some(environment)
    }

    pub(super) fn connector(&self) -> Option<&str> {
        self.connector.as_deref()
    }

    /// Where there is no room for more of them.
    fn overflowing(&self) -> Self {
        let summed = |name: &Option<String>| name.as_ref().map(|_| OVERFLOW.to_owned());
        Self {
            environment: summed(&self.environment),
            connector: summed(&self.connector),
            country: summed(&self.country),
        }
    }
}

impl EncodeLabelSet for Whose {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        let all = [("environment", &self.environment), ("connector", &self.connector), ("country", &self.country)];
        all.into_iter().try_for_each(|(label, name)| match name {
            Some(name) => (label, name.as_str()).encode(encoder.encode_label()),
            None => Ok(()),
        })
    }
}

/// Of one metric.
pub(super) struct Series<C, M> {
    kept: Arc<RwLock<HashMap<(Whose, C), M>>>,
    new: fn() -> M,
}

impl<C, M> Clone for Series<C, M> {
    fn clone(&self) -> Self {
        Self { kept: Arc::clone(&self.kept), new: self.new }
    }
}

impl<C, M> fmt::Debug for Series<C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Series").finish_non_exhaustive()
    }
}

impl<C: Clone + Eq + Hash, M: Clone> Series<C, M> {
    /// None yet; each begins with `new`.
    pub(super) fn of(new: fn() -> M) -> Self {
        Self { kept: Arc::default(), new }
    }

    /// The one of these labels.
    pub(super) fn at(&self, whose: Whose, closed: C) -> M {
        let mut key = (whose, closed);
        if let Some(found) = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return found.clone();
        }
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= SERIES_MAX && !kept.contains_key(&key) {
            key.0 = key.0.overflowing();
        }
        kept.entry(key).or_insert_with(self.new).clone()
    }

    /// Let go of the others.
    pub(super) fn retain(&self, keep: impl Fn(&Whose) -> bool) {
        self.kept.write().unwrap_or_else(PoisonError::into_inner).retain(|(whose, _), _| keep(whose));
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.kept.read().unwrap().len()
    }
}

impl<C: EncodeLabelSet + Clone + Ord, M: EncodeMetric + TypedMetric + Clone> EncodeMetric for Series<C, M> {
    /// In the order of their labels, so that two answers can be compared. Nobody who counts waits for it.
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = kept.iter().map(|(labels, metric)| (labels.clone(), metric.clone())).collect();
        drop(kept);
        all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        all.iter().try_for_each(|(labels, metric)| metric.encode(encoder.encode_family(labels)?))
    }

    fn metric_type(&self) -> MetricType {
        M::TYPE
    }

    fn is_empty(&self) -> bool {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}
