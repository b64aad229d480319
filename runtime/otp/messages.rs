//! Delivery only: for a service that makes its own codes.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::{Otp, OtpError, limits, new_attempt, new_message_id, requests};
use crate::connector::contract::Pair;
use crate::delivery::{Delivered, Letter, Wish};
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{Created, NewMessage};

/// What a message says.
#[derive(Debug)]
pub enum Content {
    /// A code, put into the template of the purpose.
    Code(Secret<String>),
    /// Values for the template; `code` among them is treated as one.
    Parameters(Vec<Pair>),
    /// A text that goes out as it is.
    Text(Secret<String>),
}

/// A message to send.
#[derive(Debug)]
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
    /// How long the code lives, in seconds: 60 to 3600.
    pub expires_in: u32,
}

/// What became of it.
#[derive(Debug, Serialize)]
pub struct SentMessage {
    /// Its id.
    pub id: String,
    /// Its outcome.
    pub delivered: Delivered,
}

impl Otp {
    /// Send a message whose code the caller made.
    pub async fn send_message(&self, environment: &str, message: Message) -> Result<SentMessage, OtpError> {
        let settings = self.settings.of(environment).await?;
        validate(&message)?;
        let to = PhoneNumber::parse(&message.to)?;
        let rules = settings.policy.rules(&message.purpose);
        let id = new_message_id();
        let wish = Wish { purpose: &message.purpose, to: &to, message_id: &id, tried: &[] };
        let plan = self.delivery.plan(environment, &wish)?;
        let now = self.clock.now();
        let valid_until = now.plus(Duration::from_secs(message.expires_in.into()));
        let sealed =
            self.vault.seal(&format!("message/{environment}/{id}"), content_json(&message).expose().as_bytes());
        let (code, text, parameters) = parts(message.content);
        let row = NewMessage {
            id: id.clone(),
            environment: environment.to_owned(),
            verification_id: None,
            purpose: message.purpose.clone(),
            locale: message.locale.clone(),
            to_masked: to.masked(),
            number_index: self.number_index(&to),
            country: to.country().map(str::to_owned),
            content: Some(sealed),
            created_at: now,
            expires_at: valid_until,
        };
        let letter = Letter {
            message_id: id.clone(),
            environment: environment.to_owned(),
            to,
            purpose: message.purpose,
            locale: message.locale,
            code,
            text,
            parameters,
            sender: message.sender,
            app_hash: message.app_hash,
            valid_until,
            client_ip: message.client_ip.map(|ip| ip.to_string()),
            ambiguous_failover_used: false,
        };
        let judge = Box::new(move |sends: &_| limits::send(&rules, sends, now));
        let attempt = new_attempt(&id, &plan, now);
        match self.store.create_message(row, attempt, judge).await? {
            Created::Limited(limited) => Err(OtpError::Limited(limited)),
            Created::Done => Ok(SentMessage { id, delivered: self.delivery.deliver(plan, letter).await }),
        }
    }

    /// The caller says whether the code of a message was used; erases its content.
    pub async fn message_outcome(&self, environment: &str, id: &str, used: bool) -> Result<(), OtpError> {
        let found = self.store.message_outcome(environment, id, used, self.clock.now()).await?;
        if found { Ok(()) } else { Err(OtpError::NotFound("message")) }
    }
}

fn validate(message: &Message) -> Result<(), OtpError> {
    requests::purpose(&message.purpose)?;
    requests::locale(&message.locale)?;
    requests::subject(message.subject.as_deref())?;
    requests::app_hash(message.app_hash.as_deref())?;
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

fn content_json(message: &Message) -> Secret<String> {
    let mut json = match &message.content {
        Content::Code(code) => json!({ "code": code.expose() }),
        Content::Text(text) => json!({ "text": text.expose() }),
        Content::Parameters(pairs) => json!({ "parameters": pairs }),
    };
    if let (Some(object), Some(hash)) = (json.as_object_mut(), &message.app_hash) {
        object.insert("app_hash".to_owned(), json!(hash));
    }
    Secret::new(json.to_string())
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
