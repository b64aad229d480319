//! Reading a whole folder, and finding everything that is wrong with it before the service is asked.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::folder::{Fault, Folder};
use super::layout::{
    CHANNELS, COMPONENTS, CONNECTORS, ENVIRONMENT, ENVIRONMENTS, JSON_BYTES_MAX, POLICY, PRICES, SIGN_IN, SMS,
    TEMPLATES, WASM_BYTES_MAX, WEBHOOKS, is_name,
};
use crate::connector::digest::Digest;
use crate::connector::package::Package;
use crate::json;
use crate::otp::policy::Policy;
use crate::otp::sign_in::SignInExperience;
use crate::prices::{self, Draft};
use crate::setup::{PutChannel, PutConnector};
use crate::texts::Shared;
use crate::webhooks::PutWebhook;

/// What a folder says.
#[derive(Default)]
pub(super) struct Files {
    pub(super) environments: Vec<EnvironmentFiles>,
    pub(super) components: Vec<ComponentFile>,
    pub(super) faults: Vec<Fault>,
}

/// What a folder says of an environment.
pub(super) struct EnvironmentFiles {
    pub(super) name: String,
    /// `kind` and `display_name`.
    pub(super) settings: Value,
    /// By name.
    pub(super) connectors: BTreeMap<String, Value>,
    /// Price lists, by connector.
    pub(super) prices: BTreeMap<String, Value>,
    /// By their name in a plan's request.
    pub(super) documents: BTreeMap<&'static str, Value>,
}

/// A packed component.
pub(super) struct ComponentFile {
    pub(super) file: String,
    pub(super) bytes: Vec<u8>,
    pub(super) id: String,
    pub(super) version: String,
    pub(super) digest: String,
    pub(super) secrets: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is read; the service judges the values")]
struct Settings {
    kind: String,
    display_name: String,
}

/// Documents of an environment: the name in a plan's request, and the file.
pub(super) const DOCUMENTS: [(&str, &str); 4] =
    [("templates", TEMPLATES), ("policy", POLICY), ("sign_in_experience", SIGN_IN), ("webhooks", WEBHOOKS)];

/// Read everything.
pub(super) fn read(folder: &Folder, only: &[String]) -> Files {
    let mut files = Files::default();
    match folder.list(ENVIRONMENTS) {
        Ok(Some(names)) => {
            for missing in only.iter().filter(|name| !names.contains(name)) {
                files.faults.push(Fault::new(&format!("{ENVIRONMENTS}/{missing}"), "", "is not there"));
            }
            for name in names.into_iter().filter(|name| only.is_empty() || only.contains(name)) {
                let environment = files.environment(folder, name);
                files.environments.extend(environment);
            }
        }
        Ok(None) => files.faults.push(Fault::new(ENVIRONMENTS, "", "is not there: is this the folder?")),
        Err(fault) => files.faults.push(fault),
    }
    files.read_components(folder);
    files.faults.sort();
    files
}

impl Files {
    fn environment(&mut self, folder: &Folder, name: String) -> Option<EnvironmentFiles> {
        let at = format!("{ENVIRONMENTS}/{name}");
        if !is_name(&name) || name.contains('_') {
            self.fault(&at, "an environment's name has 1 to 64 lower-case letters, digits and hyphens");
            return None;
        }
        let mut found = EnvironmentFiles {
            settings: Value::Null,
            connectors: BTreeMap::new(),
            prices: BTreeMap::new(),
            documents: BTreeMap::new(),
            name,
        };
        for entry in self.list(folder, &at) {
            let file = format!("{at}/{entry}");
            let document = DOCUMENTS.iter().find(|(_, file)| *file == entry).map(|(name, _)| *name);
            match (entry.as_str(), document) {
                (ENVIRONMENT, _) => found.settings = self.document::<Settings>(folder, &file)?,
                (CONNECTORS, _) => found.connectors = self.connectors(folder, &file),
                (PRICES, _) => found.prices = self.prices(folder, &file),
                (CHANNELS, _) => found.documents.extend(self.channels(folder, &file)),
                (_, Some(name)) => {
                    let document = match name {
                        "templates" => self.document::<Shared>(folder, &file),
                        "policy" => self.document::<Policy>(folder, &file),
                        "webhooks" => self.document::<Vec<PutWebhook>>(folder, &file),
                        _ => self.document::<SignInExperience>(folder, &file),
                    };
                    found.documents.extend(document.map(|document| (name, document)));
                }
                _ => self.fault(&file, format!("is nothing that is read here: {}", known())),
            }
        }
        if found.settings.is_null() {
            self.fault(&format!("{at}/{ENVIRONMENT}"), "is not there: it says the environment's kind and display_name");
        }
        Some(found)
    }

