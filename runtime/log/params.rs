//! Which messages of the log, as a caller asks: in a query string, or a form's fields.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock::Timestamp;
use crate::store::{MessageFilter, MessageStatus, Start};

/// Messages of a page unless told, and at most.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;
/// Longest word that is looked for: no name, purpose or id of ours is longer.
const WORD_MAX: usize = 200;

/// What can't be looked for.
#[derive(Debug, thiserror::Error)]
#[error("`{field}` {detail}")]
pub struct LogRefusal {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

/// Which messages. What is empty is as if it were not given, so that a plain form can ask.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct LogParams {
    /// `next` of a page: older messages.
    pub cursor: Option<String>,
    /// `prev` of a page: newer messages. Instead of `cursor`.
    pub newer: Option<String>,
    /// Messages of a page, 1 to 200; 50 unless given.
    #[param(value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Only of this verification.
    pub verification: Option<String>,
    /// Only those that this connector was asked for.
    pub connector: Option<String>,
    /// Only with this status, or one of several with commas: `queued`, `sending`, `accepted`, `refused`, `unknown`,
    /// `delivered`, `undelivered`, `not-sent`.
    pub status: Option<String>,
    /// Only those that this source asked for: `verification`, `api`, …
    pub source: Option<String>,
    /// Only to this country (ISO 3166-1, such as `DE`).
    pub country: Option<String>,
    /// Only for this purpose.
    pub purpose: Option<String>,
    /// Made at this time or later (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<String>,
    /// Made before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<String>,
    /// `json`, or `csv` for all messages of the filter as a table (at most 100,000, and `limit` does not count). So does
    /// `Accept: text/csv`.
    #[param(value_type = Option<String>)]
    pub format: Option<String>,
}

impl LogParams {
    /// Whether a table was asked for, here or by what the caller accepts.
    pub fn is_csv(&self, accepts: &str) -> Result<bool, LogRefusal> {
        match given(&self.format) {
            Some("csv") => Ok(true),
            Some("json") => Ok(false),
            Some(_) => Err(refusal("format", "is `json` or `csv`")),
            None => Ok(accepts.split(',').any(|kind| kind.split(';').next().unwrap_or_default().trim() == "text/csv")),
        }
    }

    /// The filter, for an environment.
    pub fn filter(&self, environment: &str) -> Result<MessageFilter, LogRefusal> {
        Ok(MessageFilter {
            environment: environment.to_owned(),
            start: self.start()?,
            limit: self.limit()?,
            verification_id: word("verification", &self.verification)?,
            connector: word("connector", &self.connector)?,
            statuses: self.statuses()?,
            source: word("source", &self.source)?,
            country: word("country", &self.country)?.map(|country| country.to_ascii_uppercase()),
            purpose: word("purpose", &self.purpose)?,
            from: time("from", &self.from)?,
            to: time("to", &self.to)?,
        })
        .and_then(|filter| match (filter.from, filter.to) {
            (Some(from), Some(to)) if from >= to => Err(refusal("from", "lies before `to`")),
            _ => Ok(filter),
        })
    }

    fn start(&self) -> Result<Start, LogRefusal> {
        let place = |field, text: &str| text.parse().map_err(|error: crate::store::NoCursor| refusal(field, error));
        match (given(&self.cursor), given(&self.newer)) {
            (None, None) => Ok(Start::Newest),
            (Some(older), None) => place("cursor", older).map(Start::Before),
            (None, Some(newer)) => place("newer", newer).map(Start::After),
            (Some(_), Some(_)) => Err(refusal("newer", "is given instead of `cursor`, not beside it")),
        }
    }

    fn limit(&self) -> Result<u32, LogRefusal> {
        let Some(limit) = given(&self.limit) else { return Ok(PAGE) };
        let limit = limit.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit));
        limit.ok_or_else(|| refusal("limit", format!("is 1 to {PAGE_MAX}")))
    }

    fn statuses(&self) -> Result<Vec<MessageStatus>, LogRefusal> {
        let status = |word: &str| {
            serde_json::from_value(serde_json::Value::String(word.trim().to_owned()))
                .map_err(|_| refusal("status", format!("is one or more of {}, with commas", STATUSES.join(", "))))
        };
        let mut statuses = Vec::new();
        for word in given(&self.status).into_iter().flat_map(|words| words.split(',')) {
            let status = status(word)?;
            if !statuses.contains(&status) {
                statuses.push(status);
            }
        }
        Ok(statuses)
    }
}

const STATUSES: [&str; 8] =
    ["`queued`", "`sending`", "`accepted`", "`delivered`", "`undelivered`", "`refused`", "`unknown`", "`not-sent`"];

fn refusal(field: &'static str, detail: impl ToString) -> LogRefusal {
    LogRefusal { field, detail: detail.to_string() }
}

fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

fn word(field: &'static str, value: &Option<String>) -> Result<Option<String>, LogRefusal> {
    match given(value) {
        Some(word) if word.len() > WORD_MAX => Err(refusal(field, format!("is at most {WORD_MAX} bytes long"))),
        word => Ok(word.map(str::to_owned)),
    }
}

fn time(field: &'static str, value: &Option<String>) -> Result<Option<Timestamp>, LogRefusal> {
    let read = |text: &str| serde_json::from_value(serde_json::Value::String(text.to_owned()));
    let read = given(value).map(read).transpose();
    read.map_err(|_| refusal(field, "is a time as RFC 3339 writes it, such as `2026-01-15T12:00:00Z`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn an_empty_field_is_as_if_it_were_not_given() {
        let blank =
            LogParams { status: some(""), from: some(" "), limit: some(""), cursor: some(""), ..LogParams::default() };
        let filter = blank.filter("production").unwrap();
        assert_eq!((filter.statuses.len(), filter.from, filter.limit, filter.start), (0, None, 50, Start::Newest));
    }

    #[test]
    fn several_statuses_are_told_apart_by_commas_and_each_counts_once() {
        let filter =
            LogParams { status: some("refused, unknown,refused"), ..LogParams::default() }.filter("x").unwrap();
        assert_eq!(filter.statuses, [MessageStatus::Refused, MessageStatus::Unknown]);
    }

    #[test]
    fn what_can_t_be_looked_for_is_told_with_its_field() {
        let all = [
            ("status", LogParams { status: some("refused,gone"), ..LogParams::default() }),
            ("from", LogParams { from: some("yesterday"), ..LogParams::default() }),
            ("to", LogParams { to: some("1969-01-01T00:00:00Z"), ..LogParams::default() }),
            ("limit", LogParams { limit: some("201"), ..LogParams::default() }),
            ("cursor", LogParams { cursor: some("msg_1"), ..LogParams::default() }),
            ("newer", LogParams { newer: some("1-a"), cursor: some("1-a"), ..LogParams::default() }),
            ("purpose", LogParams { purpose: Some("x".repeat(201)), ..LogParams::default() }),
        ];
        for (field, params) in all {
            assert_eq!(params.filter("x").unwrap_err().field, field);
        }
        let same =
            LogParams { from: some("2026-01-01T00:00:00Z"), to: some("2026-01-01T00:00:00Z"), ..LogParams::default() };
        assert_eq!(same.filter("x").unwrap_err().field, "from");
    }
}
