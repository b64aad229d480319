//! `countersign serve`: start, say where it is and how to send a first code, run until a signal.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::ServeArgs;
use crate::app::{App, FirstKey};
use crate::connector::sandbox::Sandbox;
use crate::machine::Machine;
use crate::people::{LINK_LIFE, link_path};
use crate::secret::Secret;

/// Run the service.
pub(super) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let mut config = args.place.config()?;
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    config.watch = args.watch;
    super::logging::start(&config.log)?;
    // Before anything large is allocated. Not in `App`: whose process it is, is no library's business.
    if let Err(error) = Machine::read(config.machine.memory_mib).save_pages() {
        tracing::debug!(%error, "the kernel keeps to large pages");
    }
    let data = config.data.dir.clone();
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("can't listen on {}", config.server.listen))?;
    let address = listener.local_addr()?;
    let stop = shutdown()?;
    let server = config.server.clone();
    let app = App::new(config).await?;
    let seen = super::health::reachable(address);
    let link = match app.first_key() {
        FirstKey::Exists => None,
        FirstKey::Made(_) | FirstKey::FromEnvironment => Some(app.people().link(None, LINK_LIFE).await?),
    };
    greet(&server.address(seen), &server.reached_at(seen), app.first_key(), link.as_ref(), &data);
    app.run(listener, stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// What a newcomer needs: where the service listens and is reached, a key, a line that sends a code.
fn greet(listening: &str, address: &str, first_key: &FirstKey, link: Option<&Secret<String>>, data: &Path) {
    let (version, engine) = (env!("CARGO_PKG_VERSION"), Sandbox::engine_version());
    let (about_key, key) = match first_key {
        FirstKey::Made(key) => (format!("{key}    shown once"), key.as_str()),
        FirstKey::FromEnvironment => ("the one in COUNTERSIGN_ADMIN_KEY".to_owned(), "$COUNTERSIGN_ADMIN_KEY"),
        FirstKey::Exists => (format!("made earlier; for another: {}", command("keys new", data)), "$KEY"),
    };
    let console = match link {
        Some(link) => format!("{address}{}    once, within 15 minutes", link_path(link)),
        None => format!("{address}/console    for a link that signs in: {}", command("console", data)),
    };
    let quote = if key.starts_with('$') { '"' } else { '\'' };
    let text = format!(
        "Countersign {version} on {listening} (wasmtime {engine})

  console {console}
  inbox   {address}/inbox    every SMS of the development environment
  API     {address}/docs
  key     {about_key}

Send a code:

  curl -s {address}/v1/verifications -H {quote}authorization: Bearer {key}{quote} \\
    -H 'content-type: application/json' -d '{{\"to\": \"+14155550123\"}}'

"
    );
    // Whoever started the service may not read what it says: that is no reason to end.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// How to run a command on this data. In a container nobody is at a shell where the program lies.
fn command(words: &str, data: &Path) -> String {
    if crate::config::in_container() {
        return format!("docker exec CONTAINER /countersign {words} (or podman exec)");
    }
    format!("countersign {words} --data {}", data.display())
}

/// SIGTERM or SIGINT. Listened for from this call on, so that a stop during the start is a graceful one too.
pub(super) fn shutdown() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: running requests are finished first");
    })
}
