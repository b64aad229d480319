//! A set-up as it stands on the page: which component, what was typed, what is wrong with it.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::api::Parts;
use crate::api::error::ApiError;
use crate::connector::package::Package;
use crate::console::form::{Faults, Form, Read};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::Notice;
use crate::console::words::set_up as words;
use crate::json::{self, Mark};
use crate::setup::{Account, ComponentView, ConnectorView, Draft, PutConnector, SetupError, Tested, component_view};
use maud::html;

/// Fields of the page that hold JSON lists: name of the field, id, label.
pub(super) const LISTS: [(&str, &str); 2] = [("templates", words::TEMPLATES), ("senders", words::SENDERS)];

/// What a test came to.
pub(super) enum Outcome {
    Tested(Box<Tested>),
    Checked(Box<Account>),
    /// It could not be tried: what is wrong, beside what is wrong at fields.
    Refused(String),
}

/// A set-up on its page.
pub(super) struct Sheet {
    pub(super) env: String,
    pub(super) name: String,
    /// What is saved; none if it is new.
    pub(super) saved: Option<ConnectorView>,
    pub(super) component: ComponentView,
    pub(super) versions: Vec<(String, String)>,
    pub(super) package: Package,
    pub(super) form: Form,
    /// What the form shows.
    pub(super) typed: Posted,
    /// The configuration as JSON, in place of the form.
    pub(super) text: Option<String>,
    /// All that was posted.
    pub(super) posted: Posted,
    pub(super) read: Read,
    pub(super) faults: Faults,
    /// Where the JSON of the configuration is wrong.
    pub(super) marks: Vec<Mark>,
    /// Faults of the page's own fields: name, what is wrong.
    pub(super) own: Vec<(String, String)>,
    /// What has to be allowed: the digest, and in words.
    pub(super) approval: Option<(String, Vec<String>)>,
    /// The revision that a save would replace.
    pub(super) revision: u64,
    pub(super) outcome: Option<Outcome>,
}

impl Sheet {
    async fn of(parts: &Parts, env: &str, component: &str) -> Result<Self, Refusal> {
        let (id, version) = component.split_once('@').map_or((component, None), |(id, version)| (id, Some(version)));
        let row = parts.setup.component_row(id, version).await?;
        let package = Package::from_json(&row.package);
        let package = package.map_err(|reasons| SetupError::Refused { what: "the component", reasons })?;
        let view = component_view(&row)?;
        let form = Form::of(&package.schema);
        let all = parts.setup.components().await?;
        let name = |view: &ComponentView| format!("{}@{}", view.id, view.version);
        let own = std::iter::once(&view).chain(all.iter().filter(|other| other.digest != view.digest));
        let mut versions: Vec<(String, String)> =
            own.map(|view| (name(view), format!("{} {}", view.name, view.version))).collect();
        versions.sort_by_key(|(_, label)| label.to_lowercase());
        Ok(Self {
            env: env.to_owned(),
            name: view.id.clone(),
            saved: None,
            text: form.is_empty().then(|| "{}".to_owned()),
            component: view,
            versions,
            package,
            form,
            typed: Posted::default(),
            posted: Posted::default(),
            read: Read::default(),
            faults: Faults::default(),
            marks: Vec::new(),
            own: Vec::new(),
            approval: None,
            revision: 0,
            outcome: None,
        })
    }

    /// Of a component that nothing is set up of yet on this page. Its name is one that is free.
    pub(super) async fn blank(parts: &Parts, env: &str, component: &str) -> Result<Self, Refusal> {
        let mut sheet = Self::of(parts, env, component).await?;
        let taken: Vec<String> = parts.setup.connectors(env).await?.into_iter().map(|view| view.name).collect();
        let id = sheet.component.id.clone();
        let numbered = (2..).map(|number: u32| format!("{id}-{number}"));
        let free = std::iter::once(id.clone()).chain(numbered.take(1_000)).find(|name| !taken.contains(name));
        sheet.name = free.unwrap_or(id);
        Ok(sheet)
    }

