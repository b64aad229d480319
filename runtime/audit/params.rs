//! Which entries of the log, as a caller asks: in a query string, or a form's fields.

use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use crate::clock::Timestamp;
use crate::store::AuditFilter;

/// Entries of a page unless told, and at most.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;
/// Longest word that is looked for: no name and no id of ours is longer.
const WORD_MAX: usize = 200;

/// What can't be looked for.
#[derive(Debug, thiserror::Error)]
#[error("`{field}` {detail}")]
pub struct AuditRefusal {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

/// Which entries. What is empty is as if it were not given, so that a plain form can ask.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AuditParams {
    /// Id of who did it: a key's, a user's, or what the service was doing.
    pub actor: Option<String>,
    /// What was done, such as `connector.save`; `connector.*` is all of a kind.
    pub action: Option<String>,
    /// Where.
    pub environment: Option<String>,
    /// To what: its name.
    pub target: Option<String>,
    /// Since then (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<String>,
    /// Before then (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 200; 50 unless given.
    pub limit: Option<u32>,
}

impl AuditParams {
    /// The filter.
    pub fn filter(&self) -> Result<AuditFilter, AuditRefusal> {
        let limit = self.limit.unwrap_or(PAGE);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(refusal("limit", format!("is 1 to {PAGE_MAX}")));
        }
        let filter = AuditFilter {
            actor: word("actor", &self.actor)?,
            action: word("action", &self.action)?,
            environment: word("environment", &self.environment)?,
            target: word("target", &self.target)?,
            from: time("from", &self.from)?,
            to: time("to", &self.to)?,
            after: given(&self.cursor).map(after).transpose()?,
            limit,
        };
        match (filter.from, filter.to) {
            (Some(from), Some(to)) if from >= to => Err(refusal("from", "lies before `to`")),
            _ => Ok(filter),
        }
    }
}

/// The place that a page's `next` names.
pub fn after(cursor: &str) -> Result<(Timestamp, String), AuditRefusal> {
    let parts = cursor.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    let (at, id) = parts.ok_or_else(|| refusal("cursor", "is `next` of the page before"))?;
    Ok((Timestamp::from_millis(at), id))
}

fn refusal(field: &'static str, detail: impl Into<String>) -> AuditRefusal {
    AuditRefusal { field, detail: detail.into() }
}

fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

fn word(field: &'static str, value: &Option<String>) -> Result<Option<String>, AuditRefusal> {
    match given(value) {
        Some(word) if word.len() > WORD_MAX => Err(refusal(field, format!("is at most {WORD_MAX} bytes long"))),
        word => Ok(word.map(str::to_owned)),
    }
}

fn time(field: &'static str, value: &Option<String>) -> Result<Option<Timestamp>, AuditRefusal> {
    let read = |text: &str| serde_json::from_value(Value::String(text.to_owned()));
    given(value).map(read).transpose().map_err(|_| refusal(field, "is a time as RFC 3339 writes it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_t_be_looked_for_is_told_with_its_field() {
        let some = |text: &str| Some(text.to_owned());
        let all = [
            ("from", AuditParams { from: some("yesterday"), ..AuditParams::default() }),
            ("to", AuditParams { to: some("now"), ..AuditParams::default() }),
            ("cursor", AuditParams { cursor: some("aud_1"), ..AuditParams::default() }),
            ("limit", AuditParams { limit: Some(0), ..AuditParams::default() }),
            ("target", AuditParams { target: Some("x".repeat(201)), ..AuditParams::default() }),
        ];
        for (field, params) in all {
            assert_eq!(params.filter().unwrap_err().field, field);
        }
        let blank = AuditParams { actor: some(" "), from: some(""), cursor: some(""), ..AuditParams::default() };
        let filter = blank.filter().unwrap();
        assert_eq!((filter.actor, filter.from, filter.after, filter.limit), (None, None, None, 50));
    }
}
