//! What is said of a webhook: read from a form, and shown in one.

use maud::{Markup, html};
use serde_json::json;

use crate::api::error::ApiError;
use crate::console::posted::Posted;
use crate::console::shell::{self, Field, Notice};
use crate::console::visit::Visit;
use crate::console::words::webhooks as words;
use crate::webhooks::{EventType, PutWebhook, WebhookView};

const EVENTS: &str = "/events";

/// As it was typed.
#[derive(Default)]
pub(super) struct Typed {
    url: String,
    description: String,
    events: Vec<String>,
    enabled: bool,
}

impl Typed {
    /// Of one that is new.
    pub(super) fn fresh() -> Self {
        Self { enabled: true, ..Self::default() }
    }

    /// Of one that there is.
    pub(super) fn of(one: &WebhookView) -> Self {
        Self {
            url: one.url.clone(),
            description: one.description.clone().unwrap_or_default(),
            events: one.events.clone().unwrap_or_default(),
            enabled: one.enabled,
        }
    }

    /// Of a form.
    pub(super) fn read(posted: &Posted) -> Self {
        Self {
            url: posted.word("/url").unwrap_or_default().to_owned(),
            description: posted.word("/description").unwrap_or_default().to_owned(),
            events: posted.all(EVENTS).map(str::to_owned).collect(),
            enabled: posted.has("/enabled"),
        }
    }

    /// What is to be saved. One that is added is on.
    pub(super) fn put(&self, new: bool) -> PutWebhook {
        PutWebhook {
            url: self.url.clone(),
            events: (!self.events.is_empty()).then(|| self.events.clone()),
            description: (!self.description.is_empty()).then(|| self.description.clone()),
            enabled: new || self.enabled,
        }
    }
}

/// What is noted of a save. A path or a query may be what the receiver knows its callers by.
pub(super) fn note(visit: &Visit, webhook: &WebhookView) {
    let host = url::Url::parse(&webhook.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    visit.noting.detail(json!({ "host": host, "events": webhook.events, "enabled": webhook.enabled }));
}

/// The fields, with what is wrong with them.
pub(super) fn fields(typed: &Typed, error: Option<&ApiError>) -> Markup {
    let problem = error.map(ApiError::problem);
    let faults = problem.map(|problem| problem.errors.as_slice()).unwrap_or_default();
    let fault = |pointer: &str| {
        let at = |fault: &&crate::api::error::Fault| fault.pointer.as_deref().is_some_and(|at| at.starts_with(pointer));
        faults.iter().find(at).map(|fault| fault.detail.as_str())
    };
    let url = Field { id: "url", label: words::URL, hint: Some(words::URL_HINT), required: None, error: fault("/url") };
    let description = Field {
        id: "description",
        label: words::DESCRIPTION,
        required: Some(false),
        error: fault("/description"),
        ..Field::default()
    };
    html! {
        @if let Some(problem) = problem { (shell::notice(&Notice::Bad(shell::coded(&problem.detail)))) }
        (shell::field(&url, &html! {
            input #url name="/url" type="url" value=(typed.url) required maxlength="2048" autocomplete="off" spellcheck="false"
                aria-describedby=[url.described_by()];
        }))
        (shell::field(&description, &html! {
            input #description name="/description" value=(typed.description) maxlength="200" aria-describedby=[description.described_by()];
        }))
        (events(typed, fault(EVENTS)))
    }
}

fn events(typed: &Typed, error: Option<&str>) -> Markup {
    html! {
        fieldset.group #events {
            legend { (words::EVENTS) }
            p.hint { (words::EVENTS_HINT) }
            @if let Some(error) = error { p.error { (error) } }
            @for kind in EventType::ALL {
                @let word = kind.as_str();
                label.check {
                    input type="checkbox" name=(EVENTS) value=(word) checked[typed.events.iter().any(|one| one == word)];
                    span { (word) }
                }
            }
        }
    }
}

/// The switch of one that there is.
pub(super) fn switch(typed: &Typed) -> Markup {
    html! {
        label.check {
            input type="checkbox" name="/enabled" value="yes" checked[typed.enabled];
            span { (words::ENABLED) }
        }
        p.hint { (words::ENABLED_HINT) }
    }
}
