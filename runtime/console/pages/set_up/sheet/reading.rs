//! What was typed, read: as a set-up to save or to try, or as what is wrong with it.

use maud::html;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{SENDERS, Sheet, pretty};
use crate::api::error::ApiError;
use crate::console::form::Faults;
use crate::console::pages::set_up::view;
use crate::console::shell::Notice;
use crate::console::texts;
use crate::console::words::set_up as words;
use crate::json;
use crate::setup::{Draft, PutConnector};

impl Sheet {
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
            Ok(config) => {
                // A text that can be read is shown without the secrets that were typed in it.
                let shown = self.without_secrets(&config);
                if shown != config && config.is_object() {
                    self.text = Some(pretty(&shown));
                    self.read.has_new_secret = true;
                }
                Some(config)
            }
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
    pub(in crate::console::pages::set_up) fn put(&mut self, serve: bool) -> Option<PutConnector> {
        let (config, senders) = (self.config(), self.list(SENDERS));
        let templates = match self.texts.read() {
            Ok(templates) => Some(templates),
            Err(faults) => {
                self.text_faults = faults;
                None
            }
        };
        Some(PutConnector {
            component: format!("{}@{}", self.component.id, self.component.version),
            config: config?,
            templates: templates?,
            senders: senders?,
            serve,
            activate: self.posted.has("activate"),
            approve: self.posted.word("approve").map(str::to_owned),
            replaces: self.replaces.clone(),
            if_match: Some(self.revision),
            ..PutConnector::default()
        })
    }

    /// The set-up as it is tried.
    pub(in crate::console::pages::set_up) fn draft(&mut self) -> Option<Draft> {
        let put = self.put(true)?;
        let PutConnector { component, config, templates, senders, approve, .. } = put;
        Some(Draft { component, config, templates, senders, approve })
    }

    /// Note what is wrong by the API's word, and answer what is to be said at the head of the page.
    pub(in crate::console::pages::set_up) fn take(&mut self, error: &ApiError) -> Vec<Notice> {
        let problem = error.problem();
        if let Some(current) = problem.more.get("current").and_then(Value::as_u64) {
            if self.saved.is_none() {
                self.own.push(("name".to_owned(), words::NAME_TAKEN.to_owned()));
                return Vec::new();
            }
            self.revision = current;
            let revisions = format!("{}/revisions/{current}", view::address(&self.env, &self.name));
            return vec![Notice::Bad(
                html! { (words::stale(current)) " " a href=(revisions) { (words::look_at(current)) } },
            )];
        }
        if let Some(digest) = problem.more.get("approve").and_then(Value::as_str) {
            let asks = problem.errors.iter().map(|fault| fault.detail.clone()).collect();
            self.approval = Some((digest.to_owned(), asks));
            return vec![Notice::Warn(html! { (words::NOT_SAVED) " " a href="#approve" { (words::APPROVAL) } })];
        }
        self.text_faults = texts::faults_of(problem);
        let mut config = Vec::new();
        for fault in &problem.errors {
            let pointer = fault.pointer.as_deref().unwrap_or_default();
            match pointer.strip_prefix("/config") {
                Some(inner) if inner.is_empty() || inner.starts_with('/') => {
                    config.push((inner.to_owned(), self.form.plainly(inner, &fault.detail)))
                }
                _ if texts::is_below(pointer) => {}
                _ => {
                    let name = pointer.split('/').nth(1).unwrap_or_default().to_owned();
                    self.own.push((name, fault.detail.clone()));
                }
            }
        }
        if let Some(Ok(typed)) = self.text.as_ref().map(|text| json::strict(text.as_bytes())) {
            config = self.form.in_json(&typed, config);
        }
        let config: Vec<(&str, &str)> = config.iter().map(|(at, text)| (at.as_str(), text.as_str())).collect();
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
        if self.own.is_empty() && self.faults.is_empty() && self.text_faults.is_empty() {
            return vec![Notice::Bad(html! { (problem.detail) })];
        }
        Vec::new()
    }

    /// Show the other view of the configuration. False if it can't be read.
    pub(in crate::console::pages::set_up) fn turn(&mut self, to_json: bool) -> bool {
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
}
