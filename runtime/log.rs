//! The log of messages: what the API lists and the console shows. Numbers are masked in it, and there is no code.

pub mod csv;
mod params;
mod view;

use std::sync::Arc;

use futures_util::stream::{self, Stream};

use crate::store::{Cursor, MessageFilter, Start, Store, StoreError};

pub use params::{LogParams, LogRefusal};
pub use view::MessageView;

/// Rows of an export at most.
pub const EXPORT_MAX: u32 = 100_000;
/// Messages that an export reads at once.
const EXPORT_STEP: u32 = 500;

/// A page of the log.
#[derive(Clone, Debug)]
pub struct LogPage {
    /// The newest first.
    pub items: Vec<MessageView>,
    /// `cursor` of the next page, of older messages; none if there are none.
    pub next: Option<String>,
    /// `newer` of the page before, of newer messages; none on the first page.
    pub prev: Option<String>,
}

/// The use cases.
#[derive(Clone)]
pub struct Log {
    store: Arc<dyn Store>,
}

impl Log {
    /// Over this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// A page of at most `filter.limit` messages, with what happened to each of them.
    pub async fn page(&self, mut filter: MessageFilter) -> Result<LogPage, StoreError> {
        let (limit, start) = (filter.limit as usize, filter.start.clone());
        // One more tells whether there is another page.
        filter.limit = filter.limit.saturating_add(1);
        let mut rows = self.store.messages(filter).await?;
        let more = rows.len() > limit;
        let is_upwards = matches!(start, Start::After(_));
        if more && is_upwards {
            rows.remove(0);
        }
        rows.truncate(limit);
        let place = |row| Cursor::of(row).to_string();
        let (older, newer) = match start {
            Start::Newest => (more, false),
            Start::Before(_) => (more, true),
            Start::After(_) => (true, more),
        };
        let next = rows.last().filter(|_| older).map(place);
        let prev = rows.first().filter(|_| newer).map(place);
        let mut histories = self.store.histories(rows.iter().map(|row| row.id.clone()).collect()).await?;
        let view = |row: crate::store::MessageRow| {
            let history = histories.remove(&row.id).unwrap_or_default();
            MessageView::of(row, history)
        };
        Ok(LogPage { items: rows.into_iter().map(view).collect(), next, prev })
    }

    /// One message, with what happened to it.
    pub async fn one(&self, environment: &str, id: &str) -> Result<Option<MessageView>, StoreError> {
        let Some(row) = self.store.message(environment, id).await? else { return Ok(None) };
        let mut histories = self.store.histories(vec![row.id.clone()]).await?;
        let history = histories.remove(&row.id).unwrap_or_default();
        Ok(Some(MessageView::of(row, history)))
    }

    /// Every message of a filter as CSV, in pieces, from the place on that it names: the newest first, at most
    /// [`EXPORT_MAX`]. What is sent out meanwhile is not in it; nothing is held while the reader is slow.
    pub fn export(&self, filter: MessageFilter) -> impl Stream<Item = Result<String, StoreError>> + Send + use<> {
        let log = self.clone();
        let step = EXPORT_STEP;
        let first = Some((MessageFilter { limit: step, ..filter }, EXPORT_MAX, csv::header()));
        stream::try_unfold(first, move |at| {
            let log = log.clone();
            async move {
                let Some((filter, left, mut piece)) = at else { return Ok(None) };
                let page = log.page(MessageFilter { limit: step.min(left), ..filter.clone() }).await?;
                page.items.iter().for_each(|view| csv::row(&mut piece, view));
                let left = left.saturating_sub(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
                let next = page.next.and_then(|next| next.parse().ok()).filter(|_| left > 0);
                let next =
                    next.map(|place| (MessageFilter { start: Start::Before(place), ..filter }, left, String::new()));
                Ok(Some((piece, next)))
            }
        })
    }
}
