//! A caller's own service: verifications under one name, of which a number has at most one pending at a time.
//!
//! It may ask for longer codes than the policy does, never for shorter ones; and for no cooldown, where its caller's
//! own protocol has a second request for the same number mean "send it again". The caps hold all the same.

use std::sync::Arc;
use std::time::Duration;

use super::policy::Rules;
use super::{Create, Otp, OtpError, Proof, VerificationView, Wait};
use crate::phone::PhoneNumber;
use crate::store::{CheckDecision, CheckOutcome, Failures, Told, Verification, VerificationStatus};

/// What a service lays down beside the policy.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Its name; none for a verification that belongs to none.
    pub name: Option<String>,
    /// Digits of its codes, where the policy asks for fewer.
    pub code_length: Option<u8>,
    /// Whether a second message may follow at once.
    pub without_cooldown: bool,
}

impl Service {
    pub(super) fn rules(&self, policy: Rules) -> Rules {
        let cooldown = if self.without_cooldown { Duration::ZERO } else { policy.cooldown };
        let code_length = self.code_length.unwrap_or(0).clamp(policy.code_length, 10);
        Rules { cooldown, code_length, ..policy }
    }
}

impl Otp {
    /// Make a verification and send its code. It stands even if the send fails: its delivery says so.
    pub async fn create(
        self: &Arc<Self>,
        environment: &str,
        request: Create,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        self.create_in(environment, &Service::default(), request, wait).await
    }

    /// Send the same code once more, as a new message, by a connector that was not asked before where there is one.
    /// Resets no count and extends no life.
    pub async fn resend(
        self: &Arc<Self>,
        environment: &str,
        id: &str,
        proof: &Proof,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        self.resend_in(environment, &Service::default(), id, proof, wait).await
    }

    /// The newest verification of a number in a service, as it stands now.
    pub async fn newest_in(
        &self,
        environment: &str,
        service: &str,
        to: &PhoneNumber,
    ) -> Result<Option<VerificationView>, OtpError> {
        let found = self.store.newest_of_service(environment, service, &self.number_index(to)).await?;
        found.map(|found| self.view(found)).transpose()
    }

    /// Approve a pending verification without a code: its caller was convinced in another way.
    pub async fn approve(&self, environment: &str, id: &str) -> Result<VerificationView, OtpError> {
        let judge = Box::new(|v: &Verification, _: &Failures, _: &Failures| {
            let pending = v.status == VerificationStatus::Pending;
            CheckDecision {
                status: if pending { VerificationStatus::Approved } else { v.status },
                attempts_left: v.attempts_left,
                number: None,
                pair: None,
                unanswered: v.unanswered,
                told: if pending { Told::Approved } else { Told::NotPending(v.status) },
            }
        });
        let outcome = self.store.check(environment, id, self.clock.now(), judge).await?;
        let CheckOutcome { verification, told, .. } = outcome.ok_or(OtpError::NotFound("verification"))?;
        match told {
            Told::Approved => self.view(verification),
            _ => Err(OtpError::NotPending(verification.status)),
        }
    }

    /// Digits of a code that the policy asks for.
    pub async fn code_length(&self, environment: &str, purpose: &str) -> Result<u8, OtpError> {
        Ok(self.settings.of(environment).await?.rules(purpose).code_length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::policy::Policy;

    #[test]
    fn a_service_asks_for_longer_codes_and_never_for_shorter_ones() {
        let policy = Policy::default().rules("sign-in", false);
        let length = |code_length| Service { code_length, ..Service::default() }.rules(policy).code_length;
        assert_eq!([None, Some(4), Some(6), Some(8), Some(200)].map(length), [6, 6, 6, 8, 10]);
        assert_eq!(Service::default().rules(policy), policy);
        let at_once = Service { without_cooldown: true, ..Service::default() }.rules(policy);
        assert_eq!((at_once.cooldown, at_once.sends_per_hour), (Duration::ZERO, policy.sends_per_hour));
    }
}
