//! `countersign serve`: start, say where it is and how to send a first code, run until a signal.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::ServeArgs;
use crate::app::{App, FirstKey};
use crate::connector::sandbox::Sandbox;

/// Run the service.
pub async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let mut config = args.place.config()?;
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    config.watch = args.watch;
    super::logging::start(&config.log)?;
    let data = config.data.dir.clone();
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("can't listen on {}", config.server.listen))?;
    let address = listener.local_addr()?;
    let app = App::new(config).await?;
    greet(&format!("http://{address}"), app.first_key(), &data);
    app.run(listener, shutdown()).await?;
    Ok(ExitCode::SUCCESS)
}

/// What a newcomer needs: the address, a key, a line that sends a code.
#[expect(clippy::print_stdout, reason = "the command's result")]
fn greet(address: &str, first_key: &FirstKey, data: &Path) {
    println!("Countersign {} on {address} (wasmtime {})", env!("CARGO_PKG_VERSION"), Sandbox::engine_version());
    println!();
    println!("  inbox   {address}/inbox    every SMS of the development environment");
    println!("  API     {address}/docs");
    let key = match first_key {
        FirstKey::Made(key) => {
            println!("  key     {key}    shown once");
            key.as_str()
        }
        FirstKey::FromEnvironment => {
            println!("  key     the one in COUNTERSIGN_ADMIN_KEY");
            "$COUNTERSIGN_ADMIN_KEY"
        }
        FirstKey::Exists => {
            println!("  key     made earlier; for another: countersign keys new --data {}", data.display());
            "$KEY"
        }
    };
    println!();
    println!("Send a code:");
    println!();
    println!("  curl -s {address}/v1/verifications -H 'authorization: Bearer {key}' \\", key = key);
    println!("    -H 'content-type: application/json' -d '{{\"to\": \"+14155550123\"}}'");
    println!();
}

/// SIGTERM or SIGINT.
async fn shutdown() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = signal(SignalKind::interrupt());
    let terminate = signal(SignalKind::terminate());
    match (interrupt, terminate) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::info!("stopping: running requests are finished first");
        }
        _ => std::future::pending().await,
    }
}
