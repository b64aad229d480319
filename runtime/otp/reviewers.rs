//! Reviewer numbers: whoever reviews an app in a store, or shows it, signs in with a fixed code, and nothing is sent.
//!
//! The threat: a code that does not change is a door. So it has an end that is at most a year away, there are few of them,
//! an environment's own are never promoted into another, wrong codes count and lock as for any number, and whatever is
//! done by one is in the log, counted, and says of itself that nothing was sent.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Create, Demand, Otp, OtpError, Rules, Service, VerificationView, attestation, code, new_message_id, requests,
};
use crate::clock::Timestamp;
use crate::credentials::Vault;
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{Created, MessageStatus, NewResend, NewVerification, ReviewerRow, Verification};

/// Living ones of an environment.
const LIVING_MAX: u32 = 20;
const AWAY_MAX: Duration = Duration::from_secs(365 * 24 * 3600);
const NOTE_CHARACTERS_MAX: usize = 200;

/// What is said of a message that was not sent, since its recipient is a reviewer number.
pub(crate) const NOT_SENT: &str = "not sent: reviewer number";

/// `PUT /v1/environments/{env}/reviewer-numbers/{number}`. Has no `Debug`: its code is in clear.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutReviewer {
    /// The fixed code: digits, as many as the policy gives to a code of the environment.
    #[schema(value_type = String, example = "271828")]
    pub code: String,
    /// Until when it counts; at most 365 days away. From then on the number is as any other.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// What it is for, in your own words; at most 200 characters.
    #[serde(default)]
    #[schema(example = "App Store review of 3.2")]
    pub note: Option<String>,
}

/// A reviewer number, masked, and without its code.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reviewer {
    /// Country code and the last two digits.
    #[schema(example = "+1••••••••23")]
    pub number: String,
    /// `{"set": true}`: a code is never shown.
    #[schema(value_type = Object)]
    pub code: serde_json::Value,
    /// Until when it counts.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Whether it counts still.
    pub living: bool,
    /// What it is for.
    pub note: Option<String>,
    /// Verifications that were made for it.
    pub uses: u64,
    /// When the newest of them was made.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used: Option<Timestamp>,
}

impl Otp {
    /// The reviewer numbers of an environment, oldest first.
    pub async fn reviewers(&self, environment: &str) -> Result<Vec<Reviewer>, OtpError> {
        self.settings.of(environment).await?;
        let now = self.clock.now();
        Ok(self.store.reviewers(environment).await?.into_iter().map(|row| shown(row, now)).collect())
    }

    /// Make or change one. Takes effect with the next request.
    pub async fn put_reviewer(&self, environment: &str, number: &str, put: PutReviewer) -> Result<Reviewer, OtpError> {
        let PutReviewer { code, until, note } = put;
        let (code, now) = (Secret::new(code), self.clock.now());
        let settings = self.settings.of(environment).await?;
        let to = in_path(number)?;
        fits(&code, &settings.code_lengths())?;
        if until <= now || until.since(now) > AWAY_MAX {
            return Err(requests::refuse("/until", "lies in the future, at most 365 days away"));
        }
        if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARACTERS_MAX) {
            return Err(requests::refuse("/note", "has at most 200 characters"));
        }
        let number_index = self.number_index(&to);
        let row = ReviewerRow {
            environment: environment.to_owned(),
            number_index,
            to_masked: to.masked(),
            code: self.vault.seal(&reviewer_aad(environment, &number_index), code.expose().as_bytes()),
            ends_at: until,
            note,
            created_at: now,
            uses: 0,
            last_used: None,
        };
        if !self.store.put_reviewer(row.clone(), LIVING_MAX, now).await? {
            return Err(OtpError::ReviewersFull(LIVING_MAX));
        }
        self.settings.invalidate(environment);
        tracing::info!(environment, number = row.to_masked, %until, "reviewer number saved");
        let kept = self.store.reviewers(environment).await?;
        let kept = kept.into_iter().find(|kept| kept.number_index == number_index).unwrap_or(row);
        Ok(shown(kept, now))
    }

    /// Delete one. Verifications that were made for it keep its code until they end.
    pub async fn delete_reviewer(&self, environment: &str, number: &str) -> Result<(), OtpError> {
        self.settings.of(environment).await?;
        let to = in_path(number)?;
        if !self.store.delete_reviewer(environment, &self.number_index(&to)).await? {
            return Err(OtpError::NotFound("reviewer number"));
        }
        self.settings.invalidate(environment);
        tracing::info!(environment, number = to.masked(), "reviewer number deleted");
        Ok(())
    }

    /// A verification whose code is the reviewer's. Nothing is sent, whoever serves.
    pub(super) async fn create_for_reviewer(
        &self,
        service: &Service,
        request: &Create,
        to: &PhoneNumber,
        rules: &Rules,
        reviewer: &ReviewerRow,
        demand: Demand,
    ) -> Result<VerificationView, OtpError> {
        let environment = reviewer.environment.as_str();
        let (now, message_id) = (self.clock.now(), new_message_id());
        let code = self.vault.open(&reviewer_aad(environment, &reviewer.number_index), &reviewer.code)?;
        let mut v = self.new_verification(environment, request, to, rules, now);
        v.service = service.name.clone();
        v.fixed_code = Some(self.vault.seal(&code_aad(environment, &v.id), code.expose()));
        v.code_length = u8::try_from(code.expose().len()).unwrap_or(rules.code_length);
        v.delivery = Some(not_sent(&message_id));
        let message = self.new_message(&message_id, &v, to, now);
        let new = NewVerification { verification: v.clone(), message, attempt: None };
        match self.store.create_verification(new, attestation::judge(*rules, demand, now)).await? {
            Created::Limited(limited) => return Err(limited.into()),
            Created::Done => self.metrics.verification_created(environment, &v.purpose, to.country()),
        }
        let (number, note) = (&reviewer.to_masked, reviewer.note.as_deref());
        tracing::info!(environment, number, note, verification = v.id, "{NOT_SENT}");
        self.view(v)
    }

    /// As for any number, but nothing is sent.
    pub(super) async fn resend_to_reviewer(
        &self,
        found: &Verification,
        to: &PhoneNumber,
        rules: &Rules,
        demand: Demand,
    ) -> Result<VerificationView, OtpError> {
        let (now, message_id) = (self.clock.now(), new_message_id());
        let resend = NewResend {
            verification_id: found.id.clone(),
            message: self.new_message(&message_id, found, to, now),
            attempt: None,
            resend_after: now.plus(rules.cooldown),
            delivery: Some(not_sent(&message_id)),
        };
        let v = self.written_again(resend, attestation::judge(*rules, demand, now)).await?;
        tracing::info!(environment = v.environment, number = to.masked(), verification = v.id, "{NOT_SENT} (resend)");
        self.view(v)
    }
}

