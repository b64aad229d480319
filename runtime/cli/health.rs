//! `countersign health`: whether the service that this configuration describes lives. What a container's health check runs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use anyhow::ensure;
use clap::Args;

use super::PlaceArgs;
use crate::config::Config;

/// `countersign health`
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Where the service listens, if its command line said so.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

/// Ask, say, and fail unless it answered that it lives.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: HealthArgs) -> anyhow::Result<ExitCode> {
    let config = args.place.config()?;
    let address = reachable(args.listen.unwrap_or(config.server.listen));
    ensure!(address.port() != 0, "the service's port is not known\nhint: name it: countersign health --listen IP:PORT");
    let answer = crate::egress::ask_health(address, public_name(&config)).await?;
    let text = |name: &str| answer.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    ensure!(text("status") == "ok", "what answers at {address} is no Countersign");
    println!("Countersign {} lives at {address}", text("version"));
    Ok(ExitCode::SUCCESS)
}

/// From here: who listens on every address listens on loopback.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn public_name(config: &Config) -> Option<&str> {
    config.server.public_url.as_ref()?.domain()
}