    fn connectors(&mut self, folder: &Folder, at: &str) -> BTreeMap<String, Value> {
        let mut connectors = BTreeMap::new();
        for entry in self.list(folder, at) {
            let file = format!("{at}/{entry}");
            let Some(name) = self.named(&file, &entry) else { continue };
            let Some(connector) = self.document::<PutConnector>(folder, &file) else { continue };
            if connector.get("activate").is_some() {
                let text = format!("{CHANNELS}/{SMS} says who is active");
                self.faults.push(Fault::new(&file, "/activate", text));
            }
            if connector.get("config").is_some_and(|config| !config.is_object()) {
                self.faults.push(Fault::new(&file, "/config", "the configuration is a JSON object"));
            }
            connectors.insert(name.to_owned(), connector);
        }
        connectors
    }

    fn prices(&mut self, folder: &Folder, at: &str) -> BTreeMap<String, Value> {
        let mut prices = BTreeMap::new();
        for entry in self.list(folder, at) {
            let file = format!("{at}/{entry}");
            let Some(name) = self.named(&file, &entry) else { continue };
            let list = self.document_of::<Draft>(folder, &file, prices::BYTES_MAX as u64);
            prices.extend(list.map(|list| (name.to_owned(), list)));
        }
        prices
    }

    /// The connector whose file it is.
    fn named<'a>(&mut self, file: &str, entry: &'a str) -> Option<&'a str> {
        let name = entry.strip_suffix(".json").filter(|name| is_name(name));
        if name.is_none() {
            let text = "a connector's file is its name, of lower-case letters, digits, `-` and `_`, and .json";
            self.fault(file, text);
        }
        name
    }

    fn channels(&mut self, folder: &Folder, at: &str) -> Option<(&'static str, Value)> {
        let mut found = None;
        for entry in self.list(folder, at) {
            let file = format!("{at}/{entry}");
            if entry != SMS {
                self.fault(&file, format!("the only channel is {SMS}"));
                continue;
            }
            let Some(channel) = self.document::<PutChannel>(folder, &file) else { continue };
            for told in ["canary", "canary_ended", "health", "costs"] {
                if channel.get(told).is_some() {
                    let text = "is what happens in the service and stands in no file; a trial is begun by the API";
                    self.faults.push(Fault::new(&file, &format!("/{told}"), text));
                }
            }
            found = Some(("channel", channel));
        }
        found
    }

    fn read_components(&mut self, folder: &Folder) {
        for entry in self.list(folder, COMPONENTS) {
            let file = format!("{COMPONENTS}/{entry}");
            if !entry.ends_with(".wasm") {
                self.fault(&file, "is no packed component: those are .wasm files");
                continue;
            }
            match folder.bytes(&file, WASM_BYTES_MAX) {
                Err(text) => self.fault(&file, text),
                Ok(None) => self.fault(&file, "is gone"),
                Ok(Some(bytes)) => match Package::extract(&bytes) {
                    Err(reasons) => reasons.iter().for_each(|reason| self.fault(&file, reason.to_string())),
                    Ok(package) => self.components.push(ComponentFile {
                        file,
                        id: package.manifest.id.clone(),
                        version: package.manifest.version.to_string(),
                        digest: Digest::of(&bytes).to_string(),
                        secrets: package.manifest.secrets.clone(),
                        bytes,
                    }),
                },
            }
        }
    }

    /// A document of the right shape, without the `$schema` that an editor likes to see.
    fn document<T: DeserializeOwned>(&mut self, folder: &Folder, file: &str) -> Option<Value> {
        self.document_of::<T>(folder, file, JSON_BYTES_MAX)
    }

    fn document_of<T: DeserializeOwned>(&mut self, folder: &Folder, file: &str, bytes_max: u64) -> Option<Value> {
        let mut faulty = |pointer: &str, text: String| self.faults.push(Fault::new(file, pointer, text));
        let text = match folder.text(file, bytes_max) {
            Ok(text) => text.unwrap_or_default(),
            Err(text) => {
                faulty("", text);
                return None;
            }
        };
        let read = json::strict(text.as_bytes()).and_then(|mut document| {
            if let Some(object) = document.as_object_mut() {
                object.shift_remove("$schema");
            }
            json::typed::<T>(&document).map(|_| document)
        });
        read.map_err(|fault| faulty(&fault.pointer, fault.text)).ok()
    }

    fn list(&mut self, folder: &Folder, path: &str) -> Vec<String> {
        let listed = folder.list(path).map_err(|fault| self.faults.push(fault));
        listed.ok().flatten().unwrap_or_default()
    }

    fn fault(&mut self, file: &str, text: impl Into<String>) {
        self.faults.push(Fault::new(file, "", text));
    }
}

fn known() -> String {
    let documents: Vec<&str> = DOCUMENTS.iter().map(|(_, file)| *file).collect();
    format!("known are {ENVIRONMENT}, {CONNECTORS}/, {PRICES}/, {CHANNELS}/{SMS}, {}", documents.join(", "))
}
