//! Who answers for the providers: what the folder's transcripts say that they answer, so that no account is needed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value, json};
use url::Url;

use super::arrived::{self, Arrived};
use crate::connector::stand_in::{Answer, Asked, StandIn};
use crate::connector::transcript::{Expect, Expected, Reply, Transcript, WireFault};
use crate::inbox::Inbox;

/// Shorter values of a configuration stand in a path by chance.
const VALUE_CHARS_MIN: usize = 3;

/// The provider of a folder.
pub(super) struct Provider {
    stand_in: StandIn,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    state: Mutex<State>,
    /// Where messages arrive; known once the service is open.
    inbox: OnceLock<Arc<Inbox>>,
}

#[derive(Default)]
struct State {
    transcripts: Vec<Transcript>,
    /// Exchanges that were given in this send: the second poll gets the second answer.
    used: BTreeSet<(usize, usize)>,
    /// No text of a message, wherever they stand.
    secrets: Vec<String>,
    came: Came,
}

/// What came since it was last asked.
#[derive(Default)]
pub(super) struct Came {
    pub(super) arrived: Vec<Arrived>,
    /// What an author should know of the answers.
    pub(super) notes: Vec<String>,
}

impl Provider {
    pub(super) async fn start() -> std::io::Result<Self> {
        let script = Arc::new(Script::default());
        let own = Arc::clone(&script);
        Ok(Self { stand_in: StandIn::start(move |asked| own.answer(&asked)).await?, script })
    }

    pub(super) fn origin(&self) -> &Url {
        self.stand_in.origin()
    }

    pub(super) fn shows_in(&self, inbox: Arc<Inbox>) {
        let _ = self.script.inbox.set(inbox);
    }

    /// Begin another round: answer by what the transcripts say now, by `wanted` before all others.
    pub(super) fn read(&self, dir: &Path, wanted: Option<&str>, secrets: Vec<String>) {
        let (transcripts, notes) = transcripts(&dir.join("transcripts"), wanted);
        let mut state = self.script.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State { transcripts, secrets, came: Came { notes, ..Came::default() }, ..State::default() };
    }

    pub(super) fn came(&self) -> Came {
        std::mem::take(&mut self.script.state.lock().unwrap_or_else(PoisonError::into_inner).came)
    }
}

/// Those that end well, in order of their files; before them the one that the author names.
fn transcripts(folder: &Path, wanted: Option<&str>) -> (Vec<Transcript>, Vec<String>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let (mut chosen, mut notes) = (Vec::new(), Vec::new());
    let mut is_there = false;
    for file in files {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // What is wrong with one that can't be read is `check`'s to say.
        let read = std::fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str::<Transcript>(&text).ok());
        let Some(transcript) = read.filter(|transcript| transcript.callback.is_none()) else { continue };
        if wanted == Some(name.as_str()) {
            is_there = true;
            chosen.insert(0, transcript);
        } else if matches!(transcript.expect, Expect::Accepted(_) | Expect::Standing(_)) {
            chosen.push(transcript);
        }
    }
    if let Some(wanted) = wanted.filter(|_| !is_there) {
        notes.push(format!("there is no transcripts/{wanted}.json; the first that is accepted answers"));
    }
    (chosen, notes)
}

impl Script {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(expected) = state.next(asked) else {
            let note = format!("no transcript has {} {}; answered 200 and {{}}", asked.method, asked.path());
            state.came.notes.push(note);
            return Answer::Reply(Reply { json: Some(json!({})), ..Reply::default() });
        };
        if let Some(fault) = expected.fault {
            if fault == WireFault::Refused {
                let note =
                    "`refused` is played as `reset` here, since the connection stands; `check` plays it as it is";
                state.came.notes.push(note.to_owned());
            }
            return Answer::Fault(fault);
        }
        let reply = expected.reply.unwrap_or_default();
        if (200..300).contains(&reply.status.unwrap_or(200))
            && let Some(arrived) = arrived::read(asked, &state.secrets)
        {
            if let Some(inbox) = self.inbox.get() {
                let Arrived { to, text, from } = arrived.clone();
                inbox.take_in(to, text, format!("taken by {}", asked.host), from);
            }
            state.came.arrived.push(arrived);
        }
        Answer::Reply(reply)
    }
}

impl State {
    /// The exchange that fits, one that was not given yet before one that was.
    fn next(&mut self, asked: &Asked) -> Option<Expected> {
        let fits = self.transcripts.iter().enumerate().flat_map(|(n, transcript)| {
            let exchanges = transcript.exchanges.iter().enumerate();
            let fitting = exchanges.filter(|(_, expected)| is_asked(expected, &transcript.config, asked));
            fitting.map(move |(m, expected)| ((n, m), expected))
        });
        let fits: Vec<_> = fits.collect();
        let first = *fits.first()?;
        // Another transcript's answers are another story: only this one goes on.
        let ((n, m), expected) =
            fits.iter().find(|(at, _)| at.0 == first.0.0 && !self.used.contains(at)).copied().unwrap_or(first);
        let expected = expected.clone();
        self.used.insert((n, m));
        Some(expected)
    }
}

/// Whether an exchange is about this method and path. What a transcript's configuration put into its path, such as an
/// account's id, is another in the author's own.
fn is_asked(expected: &Expected, config: &Map<String, Value>, asked: &Asked) -> bool {
    let Ok(url) = Url::parse(&expected.request.url) else { return false };
    let is_own = |segment: &str| {
        let values = config.values().filter_map(Value::as_str).filter(|value| value.len() >= VALUE_CHARS_MIN);
        values.into_iter().any(|value| segment.contains(value))
    };
    let (mut there, mut here) = (url.path().split('/'), asked.path().split('/'));
    expected.request.method == asked.method
        && loop {
            match (there.next(), here.next()) {
                (None, None) => break true,
                (Some(one), Some(other)) if one == other || is_own(one) => {}
                _ => break false,
            }
        }
}
