//! Checking a code: here, or where the code was made.
//!
//! A code of ours is judged within the transaction that writes what follows. One that a provider made can't be: the
//! check is counted as wrong first, in one transaction that looks at all the limits; then the provider is asked; and a
//! second transaction writes what it said, and gives back what was counted where nothing was wrong. A crash between
//! the two leaves the check counted.

use std::sync::Arc;

use super::challenge::{self, Answered, Held, Presented};
use super::policy::Rules;
use super::{Check, Checked, DeliveryView, Otp, OtpError, code, reviewers};
use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, CheckRequest, CodeVerdict, Failure, FailureKind};
use crate::connector::serving::Serving;
use crate::delivery::health::Place;
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{
    BoundCode, CheckJudge, CheckOutcome, CodeSource, Hold, StoreError, Told, Verification, VerificationStatus,
};

impl Otp {
    pub(super) async fn checked(
        self: &Arc<Self>,
        environment: &str,
        id: &str,
        request: Check,
    ) -> Result<Checked, OtpError> {
        let settings = self.settings.of(environment).await?;
        let number = request.to.as_deref().map(PhoneNumber::parse).transpose()?;
        let presented = Presented {
            code: code::normalise(request.code.expose()),
            number_index: number.map(|to| self.number_index(&to)),
            purpose: request.purpose,
            subject: request.subject,
        };
        if let CodeSource::Provider(bound) = self.store.code_source(id).await? {
            let found = self.store.verification(environment, id).await?.ok_or(OtpError::NotFound("verification"))?;
            let rules = settings.rules(&found.purpose);
            let this = Arc::clone(self);
            // What the provider says is written even if the caller hangs up: it says so only once.
            let asked = self.delivery.apart(async move { this.check_there(found, bound, presented, rules).await });
            return asked.await.map_err(|_| OtpError::Store(StoreError::Closed))?;
        }
        let now = self.clock.now();
        let vault = Arc::clone(&self.vault);
        let judge = Box::new(move |verification: &Verification, number: &_, pair: &_| {
            let right = reviewers::right_code(&vault, verification);
            let rules = settings.rules(&verification.purpose);
            challenge::check(verification, number, pair, &presented, &right, &rules, now)
        });
        let outcome = self.store.check(environment, id, now, judge).await?;
        let outcome = outcome.ok_or(OtpError::NotFound("verification"))?;
        self.linger(&outcome.verification, now).await;
        self.told(outcome)
    }

    /// Check a code that a provider made.
    async fn check_there(
        self: Arc<Self>,
        found: Verification,
        bound: BoundCode,
        presented: Presented,
        rules: Rules,
    ) -> Result<Checked, OtpError> {
        let turn = tokio::time::timeout(self.delivery.call_time(), self.turns.take(&found.id));
        let Ok(_turn) = turn.await else { return Err(busy(&found, &bound)) };
        // On whatever node: a provider takes a right code once.
        let _among_all = self.delivery.nodes().hold(&format!("code of {}", found.id), Hold::Alone).await?;
        let now = self.clock.now();
        let serving = match self.delivery.checker(&found.environment, &bound.connector) {
            Ok(serving) => serving,
            Err(lost) => return Err(self.ended(&found).await?.map_or(lost.into(), OtpError::NotPending)),
        };
        let code = presented.code.clone().unwrap_or_else(|| Secret::new(String::new()));
        let judge: CheckJudge =
            Box::new(move |v, number, pair| challenge::hold(v, number, pair, &presented, &rules, now));
        let held = self.store.check(&found.environment, &found.id, now, judge).await?;
        let held = held.ok_or(OtpError::NotFound("verification"))?;
        if held.told != Told::Held {
            return self.told(held);
        }
        // A resend may have made another one meanwhile.
        let bound = match self.store.code_source(&found.id).await? {
            CodeSource::Provider(newest) if newest.connector == bound.connector => newest,
            _ => bound,
        };
        let asked = CheckRequest {
            id: bound.provider_id,
            to: self.open_number(&found)?.e164().to_owned(),
            code,
            reference: bound.reference,
        };
        let said = self.delivery.check_code(&serving, &asked).await;
        self.settle(held, said, &serving, &rules, now).await
    }

