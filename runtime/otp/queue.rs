//! Messages that were taken and are sent later: by the same process, or by the next one after a crash.
//!
//! Promise: what was answered `202` is in the store, and is sent once. The row of its first attempt is the claim: two
//! that would send the same message can't both write it, and who can't does not send.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::{Otp, OtpError, carried};
use crate::clock::Timestamp;
use crate::delivery::route::LIFE_LEFT_MIN;
use crate::delivery::{Carries, Course, Delivery, Letter, Plan, Wish};
use crate::store::{QueuedMessage, VerificationStatus};
use crate::traces::{self, Said};

/// Messages of the queue that are sent at once. More wait for their turn.
const SENDING_MAX: usize = 256;
/// Messages that are read at once after a crash.
const BATCH: u32 = 1_000;

/// What this process has in hand.
pub(super) struct Queue {
    turns: Arc<Semaphore>,
    in_hand: Arc<Mutex<HashSet<String>>>,
}

impl Default for Queue {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(SENDING_MAX)), in_hand: Arc::default() }
    }
}

impl Queue {
    /// Send a message in its turn, once its sender has its own. The end of the service waits for it.
    pub(super) fn send<W>(
        &self,
        delivery: &Delivery,
        plan: Plan,
        letter: Letter,
        work: impl FnOnce(Plan, Letter, Course) -> W + Send + 'static,
    ) where
        W: Future<Output = ()> + Send + 'static,
    {
        let (id, waiting) = (letter.message_id.clone(), delivery.clone());
        let (turns, in_hand) = (Arc::clone(&self.turns), Arc::clone(&self.in_hand));
        if !lock(&in_hand).insert(id.clone()) {
            return;
        }
        delivery.apart(async move {
            let has_turn = waiting.turn_of_sender(&plan, &letter).await;
            let turn = turns.acquire_owned().await;
            work(plan, letter, Course { has_turn, ..Course::QUEUED }).await;
            lock(&in_hand).remove(&id);
            drop(turn);
        });
    }

    fn len(&self) -> usize {
        lock(&self.in_hand).len()
    }

    fn has(&self, id: &str) -> bool {
        lock(&self.in_hand).contains(id)
    }
}

fn lock(in_hand: &Mutex<HashSet<String>>) -> std::sync::MutexGuard<'_, HashSet<String>> {
    in_hand.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Otp {
    /// Messages of the queue that this process has in hand.
    pub fn in_hand(&self) -> usize {
        self.queue.len()
    }

    /// Take up messages that were taken before `made_before` and that nobody has in hand: a crash left them, or nobody
    /// could send them then. What would arrive too late is given up.
    pub async fn resume_queued(self: &Arc<Self>, made_before: Timestamp) -> Result<(), OtpError> {
        let now = self.clock.now();
        for message in self.store.queued(now, now.plus(LIFE_LEFT_MIN), made_before, BATCH).await? {
            if self.queue.has(&message.id) {
                continue;
            }
            let id = message.id.clone();
            let span = traces::span_after(message.traceparent.as_deref(), &traces::MESSAGE_RESUME);
            span.say(Said::Environment(&message.environment));
            if let Err(error) = span.run(self.resume(message)).await {
                span.failed();
                tracing::warn!(message = id, %error, "a message of the queue can't be sent yet");
            }
        }
        self.resume_unsent(made_before, now.plus(LIFE_LEFT_MIN), BATCH).await
    }

    async fn resume(self: &Arc<Self>, message: QueuedMessage) -> Result<(), OtpError> {
        self.delivery.nodes().in_step().await?;
        let this = Arc::clone(self);
        let Some(verification_id) = &message.verification_id else {
            let letter = self.sealed_letter(&message).await?;
            let plan = self.plan_of(&letter, &[], Carries::Given)?;
            self.queue.send(&self.delivery, plan, letter, |plan, letter, course| async move {
                this.delivery.deliver(plan, letter, course).await;
            });
            return Ok(());
        };
        let found = self.store.verification(&message.environment, verification_id).await?;
        let Some(v) = found.filter(|v| v.status == VerificationStatus::Pending) else { return Ok(()) };
        let asked = self.store.asked(Some(verification_id), &message.id).await?;
        let source = self.store.code_source(verification_id).await?;
        let (carries, previous) = carried(&source);
        let letter = self.letter(&v, self.open_number(&v)?, &message.id, previous);
        let letter = Letter { is_first: asked.is_empty(), ..letter };
        let plan = self.plan_of(&letter, &asked, carries)?;
        self.queue.send(&self.delivery, plan, letter, |plan, letter, course| async move {
            this.deliver(v, plan, letter, course).await;
        });
        Ok(())
    }

    pub(super) fn plan_of(&self, letter: &Letter, tried: &[String], carries: Carries<'_>) -> Result<Plan, OtpError> {
        let wish = Wish { purpose: &letter.purpose, to: &letter.to, message_id: &letter.message_id, tried, carries };
        Ok(self.delivery.plan(&letter.environment, &wish)?)
    }
}
