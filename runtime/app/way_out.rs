//! The way out, as the configuration describes it: the files that it names are read here.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::Config;
use crate::egress::{EgressOptions, Names, Proxy};
use crate::secret::Secret;

/// Options of the way out.
pub(crate) fn options(config: &Config, names: Names) -> anyhow::Result<EgressOptions> {
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("can't read `{}`", path.display()));
    let egress = &config.egress;
    let extra_ca_pem = egress.ca_files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    let proxy = match &egress.proxy_file {
        Some(file) => Some(proxy(file).context("`egress.proxy_file`")?),
        None => egress.proxy.clone(),
    };
    Ok(EgressOptions {
        allow: egress.allow.clone(),
        overrides: egress.overrides.clone(),
        stand_in: None,
        extra_ca_pem,
        timeout_connect_ms: egress.connect_ms,
        names,
        proxy,
        proxy_resolves: egress.proxy_resolves,
        source_addresses: egress.source_address.clone(),
    })
}

fn proxy(file: &Path) -> anyhow::Result<Proxy> {
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read `{}`", file.display()))?;
    Secret::new(text).expose().parse().with_context(|| format!("`{}`", file.display()))
}
