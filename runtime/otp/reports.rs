//! After "accepted": what providers report, and what follows from it.
//!
//! Real outages are messages that are accepted and never delivered, often on one network. So a final negative report
//! is a failure like any other that certainly sent nothing: the same code goes to the next connector, as long as there
//! is life in it.

use std::sync::Arc;

use super::{Otp, OtpError, carried};
use crate::connector::contract::{Answer, Callback};
use crate::delivery::{Carries, Course, Letter, Plan, Wish};
use crate::store::{AttemptStatus, Moved, VerificationStatus};
use crate::traces::{self, Said, Span};

impl Otp {
    /// A provider called. Answers what its connector wants it to be answered.
    pub async fn callback(
        self: &Arc<Self>,
        environment: &str,
        connector: &str,
        token: &str,
        callback: Callback,
    ) -> Result<Answer, OtpError> {
        let target = self.delivery.callbacks().open(environment, connector, token);
        let target = target.ok_or(OtpError::NotFound("callback address"))?;
        let read = self.delivery.read_callback(environment, connector, &target, &callback).await?;
        let span = traces::span(&traces::REPORT_APPLY);
        for moved in span.run(self.store.apply_reports(read.reports)).await? {
            describe(&span, &moved);
            self.delivery.told(&moved);
            let this = Arc::clone(self);
            // The provider is answered at once: he is not the one to wait for the next.
            self.delivery.apart(span.run(async move {
                if let Err(error) = this.go_on(&moved).await {
                    tracing::error!(message = moved.message_id, %error, "a message that was not delivered went no further");
                }
            }));
        }
        Ok(read.answer)
    }

    /// The next connector for a message that the last one could not deliver.
    async fn go_on(&self, moved: &Moved) -> Result<(), OtpError> {
        let found = match &moved.verification_id {
            Some(id) => self.store.verification(&moved.environment, id).await?,
            None => return self.go_on_with_content(moved).await,
        };
        let Some(v) = found else { return Ok(()) };
        if v.status == VerificationStatus::Approved {
            self.delivery.code_was_used(moved);
        }
        if v.status != VerificationStatus::Pending || !self.delivery.goes_on(moved, v.expires_at) {
            return Ok(());
        }
        let source = self.store.code_source(&v.id).await?;
        let (carries, previous) = carried(&source);
        let letter = self.letter(&v, self.open_number(&v)?, &moved.message_id, previous);
        let letter = Letter { is_first: false, ..letter };
        let wish = Wish { purpose: &v.purpose, to: &letter.to, message_id: &moved.message_id, tried: &[], carries };
        if let Some((plan, course)) = self.rest_of(moved, &wish).await? {
            self.deliver(v, plan, letter, course).await;
        }
        Ok(())
    }

    /// As above, for a message whose content the caller made.
    async fn go_on_with_content(&self, moved: &Moved) -> Result<(), OtpError> {
        let found = self.store.sealed_message(&moved.environment, &moved.message_id).await?;
        let Some(message) = found.filter(|message| message.content.is_some()) else { return Ok(()) };
        if !self.delivery.goes_on(moved, message.expires_at) {
            return Ok(());
        }
        let letter = Letter { is_first: false, ..self.sealed_letter(&message).await? };
        let carries = Carries::Given;
        let wish = Wish { purpose: &message.purpose, to: &letter.to, message_id: &message.id, tried: &[], carries };
        if let Some((plan, course)) = self.rest_of(moved, &wish).await? {
            self.delivery.deliver(plan, letter, course).await;
        }
        Ok(())
    }

    /// Connectors that this message was not given to yet, if there is one.
    async fn rest_of(&self, moved: &Moved, wish: &Wish<'_>) -> Result<Option<(Plan, Course)>, OtpError> {
        let asked = self.store.asked(None, &moved.message_id).await?;
        let before = self.store.attempts(&moved.message_id).await?.len();
        let course = Course::after(u32::try_from(before).unwrap_or(u32::MAX));
        self.delivery.nodes().in_step().await?;
        let plan = self.delivery.plan(&moved.environment, wish)?;
        let rest = plan.without(&asked).map(|plan| (plan, course));
        if rest.is_some() {
            self.metrics.failed_over(&moved.environment, &moved.connector, "undelivered");
        }
        Ok(rest)
    }
}

/// What is told of a report that moved an attempt.
fn describe(span: &Span, moved: &Moved) {
    span.follows(moved.traceparent.as_deref());
    span.say(Said::Environment(&moved.environment));
    span.say(Said::Connector(&moved.connector));
    span.say(Said::Revision(moved.revision));
    if let Some(country) = &moved.country {
        span.say(Said::Country(country));
    }
    span.say(Said::Outcome(match moved.attempt {
        AttemptStatus::Delivered => "delivered",
        AttemptStatus::Undelivered => "undelivered",
        _ => "accepted",
    }));
    if let Some(kind) = moved.kind {
        span.say(Said::Kind(kind.as_str()));
    }
}
