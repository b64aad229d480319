//! Verifications that are answered as any other and never sent.
//!
//! The threat: whoever asks for a code learns from the answer, or from how long it takes, if a number has an account. OWASP
//! (Forgot Password Cheat Sheet): a consistent message for both, in a uniform time. So an application asks for a code in
//! any case, and says `suppressed` where there is nobody to send it to: the same limits, the same refusals, the same
//! answer after as long as a send takes now; wrong codes count and lock the same. No code is right, and no money goes:
//! neither the budget nor the guard's credits are touched.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::counted::Tally;
use super::sending::{under_way, within};
use super::{Otp, OtpError, VerificationView, Wait, reviewers};
use crate::clock::Timestamp;
use crate::delivery::{Carries, Plan};
use crate::store::{
    Created, KeptBack, MessageStatus, NewResend, NewVerification, SendJudge, Sends, SettledDelivery, Verdict,
    Verification, VerificationStatus,
};

/// What is said of a message that its caller wanted kept back.
const SUPPRESSED: &str = "not sent: suppressed by the caller";

/// What is said of a message that was not sent, on purpose.
pub(crate) fn not_sent(why: Option<KeptBack>) -> &'static str {
    match why {
        Some(KeptBack::Suppressed) => SUPPRESSED,
        Some(KeptBack::Reviewer) | None => reviewers::NOT_SENT,
    }
}

/// Judged as any other, and not counted where only what is sent counts.
fn unpaid(judge: SendJudge) -> SendJudge {
    Box::new(move |sends: &Sends| match judge(sends) {
        verdict if verdict.limited.is_some() => verdict,
        verdict => Verdict { writes: Vec::new(), receipt: None, ..verdict },
    })
}

/// The answer to a message that never leaves, as one that was sent has it.
pub(super) struct Pretence {
    delivery: Value,
    message_id: String,
}

impl Pretence {
    /// As if the first of the plan had taken it. `asked` are those that took the messages before it.
    pub(super) fn of(plan: &Plan, message_id: &str, mut asked: Vec<String>) -> Self {
        let first = plan.first();
        asked.push(first.connector.to_owned());
        let delivery = json!({
            "status": MessageStatus::Accepted, "message": message_id, "connector": first.connector,
            "revision": first.revision, "code_by_provider": first.makes_code, ASKED: asked,
        });
        Self { delivery, message_id: message_id.to_owned() }
    }

    /// What its verification shows until it is settled.
    fn under_way(&self, wait: Wait) -> Value {
        let mut shown = under_way(&self.message_id, wait);
        if let Some(object) = shown.as_object_mut() {
            object.insert(SETTLES_AS.to_owned(), self.delivery.clone());
        }
        shown
    }
}

/// Where it is kept who seems to have been asked: a resend goes to the next one, as that of a message that was sent.
const ASKED: &str = "asked";

/// Where it is kept what a message that seems to be under way comes to, should the service end before.
const SETTLES_AS: &str = "settles_as";

/// Who seems to have been asked for a verification.
fn seemingly_asked(v: &Verification) -> Vec<String> {
    let Some(delivery) = &v.delivery else { return Vec::new() };
    let asked = delivery.get(SETTLES_AS).unwrap_or(delivery).get(ASKED).cloned();
    asked.and_then(|asked| serde_json::from_value(asked).ok()).unwrap_or_default()
}

impl Otp {
    /// Make it as any other, but nothing is sent.
    pub(super) async fn make_suppressed(
        self: &Arc<Self>,
        mut new: NewVerification,
        judge: SendJudge,
        tally: &Tally,
        pretence: Pretence,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        new.verification.delivery = Some(pretence.under_way(wait));
        let (v, country) = (new.verification.clone(), new.message.country.clone());
        let written = self.store.create_verification(new, unpaid(judge)).await?;
        self.count_message(tally, false);
        match written {
            Created::Limited(limited) => Err(limited.into()),
            Created::Done => {
                self.metrics.verification_created(&v.environment, &v.purpose, country.as_deref());
                self.pretend(v, pretence, wait).await
            }
        }
    }

