//! What is kept of a number, for the person whose it is: he may ask (GDPR, articles 15 and 20). Codes and texts are not kept
//! in clear, so none is in it.

use serde::Serialize;
use serde_json::Value;
use url::Url;
use utoipa::ToSchema;

use super::{Decision, Otp, OtpError};
use crate::clock::Timestamp;
use crate::log::MessageView;
use crate::phone::PhoneNumber;
use crate::store::{DeliveryStatus, KeptEvent, KeptOfNumber, ToldTo, Verification, VerificationStatus};

/// Messages, verifications and decisions of an environment, each, at most.
const MOST: u32 = 5_000;

/// What is kept of a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct Disclosure {
    /// The number, E.164.
    #[schema(example = "+14155550123")]
    pub to: String,
    /// When this was read.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where there is anything.
    pub environments: Vec<KeptIn>,
}

/// What an environment keeps of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptIn {
    /// Its name.
    pub environment: String,
    /// Verifications, newest first.
    pub verifications: Vec<KeptVerification>,
    /// Messages with their attempts and reports, newest first.
    pub messages: Vec<MessageView>,
    /// What the defence against SMS pumping noted of it.
    pub decisions: Vec<Decision>,
    /// Events that webhooks were told of it, or are to be told: as long as `retention.webhooks_days` keeps them.
    pub events: Vec<KeptEventView>,
    /// Wrong codes in a row.
    pub wrong_codes: u32,
    /// Until when it is locked, or waits after wrong codes.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub blocked_until: Option<Timestamp>,
    /// Whether there is more of anything than the newest 5,000.
    pub more: bool,
}

/// An event as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptEventView {
    /// Its id.
    pub id: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What was told: `type`, `timestamp` and `data`, as webhooks got it.
    #[schema(value_type = Object)]
    pub told: Value,
    /// To whom.
    pub to: Vec<ToldToView>,
}

/// Somebody whom an event was told, or is to be told.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToldToView {
    /// The host of the webhook's URL: the rest of it may be a secret of the receiver.
    #[schema(example = "shop.example")]
    pub host: String,
    /// Where its telling stands.
    pub status: DeliveryStatus,
}

/// A verification as it is kept.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "as in the answers about a verification")]
pub struct KeptVerification {
    pub id: String,
    pub status: VerificationStatus,
    pub purpose: String,
    pub locale: String,
    pub subject: Option<String>,
    pub client_ip: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Value>,
    /// Whether it was answered as any other and never sent.
    pub suppressed: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl Otp {
    /// What is kept of a number in one environment, or in all.
    pub async fn disclose(&self, environment: Option<&str>, to: &str) -> Result<Disclosure, OtpError> {
        let to = PhoneNumber::parse(to)?;
        let names: Vec<String> = self.store.environments().await?.into_iter().map(|row| row.name).collect();
        if let Some(name) = environment.filter(|name| !names.iter().any(|known| known == name)) {
            return Err(OtpError::UnknownEnvironment(name.to_owned()));
        }
        let number = self.number_index(&to);
        let mut environments = Vec::new();
        for name in names.into_iter().filter(|name| environment.is_none_or(|wanted| wanted == name)) {
            let kept = self.store.kept_of_number(&name, &number, MOST).await?;
            environments.extend(KeptIn::of(name, kept));
        }
        Ok(Disclosure { to: to.e164().to_owned(), at: self.clock.now(), environments })
    }
}

impl KeptIn {
    fn of(environment: String, kept: KeptOfNumber) -> Option<Self> {
        let KeptOfNumber { messages, verifications, decisions, events, failures } = kept;
        let lengths = [messages.len(), verifications.len(), decisions.len(), events.len()];
        let most = lengths.into_iter().max().unwrap_or_default();
        if most == 0 && failures == crate::store::Failures::default() {
            return None;
        }
        Some(Self {
            environment,
            verifications: verifications.into_iter().map(KeptVerification::from).collect(),
            messages: messages.into_iter().map(|(row, history)| MessageView::of(row, history)).collect(),
            decisions: decisions.into_iter().map(Decision::from).collect(),
            events: events.into_iter().map(KeptEventView::from).collect(),
            wrong_codes: failures.consecutive,
            blocked_until: failures.blocked_until,
            more: most >= MOST as usize,
        })
    }
}

impl From<KeptEvent> for KeptEventView {
    fn from(event: KeptEvent) -> Self {
        let KeptEvent { id, at, body, told_to } = event;
        let to = told_to.into_iter().map(|ToldTo { url, status }| {
            let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned));
            ToldToView { host: host.unwrap_or_default(), status }
        });
        Self { id, at, told: body, to: to.collect() }
    }
}

impl From<Verification> for KeptVerification {
    fn from(v: Verification) -> Self {
        Self {
            id: v.id,
            status: v.status,
            purpose: v.purpose,
            locale: v.locale,
            subject: v.subject,
            client_ip: v.client_ip,
            metadata: v.metadata,
            suppressed: v.suppressed,
            created_at: v.created_at,
            updated_at: v.updated_at,
            expires_at: v.expires_at,
        }
    }
}
