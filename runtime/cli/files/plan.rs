//! From files to a plan: secrets are fetched from their places, and the service judges and compares the rest.

use anyhow::Context as _;
use http::Method;
use serde_json::{Map, Value, json};

use super::folder::{Fault, Folder};
use super::layout::{CHANNELS, CONNECTORS, ENVIRONMENT, ENVIRONMENTS, PRICES, SMS};
use super::read::{DOCUMENTS, EnvironmentFiles, Files};
use super::secrets;
use super::service::{Refusal, Service};
use super::told::{Step, Told};

/// The plan.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) environments: Vec<Planned>,
    /// Components that the service has not got, by their place among the files.
    pub(super) uploads: Vec<usize>,
    /// What is in the way.
    pub(super) faults: Vec<Fault>,
}

/// One environment: what is sent, and what the service tells of it.
pub(super) struct Planned {
    /// The request. It holds secrets: it is sent, and shown nowhere.
    pub(super) wanted: Map<String, Value>,
    pub(super) told: Told,
}

/// What the command line adds.
pub(super) struct Wish<'a> {
    pub(super) prune: bool,
    pub(super) approve: &'a [String],
}

impl Plan {
    /// Whether anything would change.
    pub(super) fn changes(&self) -> bool {
        !self.uploads.is_empty() || self.environments.iter().any(|one| one.told.steps().any(|s| s != Step::Unchanged))
    }

    /// Connectors that ask for what nobody has approved, with the digests.
    pub(super) fn unapproved(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let connectors = self
            .environments
            .iter()
            .flat_map(|one| one.told.connectors.iter().map(|connector| (one.told.environment.as_str(), connector)));
        let open = connectors.filter(|(_, connector)| !connector.approved);
        open.filter_map(|(environment, one)| Some((environment, one.name.as_str(), one.approve.as_deref()?)))
    }
}

/// Ask the service what the files would come to.
pub(super) async fn plan(service: &Service, folder: &Folder, files: &Files, wish: &Wish<'_>) -> anyhow::Result<Plan> {
    let registry = service.items("/v1/components").await?;
    let mut plan = Plan::default();
    for (index, component) in files.components.iter().enumerate() {
        let is = |known: &&Value| text(known, "id") == component.id && text(known, "version") == component.version;
        match registry.iter().find(is) {
            None => plan.uploads.push(index),
            Some(known) if text(known, "digest") == component.digest => {}
            Some(_) => {
                let what = format!("{}@{}", component.id, component.version);
                let text = format!("the service has `{what}` with other bytes: raise the version");
                plan.faults.push(Fault::new(&component.file, "", text));
            }
        }
    }
    let components = Components { registry: &registry, files };
    for environment in &files.environments {
        match wanted(folder, environment, &components) {
            Ok(request) => ask(service, &environment.name, request, wish, &mut plan).await?,
            Err(faults) => plan.faults.extend(faults),
        }
    }
    plan.faults.sort();
    Ok(plan)
}

async fn ask(service: &Service, name: &str, request: Request, wish: &Wish<'_>, plan: &mut Plan) -> anyhow::Result<()> {
    let Request { mut wanted, pending } = request;
    wanted.insert("prune".into(), wish.prune.into());
    let body = Value::Object(wanted.clone());
    let told = match service.send(Method::POST, &format!("/v1/environments/{name}/plan"), None, Some(&body)).await? {
        Ok(told) => told,
        Err(refusal) => {
            plan.faults.extend(refused(name, &refusal));
            return Ok(());
        }
    };
    let mut told: Told = serde_json::from_value(told).context("the service tells a plan that is not understood")?;
    let waits = |code: &str, pointer: &str| {
        code == "unknown-component" && pending.iter().any(|name| pointer == format!("/connectors/{name}/component"))
    };
    for need in told.needs.iter().filter(|need| !waits(&need.code, need.pointer.as_deref().unwrap_or_default())) {
        let (file, pointer) = place(name, need.pointer.as_deref().unwrap_or_default());
        plan.faults.push(Fault::new(&file, &pointer, &need.text));
    }
    for connector in &mut told.connectors {
        let digest = connector.approve.clone().filter(|digest| wish.approve.contains(digest));
        connector.approved = digest.is_some();
        let sent = wanted.get_mut("connectors").and_then(|all| all.get_mut(&connector.name));
        if let (Some(digest), Some(Value::Object(sent))) = (digest, sent) {
            sent.insert("approve".into(), digest.into());
        }
    }
    told.pending = pending;
    plan.environments.push(Planned { wanted, told });
    Ok(())
}

