//! One attempt: the message as this connector gets it, and its outcome as the store keeps it.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Failure, Message, Receipt, Report};
use crate::connector::registry::Routes;
use crate::connector::serving::Serving;
use crate::store::{AttemptEnd, AttemptStatus, SegmentsBy};
use crate::texts::{self, Sources, TextError, Values, Wanted};

use super::Letter;

/// Ask one connector to send, within `wall`. What goes over the wire is recorded only where a failed send is kept.
pub async fn run(
    serving: &Serving,
    routes: &Routes,
    letter: &Letter,
    now: Timestamp,
    wall: Duration,
    callback_url: Option<String>,
) -> Report<Receipt> {
    match compose(serving, routes, letter, now) {
        Ok(message) => serving.send(now, &Message { callback_url, ..message }, wall, routes.keeps_failed_sends).await,
        Err(error) => Report::unsent(error.to_string()),
    }
}

/// The message for one connector: its own texts and senders before those of the environment.
pub fn compose(serving: &Serving, routes: &Routes, letter: &Letter, now: Timestamp) -> Result<Message, TextError> {
    let life_left = letter.valid_until.since(now);
    let values = Values {
        code: letter.code.as_ref().map(|code| code.expose().as_str()),
        minutes: u32::try_from(life_left.as_secs().div_ceil(60)).unwrap_or(u32::MAX).max(1),
        app: &routes.display_name,
        purpose: &letter.purpose,
        parameters: &letter.parameters,
    };
    let wanted = Wanted {
        locale: &letter.locale,
        country: letter.to.country(),
        values,
        text: letter.text.as_ref().map(|text| text.expose().as_str()),
        app_hash: letter.app_hash.as_deref(),
        sender: letter.sender.as_deref(),
    };
    let made = texts::compose(sources(serving, &routes.texts), &wanted)?;
    Ok(Message {
        to: letter.to.e164().to_owned(),
        calling_code: letter.to.calling_code().to_string(),
        country: letter.to.country().map(str::to_owned),
        purpose: letter.purpose.clone(),
        locale: letter.locale.clone(),
        reference: reference(&letter.message_id, &serving.name),
        validity_seconds: u32::try_from(life_left.as_secs()).unwrap_or(u32::MAX),
        sender: made.sender,
        text: made.text,
        template_id: made.template_id,
        template_locale: made.template_locale,
        parameters: made.parameters,
        callback_url: None,
        client_ip: letter.client_ip.clone(),
        extra: made.extra,
    })
}

/// What a connector composes its messages of.
pub fn sources<'a>(serving: &'a Serving, shared: &'a texts::Shared) -> Sources<'a> {
    Sources { own: &serving.templates, senders: &serving.senders, content: serving.content, shared }
}

/// The reference that a provider gets: the same whenever this connector is asked about this message.
pub fn reference(message_id: &str, connector: &str) -> String {
    let digest = Sha256::digest(connector.as_bytes());
    let short: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{message_id}-{short}")
}

/// The outcome as the store keeps it.
pub fn end(message_id: &str, number: u32, report: &Report<Receipt>, ended_at: Timestamp) -> AttemptEnd {
    let status = match &report.result {
        Ok(_) => AttemptStatus::Accepted,
        Err(Failure { certainty: Certainty::NotSent, .. }) => AttemptStatus::Refused,
        Err(Failure { certainty: Certainty::Unknown, .. }) => AttemptStatus::Unknown,
    };
    let failure = report.result.as_ref().err();
    let receipt = report.result.as_ref().ok();
    // The provider's word is what is paid for; without it, the count of the text that it was given.
    let told = receipt.and_then(|r| r.segments).map(|segments| (segments, SegmentsBy::Provider));
    let counted = receipt.and(report.segments).map(|segments| (segments, SegmentsBy::Host));
    let segments = told.or(counted);
    AttemptEnd {
        message_id: message_id.to_owned(),
        number,
        status,
        kind: failure.map(|f| f.kind),
        certainty: failure.map(|f| f.certainty),
        provider_code: failure.and_then(|f| f.provider_code.clone()),
        text: failure.map(|f| f.text.clone()),
        provider_ids: receipt.map(|r| r.message_ids.clone()).unwrap_or_default(),
        segments: segments.map(|(segments, _)| segments),
        segments_by: segments.map(|(_, by)| by),
        elapsed_ms: report.elapsed_ms,
        ended_at,
    }
}