    /// Send it again as any other, but nothing is sent.
    pub(super) async fn resend_suppressed(
        self: &Arc<Self>,
        mut resend: NewResend,
        judge: SendJudge,
        tally: &Tally,
        pretence: Pretence,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        resend.delivery = Some(pretence.under_way(wait));
        let v = self.written_again(resend, unpaid(judge)).await?;
        self.count_message(tally, false);
        self.pretend(v, pretence, wait).await
    }

    /// Connectors that were asked for the messages of a verification before this one, or seem to have been.
    pub(super) async fn asked(&self, v: &Verification, message_id: &str) -> Result<Vec<String>, OtpError> {
        if v.suppressed {
            return Ok(seemingly_asked(v));
        }
        Ok(self.store.asked(Some(&v.id), message_id).await?)
    }

    /// What [`Otp::send`] does, but for the sending: answers when and as it would.
    async fn pretend(
        self: &Arc<Self>,
        v: Verification,
        pretence: Pretence,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        let shown = v.clone();
        let settled = self.settle_later(v, pretence);
        let known = match wait {
            Wait::ForOutcome => settled.await.ok(),
            Wait::AtMost(limit) => within(limit, settled).await,
            Wait::ForQueue => None,
        };
        self.view(known.unwrap_or(shown))
    }

    /// As soon as a send would have ended, if it began now.
    fn settle_later(self: &Arc<Self>, v: Verification, pretence: Pretence) -> JoinHandle<Verification> {
        let (this, begun) = (Arc::clone(self), self.clock.now());
        self.delivery.apart(async move {
            let at = begun.plus(this.usual_time(&v.environment).await);
            this.settle_unsent(v, pretence, at).await
        })
    }

    /// Those that seem to wait in the queue since before `made_before` end as those that do.
    pub(super) async fn resume_unsent(
        self: &Arc<Self>,
        made_before: Timestamp,
        too_late: Timestamp,
        most: u32,
    ) -> Result<(), OtpError> {
        for (environment, id) in self.store.seemingly_queued(made_before, most).await? {
            let Some(v) = self.store.verification(&environment, &id).await? else { continue };
            if let Err(error) = self.resume_one_unsent(v, too_late) {
                tracing::warn!(verification = id, %error, "a suppressed verification can't be settled yet");
            }
        }
        Ok(())
    }

    fn resume_one_unsent(self: &Arc<Self>, v: Verification, too_late: Timestamp) -> Result<(), OtpError> {
        let message_id = v.delivery.as_ref().and_then(|delivery| delivery.get("message")).and_then(Value::as_str);
        let message_id = message_id.unwrap_or_default().to_owned();
        if v.status != VerificationStatus::Pending || v.expires_at < too_late {
            let delivery = json!({ "status": MessageStatus::Refused, "message": message_id });
            self.settle_later(v, Pretence { delivery, message_id });
            return Ok(());
        }
        let mut asked = seemingly_asked(&v);
        // Who takes this one is decided anew.
        asked.pop();
        let letter = self.letter(&v, self.open_number(&v)?, &message_id, None);
        let plan = self.plan_of(&letter, &asked, Carries::Open)?;
        self.settle_later(v, Pretence::of(&plan, &message_id, asked));
        Ok(())
    }

    /// A provider that makes the codes takes its time to check one, too.
    pub(super) async fn linger(&self, v: &Verification, now: Timestamp) {
        let by_provider = |delivery: &Value| delivery.get("code_by_provider") == Some(&Value::Bool(true));
        if v.suppressed && v.delivery.as_ref().is_some_and(by_provider) {
            self.clock.until(now.plus(self.usual_time(&v.environment).await)).await;
        }
    }

    /// At the time that a send might end, note what one comes to.
    async fn settle_unsent(&self, mut v: Verification, pretence: Pretence, at: Timestamp) -> Verification {
        self.clock.until(at).await;
        v.delivery = Some(pretence.delivery.clone());
        let settled = SettledDelivery {
            verification_id: v.id.clone(),
            message_id: pretence.message_id,
            delivery: pretence.delivery,
            refused: false,
            ambiguous_failover_used: v.ambiguous_failover_used,
            ends_at: None,
            now: self.clock.now(),
        };
        if let Err(error) = self.store.settle_delivery(settled).await {
            tracing::error!(verification = v.id, %error, "what a suppressed verification shows could not be noted");
        }
        v
    }
}
