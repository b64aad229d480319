//! What callers ask for, counted: a refusal when it is answered, all else once it is written, since what was undone was
//! nothing.

use std::sync::{Arc, OnceLock};

use super::{Check, Checked, Create, Otp, OtpError, Proof, Service, VerificationView, Wait, requests};
use crate::store::NewMessage;
use crate::traces::{self, Said, Span};

/// What is counted of a message that is given to the store, and what the guard says of it there.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    environment: String,
    source: String,
    country: Option<String>,
    /// Whether it is sent at all.
    leaves: bool,
    said: Arc<OnceLock<Fired>>,
}

#[derive(Debug)]
struct Fired {
    rules: Vec<&'static str>,
    outcome: &'static str,
}

impl Tally {
    pub(super) fn of(message: &NewMessage) -> Self {
        let NewMessage { environment, source, country, kept_back, .. } = message;
        Self {
            environment: environment.clone(),
            source: source.clone(),
            country: country.clone(),
            leaves: kept_back.is_none(),
            said: Arc::default(),
        }
    }

    /// These rules of the guard fired. It says so from within the transaction, which may yet be undone.
    pub(super) fn fired(&self, rules: Vec<&'static str>, outcome: &'static str) {
        let _ = self.said.set(Fired { rules, outcome });
    }
}

impl Otp {
    /// Make a verification in one of its caller's services.
    pub async fn create_in(
        self: &Arc<Self>,
        environment: &str,
        service: &Service,
        request: Create,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        let span = traces::span(&traces::VERIFICATION_CREATE);
        let purpose = request.purpose.clone();
        let made = span.run(self.make_proven(environment, service, &request, wait)).await;
        told(&span, environment, &made);
        self.counted(environment, &purpose, made)
    }

    /// Send the code of a verification in one of its caller's services again.
    pub async fn resend_in(
        self: &Arc<Self>,
        environment: &str,
        service: &Service,
        id: &str,
        proof: &Proof,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        requests::attestation(proof)?;
        let settings = self.settings.of(environment).await?;
        let found = self.store.verification(environment, id).await?.ok_or(OtpError::NotFound("verification"))?;
        let span = traces::span(&traces::VERIFICATION_RESEND);
        let purpose = found.purpose.clone();
        let sent = span.run(self.send_again_proven(service, &settings, found, proof, wait)).await;
        told(&span, environment, &sent);
        self.counted(environment, &purpose, sent)
    }

    /// Check a code. A right one is accepted exactly once, however many race.
    pub async fn check(self: &Arc<Self>, environment: &str, id: &str, request: Check) -> Result<Checked, OtpError> {
        let span = traces::span(&traces::VERIFICATION_CHECK);
        span.say(Said::Environment(environment));
        let checked = span.run(self.checked(environment, id, request)).await;
        match result(&checked) {
            Some(result) => {
                span.say(Said::Outcome(result));
                self.metrics.checked(environment, result);
            }
            None => span.failed(),
        }
        checked
    }

    /// A send, which may have been refused.
    pub(super) fn counted<T>(
        &self,
        environment: &str,
        purpose: &str,
        sent: Result<T, OtpError>,
    ) -> Result<T, OtpError> {
        if let Some(rule) = sent.as_ref().err().and_then(refusal) {
            self.metrics.refused(environment, purpose, rule);
        }
        sent
    }

    /// The store answered: what the guard said stands, and the message does if it was written.
    pub(super) fn count_message(&self, tally: &Tally, is_written: bool) {
        let Tally { environment, source, country, leaves, said } = tally;
        if let Some(Fired { rules, outcome }) = said.get() {
            rules.iter().for_each(|rule| self.metrics.decided(environment, country.as_deref(), rule, outcome));
        }
        if is_written && *leaves {
            self.metrics.message_created(environment, source, country.as_deref());
        }
    }

    /// The same of a further message of a verification.
    pub(super) fn count_resend<T>(&self, tally: &Tally, written: Result<T, OtpError>) -> Result<T, OtpError> {
        if matches!(written, Ok(_) | Err(OtpError::Limited(_) | OtpError::Unproven(_))) {
            self.count_message(tally, written.is_ok());
        }
        written
    }
}

/// What a check came to; none where it was of no environment, of no form, or met a fault of ours.
fn result(checked: &Result<Checked, OtpError>) -> Option<&'static str> {
    match checked {
        Ok(Checked { approved: true, .. }) => Some("approved"),
        Ok(_) => Some("wrong"),
        Err(OtpError::Limited(limited)) => Some(limited.rule),
        Err(OtpError::NotPending(_)) => Some("not-pending"),
        Err(OtpError::Mismatch(_)) => Some("mismatch"),
        Err(OtpError::NotFound(_)) => Some("not-found"),
        Err(OtpError::Unchecked { .. }) => Some("unchecked"),
        Err(_) => None,
    }
}

/// What is told of a send: that it was taken, or the rule that refused it.
pub(super) fn told<T>(span: &Span, environment: &str, sent: &Result<T, OtpError>) {
    span.say(Said::Environment(environment));
    match sent {
        Ok(_) => span.say(Said::Outcome("taken")),
        Err(error) => {
            refusal(error).into_iter().for_each(|rule| span.say(Said::Outcome(rule)));
            span.failed();
        }
    }
}

/// The rule that refused a message; none where it was refused by none, as where there is no such environment.
fn refusal(error: &OtpError) -> Option<&'static str> {
    match error {
        OtpError::Limited(limited) => Some(limited.rule),
        OtpError::Unproven(unproven) => Some(unproven.rule()),
        OtpError::Closed { closed, .. } => Some(closed.rule()),
        OtpError::PurposeClosed { .. } => Some("purpose-closed"),
        OtpError::NoRoute(_) => Some("no-route"),
        _ => None,
    }
}
