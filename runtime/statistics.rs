//! How sends went, in figures: what the API answers and the console draws.
//!
//! Promise: counted from what is stored, when it is asked for; nothing is kept twice that could differ. Percentiles are
//! exact. Answers are small whatever was sent: a span is at most 31 days long, and so has at most 745 hours.

mod span;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::clock::{Clock, Timestamp};
use crate::store::{
    self, Bucket, Conversion, ConversionQuery, Dimension, Figures, QUICK_MAX, RevisionFigures, SentOf, Step, Store,
};

pub use span::{Span, SpanError};

const GROUPS_MAX: u32 = 1000;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum StatisticsError {
    /// There is no such environment.
    #[error("there is no environment `{0}`")]
    UnknownEnvironment(String),
    /// There is no such connector, and none was there within the span.
    #[error("there is no connector `{0}` in this environment")]
    UnknownConnector(String),
    /// The span can't be taken.
    #[error(transparent)]
    Span(#[from] SpanError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// Which sends, as a caller asks.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StatisticsParams {
    /// Messages made at this time or later (RFC 3339); a day before `to` unless given.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Messages made before this time; now unless given. At most 31 days after `from`.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Only what this connector was asked for.
    pub connector: Option<String>,
    /// Only to this country (ISO 3166-1, such as `DE`).
    pub country: Option<String>,
    /// Only for this purpose.
    pub purpose: Option<String>,
    /// `hour` or `day`, in UTC; `hour` unless given.
    pub step: Option<Step>,
}

/// Figures over time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SendStatistics {
    /// The span.
    #[serde(flatten)]
    pub span: Span,
    /// How long a part of the series is.
    pub step: Step,
    /// Every hour or day of the span in order, also those without a send. The first and the last are cut off where the
    /// span is.
    pub series: Vec<Bucket>,
    /// The whole span.
    pub totals: Figures,
}

/// A connector's figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectorStatistics {
    /// The span.
    #[serde(flatten)]
    pub span: Span,
    /// Side by side, the newest first; those that were asked for nothing in the span are left out.
    pub revisions: Vec<RevisionFigures>,
    /// Messages that its provider took, or may have taken.
    pub sent: u64,
    /// The same by purpose, the largest first.
    pub by_purpose: Vec<SentOf>,
}

/// What a connector sent in the last day, as far as it is known at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentLately {
    /// Messages that its provider took, or may have taken.
    pub sent: u64,
    /// Whether these are all. If not, there are so many at least.
    pub is_all: bool,
}

/// What became of messages, by group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConversionStatistics {
    /// The span.
    #[serde(flatten)]
    pub span: Span,
    /// The groups, the largest first.
    pub items: Vec<Conversion>,
    /// Always null: there are no pages.
    pub next: Option<String>,
    /// Whether there are more than 1000 groups; the smallest are left out then.
    pub truncated: bool,
}

/// The use cases.
#[derive(Clone)]
pub struct Statistics {
    store: Arc<dyn Store>,
    clock: Clock,
}

impl Statistics {
    /// Over this store.
    pub fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// How the sends of an environment went, over time and in all.
    pub async fn sends(&self, environment: &str, asked: StatisticsParams) -> Result<SendStatistics, StatisticsError> {
        self.environment(environment).await?;
        let span = Span::of(asked.from, asked.to, self.clock.now())?;
        let step = asked.step.unwrap_or_default();
        let query = store::StatisticsQuery {
            environment: environment.to_owned(),
            from: span.from,
            to: span.to,
            step,
            connector: asked.connector,
            country: asked.country.map(|country| country.to_ascii_uppercase()),
            purpose: asked.purpose,
        };
        let store::Statistics { series, totals } = self.store.statistics(query).await?;
        Ok(SendStatistics { span, step, series, totals })
    }

    /// How a connector's revisions do, side by side, and how much it sends; since a day ago unless told.
    pub async fn connector(
        &self,
        environment: &str,
        connector: &str,
        from: Option<Timestamp>,
    ) -> Result<ConnectorStatistics, StatisticsError> {
        self.environment(environment).await?;
        let span = Span::of(from, None, self.clock.now())?;
        let revisions = self.store.revision_figures(environment, connector, span.from).await?;
        // One that was deleted a while ago has figures too.
        if revisions.is_empty() && self.store.connector(environment, connector).await?.is_none() {
            return Err(StatisticsError::UnknownConnector(connector.to_owned()));
        }
        let by_purpose = self.store.sent_since(environment, connector, span.from).await?;
        let sent = by_purpose.iter().map(|of| of.sent).sum();
        Ok(ConnectorStatistics { span, revisions, sent, by_purpose })
    }

    /// Whether so little was sent in a span that its figures take a moment. To count a million messages takes seconds.
    pub async fn is_quick(
        &self,
        environment: &str,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<bool, StatisticsError> {
        let span = Span::of(from, to, self.clock.now())?;
        let found = self.store.messages_up_to(environment, span.from, span.to, QUICK_MAX + 1).await?;
        Ok(found <= QUICK_MAX)
    }

    /// How much a connector sent in the last day: exactly where that takes a moment, and otherwise the least that it is.
    pub async fn sent_lately(&self, environment: &str, connector: &str) -> Result<SentLately, StatisticsError> {
        let span = Span::of(None, None, self.clock.now())?;
        let is_all = self.is_quick(environment, None, None).await?;
        let sent = self.store.sent_of_newest(environment, connector, span.from, QUICK_MAX).await?;
        Ok(SentLately { sent, is_all })
    }

    /// What became of messages, by group, and whether their codes were used.
    pub async fn conversion(
        &self,
        environment: &str,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        by: Vec<Dimension>,
    ) -> Result<ConversionStatistics, StatisticsError> {
        self.environment(environment).await?;
        let now = self.clock.now();
        let span = Span::of(from, to, now)?;
        let query = ConversionQuery {
            environment: environment.to_owned(),
            from: span.from,
            to: span.to,
            by,
            now,
            limit: GROUPS_MAX + 1,
        };
        let mut items = self.store.conversion(query).await?;
        let truncated = items.len() > GROUPS_MAX as usize;
        items.truncate(GROUPS_MAX as usize);
        Ok(ConversionStatistics { span, items, next: None, truncated })
    }

    async fn environment(&self, name: &str) -> Result<(), StatisticsError> {
        match self.store.environment(name).await? {
            Some(_) => Ok(()),
            None => Err(StatisticsError::UnknownEnvironment(name.to_owned())),
        }
    }
}

/// The span that figures are of unless they are asked for another.
pub const DAY: Duration = Duration::from_secs(24 * 3600);