/// A refusal of the whole request.
fn refused(environment: &str, refusal: &Refusal) -> Vec<Fault> {
    let by_place = |(pointer, detail): (&str, &str)| {
        let (file, pointer) = place(environment, pointer);
        Fault::new(&file, &pointer, detail)
    };
    let faults: Vec<Fault> = refusal.faults().map(by_place).collect();
    let whole = || vec![Fault::new(&format!("{ENVIRONMENTS}/{environment}"), "", refusal.to_string())];
    if faults.is_empty() { whole() } else { faults }
}

/// What is sent for an environment.
struct Request {
    wanted: Map<String, Value>,
    /// Connectors whose components are still to be uploaded.
    pending: Vec<String>,
}

fn wanted(folder: &Folder, environment: &EnvironmentFiles, components: &Components<'_>) -> Result<Request, Vec<Fault>> {
    let (mut connectors, mut pending, mut faults) = (Map::new(), Vec::new(), Vec::new());
    for (name, connector) in &environment.connectors {
        let (file, _) = place(&environment.name, &format!("/connectors/{name}"));
        let Some((secrets, is_there)) = components.secrets(&text(connector, "component")) else {
            let text = format!(
                "the service has no component `{}`: upload it, or put its packed file into components/",
                text(connector, "component")
            );
            faults.push(Fault::new(&file, "/component", text));
            continue;
        };
        let config = connector.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
        match secrets::resolved(folder, &file, &config, &secrets) {
            Ok(config) => {
                let mut sent = connector.as_object().cloned().unwrap_or_default();
                sent.insert("config".into(), Value::Object(config));
                connectors.insert(name.clone(), Value::Object(sent));
            }
            Err(found) => faults.extend(found),
        }
        pending.extend((!is_there).then(|| name.clone()));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut wanted = environment.settings.as_object().cloned().unwrap_or_default();
    wanted.insert("connectors".into(), Value::Object(connectors));
    wanted.insert("prices".into(), json!(environment.prices));
    wanted.extend(environment.documents.iter().map(|(name, document)| ((*name).to_owned(), document.clone())));
    Ok(Request { wanted, pending })
}

/// The components that connectors can name.
struct Components<'a> {
    registry: &'a [Value],
    files: &'a Files,
}

impl Components<'_> {
    /// The secret fields of `id` or `id@version`, and whether the service has it. The registry lists the newest first.
    fn secrets(&self, named: &str) -> Option<(Vec<String>, bool)> {
        let (id, version) = named.split_once('@').map_or((named, None), |(id, version)| (id, Some(version)));
        let fits = |one: &str, its: &str| one == id && version.is_none_or(|version| version == its);
        if let Some(known) = self.registry.iter().find(|known| fits(&text(known, "id"), &text(known, "version"))) {
            let properties = known.pointer("/config_schema/properties").and_then(Value::as_object);
            let secret = |(_, schema): &(&String, &Value)| schema.get("writeOnly") == Some(&json!(true));
            let fields = properties.into_iter().flatten().filter(secret).map(|(field, _)| field.clone());
            return Some((fields.collect(), true));
        }
        let file = self.files.components.iter().find(|file| fits(&file.id, &file.version))?;
        Some((file.secrets.clone(), false))
    }
}

/// The file that a place of a plan's request comes from, and the place in it.
fn place(environment: &str, pointer: &str) -> (String, String) {
    let dir = format!("{ENVIRONMENTS}/{environment}");
    let (part, rest) = split(pointer);
    if let Some(folder) = [("connectors", CONNECTORS), ("prices", PRICES)].iter().find(|(of, _)| *of == part) {
        let (name, rest) = split(rest);
        return (format!("{dir}/{}/{name}.json", folder.1), rest.to_owned());
    }
    if part == "channel" {
        return (format!("{dir}/{CHANNELS}/{SMS}"), rest.to_owned());
    }
    match DOCUMENTS.iter().find(|(name, _)| *name == part) {
        Some((_, file)) => (format!("{dir}/{file}"), rest.to_owned()),
        None => (format!("{dir}/{ENVIRONMENT}"), pointer.to_owned()),
    }
}

/// The first name of a pointer, and the rest.
fn split(pointer: &str) -> (&str, &str) {
    let inner = pointer.strip_prefix('/').unwrap_or(pointer);
    inner.find('/').map_or((inner, ""), |end| inner.split_at(end))
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
