//! One round: from what was saved to what came of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::{Value, json};

use super::arrived::Arrived;
use super::building::{self, Built};
use super::service::{Service, SetUp};
use super::settings::{self, Source};
use super::shown::Shown;
use super::watching::{Saved, Watch};
use super::{Options, TestMessage};
use crate::connector::check;
use crate::connector::limits::Limits;
use crate::connector::sandbox::{Sandbox, SandboxOptions};

/// What a round came to.
#[derive(Default, Serialize)]
pub(super) struct Round {
    /// Files that were saved; none in the first round.
    pub(super) saved: Vec<PathBuf>,
    /// `id@version`, once it is built.
    pub(super) component: Option<String>,
    pub(super) build_ms: Option<u64>,
    pub(super) load_ms: Option<u64>,
    /// From the save to the new code's being in use.
    pub(super) in_use_ms: Option<u64>,
    pub(super) send_ms: Option<u64>,
    pub(super) check_ms: Option<u64>,
    /// What it asked for that it did not have before.
    pub(super) approved: Vec<String>,
    pub(super) failed: Option<Failed>,
    /// The answer of the test send.
    pub(super) test: Option<Value>,
    pub(super) arrived: Vec<Arrived>,
    pub(super) notes: Vec<String>,
    pub(super) checked: Option<Checked>,
}

/// Where a round ended early.
#[derive(Serialize)]
pub(super) struct Failed {
    pub(super) step: &'static str,
    pub(super) text: String,
    /// What goes on serving.
    pub(super) serving: Option<String>,
}

/// What the check found.
#[derive(Serialize)]
pub(super) struct Checked {
    pub(super) passed: bool,
    pub(super) text: String,
}

impl Round {
    pub(super) fn passed(&self) -> bool {
        self.failed.is_none() && self.checked.as_ref().is_some_and(|checked| checked.passed)
    }
}

/// What all rounds share.
pub(super) struct Bench {
    dir: PathBuf,
    service: Service,
    sandbox: Arc<Sandbox>,
    message: TestMessage,
    reply: Option<String>,
    save_transcript: Option<PathBuf>,
    /// What was loaded last.
    serving: Option<String>,
    /// Compiled code, where the sandbox is not the service's.
    _scratch: tempfile::TempDir,
}

impl Bench {
    pub(super) fn new(dir: PathBuf, service: Service, options: Options) -> anyhow::Result<Self> {
        let scratch = tempfile::tempdir()?;
        let sandbox = match &service.own {
            // What is checked is compiled already, since it serves.
            Some(own) => Arc::clone(&own.setup.sandbox),
            None => Sandbox::new(SandboxOptions {
                limits: Limits::default(),
                slots: Some(8),
                cache_dir: scratch.path().join("cache"),
                compiler: std::env::current_exe()?,
                upload_bytes_max: 32 << 20,
                compile_deadline: Duration::from_secs(60),
                compile_memory_bytes: 2 << 30,
            })?,
        };
        let Options { message, reply, save_transcript, .. } = options;
        Ok(Self { dir, service, sandbox, message, reply, save_transcript, serving: None, _scratch: scratch })
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        match self.service.own {
            Some(own) => own.close().await,
            None => Ok(()),
        }
    }

    /// Build, load, send, check; in this order, so that the new code is in use as soon as it can be.
    pub(super) async fn round(&mut self, saved: Saved, watch: &mut Watch, shown: &Shown) -> Round {
        let mut round = Round { saved: saved.paths, ..Round::default() };
        shown.begun(&round);
        let came = self.steps(&mut round, saved.at, watch, shown).await;
        if let Err((step, error)) = came {
            round.failed = Some(Failed { step, text: format!("{error:#}"), serving: self.serving.clone() });
        }
        shown.ended(&round);
        round
    }

    async fn steps(
        &mut self,
        round: &mut Round,
        saved_at: Instant,
        watch: &mut Watch,
        shown: &Shown,
    ) -> Result<(), (&'static str, anyhow::Error)> {
        let started = Instant::now();
        let built = building::build(&self.dir).await;
        watch.adopt_new();
        let built = built.map_err(|error| ("build", error))?;
        round.build_ms = Some(millis(started));
        round.component = Some(built.name());
        let started = Instant::now();
        self.load(&built, round).await.map_err(|error| ("load", error))?;
        (round.load_ms, round.in_use_ms) = (Some(millis(started)), Some(millis(saved_at)));
        self.serving = Some(built.name());
        shown.in_use(round);
        let started = Instant::now();
        let sent = self.send(&built, round).await;
        round.send_ms = Some(millis(started));
        if let Some(own) = &self.service.own {
            let came = own.provider.came();
            round.arrived.extend(came.arrived);
            round.notes.extend(came.notes);
        }
        sent.map_err(|error| ("send", error))?;
        shown.sent(round, self.message.to.as_deref());
        let started = Instant::now();
        let checked = self.check(&built).await;
        round.check_ms = Some(millis(started));
        round.checked = Some(checked.map_err(|error| ("check", error))?);
        Ok(())
    }

    /// Upload, and let it serve with the author's configuration.
    async fn load(&self, built: &Built, round: &mut Round) -> anyhow::Result<()> {
        let id = &built.package.manifest.id;
        let saved = self.service.saved(id).await?;
        let (mut config, source) = settings::read(&self.dir, &built.package)?;
        match (&self.service.own, &saved) {
            (Some(own), _) => {
                let secrets = settings::secrets(&config, &built.package);
                own.provider.read(&self.dir, self.reply.as_deref(), secrets);
            }
            // What an operator has set up there is not overwritten by an example.
            (None, Some(saved)) if source == Source::Example => {
                config = saved.get("config").cloned().unwrap_or(config);
            }
            (None, _) => {}
        }
        self.service.upload(built.wasm.clone()).await?;
        let set_up = SetUp { component: &built.name(), config };
        round.approved = self.service.serve(id, set_up, saved.as_ref()).await?;
        Ok(())
    }

    async fn send(&self, built: &Built, round: &mut Round) -> anyhow::Result<()> {
        let Some(to) = &self.message.to else { return Ok(()) };
        let TestMessage { purpose, locale, .. } = &self.message;
        let mut test = json!({ "to": to, "purpose": purpose, "locale": locale });
        if let (Some(asked), Some(_)) = (test.as_object_mut(), &self.save_transcript) {
            // Another version of the service may not know it: it is only asked for where it is wanted.
            asked.insert("transcript".to_owned(), true.into());
        }
        let answer = self.service.test(&built.package.manifest.id, &test).await?;
        if let Some(file) = &self.save_transcript {
            let note = answer.get("transcript_note").and_then(Value::as_str).map(str::to_owned);
            if let Some(transcript) = answer.get("transcript") {
                let text = serde_json::to_string_pretty(transcript)? + "\n";
                std::fs::write(file, text).with_context(|| format!("can't write `{}`", file.display()))?;
                round.notes.push(format!("the send as a transcript: {}", file.display()));
            }
            round.notes.extend(note.map(|note| format!("transcript: {note}")));
        }
        round.test = Some(answer);
        Ok(())
    }

    async fn check(&self, built: &Built) -> anyhow::Result<Checked> {
        let verdict = check::check(&self.sandbox, &built.wasm, Some(&self.dir.join("transcripts"))).await?;
        Ok(Checked { passed: verdict.passed(), text: verdict.to_string() })
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
