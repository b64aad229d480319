//! `countersign check`: a real component in the real sandbox, against a real socket that answers as a transcript says.

mod compare;
mod provider;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use super::call::Door;
use super::contract::{Call, Failure, Handled, Receipt, Standing};
use super::limits::Limits;
use super::package::{self, Package};
use super::sandbox::{Component, Sandbox, SandboxOptions};
use super::schema;
use super::transcript::{Expect, Transcript, WireFault};
use crate::credentials::{Binding, Keyring, Wallet, resolve};
use crate::egress::{Egress, EgressOptions, Grants};
use crate::secret::Secret;
use provider::Provider;

/// How long a call waits for a provider that never answers.
const TIMEOUT_MS: u64 = 400;

/// What a check found.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// `id@version`.
    pub component: String,
    /// One entry a transcript.
    pub transcripts: Vec<Outcome>,
}

/// What one transcript found.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The transcript's own name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Whether everything was as expected.
    pub passed: bool,
    /// What was not, one line each.
    pub differences: Vec<String>,
}

impl Verdict {
    /// Whether every transcript passed, and there was at least one.
    pub fn passed(&self) -> bool {
        !self.transcripts.is_empty() && self.transcripts.iter().all(|outcome| outcome.passed)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.component)?;
        for outcome in &self.transcripts {
            writeln!(f, "  {} {}", if outcome.passed { "ok  " } else { "FAIL" }, outcome.name)?;
            for difference in &outcome.differences {
                writeln!(f, "         {difference}")?;
            }
        }
        let passed = self.transcripts.iter().filter(|outcome| outcome.passed).count();
        write!(f, "{passed} of {} transcripts passed", self.transcripts.len())
    }
}

/// Check a packed component, or a connector's folder, which is built first.
pub async fn check_path(path: &Path, transcripts: Option<&Path>, compiler: &Path) -> anyhow::Result<Verdict> {
    let (file, default) = if path.is_dir() {
        (package::build_dir(path)?, path.join("transcripts"))
    } else {
        (path.to_path_buf(), path.parent().unwrap_or(Path::new(".")).join("transcripts"))
    };
    let wasm = std::fs::read(&file).with_context(|| format!("can't read `{}`", file.display()))?;
    let scratch = tempfile::tempdir()?;
    let sandbox = Sandbox::new(SandboxOptions {
        limits: Limits::default(),
        slots: Some(8),
        cache_dir: scratch.path().join("cache"),
        compiler: compiler.to_path_buf(),
        upload_bytes_max: 32 << 20,
        // An author's patience, not a service's: a language's whole engine takes a debug build's compiler minutes.
        compile_deadline: Duration::from_secs(600),
        compile_memory_bytes: 2 << 30,
    })?;
    check(&sandbox, &wasm, transcripts.unwrap_or(&default)).await
}

/// Check a packed component against the transcripts of a folder, or of one file.
pub async fn check(sandbox: &Sandbox, wasm: &[u8], transcripts: &Path) -> anyhow::Result<Verdict> {
    let listed = |reasons: Vec<super::reason::Reason>| {
        let lines: Vec<String> = reasons.iter().map(|reason| format!("  {reason}")).collect();
        anyhow::anyhow!("the component is refused:\n{}", lines.join("\n"))
    };
    sandbox.inspect(wasm).map_err(listed)?;
    let package = Package::extract(wasm).map_err(listed)?;
    let reasons = package.lint();
    if !reasons.is_empty() {
        return Err(listed(reasons));
    }
    let component = sandbox.load(wasm).await?;
    let mut outcomes = Vec::new();
    for file in files(transcripts)? {
        let text = std::fs::read_to_string(&file).with_context(|| format!("can't read `{}`", file.display()))?;
        let transcript: Transcript =
            serde_json::from_str(&text).with_context(|| format!("`{}` is not a transcript", file.display()))?;
        let differences = play(&component, &package, &transcript).await?;
        outcomes.push(Outcome {
            name: transcript.name,
            file: file.display().to_string(),
            passed: differences.is_empty(),
            differences,
        });
    }
    let component = format!("{}@{}", package.manifest.id, package.manifest.version);
    Ok(Verdict { component, transcripts: outcomes })
}

fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let read = std::fs::read_dir(path).with_context(|| format!("there are no transcripts at `{}`", path.display()))?;
    let mut files: Vec<PathBuf> = read.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    if files.is_empty() { bail!("there are no transcripts at `{}`", path.display()) } else { Ok(files) }
}

