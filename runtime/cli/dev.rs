//! `countersign dev`: an author's loop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use url::Url;

use crate::config::LogConfig;
use crate::kit::dev::{self, At, Options, SAMPLE_NUMBER, TestMessage};
use crate::secret::Secret;

/// `countersign dev`
#[derive(Debug, Args)]
pub(super) struct DevArgs {
    /// Folder with connector.toml. A `dev.json` in it is the configuration to try with; the schema's example unless it is
    /// there.
    dir: PathBuf,
    /// A development service that runs; one of this command's own unless given.
    #[arg(long, requires = "key", conflicts_with_all = ["data", "listen", "to", "reply"])]
    url: Option<Url>,
    /// Its admin key, with the roles `upload`, `configure` and `operate`.
    #[arg(long, env = "COUNTERSIGN_KEY", hide_env_values = true)]
    key: Option<String>,
    /// The environment, which must be of kind development.
    #[arg(long, default_value = "development")]
    environment: String,
    /// The connector's name there; its component's id unless given.
    #[arg(long)]
    connector: Option<String>,
    /// Data folder of the own service; one that is removed at the end unless given.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Address and port of the own service, on loopback.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Recipient of the test message, which goes to the stand-in alone.
    #[arg(long, default_value = SAMPLE_NUMBER)]
    to: String,
    /// With --url: send the test message to this number, by the real provider.
    #[arg(long, requires = "url", value_name = "+NUMBER")]
    send_to: Option<String>,
    /// Purpose of the test message.
    #[arg(long, default_value = "generic")]
    purpose: String,
    /// Language of the test message.
    #[arg(long, default_value = "en")]
    locale: String,
    /// Transcript of the folder, by its file's name, that the stand-in answers by; the first that is accepted unless
    /// given.
    #[arg(long, value_name = "NAME")]
    reply: Option<String>,
    /// Write each test send to this file as a transcript, without secrets, numbers and codes.
    #[arg(long, value_name = "FILE")]
    save_transcript: Option<PathBuf>,
    /// Do one round, and end as `check` would.
    #[arg(long)]
    once: bool,
    /// One JSON object a line instead of text.
    #[arg(long)]
    json: bool,
}

/// Run until a signal.
pub(super) async fn run(args: DevArgs) -> anyhow::Result<ExitCode> {
    // What the service itself would tell is not what an author looks for, unless something is wrong.
    super::logging::start(&LogConfig { level: "warn".to_owned(), ..LogConfig::default() })?;
    let stop = super::serve::shutdown()?;
    let (at, to) = match (args.url, args.key) {
        (Some(url), Some(key)) => (At::Running { url, key: Secret::new(key) }, args.send_to),
        _ => (At::Own { data: args.data, listen: args.listen }, Some(args.to)),
    };
    let options = Options {
        dir: args.dir,
        at,
        environment: args.environment,
        connector: args.connector,
        message: TestMessage { to, purpose: args.purpose, locale: args.locale },
        reply: args.reply,
        save_transcript: args.save_transcript,
        once: args.once,
        json: args.json,
    };
    dev::run(options, stop).await
}
