//! Failed sends: what is kept of a connector's, and each as a transcript.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Setup, SetupError};
use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, FailureKind};
use crate::connector::digest::Digest;
use crate::connector::package::Package;
use crate::connector::replay::Redacted;
use crate::delivery::failures::FailedSend;

/// A failed send.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FailedSendView {
    /// Its id.
    pub id: String,
    /// When it had failed.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The message.
    pub message: String,
    /// The verification that it belongs to.
    pub verification: Option<String>,
    /// Which of the message's attempts.
    pub attempt: u32,
    /// One of the contract's kinds, such as `invalid-recipient`.
    #[schema(value_type = String)]
    pub kind: FailureKind,
    /// `not-sent`, or `unknown`: it may have been sent.
    #[schema(value_type = String)]
    pub certainty: Certainty,
    /// The provider's own code, where a transcript can be made.
    pub provider_code: Option<String>,
    /// The connector's revision.
    pub revision: u64,
    /// `id@version` that was asked.
    pub component: String,
}

/// A failed send as a transcript.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailedSendTranscript {
    /// The failed send.
    #[serde(flatten)]
    pub failed: FailedSendView,
    /// What `countersign check` replays: with fake secrets, a number that is nobody's, another code and another text.
    #[schema(value_type = Option<Object>)]
    pub transcript: Option<Value>,
    /// Why there is none, or what came out in another way when it was replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript_note: Option<String>,
}

impl Setup {
    /// A connector's failed sends, newest first.
    pub async fn failed_sends(&self, environment: &str, name: &str) -> Result<Vec<FailedSendView>, SetupError> {
        let mut views = Vec::new();
        for failed in self.kept(environment, name).await? {
            views.extend(self.view_of(&failed).await?);
        }
        Ok(views)
    }

    /// One of them as a transcript: its component is asked again, in the sandbox, and no provider is.
    pub async fn failed_send(
        &self,
        environment: &str,
        name: &str,
        id: &str,
    ) -> Result<FailedSendTranscript, SetupError> {
        let missing = || SetupError::not_found("failed send", id);
        let kept = self.kept(environment, name).await?;
        let kept = kept.into_iter().find(|kept| kept.id == id).ok_or_else(missing)?;
        let failed = self.view_of(&kept).await?.ok_or_else(missing)?;
        let (transcript, transcript_note) = match &kept.told {
            Ok(told) => self.tell(&told.digest, &told.redacted).await?,
            Err(why) => (None, Some(why.clone())),
        };
        Ok(FailedSendTranscript { failed, transcript, transcript_note })
    }

    /// A send as a transcript, or why it can't be one.
    pub(super) async fn tell(
        &self,
        digest: &Digest,
        redacted: &Redacted,
    ) -> Result<(Option<Value>, Option<String>), SetupError> {
        let row = self.store.component_by_digest(&digest.to_string()).await?;
        let Some(row) = row else { return Ok((None, Some("its component is not there any more".to_owned()))) };
        let package = Package::from_json(&row.package)
            .map_err(|reasons| SetupError::Refused { what: "the component", reasons })?;
        let component = match self.loader.load(digest).await {
            Ok(component) => component,
            Err(failure) => return Ok((None, Some(failure.to_string()))),
        };
        Ok(match redacted.tell(&component, &package).await {
            Ok(replayed) => (Some(replayed.transcript), replayed.note),
            Err(why) => (None, Some(why.to_string())),
        })
    }

    async fn kept(&self, environment: &str, name: &str) -> Result<Vec<Arc<FailedSend>>, SetupError> {
        let row = self.environment(environment).await?;
        let connector = self.store.connector(&row.name, name).await?;
        let connector = connector.ok_or_else(|| SetupError::not_found("connector", name))?;
        Ok(self.failures.of(&row.name, &connector.name))
    }

    /// None if the log has no longer the message.
    async fn view_of(&self, failed: &FailedSend) -> Result<Option<FailedSendView>, SetupError> {
        let message = self.store.message(&failed.environment, &failed.message).await?;
        Ok(message.map(|message| FailedSendView {
            id: failed.id.clone(),
            at: failed.at,
            message: failed.message.clone(),
            verification: message.verification_id,
            attempt: failed.attempt,
            kind: failed.kind,
            certainty: failed.certainty,
            provider_code: failed.provider_code.clone(),
            revision: failed.revision,
            component: failed.component.clone(),
        }))
    }
}
