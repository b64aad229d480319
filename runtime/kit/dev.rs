//! `countersign dev`: an author's loop. What is saved is built, loaded into a development service, tried with a test
//! message, checked, and shown: what the connector logged, what went over the wire, what the provider took.
//!
//! Nothing of this is reachable from `serve`. The stand-in that answers for every provider exists in a service of this
//! command's own alone; a service that runs already is spoken to by its API, and asks the real provider.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use url::Url;

pub use crate::connector::transcript::SAMPLE_NUMBER;
use crate::secret::Secret;

mod arrived;
mod building;
mod own;
mod round;
mod service;
mod settings;
mod shown;
mod stand_in;
mod watching;

use round::Bench;
use service::Service;
use shown::Shown;
use watching::{Saved, Watch};

/// What to develop, and how.
pub struct Options {
    /// The connector's folder.
    pub dir: PathBuf,
    /// The service.
    pub at: At,
    /// Its environment.
    pub environment: String,
    /// The connector's name there; its component's id unless given.
    pub connector: Option<String>,
    /// The test message.
    pub message: TestMessage,
    /// The transcript that the stand-in answers by, before all others.
    pub reply: Option<String>,
    /// Where to write each test send as a transcript.
    pub save_transcript: Option<PathBuf>,
    /// End after one round.
    pub once: bool,
    /// One JSON object a round instead of text.
    pub json: bool,
}

/// Which service.
pub enum At {
    /// One of this command's own.
    Own {
        /// Its data folder; one that goes with it unless given.
        data: Option<PathBuf>,
        /// Where it listens.
        listen: SocketAddr,
    },
    /// One that runs.
    Running {
        /// Where.
        url: Url,
        /// A key that may upload, configure and operate.
        key: Secret<String>,
    },
}

/// The message that each round sends.
#[derive(Clone, Debug)]
pub struct TestMessage {
    /// The recipient; none, and nothing is sent.
    pub to: Option<String>,
    /// Why.
    pub purpose: String,
    /// In which language.
    pub locale: String,
}

/// Run until `stop`, or once. The exit code of one round is that of its check.
pub async fn run(options: Options, stop: impl Future<Output = ()>) -> anyhow::Result<ExitCode> {
    let mut stop = std::pin::pin!(stop);
    let dir = options.dir.canonicalize().map_err(|error| anyhow::anyhow!("`{}`: {error}", options.dir.display()))?;
    if !dir.join("connector.toml").is_file() {
        anyhow::bail!("`{}` has no connector.toml; `countersign new` makes a folder that has", options.dir.display());
    }
    let shown = Shown { json: options.json };
    let (once, environment, connector) = (options.once, options.environment.clone(), options.connector.clone());
    let service = match &options.at {
        At::Own { data, listen } => {
            let (own, url, key) = own::Own::start(data.clone(), *listen).await?;
            Service::at(&url, key, &environment, connector, Some(own)).await?
        }
        At::Running { url, key } => Service::at(url, key.clone(), &environment, connector, None).await?,
    };
    shown.greet(&dir, &service, &options.message);
    if let Some(warning) = settings::warning(&dir) {
        shown.warn(&warning);
    }
    // Before the first build, so that nothing is missed meanwhile.
    let mut watch = Watch::start(&dir)?;
    let mut bench = Bench::new(dir, service, options)?;
    let mut saved = Saved { paths: Vec::new(), at: Instant::now() };
    let code = loop {
        let round = tokio::select! {
            () = &mut stop => break ExitCode::SUCCESS,
            round = bench.round(saved, &mut watch, &shown) => round,
        };
        if once {
            break if round.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        saved = tokio::select! {
            () = &mut stop => break ExitCode::SUCCESS,
            next = watch.next() => match next {
                Some(next) => next,
                None => anyhow::bail!("the folder can't be watched any more"),
            },
        };
    };
    bench.close().await?;
    Ok(code)
}
