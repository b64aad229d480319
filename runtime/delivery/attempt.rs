//! One attempt: the message as this connector gets it, and its outcome as the store keeps it.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Failure, Message, Receipt, Report};
use crate::connector::registry::Routes;
use crate::connector::serving::Serving;
use crate::store::{AttemptEnd, AttemptStatus};
use crate::texts::{self, Values, sender, template};

use super::Letter;

/// Ask one connector to send, within `wall`.
pub async fn run(
    serving: &Serving,
    routes: &Routes,
    letter: &Letter,
    now: Timestamp,
    wall: Duration,
    callback_url: Option<String>,
) -> Report<Receipt> {
    match compose(serving, routes, letter, now) {
        Ok(message) => serving.send(now, &Message { callback_url, ..message }, wall, false).await,
        Err(error) => Report::unsent(error.to_string()),
    }
}

/// The message for one connector: its own texts and senders before those of the environment.
pub fn compose(
    serving: &Serving,
    routes: &Routes,
    letter: &Letter,
    now: Timestamp,
) -> Result<Message, texts::TemplateError> {
    let life_left = letter.valid_until.since(now);
    let code = letter.code.as_ref().map(|code| code.expose().as_str());
    let values = Values {
        code,
        minutes: u32::try_from(life_left.as_secs().div_ceil(60)).unwrap_or(u32::MAX).max(1),
        app: &routes.display_name,
        purpose: &letter.purpose,
        parameters: &letter.parameters,
    };
    let chosen = template::choose(&letter.purpose, &letter.locale, &serving.templates, &routes.templates);
    let from = sender::choose(&serving.senders, letter.to.country());
    let template_id = from.and_then(|s| s.template_id.clone()).or_else(|| chosen.and_then(|t| t.template_id.clone()));
    let text = match &letter.text {
        Some(text) => text.expose().clone(),
        None if chosen.is_some_and(|t| t.text.is_none()) => String::new(),
        None => template::render(chosen, &values)?,
    };
    Ok(Message {
        to: letter.to.e164().to_owned(),
        calling_code: letter.to.calling_code().to_string(),
        country: letter.to.country().map(str::to_owned),
        purpose: letter.purpose.clone(),
        locale: letter.locale.clone(),
        reference: reference(&letter.message_id, &serving.name),
        validity_seconds: u32::try_from(life_left.as_secs()).unwrap_or(u32::MAX),
        sender: letter.sender.clone().or_else(|| from.and_then(|s| s.sender.clone())),
        text,
        template_id,
        template_locale: chosen.and_then(|t| t.template_locale.clone()),
        parameters: chosen.map_or_else(|| template::code_only(&values), |t| template::parameters(t, &values)),
        callback_url: None,
        client_ip: letter.client_ip.clone(),
        extra: from.map(texts::Sender::extra).unwrap_or_default(),
    })
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
    AttemptEnd {
        message_id: message_id.to_owned(),
        number,
        status,
        kind: failure.map(|f| f.kind),
        certainty: failure.map(|f| f.certainty),
        provider_code: failure.and_then(|f| f.provider_code.clone()),
        text: failure.map(|f| f.text.clone()),
        provider_ids: receipt.map(|r| r.message_ids.clone()).unwrap_or_default(),
        segments: receipt.and_then(|r| r.segments),
        elapsed_ms: report.elapsed_ms,
        ended_at,
    }
}
