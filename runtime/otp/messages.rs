//! Delivery only: for a service that makes its own codes.

mod sealed;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::counted::told;
use super::guarded::Subject;
use super::sending::within;
use super::{Demand, Follow, Otp, OtpError, Proof, Wait, first_attempt, guarded, new_message_id, requests};
use crate::connector::contract::Pair;
use crate::delivery::{Carries, Delivered, Letter, Plan};
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{Made, MessageRow, MessageStatus, NewMessage};
use crate::traces;

/// What a message says.
#[derive(Clone, Debug)]
pub enum Content {
    /// A code, put into the template of the purpose.
    Code(Secret<String>),
    /// Values for the template; `code` among them is treated as one.
    Parameters(Vec<Pair>),
    /// A text that goes out as it is.
    Text(Secret<String>),
}

/// A message to send.
#[derive(Clone, Debug)]
pub struct Message {
    /// The recipient, in international form.
    pub to: String,
    /// Why.
    pub purpose: String,
    /// BCP 47 tag of the recipient's language.
    pub locale: String,
    /// What it says.
    pub content: Content,
    /// A sender that beats every configured one.
    pub sender: Option<String>,
    /// Hash of the Android app that asks; it ends the message.
    pub app_hash: Option<String>,
    /// The end user's address.
    pub client_ip: Option<IpAddr>,
    /// Whom the caller means.
    pub subject: Option<String>,
    /// What is shown for a person who asks.
    pub proof: Proof,
    /// What asks for it: [`crate::store::SOURCE_API`], or a door of its own, such as `hook:supabase`. Whether outcomes
    /// are told is known of each source.
    pub source: String,
    /// What names the request for its source: the same one again is the same message, sent once, unless everybody refused
    /// it. None where each request is a new one, or where [`super::idempotency`] sees to it.
    pub request: Option<NamedRequest>,
    /// How long the code lives, in seconds: 60 to 3600.
    pub expires_in: u32,
}

/// What names a request for its source.
#[derive(Clone, Debug)]
pub struct NamedRequest {
    /// Its name.
    pub name: String,
    /// For how long the same name is the same request; none is for as long as the log has it. A sender that names its
    /// requests by what they say may say the same again some day.
    pub same_for: Option<Duration>,
}

/// What became of it.
#[derive(Debug, Serialize)]
pub struct SentMessage {
    /// Its id.
    pub id: String,
    /// Its outcome.
    pub delivered: Delivered,
    /// Whether the same request had made it before, so that nothing was sent now.
    pub repeated: bool,
}

impl Otp {
    /// Send a message whose code the caller made; he may follow it.
    pub async fn send_followed(
        self: &Arc<Self>,
        environment: &str,
        message: Message,
        follow: Option<Follow>,
        wait: Wait,
    ) -> Result<SentMessage, OtpError> {
        let span = traces::span(&traces::MESSAGE_SEND);
        let purpose = message.purpose.clone();
        let sent = span.run(self.send_given_proven(environment, message, follow, wait)).await;
        told(&span, environment, &sent);
        self.counted(environment, &purpose, sent)
    }

    pub(super) async fn send_given(
        self: &Arc<Self>,
        environment: &str,
        message: Message,
        follow: Option<Follow>,
        demand: Demand,
        wait: Wait,
    ) -> Result<SentMessage, OtpError> {
        let settings = self.settings.of(environment).await?;
        validate(&message)?;
        settings.is_open(environment, &message.purpose)?;
        let to = PhoneNumber::parse(&message.to)?;
        let rules = settings.admit(environment, &to, settings.rules(&message.purpose))?;
        let use_is_told = self.outcomes.are_told(environment, &message.source).await?;
        let now = self.clock.now();
        let id = new_message_id();
        let mut row = NewMessage {
            id: id.clone(),
            environment: environment.to_owned(),
            verification_id: None,
            source: message.source.clone(),
            subject: message.subject.clone(),
            purpose: message.purpose.clone(),
            locale: message.locale.clone(),
            to_masked: to.masked(),
            number_index: self.number_index(&to),
            client_index: message.client_ip.map(|ip| self.client_index(ip)),
            request_index: message.request.as_ref().map(|it| self.request_index(&message.source, &it.name)),
            request_since: message.request.as_ref().and_then(|it| it.same_for).map(|time| now.minus(time)),
            kept_back: None,
            country: to.country().map(str::to_owned),
            area: to.area().to_owned(),
            content: Some(self.seal(environment, &id, &to, &message)),
            follow: follow.map(|follow| self.new_follow(environment, &id, &to, follow)),
            reads: Vec::new(),
            created_at: now,
            expires_at: now.plus(Duration::from_secs(message.expires_in.into())),
        };
        let client = message.client_ip;
        let letter = Letter { use_is_told, ..letter(&row, to, message) };
        let plan = self.plan_of(&letter, &[], Carries::Given)?;
        let subject = Subject::of(&plan, &letter, client, now);
        let (judge, tally) = guarded::judge(&mut row, subject, rules, &settings, demand);
        let attempt = first_attempt(&letter, &plan, wait, now);
        let made = self.store.create_message(row, attempt, judge).await?;
        self.count_message(&tally, matches!(made, Made::Done));
        match made {
            Made::Limited(limited) => Err(limited.into()),
            Made::Before(row) => self.sent_before(*row).await,
            Made::Done => {
                Ok(SentMessage { delivered: self.send_letter(plan, letter, wait).await, id, repeated: false })
            }
        }
    }

