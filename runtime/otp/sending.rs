//! From a verification to its messages: what is written before anything leaves, what leaves, what is noted afterwards.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::record::recipient_aad;
use super::{Otp, OtpError, VerificationView, code};
use crate::clock::Timestamp;
use crate::delivery::{Carries, Course, Delivered, First, Letter, Plan, Start, attempt};
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{
    CodeSource, KeptBack, MessageStatus, NewAttempt, NewMessage, SOURCE_VERIFICATION, SettledDelivery, Verification,
};

/// Whether a caller waits for the outcome of what he sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until a provider took it, or none did.
    ForOutcome,
    /// Until it is written down: it waits in the queue (`Prefer: respond-async`, RFC 7240 §4.1).
    ForQueue,
    /// For the outcome, but no longer than this: then what is known is that it is being sent, and the send goes on.
    AtMost(Duration),
}

impl Wait {
    /// The course of a message that is made now.
    pub(super) fn course(self) -> Course {
        match self {
            Self::ForOutcome | Self::AtMost(_) => Course::BEGUN,
            Self::ForQueue => Course::QUEUED,
        }
    }
}

pub(super) fn new_message_id() -> String {
    format!("msg_{}", Uuid::now_v7().simple())
}

/// A message's first attempt, where it is written together with the message.
pub(super) fn first_attempt(letter: &Letter, plan: &Plan, wait: Wait, now: Timestamp) -> Option<NewAttempt> {
    let message_id = &letter.message_id;
    let First { connector, revision, makes_code } = plan.first();
    wait.course().stored.then(|| NewAttempt {
        message_id: message_id.clone(),
        number: 1,
        connector: connector.to_owned(),
        revision,
        code_by_provider: makes_code,
        reference: attempt::reference(message_id, connector),
        price: plan.price(&letter.to),
        started_at: now,
    })
}

/// Whose code the next message of a verification carries, and what its provider called it before.
pub(super) fn carried(source: &CodeSource) -> (Carries<'_>, Option<String>) {
    match source {
        CodeSource::Open => (Carries::Open, None),
        CodeSource::Given => (Carries::Given, None),
        CodeSource::Provider(bound) => (Carries::Of(&bound.connector), bound.provider_id.clone()),
    }
}

/// What a verification shows of a message that has no outcome yet.
pub(super) fn under_way(message_id: &str, wait: Wait) -> Value {
    let status = if wait.course().stored { MessageStatus::Sending } else { MessageStatus::Queued };
    json!({ "status": status, "message": message_id })
}

/// Why the messages of a verification are not sent, if so.
fn kept_back(v: &Verification) -> Option<KeptBack> {
    if v.suppressed {
        return Some(KeptBack::Suppressed);
    }
    v.fixed_code.is_some().then_some(KeptBack::Reviewer)
}

/// What a send came to, if that is known in time. It goes on if it is not.
pub(super) async fn within<T>(limit: Duration, sent: JoinHandle<T>) -> Option<T> {
    tokio::time::timeout(limit, sent).await.ok()?.ok()
}

impl Otp {
    /// A message of a verification.
    pub(super) fn new_message(&self, id: &str, v: &Verification, to: &PhoneNumber, now: Timestamp) -> NewMessage {
        NewMessage {
            id: id.to_owned(),
            environment: v.environment.clone(),
            verification_id: Some(v.id.clone()),
            source: SOURCE_VERIFICATION.to_owned(),
            subject: v.subject.clone(),
            purpose: v.purpose.clone(),
            locale: v.locale.clone(),
            to_masked: to.masked(),
            number_index: v.number_index,
            client_index: v.client_ip.as_deref().and_then(|ip| ip.parse().ok()).map(|ip| self.client_index(ip)),
            request_index: None,
            request_since: None,
            kept_back: kept_back(v),
            country: to.country().map(str::to_owned),
            area: to.area().to_owned(),
            content: None,
            follow: None,
            reads: Vec::new(),
            created_at: now,
            expires_at: v.expires_at,
        }
    }