/// Play one transcript; answers what was not as expected.
async fn play(component: &Component, package: &Package, transcript: &Transcript) -> anyhow::Result<Vec<String>> {
    let refused = transcript.exchanges.iter().any(|exchange| exchange.fault == Some(WireFault::Refused));
    let times_out = transcript.exchanges.iter().any(|exchange| exchange.fault == Some(WireFault::Timeout));
    let provider = Provider::start(transcript.exchanges.clone(), refused).await?;
    let send_ms = if times_out { TIMEOUT_MS } else { 10_000 };
    let door = door(package, transcript, &provider, send_ms)?;
    let call = Call {
        issued_at: transcript.call.issued_at,
        nonce: transcript.call.nonce.clone(),
        environment: "check".to_owned(),
    };
    let (public, _) = split(package, &transcript.config);
    let config = Value::Object(public).to_string();
    let asked = (&transcript.callback, &transcript.message);
    let mut differences = match asked {
        (Some(callback), _) => {
            let report = component.handle_callback(door, call, &config, &callback.to_callback()).await;
            judged(&transcript.expect, report.result.map(Came::Handled))
        }
        (None, Some(message)) if !transcript.account => {
            let report = component.send(door, call, &config, &message.to_message()).await;
            judged(&transcript.expect, report.result.map(Came::Accepted))
        }
        _ => {
            let report = component.check_account(door, call, &config).await;
            judged(&transcript.expect, report.result.map(Came::Standing))
        }
    };
    differences.extend(provider.differences().await);
    Ok(differences)
}

/// What a call came to, of whichever export.
enum Came {
    Accepted(Receipt),
    Standing(Standing),
    Handled(Handled),
}

fn judged(expect: &Expect, came: Result<Came, Failure>) -> Vec<String> {
    match (expect, came) {
        (Expect::Accepted(expected), Ok(Came::Accepted(receipt))) => compare::receipt(expected, &receipt),
        (Expect::Standing(expected), Ok(Came::Standing(standing))) => compare::standing(expected, &standing),
        (Expect::Handled(expected), Ok(Came::Handled(handled))) => compare::handled(expected, &handled),
        (Expect::Failure(expected), Err(failure)) => compare::failure(expected, &failure),
        (Expect::Failure(_), Ok(_)) => vec!["a failure was expected, and the call succeeded".to_owned()],
        (_, Ok(_)) => vec!["it succeeded in another way than `expect` says".to_owned()],
        (_, Err(failure)) => {
            let code = failure.provider_code.as_deref().map(|code| format!(", code {code}")).unwrap_or_default();
            vec![format!("it failed: {} ({:?}{code}): {}", failure.kind.as_str(), failure.certainty, failure.text)]
        }
    }
}

fn door(package: &Package, transcript: &Transcript, provider: &Provider, send_ms: u64) -> anyhow::Result<Door> {
    let (public, secrets) = split(package, &transcript.config);
    let manifest = &package.manifest;
    let hosts = manifest
        .resolve_hosts(&public)
        .map_err(|reasons| anyhow::anyhow!("{}", reasons.first().map(ToString::to_string).unwrap_or_default()))?;
    // A credential whose field is not set in this configuration is not available, as in the service.
    let bindings: BTreeMap<String, Binding> = manifest
        .credentials
        .iter()
        .filter_map(|(name, declared)| Some((name.clone(), resolve(name, declared, &hosts, &public).ok()?)))
        .collect();
    let mut overrides = BTreeMap::new();
    for exchange in &transcript.exchanges {
        let url =
            Url::parse(&exchange.request.url).with_context(|| format!("`{}` is not a URL", exchange.request.url))?;
        overrides.insert(url.authority().to_owned(), provider.origin());
    }
    let egress = Egress::new(EgressOptions { overrides, ..EgressOptions::default() })?;
    let grants = Grants { hosts, development: true, internal: None };
    let identified = |identity| egress.identified_outlet(grants.clone(), &identity);
    let wallet = Wallet::new(bindings, Keyring::new(secrets), None, identified)?;
    Ok(Door {
        outlet: egress.outlet(grants.clone())?,
        wallet: Arc::new(wallet),
        limits: Limits { send_ms, ..Limits::default() },
        record: true,
        mask: Vec::new(),
    })
}

/// What the connector sees, with its defaults, and its secrets.
fn split(package: &Package, config: &Map<String, Value>) -> (Map<String, Value>, BTreeMap<String, Secret<String>>) {
    let mut public = schema::with_defaults(&package.schema, config);
    let mut secrets = BTreeMap::new();
    for field in &package.manifest.secrets {
        if let Some(Value::String(secret)) = public.remove(field) {
            secrets.insert(field.clone(), Secret::new(secret));
        }
    }
    (public, secrets)
}
