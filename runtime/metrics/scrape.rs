//! What is answered to whoever scrapes.

use std::fmt;
use std::sync::Arc;

use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::{Metrics, Readings, StoreFigures, names};

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Prometheus' own, for whoever asks for no other.
    Text,
}

impl Form {
    /// What an `Accept` header asks for. Prometheus and its kin name OpenMetrics; curl and old scrapers do not.
    pub fn asked(accept: Option<&str>) -> Self {
        match accept {
            Some(accept) if accept.contains("application/openmetrics-text") => Self::OpenMetrics,
            _ => Self::Text,
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => prometheus_text::CONTENT_TYPE,
        }
    }
}

/// All metrics of a service, counted and read.
pub struct Scrape {
    counted: Arc<Metrics>,
    registry: Registry,
}

impl fmt::Debug for Scrape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scrape").finish_non_exhaustive()
    }
}

impl Scrape {
    /// Of these.
    pub fn new(counted: Arc<Metrics>, store: &StoreFigures, compiling: &Histogram, readings: Readings) -> Self {
        let mut registry = Registry::default();
        counted.register(&mut registry);
        store.register(&mut registry);
        names::COMPILE_SECONDS.register(&mut registry, compiling);
        registry.register_collector(Box::new(readings));
        Self { counted, registry }
    }

    /// What is counted.
    pub fn counted(&self) -> &Metrics {
        &self.counted
    }

    /// All of it, as it stands now.
    pub fn written(&self, form: Form) -> Result<String, fmt::Error> {
        let mut written = String::new();
        match form {
            Form::OpenMetrics => text::encode(&mut written, &self.registry)?,
            Form::Text => prometheus_text::encode(&mut written, &self.registry)?,
        }
        Ok(written)
    }
}