fn in_path(number: &str) -> Result<PhoneNumber, OtpError> {
    PhoneNumber::parse(number).map_err(|error| requests::refuse("/number", &format!("of the address: {error}")))
}

fn shown(row: ReviewerRow, now: Timestamp) -> Reviewer {
    Reviewer {
        number: row.to_masked,
        code: json!({ "set": true }),
        until: row.ends_at,
        living: now < row.ends_at,
        note: row.note,
        uses: row.uses,
        last_used: row.last_used,
    }
}

fn fits(code: &Secret<String>, lengths: &[u8]) -> Result<(), OtpError> {
    let digits = code.expose().bytes().all(|byte| byte.is_ascii_digit());
    if digits && lengths.iter().any(|length| code.expose().len() == usize::from(*length)) {
        return Ok(());
    }
    let lengths: Vec<String> = lengths.iter().map(u8::to_string).collect();
    Err(requests::refuse("/code", &format!("has {} digits, as the policy has it", lengths.join(" or "))))
}

fn not_sent(message_id: &str) -> serde_json::Value {
    json!({ "status": MessageStatus::NotSent, "message": message_id, "why": NOT_SENT })
}

fn reviewer_aad(environment: &str, number_index: &[u8; 32]) -> String {
    format!("reviewer/{environment}/{}", hex::encode(number_index))
}

fn code_aad(environment: &str, verification: &str) -> String {
    format!("fixed-code/{environment}/{verification}")
}

/// The code of a verification: the one that was sealed with it, or else the one that is derived for it.
pub(super) fn right_code(vault: &Vault, v: &Verification) -> Secret<String> {
    let Some(sealed) = &v.fixed_code else {
        return code::derive(&vault.code_key(v.code_key), &v.environment, &v.id, v.code_length);
    };
    match vault.open(&code_aad(&v.environment, &v.id), sealed) {
        Ok(open) => Secret::new(String::from_utf8_lossy(open.expose()).into_owned()),
        Err(error) => {
            tracing::error!(verification = v.id, %error, "the code of a verification does not open: every code is wrong");
            // What a person presents is never empty.
            Secret::new(String::new())
        }
    }
}

/// Whoever came in by a fixed code is in the log.
pub(super) fn log_approval(v: &Verification) {
    if v.fixed_code.is_some() {
        tracing::info!(environment = v.environment, verification = v.id, "approved by a reviewer number's fixed code");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_code_has_the_length_of_a_code() {
        let fits = |code: &str, lengths: &[u8]| fits(&Secret::from(code), lengths).is_ok();
        assert!(fits("271828", &[6]) && fits("27182818", &[6, 8]));
        for code in ["", "27182", "2718281", "27182x", "٢٧١٨٢٨", "27 1828", " 271828"] {
            assert!(!fits(code, &[6]), "{code}");
        }
    }
}
