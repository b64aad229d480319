//! What an operator gives of a webhook, judged before anything is kept.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{EventType, WebhookError, Webhooks};

const DESCRIPTION_CHARACTERS_MAX: usize = 200;

/// A webhook to save.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutWebhook {
    /// Who is told. `https`; in an environment of kind development `http` too, elsewhere with an `http://` entry in
    /// `egress.allow`. A private address needs an entry there, too.
    #[schema(example = "https://shop.example/webhooks/countersign")]
    pub url: String,
    /// Of what. Left out: of everything, also of what later versions add.
    #[serde(default)]
    #[schema(value_type = Option<Vec<EventType>>)]
    pub events: Option<Vec<String>>,
    /// What it is for, in your own words; at most 200 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether it is told anything. What happens while it is not is not told later.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

fn refuse(pointer: impl Into<String>, detail: impl Into<String>) -> WebhookError {
    WebhookError::Field { pointer: pointer.into(), detail: detail.into() }
}

impl Webhooks {
    /// Whether it can ever work; else the field at fault. Answers it as it is kept.
    pub(super) fn judge(&self, mut put: PutWebhook, development: bool) -> Result<PutWebhook, WebhookError> {
        put.url = self.origins.named(&put.url, development).map_err(|why| refuse("/url", why))?.into();
        put.events = put.events.map(judged).transpose()?;
        if put.description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_CHARACTERS_MAX) {
            return Err(refuse("/description", format!("has at most {DESCRIPTION_CHARACTERS_MAX} characters")));
        }
        Ok(put)
    }
}

/// Each once, in our own order.
fn judged(events: Vec<String>) -> Result<Vec<String>, WebhookError> {
    let known = || EventType::ALL.iter().map(|kind| kind.as_str());
    if events.is_empty() {
        return Err(refuse("/events", "names one event at least; leave it out for all of them"));
    }
    if let Some(index) = events.iter().position(|given| !known().any(|kind| kind == given)) {
        let words: Vec<&str> = known().collect();
        return Err(refuse(format!("/events/{index}"), format!("is one of {}", words.join(", "))));
    }
    Ok(known().filter(|kind| events.iter().any(|given| given == kind)).map(str::to_owned).collect())
}
