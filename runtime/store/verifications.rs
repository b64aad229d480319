//! Verifications and their codes.

use async_trait::async_trait;

use super::{
    CheckJudge, CheckOutcome, CodeSource, Created, NewResend, NewVerification, Resent, SendJudge, SettledDelivery,
    Stored, Verification,
};
use crate::clock::Timestamp;

/// Verifications and their codes.
#[async_trait]
pub trait VerificationStore: Send + Sync {
    /// Make a verification with its message and first attempt, if the limits permit it.
    async fn create_verification(&self, new: NewVerification, judge: SendJudge) -> Stored<Created>;
    /// A further message of a verification, if its state and the limits permit it.
    async fn resend(&self, resend: NewResend, judge: SendJudge) -> Stored<Resent>;
    /// One verification.
    async fn verification(&self, environment: &str, id: &str) -> Stored<Option<Verification>>;
    /// The newest verification of a number in one of its caller's services, as it was last written.
    async fn newest_of_service(
        &self,
        environment: &str,
        service: &str,
        number: &[u8; 32],
    ) -> Stored<Option<Verification>>;
    /// Judge a presented code and write what follows, in one transaction.
    async fn check(
        &self,
        environment: &str,
        id: &str,
        now: Timestamp,
        judge: CheckJudge,
    ) -> Stored<Option<CheckOutcome>>;
    /// Whose code a verification has, as far as anything of it may have arrived.
    async fn code_source(&self, verification_id: &str) -> Stored<CodeSource>;
    /// End a pending verification; answers its state before.
    async fn cancel(&self, environment: &str, id: &str, now: Timestamp) -> Stored<Option<Verification>>;
    /// What the delivery of a verification's last message came to; a refused one sets no cooldown.
    async fn settle_delivery(&self, settled: SettledDelivery) -> Stored<()>;
}
