//! Content that callers make, as it is kept: sealed, until it has done what it is for.

use serde::{Deserialize, Serialize};

use super::{Content, Message, parts};
use crate::connector::contract::Pair;
use crate::delivery::Letter;
use crate::otp::{Otp, OtpError};
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::QueuedMessage;

/// What is sealed of a message, and opened again when it goes on: after a crash, or after a negative report.
#[derive(Serialize, Deserialize)]
struct Sealed {
    to: String,
    #[serde(flatten)]
    content: SealedContent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sender: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_ip: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SealedContent {
    Code(String),
    Text(String),
    Parameters(Vec<Pair>),
}

fn aad(environment: &str, id: &str) -> String {
    format!("message/{environment}/{id}")
}

impl Otp {
    pub(super) fn seal(&self, environment: &str, id: &str, to: &PhoneNumber, message: &Message) -> Vec<u8> {
        let content = match &message.content {
            Content::Code(code) => SealedContent::Code(code.expose().clone()),
            Content::Text(text) => SealedContent::Text(text.expose().clone()),
            Content::Parameters(pairs) => SealedContent::Parameters(pairs.clone()),
        };
        let client_ip = message.client_ip.map(|ip| ip.to_string());
        let (sender, app_hash) = (message.sender.clone(), message.app_hash.clone());
        let sealed = Sealed { to: to.e164().to_owned(), content, sender, app_hash, client_ip };
        let json = Secret::new(serde_json::to_string(&sealed).unwrap_or_default());
        self.vault.seal(&aad(environment, id), json.expose().as_bytes())
    }

    /// A message as its caller gave it, from what was sealed.
    pub(in crate::otp) async fn sealed_letter(&self, message: &QueuedMessage) -> Result<Letter, OtpError> {
        let content = message.content.as_ref().ok_or(OtpError::NotFound("content of the message"))?;
        let open = self.vault.open(&aad(&message.environment, &message.id), content)?;
        let sealed: Sealed =
            serde_json::from_slice(open.expose()).map_err(|_| OtpError::NotFound("readable content of the message"))?;
        let (code, text, parameters) = parts(match sealed.content {
            SealedContent::Code(code) => Content::Code(Secret::new(code)),
            SealedContent::Text(text) => Content::Text(Secret::new(text)),
            SealedContent::Parameters(pairs) => Content::Parameters(pairs),
        });
        let use_is_told = self.outcomes.are_told(&message.environment, &message.source).await?;
        Ok(Letter {
            message_id: message.id.clone(),
            environment: message.environment.clone(),
            to: PhoneNumber::parse(&sealed.to)?,
            purpose: message.purpose.clone(),
            locale: message.locale.clone(),
            code,
            text,
            parameters,
            sender: sealed.sender,
            app_hash: sealed.app_hash,
            valid_until: message.expires_at,
            client_ip: sealed.client_ip,
            start: None,
            use_is_told,
            is_first: true,
            ambiguous_failover_used: false,
        })
    }
}
