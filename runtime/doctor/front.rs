//! The way in: who listens on our port, whether `public_url` leads to this service, whether callbacks arrive by it, and
//! whether the development inbox is open to the world.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use http::Method;
use url::Url;

use super::Finding;
use super::connectors::Used;
use super::who::{self, Who};
use crate::config::Config;
use crate::egress::{Egress, Fault, Trust};
use crate::instance::Instance;
use crate::machine::ports;
use crate::random;

const LISTENER: &str = "listening";
const PUBLIC: &str = "public URL";
const CALLBACKS: &str = "callbacks";
const INBOX: &str = "inbox";

/// Look at all of it.
pub(super) async fn examine(
    egress: &Egress,
    config: &Config,
    running: Option<&Instance>,
    used: &[Used],
) -> Vec<Finding> {
    let mut findings = vec![listener(egress, config.server.listen, running).await];
    let Some(public) = &config.server.public_url else {
        let productive = used.iter().any(|used| !used.environment.is_development());
        let seen = "not set: no provider can tell what became of a message";
        let fix = "set `server.public_url` to the address under which providers reach this service";
        findings.push(if productive { Finding::warn(PUBLIC, seen, fix) } else { Finding::ok(PUBLIC, seen) });
        findings.push(Finding::ok(INBOX, "reached from this machine alone, or closed"));
        return findings;
    };
    if running.is_none() {
        let fix = "start the service, then ask again";
        findings.push(Finding::warn(PUBLIC, format!("{public} was not asked: the service does not run"), fix));
        return findings;
    }
    let (about, ours) = public_url(egress, public, running).await;
    findings.push(about);
    if ours {
        findings.push(callbacks(egress, public).await);
        findings.push(inbox(egress, public).await);
    }
    findings
}

async fn listener(egress: &Egress, listen: SocketAddr, running: Option<&Instance>) -> Finding {
    let dialled = match listen {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, v4.port())),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => SocketAddr::from((Ipv6Addr::LOCALHOST, v6.port())),
        other => other,
    };
    match asked(egress, dialled, running).await {
        Ok(Who::Us) => Finding::ok(LISTENER, format!("this service, on {listen}")),
        Ok(who) => {
            let by =
                ports::listener(listen.port()).map_or(String::new(), |(name, pid)| format!(" ({name}, process {pid})"));
            let who = match who {
                Who::Another => "another Countersign".to_owned(),
                Who::Us | Who::Stranger(_) => "a stranger".to_owned(),
            };
            let fix = "stop it, or name another address in `server.listen`";
            Finding::fail(LISTENER, format!("{who} has {listen}{by}"), fix)
        }
        Err(_) => unanswered(listen, running.is_some()),
    }
}

/// Over plain HTTP, or over TLS where that is what is spoken there.
async fn asked(egress: &Egress, address: SocketAddr, running: Option<&Instance>) -> Result<Who, Fault> {
    let url =
        |scheme: &str| Url::parse(&format!("{scheme}://{address}")).map_err(|error| Fault::Denied(error.to_string()));
    let plain = who::at(egress, &url("http")?, running, Trust::Usual).await;
    if matches!(plain, Ok(Who::Us | Who::Another)) || matches!(plain, Err(Fault::Connect(_))) {
        return plain;
    }
    match who::at(egress, &url("https")?, running, Trust::Anyone).await {
        Ok(who) => Ok(who),
        // Whatever it is, it took a connection.
        Err(_) => plain.or_else(|fault| Ok(Who::Stranger(fault.to_string()))),
    }
}

/// Nobody answers there: could the service?
fn unanswered(listen: SocketAddr, running: bool) -> Finding {
    match TcpListener::bind(listen).map_err(|error| error.kind()) {
        Ok(_) if running => Finding::warn(
            LISTENER,
            format!("a service runs with this data folder, and not on {listen}"),
            "ask with the configuration that it was started with; `serve --listen` beats it",
        ),
        Ok(_) => Finding::ok(LISTENER, format!("{listen} is free; the service does not run")),
        Err(ErrorKind::AddrNotAvailable) => Finding::fail(
            LISTENER,
            format!("{listen} is no address of this machine"),
            "correct `server.listen`; 0.0.0.0 stands for all of them",
        ),
        Err(ErrorKind::PermissionDenied) => Finding::fail(
            LISTENER,
            format!("this user may not listen on {listen}"),
            "name a port of 1024 or above, or grant CAP_NET_BIND_SERVICE",
        ),
        Err(kind) => Finding::fail(LISTENER, format!("{listen}: {kind}"), "name another address in `server.listen`"),
    }
}

