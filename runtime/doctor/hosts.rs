//! The way out: names, the proxy, the address that connections leave from, and every host that a connector in use reaches.
//! Hosts are connected to, with TLS, and nothing is asked of them; one alone is asked for the time.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use tokio::time::Instant;
use url::Url;

use super::Finding;
use super::clock::Told;
use super::connectors::Used;
use crate::clock::Clock;
use crate::egress::{Egress, Fault, FetchLimits, Grants, HostPattern, ProxyFault, Request};

/// The check of the address that connections leave from.
pub(super) const SOURCE: &str = "source address";

/// A host to reach, and who needs it.
struct Host {
    pattern: HostPattern,
    url: Url,
    development: bool,
    by: Vec<String>,
}

/// Look at all of it; also the time, as a host told it.
pub(super) async fn examine(egress: &Egress, used: &[Used]) -> (Vec<Finding>, Option<Told>) {
    let hosts = hosts(used);
    let reached = join_all(hosts.iter().map(|host| reach(egress, host))).await;
    let results: Vec<(&Host, Result<(), Fault>)> = hosts.iter().zip(reached).collect();
    let mut findings = vec![names(egress, &results)];
    findings.extend(proxy(egress).await);
    findings.extend(source(egress));
    findings.extend(results.iter().map(|(host, reached)| told(egress, host, reached)));
    let mut asked = results.iter().filter(|(host, reached)| reached.is_ok() && host.url.scheme() == "https");
    let time = match asked.next() {
        Some((host, _)) => time(egress, host).await,
        None => None,
    };
    (findings, time)
}

fn hosts(used: &[Used]) -> Vec<Host> {
    let mut hosts: BTreeMap<(bool, HostPattern), Host> = BTreeMap::new();
    for used in used {
        for pattern in &used.hosts {
            let Some(url) = pattern.url() else { continue };
            let development = used.environment.is_development();
            let host = Host { pattern: pattern.clone(), url, development, by: Vec::new() };
            hosts.entry((development, pattern.clone())).or_insert(host).by.push(used.told());
        }
    }
    hosts.into_values().collect()
}

fn grants(host: &Host) -> Grants {
    Grants { hosts: vec![host.pattern.clone()], development: host.development, internal: None }
}

async fn reach(egress: &Egress, host: &Host) -> Result<(), Fault> {
    let outlet = egress.outlet(grants(host)).map_err(|error| Fault::Tls(error.to_string()))?;
    outlet.reach(&host.url).await
}

fn names(egress: &Egress, results: &[(&Host, Result<(), Fault>)]) -> Finding {
    const CHECK: &str = "names (DNS)";
    if egress.proxy_resolves() {
        return Finding::ok(CHECK, "left to the proxy");
    }
    let unknown = results.iter().filter(|(_, reached)| matches!(reached, Err(Fault::Dns(_)))).count();
    match (unknown, results.len()) {
        (_, 0) => Finding::ok(CHECK, "no connector in use names a host yet"),
        (0, all) => Finding::ok(CHECK, format!("{all} of {all} resolve")),
        (unknown, all) => Finding::fail(
            CHECK,
            format!("{unknown} of {all} do not resolve"),
            "mend /etc/resolv.conf; where only the proxy has DNS, set `egress.proxy_resolves`",
        ),
    }
}

async fn proxy(egress: &Egress) -> Option<Finding> {
    const CHECK: &str = "proxy";
    let shown = egress.proxy_shown()?;
    Some(match egress.reach_proxy().await? {
        Ok(()) => Finding::ok(CHECK, format!("{shown} answers")),
        Err(fault) => Finding::fail(CHECK, format!("{shown}: {fault}"), fix(&fault, "")),
    })
}

fn source(egress: &Egress) -> Option<Finding> {
    let addresses: Vec<String> = egress.source_addresses().iter().map(ToString::to_string).collect();
    (!addresses.is_empty()).then(|| Finding::ok(SOURCE, addresses.join(", ")))
}

fn told(egress: &Egress, host: &Host, reached: &Result<(), Fault>) -> Finding {
    let check = format!("host {}", host.pattern);
    let by = host.by.join(", ");
    let mapped = egress.overrides().get(host.url.host_str().unwrap_or_default()).filter(|_| host.development);
    let mapped =
        mapped.map_or(String::new(), |target| format!(", mapped to {}", target.origin().ascii_serialization()));
    match reached {
        Ok(()) => Finding::ok(&check, format!("reached, for {by}{mapped}")),
        Err(fault) => {
            Finding::fail(&check, format!("{fault}; {by} needs it{mapped}"), fix(fault, &host.pattern.to_string()))
        }
    }
}

/// What mends a way out.
fn fix(fault: &Fault, host: &str) -> String {
    match fault {
        Fault::Denied(_) => "allow it as it says, or correct the connector's configuration".into(),
        Fault::Dns(_) => "see `names`; a name that is wrong stands in the connector's configuration".into(),
        Fault::Tls(why) if why.contains("UnknownIssuer") => {
            "something between opens TLS, or the host has an authority of its own: name that in `egress.ca_files`"
                .into()
        }
        Fault::Tls(why) if why.contains("Expired") || why.contains("NotValidYet") => {
            "see `clock`; if that is right, the host's certificate is at fault".into()
        }
        Fault::Tls(_) => "ask the host's operator; its TLS does not fit".into(),
        Fault::Proxy(ProxyFault::Refused(407)) => "correct user and password in `egress.proxy` or its file".into(),
        Fault::Proxy(ProxyFault::Refused(403)) => format!("let the proxy permit CONNECT to {host}"),
        Fault::Proxy(ProxyFault::Refused(_)) => format!("the proxy has no way to {host}: ask its operator"),
        Fault::Proxy(_) => "correct `egress.proxy`, or start the proxy".into(),
        _ => format!("let the firewall pass TCP to {host}, or name a proxy in `egress.proxy`"),
    }
}

/// One request without a credential, for the `Date` of its answer (RFC 9110 §6.6.1).
async fn time(egress: &Egress, host: &Host) -> Option<Told> {
    let clock = Clock::system();
    let outlet = egress.outlet(grants(host)).ok()?;
    let deadline = Instant::now() + Duration::from_secs(10);
    let limits = FetchLimits { deadline, response_bytes_max: 1 << 20, secret: false };
    let request = Request {
        method: http::Method::HEAD,
        url: host.url.clone(),
        headers: http::HeaderMap::new(),
        body: Bytes::new(),
    };
    let before = clock.now();
    let answer = outlet.fetch(request, limits).await.ok()?;
    let took = clock.now().since(before);
    let date = answer.headers.iter().find(|(name, _)| name == "date").map(|(_, value)| value.as_str())?;
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_millisecond();
    // It was written at some moment of the exchange, and has whole seconds.
    let half = i64::try_from(took.as_millis() / 2).ok()?;
    let ours = i64::try_from(before.as_millis()).ok()? + half;
    Some(Told {
        ahead_ms: ours - (theirs + 500),
        give_or_take_ms: 500 + half.unsigned_abs(),
        by: host.pattern.to_string(),
    })
}
