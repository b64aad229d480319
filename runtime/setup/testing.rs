//! A test send: a real message with a saved or an unsaved set-up, and what went over the wire.

mod account;
mod asked;
mod told;
mod transcript;

use std::sync::Arc;
use std::time::Duration;

use super::connectors::PutConnector;
use super::{Setup, SetupError};
use crate::connector::contract::{Certainty, Failure, Receipt};
use crate::connector::reason::Reason;
use crate::connector::registry::Routes;
use crate::connector::serving::Serving;
use crate::delivery::{DeliveryFailure, Letter, Start, attempt, quarantine};
use crate::secret::Secret;

pub use asked::{CheckAccount, Draft, TestSend};
pub use told::{Account, Tested};

/// The code of test messages: six digits that nobody could sign in with.
const TEST_CODE: &str = "000000";
const TEST_CODE_LENGTH: u8 = 6;

/// What is said where a transcript was asked for.
const NOT_TOLD: &str = "a connector whose provider makes the code is not told as a transcript: write one with `start`";

impl Setup {
    /// Send a test message. Writes no log and starts no cooldown.
    pub async fn test(&self, environment: &str, name: &str, test: TestSend) -> Result<Tested, SetupError> {
        let row = self.environment(environment).await?;
        let refused = |pointer, text: String| SetupError::Refused {
            what: "the test",
            reasons: vec![Reason::at("field", pointer, &text)],
        };
        let to = test.recipient()?;
        let routes = self.registry.routes(&row.name);
        let is_draft = test.draft.is_some();
        let serving = match test.draft {
            Some(draft) => Arc::new(self.draft(&row.name, name, draft).await?),
            None => {
                let serving = routes.as_ref().and_then(|routes| routes.connectors.get(name).cloned());
                serving.ok_or_else(|| SetupError::not_found("serving connector", name))?
            }
        };
        let now = self.clock.now();
        let letter = Letter {
            message_id: format!("test_{}", crate::random::hex::<8>()),
            environment: row.name,
            to,
            purpose: test.purpose,
            locale: test.locale,
            code: Some(Secret::from(TEST_CODE)),
            text: None,
            parameters: Vec::new(),
            sender: None,
            app_hash: None,
            valid_until: now.plus(Duration::from_secs(600)),
            client_ip: None,
            start: Some(Start { code_length: TEST_CODE_LENGTH, previous: None }),
            use_is_told: false,
            is_first: true,
            ambiguous_failover_used: false,
        };
        let none = Routes::default();
        let routes = routes.as_deref().unwrap_or(&none);
        let (report, transcript, transcript_note) =
            if let Some(start) = letter.start.as_ref().filter(|_| serving.makes_codes) {
                let request = attempt::request(&serving, routes, &letter, start, now);
                let report = serving.start(now, &request, self.test_wall, true).await;
                quarantine::judge(&*self.store, &serving, &report, self.clock.now()).await;
                (report.map(Receipt::from), None, test.transcript.then(|| NOT_TOLD.to_owned()))
            } else {
                let message = attempt::compose(&serving, routes, &letter, now);
                let message = message.map_err(|error| refused("/purpose", error.to_string()))?;
                let report = serving.send(now, &message, self.test_wall, true).await;
                quarantine::judge(&*self.store, &serving, &report, self.clock.now()).await;
                let (transcript, note) = match test.transcript {
                    true => self.as_transcript(&serving, &message, &report).await?,
                    false => (None, None),
                };
                (report, transcript, note)
            };
        let end = attempt::end(&letter.message_id, 1, &report, now);
        Ok(Tested {
            status: match &report.result {
                Ok(_) => "accepted",
                Err(failure) if failure.certainty == Certainty::NotSent => "refused",
                Err(_) => "unknown",
            },
            component: serving.component_name.clone(),
            revision: (!is_draft).then_some(serving.revision),
            message_ids: end.provider_ids,
            failure: report.result.as_ref().err().map(failure_of),
            code_by_provider: serving.makes_codes,
            exchanges: report.exchanges,
            log: report.log,
            elapsed_ms: report.elapsed_ms,
            cpu_ms: report.cpu_ms,
            memory_bytes: report.memory_bytes,
            transcript,
            transcript_note,
        })
    }

    /// A set-up that is judged like a saved one, and thrown away.
    async fn draft(&self, environment: &str, name: &str, draft: Draft) -> Result<Serving, SetupError> {
        let row = self.environment(environment).await?;
        let put = PutConnector {
            component: draft.component,
            config: draft.config,
            templates: draft.templates,
            senders: draft.senders,
            approve: draft.approve,
            ..PutConnector::default()
        };
        let judged = self.judge_connector(&row, name, &put).await?;
        self.assemble(&row, judged.plans, None)
    }
}

fn failure_of(failure: &Failure) -> DeliveryFailure {
    DeliveryFailure {
        kind: failure.kind,
        certainty: failure.certainty,
        provider_code: failure.provider_code.clone(),
        text: failure.text.clone(),
    }
}
