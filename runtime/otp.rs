//! One-time passwords: the use cases, in the words of the domain. Knows no HTTP and no connector's name.

pub mod attestation;
pub mod challenge;
mod checking;
pub mod code;
mod counted;
mod disclosure;
mod erasure;
mod error;
mod follow;
pub mod guard;
mod guarded;
pub mod idempotency;
mod indices;
pub mod limits;
mod locks;
mod messages;
mod outcomes;
mod pace;
pub mod policy;
mod queue;
mod record;
mod reports;
mod requests;
mod reviewers;
mod sending;
mod service;
mod settings;
pub mod sign_in;
mod standing;
mod suppressed;
mod traffic;
mod turns;
mod views;

use std::sync::Arc;

use crate::clock::Clock;
use crate::credentials::Vault;
use crate::delivery::{Carries, Delivery, Letter, Wish};
use crate::egress::Origins;
use crate::metrics::Metrics;
use crate::phone::PhoneNumber;
use crate::store::{
    Created, NewResend, NewVerification, ResendRefusal, Resent, SendJudge, Store, Verification, VerificationStatus,
};
use attestation::{Attestations, Demand};
use guarded::Subject;
use outcomes::Outcomes;
use pace::Pace;
use policy::Rules;
use queue::Queue;
use sending::{carried, first_attempt, new_message_id, under_way};
use settings::{Known, Settings};
use suppressed::Pretence;
use turns::Turns;

pub use attestation::Proof;
pub use disclosure::{Disclosure, KeptEventView, KeptIn, KeptVerification, ToldToView};
pub use erasure::Erasure;
pub use error::OtpError;
pub use follow::{Follow, Shown};
pub use guarded::{Decision, Decisions};
pub use locks::Lock;
pub use messages::{Content, Message, NamedRequest, SentMessage};
pub use requests::{Check, Create};
pub use reviewers::{PutReviewer, Reviewer};
pub use sending::Wait;
pub use service::Service;
pub use standing::{DecidedSum, GuardStanding};
pub(crate) use suppressed::not_sent;
pub use views::{DeliveryView, VerificationView};

/// The answer to a check.
#[derive(Debug)]
pub struct Checked {
    /// Whether the code was right.
    pub approved: bool,
    /// Checks that are left.
    pub attempts_left: u32,
    /// Where the verification stands now.
    pub status: VerificationStatus,
}

/// The use cases.
pub struct Otp {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    delivery: Delivery,
    clock: Clock,
    settings: Settings,
    queue: Queue,
    outcomes: Outcomes,
    turns: Turns,
    pace: Pace,
    metrics: Arc<Metrics>,
    attestations: Attestations,
}

impl Otp {
    /// Over these parts.
    pub fn new(
        store: Arc<dyn Store>,
        vault: Arc<Vault>,
        delivery: Delivery,
        clock: Clock,
        metrics: Arc<Metrics>,
        origins: Arc<Origins>,
    ) -> Self {
        let settings = Settings::new(Arc::clone(&store), Arc::clone(delivery.nodes()));
        let outcomes = Outcomes::new(Arc::clone(&store));
        let (queue, turns, pace) = (Queue::default(), Turns::default(), Pace::default());
        let attestations = Attestations::over(origins);
        Self { store, vault, delivery, clock, settings, queue, outcomes, turns, pace, metrics, attestations }
    }

    /// After a change of an environment, its policy or its sign-in experience: forget what is known of it.
    pub fn invalidate(&self, environment: &str) {
        self.settings.invalidate(environment);
    }