    /// Of a connector that is there, perhaps with another component.
    pub(super) async fn saved(parts: &Parts, env: &str, name: &str, component: Option<&str>) -> Result<Self, Refusal> {
        let saved = parts.setup.connector(env, name).await?;
        let mut sheet = Self::of(parts, env, component.unwrap_or(&saved.component)).await?;
        sheet.typed = sheet.form.typed(&saved.config);
        if sheet.form.is_empty() {
            sheet.text = Some(pretty(&saved.config));
        }
        sheet.name = saved.name.clone();
        sheet.revision = saved.revision;
        sheet.saved = Some(saved);
        Ok(sheet)
    }

    /// As it was posted; `name` is that of a connector that is there.
    pub(super) async fn posted(
        parts: &Parts,
        env: &str,
        name: Option<String>,
        posted: Posted,
    ) -> Result<Self, Refusal> {
        let saved = match &name {
            Some(name) => Some(parts.setup.connector(env, name).await?),
            None => None,
        };
        let component = posted.word("component").or(saved.as_ref().map(|saved| saved.component.as_str()));
        let component = component.ok_or_else(|| ApiError::bad_request("the form names no component"))?.to_owned();
        let mut sheet = Self::of(parts, env, &component).await?;
        sheet.name = name.or_else(|| posted.word("name").map(str::to_owned)).unwrap_or_default();
        sheet.revision = posted.word("revision").and_then(|text| text.parse().ok()).unwrap_or(0);
        sheet.saved = saved;
        sheet.text = posted.get("config").map(str::to_owned).or(sheet.text);
        sheet.read = sheet.form.read(&posted);
        sheet.typed = posted.clone();
        sheet.posted = posted;
        Ok(sheet)
    }

    /// The configuration, if it can be read; else what is wrong is noted.
    fn config(&mut self) -> Option<Value> {
        let Some(text) = &self.text else {
            self.faults = Faults::of(&self.read, []);
            let config = self.read.is_whole().then(|| self.read.config.clone());
            self.faults = if config.is_some() { Faults::default() } else { std::mem::take(&mut self.faults) };
            return config;
        };
        let text = if text.trim().is_empty() { "{}" } else { text };
        match json::strict(text.as_bytes()) {
            Ok(config) => Some(config),
            Err(fault) => {
                self.marks = json::json_faults(text, &[(fault.pointer.clone(), fault.text.clone())]);
                self.own.push(("config".to_owned(), fault.text));
                None
            }
        }
    }

    /// A JSON list of the page, if it can be read.
    fn list<T: DeserializeOwned>(&mut self, name: &str) -> Option<Vec<T>> {
        let text = self.posted.word(name).unwrap_or("[]").to_owned();
        let read = json::strict(text.as_bytes()).and_then(|list| json::typed(&list));
        match read {
            Ok(list) => Some(list),
            Err(fault) => {
                self.own.push((name.to_owned(), format!("{} {}", fault.pointer, fault.text).trim().to_owned()));
                None
            }
        }
    }

    /// The set-up as it is saved; none if it can't be read, which is noted then.
    pub(super) fn put(&mut self, serve: bool) -> Option<PutConnector> {
        let (config, templates, senders) = (self.config(), self.list("templates"), self.list("senders"));
        Some(PutConnector {
            component: format!("{}@{}", self.component.id, self.component.version),
            config: config?,
            templates: templates?,
            senders: senders?,
            serve,
            activate: self.posted.has("activate"),
            approve: self.posted.word("approve").map(str::to_owned),
            if_match: Some(self.revision),
            ..PutConnector::default()
        })
    }

    /// The set-up as it is tried.
    pub(super) fn draft(&mut self) -> Option<Draft> {
        let put = self.put(true)?;
        let PutConnector { component, config, templates, senders, approve, .. } = put;
        Some(Draft { component, config, templates, senders, approve })
    }

