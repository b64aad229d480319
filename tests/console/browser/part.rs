//! Finding parts of a page as people do, by role and name. A part is looked for when something is done with it, and
//! until it is there: a page that still loads, or that is exchanged meanwhile, needs no waiting of the test's own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use serde_json::{Value, json};

use super::log::Log;

const PATIENCE: Duration = Duration::from_secs(15);
const NAMES: &str = include_str!("names.js");

/// A part of the page, or all of it.
#[derive(Clone)]
pub struct Part {
    pub(super) client: Client,
    pub(super) log: Arc<Log>,
    steps: Vec<(&'static str, Option<String>)>,
    patience: Duration,
}

impl Part {
    pub(super) fn page(client: Client, log: Arc<Log>) -> Self {
        Self { client, log, steps: Vec::new(), patience: PATIENCE }
    }

    /// The same, waited for no longer than this.
    pub fn for_at_most(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// Ask until there is an answer. `ask` says what it found instead.
    pub(super) async fn until<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Result<T, String>) -> T {
        let began = Instant::now();
        let mut turns = tokio::time::interval(Duration::from_millis(40));
        loop {
            turns.tick().await;
            match ask().await {
                Ok(found) => return found,
                Err(instead) if began.elapsed() > self.patience => {
                    panic!("{what}: not within {:?}; {instead}", self.patience)
                }
                Err(_) => {}
            }
        }
    }

    /// A part by its role, and its name if there are many of it.
    pub fn part(&self, role: &'static str, name: Option<&str>) -> Self {
        let mut part = self.clone();
        part.steps.push((role, name.map(str::to_owned)));
        part
    }

    pub fn button(&self, name: &str) -> Self {
        self.part("button", Some(name))
    }

    pub fn link(&self, name: &str) -> Self {
        self.part("link", Some(name))
    }

    /// Whatever can be filled in, chosen or ticked, by its label.
    pub fn field(&self, label: &str) -> Self {
        self.part("field", Some(label))
    }

    pub fn heading(&self, name: &str) -> Self {
        self.part("heading", Some(name))
    }

    /// A table by its caption.
    pub fn table(&self, caption: &str) -> Self {
        self.part("table", Some(caption))
    }

    /// A row by its heading, which is its first cell.
    pub fn row(&self, heading: &str) -> Self {
        self.part("row", Some(heading))
    }

    /// A group of fields by its legend, or what opens by its summary.
    pub fn group(&self, name: &str) -> Self {
        self.part("group", Some(name))
    }

    /// What went wrong, as it is told.
    pub fn alert(&self) -> Self {
        self.part("alert", None)
    }

    /// What was done, as it is told.
    pub fn status(&self) -> Self {
        self.part("status", None)
    }

    /// How a failing test calls it.
    pub(super) fn called(&self) -> String {
        let call = |(role, name): &(&str, Option<String>)| match name {
            Some(name) => format!("{role} \"{name}\""),
            None => (*role).to_owned(),
        };
        if self.steps.is_empty() {
            "the page".to_owned()
        } else {
            self.steps.iter().map(call).collect::<Vec<_>>().join(" › ")
        }
    }

    /// The element if there is exactly one, and whether it can be used; otherwise what there is.
    pub(super) async fn look(&self) -> Result<(Element, bool), String> {
        let steps: Vec<Value> = self.steps.iter().map(|(role, name)| json!({"role": role, "name": name})).collect();
        let found =
            self.script(include_str!("find.js"), vec![json!(steps)]).await.map_err(|error| error.to_string())?;
        if let Some(Value::String(id)) = found["element"].as_object().and_then(|reference| reference.values().next()) {
            let element = Element::from_element_id(self.client.clone(), id.clone().into());
            return Ok((element, found["enabled"] == true));
        }
        let there: Vec<&str> = found["there"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let address = self.client.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        let many = &found["many"];
        Err(format!("{address} has {many} of {}. There is:\n  {}", self.called(), there.join("\n  ")))
    }

    /// The element, as soon as there is exactly one.
    pub(super) async fn element(&self) -> Element {
        self.until(&self.called(), async || Ok(self.look().await?.0)).await
    }

    /// Run a script of the harness, which may use the functions of `names.js`.
    pub(super) async fn script(&self, text: &str, arguments: Vec<Value>) -> Result<Value, CmdError> {
        self.client.execute(&format!("{NAMES}{text}"), arguments).await
    }
}
