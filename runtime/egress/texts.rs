//! TXT records, for the command line: who a domain says that it trusts.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// Who answers questions about names.
pub struct TxtNames(TokioResolver);

impl TxtNames {
    /// The machine's own resolvers, or this one.
    pub fn new(server: Option<SocketAddr>) -> anyhow::Result<Self> {
        let mut builder = match server {
            None => TokioResolver::builder_tokio().context("the machine's resolvers can't be read")?,
            Some(address) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                server.connections.iter_mut().for_each(|connection| connection.port = address.port());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        builder.options_mut().timeout = ANSWER;
        Ok(Self(builder.build()?))
    }

    /// The texts of a name, each joined of its parts (RFC 1035 §3.3.14); none if it has no such record.
    pub async fn texts(&self, name: &str) -> anyhow::Result<Vec<String>> {
        // With the dot at its end no search domain of this machine is tried.
        let lookup = match self.0.txt_lookup(format!("{name}.")).await {
            Ok(lookup) => lookup,
            Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(|| format!("no answer about `{name}`")),
        };
        let texts = lookup.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        });
        Ok(texts.collect())
    }
}