    /// Note what is wrong by the API's word, and answer what is to be said at the head of the page.
    pub(super) fn take(&mut self, error: &ApiError) -> Vec<Notice> {
        let problem = error.problem();
        if let Some(current) = problem.more.get("current").and_then(Value::as_u64) {
            if self.saved.is_none() {
                self.own.push(("name".to_owned(), words::NAME_TAKEN.to_owned()));
                return Vec::new();
            }
            self.revision = current;
            let revisions = format!("{}/revisions/{current}", super::view::address(&self.env, &self.name));
            return vec![Notice::Bad(
                html! { (words::stale(current)) " " a href=(revisions) { (words::look_at(current)) } },
            )];
        }
        if let Some(digest) = problem.more.get("approve").and_then(Value::as_str) {
            let asks = problem.errors.iter().map(|fault| fault.detail.clone()).collect();
            self.approval = Some((digest.to_owned(), asks));
            return vec![Notice::Warn(html! { (words::NOT_SAVED) " " a href="#approve" { (words::APPROVAL) } })];
        }
        let mut config = Vec::new();
        for fault in &problem.errors {
            let pointer = fault.pointer.as_deref().unwrap_or_default();
            match pointer.strip_prefix("/config") {
                Some(inner) if inner.is_empty() || inner.starts_with('/') => {
                    config.push((inner, fault.detail.as_str()))
                }
                _ => {
                    let name = pointer.split('/').nth(1).unwrap_or_default().to_owned();
                    self.own.push((name, fault.detail.clone()));
                }
            }
        }
        match &self.text {
            None if !config.is_empty() => self.faults = Faults::of(&self.read, config),
            None => {}
            Some(text) => {
                self.marks = json::json_faults(text, &config);
                let told = |(pointer, text): &(&str, &str)| {
                    ("config".to_owned(), format!("{pointer} {text}").trim().to_owned())
                };
                self.own.extend(config.iter().map(told));
            }
        }
        if self.own.is_empty() && self.faults.is_empty() {
            return vec![Notice::Bad(html! { (problem.detail) })];
        }
        Vec::new()
    }

    /// Show the other view of the configuration. False if it can't be read.
    pub(super) fn turn(&mut self, to_json: bool) -> bool {
        let Some(config) = self.config() else { return false };
        if to_json {
            self.text = Some(pretty(&self.without_secrets(&config)));
        } else {
            self.typed = self.form.typed(&config);
            self.text = None;
        }
        true
    }

    /// A configuration that can be shown: of secrets that were typed, only whether one is stored.
    fn without_secrets(&self, config: &Value) -> Value {
        let mut shown: Map<String, Value> = config.as_object().cloned().unwrap_or_default();
        for secret in self.form.secrets() {
            let is_stored = self.saved.as_ref().is_some_and(|saved| saved.config.get(secret).is_some());
            if shown.get(secret).is_some_and(Value::is_string) {
                match is_stored {
                    true => drop(shown.insert(secret.to_owned(), json!({ "set": true }))),
                    false => drop(shown.shift_remove(secret)),
                }
            }
        }
        Value::Object(shown)
    }

    /// What is said where a secret was typed that this page won't show.
    pub(super) fn lost_secrets(&self) -> Vec<Notice> {
        let is_lost = self.read.has_new_secret;
        is_lost.then(|| Notice::Warn(html! { (words::SECRETS_LOST) })).into_iter().collect()
    }

    /// What an operator should know of what is saved.
    pub(super) async fn warnings(&self, parts: &Parts) -> Option<Notice> {
        let saved = self.saved.as_ref()?;
        let put = PutConnector {
            component: saved.component.clone(),
            config: saved.config.clone(),
            templates: saved.templates.clone(),
            senders: saved.senders.clone(),
            ..PutConnector::default()
        };
        let plan = parts.setup.plan_connector(&self.env, &self.name, put).await.ok()?;
        let told = html! { ul { @for warning in &plan.warnings { li { (warning) } } } };
        (!plan.warnings.is_empty()).then_some(Notice::Warn(told))
    }

    /// What a JSON list of the page shows.
    pub(super) fn list_text(&self, name: &str) -> String {
        if let Some(text) = self.posted.get(name) {
            return text.to_owned();
        }
        let saved = self.saved.as_ref().map(|saved| json!({ "templates": saved.templates, "senders": saved.senders }));
        saved.as_ref().and_then(|saved| saved.get(name)).map_or_else(|| "[]".to_owned(), pretty)
    }

    /// What is wrong with one of the page's own fields.
    pub(super) fn fault(&self, name: &str) -> Option<&str> {
        self.own.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str())
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
