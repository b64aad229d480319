//! A test send: a real message with a saved or an unsaved set-up, and what went over the wire.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::connectors::PutConnector;
use super::{Setup, SetupError};
use crate::connector::contract::{Exchange, LogLine, Message, Receipt, Report, Standing};
use crate::connector::reason::Reason;
use crate::connector::registry::Routes;
use crate::connector::replay::{Original, Redacted, Swaps};
use crate::connector::serving::{Code, Serving};
use crate::delivery::{DeliveryFailure, Letter, Start, attempt, quarantine};
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::texts::{GENERIC, Sender, Template};

/// `POST …/{name}/test`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestSend {
    /// The recipient, in international form.
    #[schema(example = "+14155550123")]
    pub to: String,
    /// Which template; `generic` unless given.
    #[serde(default = "generic")]
    pub purpose: String,
    /// The recipient's language; `en` unless given.
    #[serde(default = "english")]
    pub locale: String,
    /// Whether to tell it as a transcript too, which `countersign check` replays.
    #[serde(default)]
    pub transcript: bool,
    /// An unsaved set-up to test instead of the saved one.
    #[serde(default)]
    pub draft: Option<Draft>,
}

/// `POST …/{name}/account`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckAccount {
    /// An unsaved set-up whose credentials are meant instead of the saved ones.
    #[serde(default)]
    pub draft: Option<Draft>,
}

/// A set-up that is not saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// `id` or `id@version`.
    pub component: String,
    /// The configuration; secrets that are left out are the saved ones, where that is permitted.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub config: Value,
    /// Texts.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Who sends where.
    #[serde(default)]
    pub senders: Vec<Sender>,
    /// Digest of what the component asks for, to approve it.
    #[serde(default)]
    pub approve: Option<String>,
}

fn generic() -> String {
    GENERIC.to_owned()
}

fn english() -> String {
    "en".to_owned()
}

/// What a test send came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tested {
    /// `accepted`, `refused` or `unknown`.
    pub status: &'static str,
    /// `id@version` that was asked.
    pub component: String,
    /// The revision; none for a draft.
    pub revision: Option<u64>,
    /// The provider's ids.
    pub message_ids: Vec<String>,
    /// Why it was not accepted.
    pub failure: Option<DeliveryFailure>,
    /// Whether the provider makes and checks the code: then it sent one of its own, which nobody here knows, and no
    /// verification here waits for it.
    pub code_by_provider: bool,
    /// What went over the wire, without secrets: a label stands where the host placed one.
    #[schema(value_type = Vec<Object>)]
    pub exchanges: Vec<Exchange>,
    /// What the connector logged.
    #[schema(value_type = Vec<Object>)]
    pub log: Vec<LogLine>,
    /// Wall-clock time.
    pub elapsed_ms: u64,
    /// The guest's CPU time.
    pub cpu_ms: u64,
    /// The guest's memory.
    pub memory_bytes: u64,
    /// The same as a transcript, if that was asked for: with fake secrets, a number that is nobody's and another code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub transcript: Option<Value>,
    /// Why there is none, or what came out in another way when it was replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript_note: Option<String>,
}

impl Tested {
    /// As the audit log tells it: not to whom.
    pub fn told(&self, purpose: &str, is_draft: bool) -> Value {
        json!({"component": self.component, "revision": self.revision, "draft": is_draft, "purpose": purpose})
    }
}

/// What an account check came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Whether the provider accepts the credentials.
    pub ok: bool,
    /// What it told of the account.
    #[schema(value_type = Option<Object>)]
    pub standing: Option<Standing>,
    /// Why it refused.
    pub failure: Option<DeliveryFailure>,
}

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
        let to = PhoneNumber::parse(&test.to).map_err(|error| refused("/to", error.to_string()))?;
        let routes = self.registry.routes(&row.name);
        let is_draft = test.draft.is_some();
        let serving = match test.draft {
            Some(draft) => std::sync::Arc::new(self.draft(&row.name, name, draft).await?),
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
        let failure = report.result.as_ref().err().map(|failure| DeliveryFailure {
            kind: failure.kind,
            certainty: failure.certainty,
            provider_code: failure.provider_code.clone(),
            text: failure.text.clone(),
        });
        Ok(Tested {
            status: match &report.result {
                Ok(_) => "accepted",
                Err(failure) if failure.certainty == crate::connector::contract::Certainty::NotSent => "refused",
                Err(_) => "unknown",
            },
            component: serving.component_name.clone(),
            revision: (!is_draft).then_some(serving.revision),
            message_ids: end.provider_ids,
            failure,
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

    /// A test send as a transcript, or why it can't be one.
    async fn as_transcript(
        &self,
        serving: &Serving,
        message: &Message,
        report: &Report<Receipt>,
    ) -> Result<(Option<Value>, Option<String>), SetupError> {
        let none = |why: &dyn std::fmt::Display| Ok((None, Some(why.to_string())));
        let Code::Component(code) = &serving.code else { return none(&"it is no component") };
        if let Some(leak) = &report.leak {
            return none(&leak);
        }
        let config: Map<String, Value> = serde_json::from_str(&serving.config).unwrap_or_default();
        let original = Original {
            config: &config,
            set: serving.wallet.keyring.fields().collect(),
            message,
            swaps: &Swaps::of_test(message, TEST_CODE),
            exchanges: &report.exchanges,
            result: &report.result,
        };
        match Redacted::of(&original) {
            Ok(redacted) => self.tell(code.digest(), &redacted).await,
            Err(why) => none(&why),
        }
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

    /// Ask the provider whether the credentials are good: those of an unsaved set-up, or the saved ones. Sends nothing.
    pub async fn check_account(
        &self,
        environment: &str,
        name: &str,
        draft: Option<Draft>,
    ) -> Result<Account, SetupError> {
        let row = self.environment(environment).await?;
        let serving = match draft {
            Some(draft) => std::sync::Arc::new(self.draft(&row.name, name, draft).await?),
            None => {
                let serving = self.registry.routes(&row.name).and_then(|routes| routes.connectors.get(name).cloned());
                serving.ok_or_else(|| SetupError::not_found("serving connector", name))?
            }
        };
        let report = serving.check_account(self.clock.now(), self.test_wall).await;
        let report = report.ok_or_else(|| SetupError::not_found("account check of connector", name))?;
        quarantine::judge(&*self.store, &serving, &report, self.clock.now()).await;
        Ok(match report.result {
            Ok(standing) => Account { ok: true, standing: Some(standing), failure: None },
            Err(f) => Account {
                ok: false,
                standing: None,
                failure: Some(DeliveryFailure {
                    kind: f.kind,
                    certainty: f.certainty,
                    provider_code: f.provider_code,
                    text: f.text,
                }),
            },
        })
    }
}