    /// Write what the provider said of a check that was counted. What was in time when it began is in time.
    async fn settle(
        &self,
        held: CheckOutcome,
        said: Result<CodeVerdict, Failure>,
        serving: &Serving,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Checked, OtpError> {
        let CheckOutcome { verification: v, number_before, pair_before, .. } = held;
        let held = Held::of(number_before, pair_before, rules, now);
        let answered = answered(&said);
        let judge: CheckJudge = Box::new(move |v, number, pair| challenge::settle(v, number, pair, &held, answered));
        let outcome = self.store.check(&v.environment, &v.id, now, judge).await?;
        let outcome = outcome.ok_or(OtpError::NotFound("verification"))?;
        match (said, &outcome.told) {
            (Err(failure), Told::Unanswered) => Err(OtpError::Unchecked {
                connector: serving.name.clone(),
                failure: Box::new(failure),
                attempts_left: outcome.verification.attempts_left,
                status: outcome.verification.status,
            }),
            _ => self.told(outcome),
        }
    }

    /// How a verification has ended, if it has.
    async fn ended(&self, v: &Verification) -> Result<Option<VerificationStatus>, OtpError> {
        let shown = self.get(&v.environment, &v.id).await?;
        Ok((shown.status != VerificationStatus::Pending).then_some(shown.status))
    }

    fn told(&self, outcome: CheckOutcome) -> Result<Checked, OtpError> {
        let CheckOutcome { verification, told, .. } = outcome;
        let (attempts_left, status) = (verification.attempts_left, verification.status);
        if told == Told::Approved {
            self.converted(&verification);
            reviewers::log_approval(&verification);
        }
        match told {
            Told::Approved => Ok(Checked { approved: true, attempts_left, status }),
            Told::Wrong | Told::Held | Told::Unanswered => Ok(Checked { approved: false, attempts_left, status }),
            Told::NotPending(status) => Err(OtpError::NotPending(status)),
            Told::Limited(limited) => Err(OtpError::Limited(limited)),
            Told::Mismatch(field) => Err(OtpError::Mismatch(field)),
        }
    }

    /// A code that was used has arrived: the connector that sent it last is the one to thank.
    fn converted(&self, v: &Verification) {
        let shown: Option<DeliveryView> = v.delivery.clone().and_then(|json| serde_json::from_value(json).ok());
        let now = self.clock.now();
        // A code that is used before its send is noted was sent a moment ago.
        let sent =
            shown.and_then(|shown| Some((shown.connector?, shown.revision?, shown.at.unwrap_or(now), shown.first)));
        if let (Some((connector, revision, sent_at, first)), Ok(to)) = (sent, self.open_number(v)) {
            let (country, area) = (to.country().map(str::to_owned), to.area().to_owned());
            let place = Place { environment: v.environment.clone(), connector, revision, country, area };
            self.delivery.converted(&place, None, sent_at, first);
        }
    }
}

/// Earlier checks of the same verification wait for their provider for as long as anybody may.
fn busy(v: &Verification, bound: &BoundCode) -> OtpError {
    let failure = Failure {
        kind: FailureKind::RateLimited,
        certainty: Certainty::NotSent,
        provider_code: None,
        text: "earlier checks of this verification are still under way".to_owned(),
        retry_after_seconds: Some(1),
        extra: Vec::new(),
    };
    let (attempts_left, status) = (v.attempts_left, v.status);
    OtpError::Unchecked { connector: bound.connector.clone(), failure: Box::new(failure), attempts_left, status }
}

/// What follows for the verification from what its provider said.
fn answered(said: &Result<CodeVerdict, Failure>) -> Answered {
    match said {
        Ok(CodeVerdict::Approved) => Answered::Right,
        Ok(CodeVerdict::Wrong | CodeVerdict::Other) => Answered::Wrong,
        // Both mean that no code of it will ever be right.
        Ok(CodeVerdict::Expired | CodeVerdict::Gone) => Answered::Over,
        Ok(CodeVerdict::TooMany) => Answered::UsedUp,
        Err(_) => Answered::Unknown,
    }
}
