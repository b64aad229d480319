//! One attempt: the message as this connector gets it, and its outcome as the store keeps it.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Failure, Message, Receipt, Report, StartRequest, Started};
use crate::connector::registry::Routes;
use crate::connector::serving::Serving;
use crate::prices::Price;
use crate::store::{AttemptEnd, AttemptStatus, SegmentsBy, Usage};
use crate::texts::ending::Ending;
use crate::texts::{self, Sources, TextError, Values, Wanted, sender};

use super::{Letter, Start};

/// Ask one connector to send, or to have a code made and sent, within `wall`. What goes over the wire is recorded only
/// where a failed send is kept.
pub async fn run(
    serving: &Serving,
    routes: &Routes,
    letter: &Letter,
    now: Timestamp,
    wall: Duration,
    callback_url: Option<String>,
) -> Attempted {
    if serving.makes_codes {
        return Attempted::started(match &letter.start {
            Some(start) => serving.start(now, &request(serving, routes, letter, start, now), wall, false).await,
            None => {
                Report::unsent("its provider makes the codes itself, and sends no message as it is given".to_owned())
            }
        });
    }
    let report = match compose(serving, routes, letter, now) {
        Ok(message) => serving.send(now, &Message { callback_url, ..message }, wall, routes.keeps_failed_sends).await,
        Err(error) => Report::unsent(error.to_string()),
    };
    Attempted { report, expires_in_seconds: None }
}

/// What an attempt came to.
pub struct Attempted {
    /// Its receipt; of a start, the provider's id is its only one.
    pub report: Report<Receipt>,
    /// For how long a code of the provider's is good, where it said so.
    pub expires_in_seconds: Option<u32>,
}

impl Attempted {
    /// None was made.
    pub fn not_made(failure: Failure) -> Self {
        let report = Report { result: Err(failure), ..Report::unsent(String::new()) };
        Self { report, expires_in_seconds: None }
    }

    /// By a provider that makes the code.
    pub fn started(report: Report<Started>) -> Self {
        let expires_in_seconds = report.result.as_ref().ok().and_then(|started| started.expires_in_seconds);
        Self { report: report.map(Receipt::from), expires_in_seconds }
    }
}

/// The verification for one connector whose provider makes the code.
pub fn request(serving: &Serving, routes: &Routes, letter: &Letter, start: &Start, now: Timestamp) -> StartRequest {
    let from = sender::choose(&serving.senders, letter.to.country());
    // What would end a text of ours lets an app read the provider's as well.
    let configured = match &routes.texts.ending {
        Some(Ending::AppHash(hash)) => Some(hash.clone()),
        _ => None,
    };
    StartRequest {
        to: letter.to.e164().to_owned(),
        calling_code: letter.to.calling_code().to_string(),
        country: letter.to.country().map(str::to_owned),
        purpose: letter.purpose.clone(),
        locale: letter.locale.clone(),
        reference: reference(&letter.message_id, &serving.name),
        validity_seconds: u32::try_from(letter.valid_until.since(now).as_secs()).unwrap_or(u32::MAX),
        sender: letter.sender.clone().or_else(|| from.and_then(|from| from.sender.clone())),
        client_ip: letter.client_ip.clone(),
        app_hash: letter.app_hash.clone().or(configured),
        code_length: Some(start.code_length),
        previous: start.previous.clone(),
        extra: from.map(texts::Sender::extra).unwrap_or_default(),
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

/// SMS parts of a message, as far as they can be known before it is sent: one where the text is the provider's.
pub fn parts(serving: &Serving, routes: &Routes, letter: &Letter, now: Timestamp) -> u32 {
    let composed = if serving.makes_codes { None } else { compose(serving, routes, letter, now).ok() };
    composed.and_then(|message| serving.segments(&message)).unwrap_or(1).max(1)
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
        // What was taken under a fault says so too: it may be late, or never arrive.
        text: failure
            .map(|f| f.text.clone())
            .or_else(|| report.injected.as_ref().map(|fault| format!("injected fault ({fault})"))),
        provider_ids: receipt.map(|r| r.message_ids.clone()).unwrap_or_default(),
        segments: segments.map(|(segments, _)| segments),
        segments_by: segments.map(|(_, by)| by),
        cost: receipt.and_then(|r| r.price.as_ref()).and_then(|price| Price::told(&price.amount, &price.currency)),
        usage: Usage {
            cpu_us: report.cpu_us,
            memory_bytes: report.memory_bytes,
            bytes_out: report.bytes_out,
            bytes_in: report.bytes_in,
        },
        elapsed_ms: report.elapsed_ms,
        ended_at,
    }
}
