//! A verification as it is first written down: its number sealed, its code not in it.

use uuid::Uuid;

use super::policy::Rules;
use super::{Create, Otp};
use crate::clock::Timestamp;
use crate::phone::PhoneNumber;
use crate::store::{Verification, VerificationStatus};

/// The key that new codes derive from; rows keep the number of theirs.
const CODE_KEY: u32 = 0;

impl Otp {
    pub(super) fn new_verification(
        &self,
        environment: &str,
        request: &Create,
        to: &PhoneNumber,
        rules: &Rules,
        now: Timestamp,
    ) -> Verification {
        let id = format!("vrf_{}", Uuid::now_v7().simple());
        let number_index = self.number_index(to);
        Verification {
            to: self.vault.seal(&recipient_aad(environment, &id), to.e164().as_bytes()),
            number_index,
            pair_index: self.pair_index(&number_index, request.subject.as_deref(), request.client_ip),
            environment: environment.to_owned(),
            purpose: request.purpose.clone(),
            channel: "sms".to_owned(),
            locale: request.locale.clone(),
            subject: request.subject.clone(),
            client_ip: request.client_ip.map(|ip| ip.to_string()),
            metadata: request.metadata.clone(),
            app_hash: request.app_hash.clone(),
            service: None,
            fixed_code: None,
            suppressed: request.suppressed,
            status: VerificationStatus::Pending,
            code_key: CODE_KEY,
            code_length: rules.code_length,
            attempts_left: rules.checks,
            unanswered: 0,
            created_at: now,
            updated_at: now,
            expires_at: now.plus(rules.life),
            resend_after: now.plus(rules.cooldown),
            ambiguous_failover_used: false,
            delivery: None,
            id,
        }
    }
}

/// What seals its number to it.
pub(super) fn recipient_aad(environment: &str, id: &str) -> String {
    format!("recipient/{environment}/{id}")
}
