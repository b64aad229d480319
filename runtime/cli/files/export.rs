//! `countersign export`: what a service has, as files.
//!
//! Promise: the same set-up is the same bytes, no file holds a secret, and the folder is as it was unless all of it was
//! read and written. What happens in the service, such as trials and revisions, stands in no file.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::ExportArgs;
use super::folder::Folder;
use super::layout::{
    CHANNELS, CONNECTORS, ENVIRONMENT, ENVIRONMENTS, JSON_BYTES_MAX, POLICY, PRICES, SIGN_IN, SMS, TEMPLATES,
    Variables, WEBHOOKS, text,
};
use super::secrets::reference;
use super::service::Service;
use super::show::count;
use super::written::{Written, write};

/// Files to write, by their path from the folder, and what is worth telling.
pub(super) struct Export {
    pub(super) files: BTreeMap<String, String>,
    notes: Vec<String>,
    variables: Variables,
    /// Variables that whoever applies the files has to set.
    needed: Vec<String>,
    connectors: usize,
}

/// Read everything, then write.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(in crate::cli) async fn run(args: ExportArgs) -> anyhow::Result<ExitCode> {
    let service = Service::new(&args.service)?;
    let mut export = Export {
        files: BTreeMap::new(),
        notes: Vec::new(),
        variables: Variables::default(),
        needed: Vec::new(),
        connectors: 0,
    };
    let before = Folder::new(&args.dir);
    let mut environments = service.items("/v1/environments").await?;
    environments.sort_by_key(name_of);
    for environment in &environments {
        export.environment(&service, environment, &before).await?;
    }
    let dir = args.dir.display();
    let (environments, connectors) = (environments.len(), export.connectors);
    let what = format!("{}, {}", count(environments, "environment"), count(connectors, "connector"));
    match write(&args.dir, &export.files, args.force)? {
        Written::New => println!("exported to {dir}: {what}"),
        Written::Same => println!("{dir} is up to date: {what}"),
    }
    export.notes.iter().for_each(|note| println!("note: {note}"));
    if !export.needed.is_empty() {
        println!("secrets: whoever applies these files sets, or names a {{\"file\": …}} instead of");
        export.needed.iter().for_each(|variable| println!("  {variable}"));
    }
    Ok(ExitCode::SUCCESS)
}

impl Export {
    async fn environment(&mut self, service: &Service, row: &Value, before: &Folder) -> anyhow::Result<()> {
        let name = name_of(row);
        let (at, dir) = (format!("/v1/environments/{name}"), format!("{ENVIRONMENTS}/{name}"));
        self.file(format!("{dir}/{ENVIRONMENT}"), &picked(row, &["kind", "display_name"]));
        for (file, path) in [(TEMPLATES, "templates"), (POLICY, "policy"), (SIGN_IN, "sign-in-experience")] {
            self.file(format!("{dir}/{file}"), &service.get(&format!("{at}/{path}")).await?);
        }
        let channel = service.get(&format!("{at}/channels/sms")).await?;
        if channel.get("active").is_some_and(Value::is_string) {
            self.file(
                format!("{dir}/{CHANNELS}/{SMS}"),
                &picked(&channel, &["active", "fallback", "routes", "prefer"]),
            );
        } else {
            self.notes.push(format!("{name}: no connector is active, so its channel stands in no file"));
        }
        if channel.get("canary").is_some_and(Value::is_object) {
            self.notes.push(format!("{name}: a trial is running; it stands in no file"));
        }
        let mut connectors = service.items(&format!("{at}/connectors")).await?;
        connectors.sort_by_key(name_of);
        for connector in &connectors {
            let connector = name_of(connector);
            let revisions = service.items(&format!("{at}/connectors/{connector}/revisions")).await?;
            self.connector(&name, &connector, &revisions, before);
            if let Some(prices) = service.find(&format!("{at}/connectors/{connector}/prices")).await? {
                self.file(format!("{dir}/{PRICES}/{connector}.json"), &prices);
            }
        }
        if service.find(&format!("{at}/attestation")).await?.is_some() {
            self.notes.push(format!("{name}: attestations are asked for; which stands in no file"));
        }
        let webhooks = service.items(&format!("{at}/webhooks")).await?;
        let webhooks: Vec<_> =
            webhooks.iter().map(|one| picked(one, &["url", "events", "description", "enabled"])).collect();
        if !webhooks.is_empty() {
            self.file(format!("{dir}/{WEBHOOKS}"), &webhooks);
        }
        Ok(())
    }

    /// The revision that serves; of a draft the newest, which comes first.
    fn connector(&mut self, environment: &str, name: &str, revisions: &[Value], before: &Folder) {
        let serving = revisions.iter().find(|revision| revision.get("serving") == Some(&json!(true)));
        let Some(revision) = serving.or_else(|| revisions.first()) else { return };
        let number = |revision: &Value| revision.get("revision").and_then(Value::as_u64);
        if let (Some(shown), Some(newest)) = (number(revision), revisions.first().and_then(number))
            && shown != newest
        {
            self.notes.push(format!("{environment}: {name}: revision {shown} serves; {newest} stands in no file"));
        }
        if revision.get("quarantined").is_some_and(Value::is_string) {
            self.notes.push(format!("{environment}: {name}: its revision is quarantined"));
        }
        let file = format!("{ENVIRONMENTS}/{environment}/{CONNECTORS}/{name}.json");
        let old = before.text(&file, JSON_BYTES_MAX).ok().flatten();
        let old = old.and_then(|text| crate::json::strict(text.as_bytes()).ok()).unwrap_or_default();
        let mut document = picked(revision, &["component"]);
        document.insert("config".into(), self.config(environment, name, revision, &old));
        for list in ["templates", "senders"] {
            let value = revision.get(list).filter(|value| **value != json!([]));
            document.extend(value.map(|value| (list.to_owned(), value.clone())));
        }
        if serving.is_none() {
            document.insert("serve".into(), false.into());
        }
        // A reviewer's word, which the service does not tell back.
        document.extend(old.get("approve").map(|digest| ("approve".to_owned(), digest.clone())));
        self.connectors += 1;
        self.file(file, &document);
    }

    /// A configuration by name, with a reference in place of each secret: the one that is there, or a variable.
    fn config(&mut self, environment: &str, connector: &str, revision: &Value, old: &Value) -> Value {
        let shown = revision.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
        let secret = |field: &str| revision.pointer("/secret_versions").is_some_and(|all| all.get(field).is_some());
        let mut config: BTreeMap<String, Value> = shown.into_iter().collect();
        for (field, value) in config.iter_mut().filter(|(field, _)| secret(field)) {
            let there = old.get("config").and_then(|config| config.get(field));
            let there = there.filter(|value| reference(value).is_some() || **value == json!({"set": true}));
            *value = there.cloned().unwrap_or_else(|| {
                let variable = self.variables.name(environment, connector, field);
                self.needed.push(variable.clone());
                json!({ "env": variable })
            });
        }
        config.into_iter().collect::<Map<_, _>>().into()
    }

    fn file(&mut self, path: String, document: &(impl serde::Serialize + ?Sized)) {
        self.files.insert(path, text(&json!(document)));
    }
}

fn picked(value: &Value, names: &[&str]) -> Map<String, Value> {
    let pick = |name: &&str| Some(((*name).to_owned(), value.get(*name)?.clone()));
    names.iter().filter_map(pick).collect()
}

fn name_of(value: &Value) -> String {
    value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}