    async fn make(
        self: &Arc<Self>,
        environment: &str,
        service: &Service,
        request: &Create,
        demand: Demand,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        let settings = self.settings.of(environment).await?;
        request.validate()?;
        settings.is_open(environment, &request.purpose)?;
        let to = PhoneNumber::parse(&request.to)?;
        let rules = service.rules(settings.rules(&request.purpose));
        let message_id = new_message_id();
        let now = self.clock.now();
        if let Some(reviewer) = settings.reviewer(&self.number_index(&to), now).filter(|_| !request.suppressed) {
            return self.create_for_reviewer(service, request, &to, &rules, reviewer, demand).await;
        }
        let rules = settings.admit(environment, &to, rules)?;
        let carries = Carries::Open;
        let wish = Wish { purpose: &request.purpose, to: &to, message_id: &message_id, tried: &[], carries };
        let plan = self.delivery.plan(environment, &wish)?;
        let mut verification = self.new_verification(environment, request, &to, &rules, now);
        verification.service = service.name.clone();
        verification.delivery = Some(under_way(&message_id, wait));
        let mut message = self.new_message(&message_id, &verification, &to, now);
        let letter = self.letter(&verification, to, &message_id, None);
        let subject = Subject::of(&plan, &letter, request.client_ip, now);
        let (judge, tally) = guarded::judge(&mut message, subject, rules, &settings, demand);
        let mut new = NewVerification { verification: verification.clone(), message, attempt: None };
        if request.suppressed {
            return self.make_suppressed(new, judge, &tally, Pretence::of(&plan, &message_id, Vec::new()), wait).await;
        }
        new.attempt = first_attempt(&letter, &plan, wait, now);
        let written = self.store.create_verification(new, judge).await?;
        self.count_message(&tally, matches!(written, Created::Done));
        match written {
            Created::Limited(limited) => Err(limited.into()),
            Created::Done => {
                self.metrics.verification_created(environment, &request.purpose, letter.to.country());
                self.send(verification, plan, letter, wait).await
            }
        }
    }

    async fn send_again(
        self: &Arc<Self>,
        service: &Service,
        settings: &Arc<Known>,
        found: Verification,
        demand: Demand,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        let environment = found.environment.as_str();
        settings.is_open(environment, &found.purpose)?;
        let rules = service.rules(settings.rules(&found.purpose));
        let to = self.open_number(&found)?;
        let id = found.id.as_str();
        if found.fixed_code.is_some() {
            return self.resend_to_reviewer(&found, &to, &rules, demand).await;
        }
        // A country may have been closed since.
        let rules = settings.admit(environment, &to, rules)?;
        let message_id = new_message_id();
        let asked = self.asked(&found, &message_id).await?;
        let source = self.store.code_source(id).await?;
        let (carries, previous) = carried(&source);
        let wish = Wish { purpose: &found.purpose, to: &to, message_id: &message_id, tried: &asked, carries };
        let plan = self.delivery.plan(environment, &wish)?;
        let now = self.clock.now();
        let mut message = self.new_message(&message_id, &found, &to, now);
        let client = found.client_ip.as_deref().and_then(|ip| ip.parse().ok());
        let letter = Letter { is_first: false, ..self.letter(&found, to, &message_id, previous) };
        let subject = Subject::of(&plan, &letter, client, now);
        let (judge, tally) = guarded::judge(&mut message, subject, rules, settings, demand);
        let (resend_after, delivery) = (now.plus(rules.cooldown), Some(under_way(&message_id, wait)));
        let mut resend = NewResend { verification_id: id.to_owned(), message, attempt: None, resend_after, delivery };
        if found.suppressed {
            return self.resend_suppressed(resend, judge, &tally, Pretence::of(&plan, &message_id, asked), wait).await;
        }
        resend.attempt = first_attempt(&letter, &plan, wait, now);
        let written = self.written_again(resend, judge).await;
        let verification = self.count_resend(&tally, written)?;
        self.send(verification, plan, letter, wait).await
    }

    /// A further message, if its verification's state and the limits permit it.
    async fn written_again(&self, resend: NewResend, judge: SendJudge) -> Result<Verification, OtpError> {
        match self.store.resend(resend, judge).await? {
            Resent::Missing => Err(OtpError::NotFound("verification")),
            Resent::Refused(ResendRefusal::NotPending(status)) => Err(OtpError::NotPending(status)),
            Resent::Refused(ResendRefusal::Limited(limited)) => Err(limited.into()),
            Resent::Done(verification) => Ok(*verification),
        }
    }

    /// One verification as it stands now.
    pub async fn get(&self, environment: &str, id: &str) -> Result<VerificationView, OtpError> {
        let found = self.store.verification(environment, id).await?.ok_or(OtpError::NotFound("verification"))?;
        self.view(found)
    }

    /// End a pending verification.
    pub async fn cancel(&self, environment: &str, id: &str) -> Result<VerificationView, OtpError> {
        let before = self.store.cancel(environment, id, self.clock.now()).await?;
        let before = before.ok_or(OtpError::NotFound("verification"))?;
        match before.status {
            VerificationStatus::Pending | VerificationStatus::Canceled => self.get(environment, id).await,
            status => Err(OtpError::NotPending(status)),
        }
    }
}
