//! Messages that their caller reads back, or wants to be told of.
//!
//! The recipient is shown in full while the message lives, and masked afterwards; the text until it is erased.

use std::sync::Arc;

use super::{Message, Otp, OtpError, SentMessage, Wait};
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{DueCallback, Followed, NewFollow, QueuedMessage};

/// How a caller follows a message.
#[derive(Clone, Debug)]
pub struct Follow {
    /// The caller, as he calls himself.
    pub account: String,
    /// The sender that he named.
    pub sender: Option<String>,
    /// The pool of senders that he named.
    pub sender_pool: Option<String>,
    /// Where he wants to be told what becomes of it.
    pub callback: Option<String>,
}

/// What is shown of a followed message: its recipient, in full or masked, and its text until that is erased.
pub struct Shown {
    /// The recipient.
    pub to: String,
    /// The text.
    pub text: Option<Secret<String>>,
}

fn recipient_aad(environment: &str, id: &str) -> String {
    format!("followed/{environment}/{id}")
}

fn callback_aad(environment: &str, id: &str) -> String {
    format!("status-callback/{environment}/{id}")
}

impl Otp {
    /// Send a message whose code the caller made.
    pub async fn send_message(
        self: &Arc<Self>,
        environment: &str,
        message: Message,
        wait: Wait,
    ) -> Result<SentMessage, OtpError> {
        self.send_followed(environment, message, None, wait).await
    }

    pub(super) fn new_follow(&self, environment: &str, id: &str, to: &PhoneNumber, follow: Follow) -> NewFollow {
        let seal = |url: String| self.vault.seal(&callback_aad(environment, id), url.as_bytes());
        NewFollow {
            account: follow.account,
            sender: follow.sender,
            sender_pool: follow.sender_pool,
            recipient: self.vault.seal(&recipient_aad(environment, id), to.e164().as_bytes()),
            callback: follow.callback.map(seal),
        }
    }

    /// What is shown of a followed message now.
    pub async fn shown(&self, followed: &Followed) -> Result<Shown, OtpError> {
        let m = &followed.message;
        let alive = self.clock.now() < m.expires_at;
        let to = match followed.recipient.as_ref().filter(|_| alive) {
            Some(sealed) => {
                let open = self.vault.open(&recipient_aad(&m.environment, &m.id), sealed)?;
                String::from_utf8_lossy(open.expose()).into_owned()
            }
            None => m.to_masked.clone(),
        };
        if followed.content.is_none() || !alive {
            return Ok(Shown { to, text: None });
        }
        let queued = QueuedMessage {
            id: m.id.clone(),
            environment: m.environment.clone(),
            verification_id: None,
            source: m.source.clone(),
            purpose: m.purpose.clone(),
            locale: m.locale.clone(),
            content: followed.content.clone(),
            expires_at: m.expires_at,
            traceparent: None,
        };
        let letter = self.sealed_letter(&queued).await?;
        Ok(Shown { to, text: letter.text })
    }

    /// Where a caller wants to be told.
    pub fn callback_url(&self, due: &DueCallback) -> Result<Secret<String>, OtpError> {
        let open = self.vault.open(&callback_aad(&due.environment, &due.message_id), &due.callback)?;
        Ok(Secret::new(String::from_utf8_lossy(open.expose()).into_owned()))
    }
}
