//! A set-up as it stands on the page: which component, what was typed, what is wrong with it.

use maud::html;
use serde_json::{Value, json};

mod reading;

use crate::api::Parts;
use crate::api::error::ApiError;
use crate::connector::package::Package;
use crate::console::form::{Faults, Form, Read};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::Notice;
use crate::console::texts::{self, Texts};
use crate::console::words::set_up as words;
use crate::json::Mark;
use crate::setup::{
    Account, Comparison, ComponentView, ConnectorView, PutConnector, SetupError, Tested, component_view,
};

/// The field that holds the senders as JSON.
pub(super) const SENDERS: &str = "senders";

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
    /// Its texts, as they are typed.
    pub(super) texts: Texts,
    /// What is wrong with them.
    pub(super) text_faults: texts::Faults,
    /// Its senders as JSON, where they are not those that were posted or saved.
    senders: Option<String>,
    /// The connector whose place it is to take.
    pub(super) replaces: Option<String>,
    /// What a save would undo that somebody else saved meanwhile.
    pub(super) differs: Option<Comparison>,
    /// Whether it is to become the active one unless somebody says otherwise: none is, or only the development inbox.
    pub(super) is_first: bool,
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
            texts: Texts::of(&[]),
            text_faults: texts::Faults::new(),
            senders: None,
            replaces: None,
            differs: None,
            is_first: false,
            outcome: None,
        })
    }

    /// Of a component that nothing is set up of yet on this page. Its name is one that is free.
    pub(super) async fn blank(parts: &Parts, env: &str, component: &str) -> Result<Self, Refusal> {
        let mut sheet = Self::of(parts, env, component).await?;
        let others = parts.setup.connectors(env).await?;
        sheet.is_first = !others.iter().any(|view| view.active && !view.component.starts_with("inbox@"));
        let taken: Vec<&str> = others.iter().map(|view| view.name.as_str()).collect();
        let id = sheet.component.id.clone();
        let numbered = (2..).map(|number: u32| format!("{id}-{number}"));
        let free = std::iter::once(id.clone()).chain(numbered.take(1_000)).find(|name| !taken.contains(&name.as_str()));
        sheet.name = free.unwrap_or(id);
        Ok(sheet)
    }

    /// In place of another connector: with what carries over from it.
    pub(super) async fn in_place_of(parts: &Parts, env: &str, component: &str, old: &str) -> Result<Self, Refusal> {
        let plan = parts.setup.change_plan(env, old, component).await?;
        let mut sheet = Self::blank(parts, env, component).await?;
        sheet.texts = Texts::of(&plan.templates);
        sheet.senders = Some(pretty(&json!(plan.senders)));
        sheet.replaces = Some(plan.from);
        sheet.is_first = false;
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
        sheet.texts = Texts::of(&saved.templates);
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
        sheet.texts = Texts::posted(&posted);
        sheet.replaces = posted.word("replaces").map(str::to_owned);
        sheet.typed = posted.clone();
        sheet.posted = posted;
        Ok(sheet)
    }

    /// What is said where a secret was typed that this page won't show. Beside JSON it is said there.
    pub(super) fn lost_secrets(&self) -> Vec<Notice> {
        let is_lost = self.read.has_new_secret && self.text.is_none();
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

    /// The senders as JSON.
    pub(super) fn senders_text(&self) -> String {
        if let Some(text) = self.posted.get(SENDERS) {
            return text.to_owned();
        }
        let saved = self.saved.as_ref().map(|saved| pretty(&json!(saved.senders)));
        self.senders.clone().or(saved).unwrap_or_else(|| "[]".to_owned())
    }

    /// What is wrong with one of the page's own fields.
    pub(super) fn fault(&self, name: &str) -> Option<&str> {
        self.own.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str())
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
