//! Erasing a number: whatever is kept of it goes, before its time.
//!
//! A person may ask for that (GDPR, article 17). What limits count for the number stays a while as a keyed index, which
//! leads to nobody without the master key: otherwise erasing would be a way round them.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Otp, OtpError, idempotency};
use crate::actor::Actor;
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{Erased, KeptAnswer, NewErasure};

/// How long what was counted against an erased number counts on, unless a lock lasts longer.
const COUNTED: Duration = Duration::from_secs(24 * 3600);
/// Kept answers that are looked at in one go.
const ANSWERS: u32 = 500;

/// What erasing a number came to: how many rows went, by what they were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erasure {
    /// Verifications. Who asks for one of them is told that there is none.
    pub verifications: usize,
    /// Messages of the log.
    pub messages: usize,
    /// Calls of connectors for them.
    pub attempts: usize,
    /// What providers reported of them.
    pub reports: usize,
    /// Events that webhooks were told of it, or were to be told.
    pub events: usize,
    /// Answers that were kept for a repeated `Idempotency-Key`.
    pub answers: usize,
    /// Messages on the development environment's phone.
    pub inbox: usize,
}

impl Otp {
    /// Erase a number in one environment, or in all. Doing it again is no fault, and finds nothing.
    pub async fn erase(&self, environment: Option<&str>, to: &str, actor: &Actor) -> Result<Erasure, OtpError> {
        let to = PhoneNumber::parse(to)?;
        if let Some(name) = environment
            && self.store.environment(name).await?.is_none()
        {
            return Err(OtpError::UnknownEnvironment(name.to_owned()));
        }
        let now = self.clock.now();
        let erasure = NewErasure {
            number_index: self.number_index(&to),
            environment: environment.map(str::to_owned),
            forget_at: now.plus(COUNTED),
            id: format!("era_{}", Uuid::now_v7().simple()),
            actor: actor.clone(),
            now,
        };
        let Erased { verifications, messages, attempts, reports, events, counters: _ } =
            self.store.erase_number(erasure).await?;
        self.delivery.failures().forget_erased(&*self.store).await?;
        let answers = self.erase_answers(environment, &to).await?;
        Ok(Erasure { verifications, messages, attempts, reports, events, answers, inbox: 0 })
    }

    /// Kept answers are found by nothing but their request. They live a day, and opening one takes microseconds: so all
    /// are looked at.
    async fn erase_answers(&self, environment: Option<&str>, to: &PhoneNumber) -> Result<usize, OtpError> {
        let (mut erased, mut after) = (0, None);
        loop {
            let page = self.store.idempotency_answers(after, ANSWERS).await?;
            let Some(last) = page.last() else { return Ok(erased) };
            after = Some(last.scope);
            for answer in page {
                if self.speaks_of(&answer, environment, to).await? {
                    self.store.idempotency_forget(&answer.scope).await?;
                    erased += 1;
                }
            }
        }
    }

    /// Whether an answer has the number in it, and is none of an environment where it stays.
    async fn speaks_of(
        &self,
        answer: &KeptAnswer,
        environment: Option<&str>,
        to: &PhoneNumber,
    ) -> Result<bool, OtpError> {
        // What does not open shows nobody a number.
        let Ok(open) = self.vault.open(&idempotency::aad(&answer.scope), &answer.sealed) else { return Ok(false) };
        let text = Secret::new(String::from_utf8_lossy(open.expose()).into_owned());
        if !text.expose().contains(to.e164().trim_start_matches('+')) {
            return Ok(false);
        }
        let Some(erased_in) = environment else { return Ok(true) };
        let json: serde_json::Value = serde_json::from_str(text.expose()).unwrap_or_default();
        let id = json.get("id").and_then(serde_json::Value::as_str).unwrap_or_default();
        for other in self.store.environments().await?.iter().filter(|other| other.name != erased_in) {
            if self.store.verification(&other.name, id).await?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