/// Whether it leads here, and whether that is certain enough to go on.
async fn public_url(egress: &Egress, public: &Url, running: Option<&Instance>) -> (Finding, bool) {
    let stranger = "let DNS and the proxy in front lead here, or correct `server.public_url`";
    match who::at(egress, public, running, Trust::Usual).await {
        Ok(Who::Us) if public.scheme() == "http" => {
            let fix = "put TLS before the service and begin `server.public_url` with https://";
            (Finding::warn(PUBLIC, format!("{public} leads here, without TLS"), fix), true)
        }
        Ok(Who::Us) => (Finding::ok(PUBLIC, format!("{public} leads here")), true),
        Ok(Who::Another) => {
            (Finding::fail(PUBLIC, format!("another Countersign answers at {public}"), stranger), false)
        }
        Ok(Who::Stranger(said)) => {
            (Finding::fail(PUBLIC, format!("a stranger answers at {public}: {said}"), stranger), false)
        }
        Err(Fault::Tls(why)) => (bad_certificate(egress, public, running, &why).await, false),
        Err(fault) => {
            (Finding::fail(PUBLIC, format!("{public} is not reached from here: {fault}"), unreached(&fault)), false)
        }
    }
}

/// Ours with a bad certificate, or somebody else's.
async fn bad_certificate(egress: &Egress, public: &Url, running: Option<&Instance>, why: &str) -> Finding {
    let host = public.host_str().unwrap_or_default();
    match who::at(egress, public, running, Trust::Anyone).await {
        Ok(Who::Us) => Finding::fail(
            PUBLIC,
            format!("{public} leads here, but under a certificate that nobody trusts: {why}"),
            format!(
                "give whatever speaks TLS a certificate for {host}; a private authority goes into `egress.ca_files`"
            ),
        ),
        _ => Finding::fail(
            PUBLIC,
            format!("a stranger answers at {public}, under a certificate that is not for it: {why}"),
            "let DNS and the proxy in front lead here, or correct `server.public_url`",
        ),
    }
}

fn unreached(fault: &Fault) -> &'static str {
    match fault {
        Fault::Dns(_) => "make a DNS record for it, or correct `server.public_url`",
        _ => "open the way to it; a router that does not lead its own network back is tested from outside",
    }
}

/// A callback that nobody sent, with a token that no provider has: this service refuses it, and says so by its id.
async fn callbacks(egress: &Egress, public: &Url) -> Finding {
    let id = format!("doctor-{}", random::hex::<8>());
    let url = who::below(public, &format!("/callbacks/production/doctor/{}", random::hex::<16>()));
    let fix = "let the proxy in front pass /callbacks/ with every method, and without a login";
    match egress.ask(Method::POST, &url, &[("x-request-id", &id)], Trust::Usual).await {
        Ok(answer) if answer.headers.iter().any(|(name, value)| name == "x-request-id" && *value == id) => {
            Finding::ok(CALLBACKS, "arrive by the public URL")
        }
        Ok(answer) => Finding::fail(
            CALLBACKS,
            format!("somebody else answers below the public URL: status {}", answer.status),
            fix,
        ),
        Err(fault) => Finding::fail(CALLBACKS, format!("do not arrive by the public URL: {fault}"), fix),
    }
}

/// The page is open to this machine alone, and a proxy in front is on this machine.
async fn inbox(egress: &Egress, public: &Url) -> Finding {
    match egress.ask(Method::GET, &who::below(public, "/inbox"), &[], Trust::Usual).await {
        Ok(answer) if answer.status == 200 => Finding::fail(
            INBOX,
            format!("whoever reaches {public} reads the development environment's codes at /inbox"),
            "let the proxy in front refuse /inbox, or listen beyond loopback, where the page is closed",
        ),
        Ok(answer) => Finding::ok(INBOX, format!("closed to the world (status {})", answer.status)),
        Err(_) => Finding::ok(INBOX, "closed to the world"),
    }
}
