//! A message as the log shows it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::otp::not_sent;
use crate::store::{AttemptRow, History, MessageRow, MessageStatus, ReportRow};

/// A message of the log. The number is masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// The verification that it belongs to.
    pub verification: Option<String>,
    /// Where it stands.
    pub status: MessageStatus,
    /// What asked for it: `verification`, `api`, or a door of its own such as `hook:NAME`.
    pub source: String,
    /// Whom the caller means, in his own words.
    pub subject: Option<String>,
    /// Why nothing was sent, where that is on purpose: `not sent: reviewer number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// The recipient, masked.
    pub to: String,
    /// The recipient's country.
    pub country: Option<String>,
    /// Why it was sent.
    pub purpose: String,
    /// The recipient's language.
    pub locale: String,
    /// Whether its code was used, where the caller told.
    pub used: Option<bool>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its code ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Every call of a connector for it.
    pub attempts: Vec<AttemptRow>,
    /// What providers reported of it, in the order of coming.
    pub reports: Vec<ReportRow>,
}

impl MessageView {
    /// A message with what happened to it.
    pub fn of(row: MessageRow, history: History) -> Self {
        Self {
            id: row.id,
            verification: row.verification_id,
            status: row.status,
            source: row.source,
            subject: row.subject,
            why: (row.status == MessageStatus::NotSent).then(|| not_sent(row.kept_back)),
            to: row.to_masked,
            country: row.country,
            purpose: row.purpose,
            locale: row.locale,
            used: row.used,
            created_at: row.created_at,
            expires_at: row.expires_at,
            attempts: history.attempts,
            reports: history.reports,
        }
    }
}