    /// What became so far of a message that the same request made before.
    async fn sent_before(&self, row: MessageRow) -> Result<SentMessage, OtpError> {
        let last = self.store.attempts(&row.id).await?.pop();
        let (connector, revision) = last.map(|attempt| (attempt.connector, attempt.revision)).unzip();
        let delivered = Delivered { connector, revision, ..Delivered::nothing(row.status) };
        Ok(SentMessage { id: row.id, delivered, repeated: true })
    }

    async fn send_letter(self: &Arc<Self>, plan: Plan, letter: Letter, wait: Wait) -> Delivered {
        let this = Arc::clone(self);
        match wait {
            Wait::ForOutcome => self.delivery.deliver(plan, letter, wait.course()).await,
            Wait::AtMost(limit) => {
                let sent = self.delivery.apart(async move { this.delivery.deliver(plan, letter, wait.course()).await });
                within(limit, sent).await.unwrap_or_else(|| Delivered::nothing(MessageStatus::Sending))
            }
            Wait::ForQueue => {
                self.queue.send(&self.delivery, plan, letter, |plan, letter, course| async move {
                    this.delivery.deliver(plan, letter, course).await;
                });
                Delivered::nothing(MessageStatus::Queued)
            }
        }
    }
}

fn validate(message: &Message) -> Result<(), OtpError> {
    requests::purpose(&message.purpose)?;
    requests::locale(&message.locale)?;
    requests::subject(message.subject.as_deref())?;
    requests::app_hash(message.app_hash.as_deref())?;
    requests::attestation(&message.proof)?;
    if message.app_hash.is_some() && matches!(message.content, Content::Text(_)) {
        return Err(requests::refuse("/app_hash", "does not go with `text`, which goes out as it is: write it there"));
    }
    if !(60..=3600).contains(&message.expires_in) {
        return Err(requests::refuse("/expires_in", "is 60 to 3600 seconds"));
    }
    let sized = |field, text: &str, max| match text.chars().count() {
        1.. if text.chars().count() <= max => Ok(()),
        _ => Err(requests::refuse(field, &format!("has 1 to {max} characters"))),
    };
    match &message.content {
        Content::Code(code) => sized("/code", code.expose(), 64)?,
        Content::Text(text) => sized("/text", text.expose(), 1530)?,
        Content::Parameters(pairs) if pairs.len() > 32 => {
            return Err(requests::refuse("/parameters", "has at most 32 entries"));
        }
        Content::Parameters(pairs) => pairs.iter().try_for_each(|pair| sized("/parameters", &pair.value, 256))?,
    }
    message.sender.as_deref().map_or(Ok(()), |sender| sized("/sender", sender, 32))
}

fn letter(row: &NewMessage, to: PhoneNumber, message: Message) -> Letter {
    let (code, text, parameters) = parts(message.content);
    Letter {
        message_id: row.id.clone(),
        environment: row.environment.clone(),
        to,
        purpose: message.purpose,
        locale: message.locale,
        code,
        text,
        parameters,
        sender: message.sender,
        app_hash: message.app_hash,
        valid_until: row.expires_at,
        client_ip: message.client_ip.map(|ip| ip.to_string()),
        start: None,
        use_is_told: false,
        is_first: true,
        ambiguous_failover_used: false,
    }
}

type Parts = (Option<Secret<String>>, Option<Secret<String>>, Vec<Pair>);

fn parts(content: Content) -> Parts {
    match content {
        Content::Code(code) => (Some(code), None, Vec::new()),
        Content::Text(text) => (None, Some(text), Vec::new()),
        Content::Parameters(pairs) => {
            let code = pairs.iter().find(|pair| pair.name == "code").map(|pair| Secret::new(pair.value.clone()));
            (code, None, pairs)
        }
    }
}