    /// What is to be sent for a verification: its code is derived again, not kept. `previous` is what a provider that
    /// made the code itself calls it.
    pub(super) fn letter(
        &self,
        v: &Verification,
        to: PhoneNumber,
        message_id: &str,
        previous: Option<String>,
    ) -> Letter {
        let key = self.vault.code_key(v.code_key);
        Letter {
            message_id: message_id.to_owned(),
            environment: v.environment.clone(),
            to,
            purpose: v.purpose.clone(),
            locale: v.locale.clone(),
            code: Some(code::derive(&key, &v.environment, &v.id, v.code_length)),
            text: None,
            parameters: Vec::new(),
            sender: None,
            app_hash: v.app_hash.clone(),
            valid_until: v.expires_at,
            client_ip: v.client_ip.clone(),
            start: Some(Start { code_length: v.code_length, previous }),
            use_is_told: true,
            is_first: true,
            ambiguous_failover_used: v.ambiguous_failover_used,
        }
    }

    /// Send a message that has been written, now or from the queue.
    pub(super) async fn send(
        self: &Arc<Self>,
        verification: Verification,
        plan: Plan,
        letter: Letter,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        let (this, shown) = (Arc::clone(self), verification.clone());
        match wait {
            Wait::ForOutcome => self.view(self.deliver(verification, plan, letter, wait.course()).await),
            Wait::AtMost(limit) => {
                let course = wait.course();
                let sent = self.delivery.apart(async move { this.deliver(verification, plan, letter, course).await });
                self.view(within(limit, sent).await.unwrap_or(shown))
            }
            Wait::ForQueue => {
                self.queue.send(&self.delivery, plan, letter, |plan, letter, course| async move {
                    this.deliver(verification, plan, letter, course).await;
                });
                self.view(shown)
            }
        }
    }

    /// Deliver a message of a verification, and note what became of it.
    pub(super) async fn deliver(
        &self,
        mut v: Verification,
        plan: Plan,
        letter: Letter,
        course: Course,
    ) -> Verification {
        let (message_id, is_first) = (letter.message_id.clone(), letter.is_first);
        let begun = self.clock.now();
        let delivered = self.delivery.deliver(plan, letter, course).await;
        self.pace.took(&v.environment, self.clock.now().since(begun));
        if delivered.status == MessageStatus::Queued {
            return v;
        }
        let refused = delivered.status == MessageStatus::Refused;
        let now = self.clock.now();
        v.delivery = Some(delivery_json(&delivered, is_first, &message_id, now));
        v.ambiguous_failover_used = delivered.ambiguous_failover_used;
        if refused {
            v.resend_after = now;
        }
        let ends_at = delivered.expires_in_seconds.map(|seconds| now.plus(Duration::from_secs(seconds.into())));
        v.expires_at = ends_at.map_or(v.expires_at, |at| at.min(v.expires_at));
        let settled = SettledDelivery {
            verification_id: v.id.clone(),
            message_id,
            delivery: v.delivery.clone().unwrap_or_default(),
            refused,
            ambiguous_failover_used: delivered.ambiguous_failover_used,
            ends_at,
            now,
        };
        // The message has left: `201` stands, whatever becomes of this note. The message's own log has the outcome.
        if let Err(error) = self.store.settle_delivery(settled).await {
            tracing::error!(verification = v.id, %error, "the outcome of a delivery could not be noted");
        }
        v
    }

    pub(super) fn open_number(&self, v: &Verification) -> Result<PhoneNumber, OtpError> {
        if v.to.is_empty() {
            // The number went with a lost master key; what has no number was canceled then.
            return Err(OtpError::NotPending(v.status));
        }
        let open = self.vault.open(&recipient_aad(&v.environment, &v.id), &v.to)?;
        let text = Secret::new(String::from_utf8_lossy(open.expose()).into_owned());
        Ok(PhoneNumber::parse(text.expose())?)
    }
}

fn delivery_json(delivered: &Delivered, is_first: bool, message_id: &str, now: Timestamp) -> Value {
    let mut json = serde_json::to_value(delivered).unwrap_or_default();
    if let Some(object) = json.as_object_mut() {
        object.insert("message".to_owned(), json!(message_id));
        object.insert("at".to_owned(), json!(now));
        // Whether a use of it is the merit of whoever sent it.
        object.insert("first".to_owned(), json!(is_first && !delivered.ambiguous_failover_used));
    }
    json
}
