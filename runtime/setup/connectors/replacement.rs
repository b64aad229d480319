//! "Change connector": what of one connector another component could take over.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::PutConnector;
use crate::connector::manifest::Content;
use crate::connector::package::Package;
use crate::setup::{Setup, SetupError};
use crate::store::ChannelRow;
use crate::texts::{Sender, Template};

/// What carries over from a connector to another component. The old one serves until the new one is saved with
/// `replaces`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Replacement {
    /// The connector that is to be replaced.
    pub from: String,
    /// `id@version` of its component.
    pub from_component: String,
    /// `id@version` of the component that is to take its place.
    pub to_component: String,
    /// Texts that the new one can send.
    pub templates: Vec<Template>,
    /// Texts that stay behind, and why.
    pub left: Vec<LeftTemplate>,
    /// Who sends where. What is registered with one provider may have to be registered with the other too.
    pub senders: Vec<Sender>,
    /// Fields of the configuration that both have; their values stay behind, since they are one provider's.
    pub fields_in_common: Vec<String>,
    /// Where the channel names the old one: `/active`, `/fallback/0`, `/routes/1/use/0`. The new one gets these places.
    pub places: Vec<String>,
    /// Whether a trial of the old one would end.
    pub ends_trial: bool,
}

/// A text that does not carry over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeftTemplate {
    /// Its purpose.
    pub purpose: String,
    /// Its language.
    pub locale: Option<String>,
    /// Why it stays.
    pub reason: String,
}

impl Setup {
    /// What would carry over to `component`, and what it would take the place of.
    pub async fn change_plan(&self, environment: &str, from: &str, component: &str) -> Result<Replacement, SetupError> {
        let environment = self.environment(environment).await?;
        let old = self.counterpart(&environment.name, from, true).await?;
        let old = match old {
            Some(row) => row,
            None => {
                let newest = self.newest_revision(&environment.name, from).await?;
                newest.ok_or_else(|| SetupError::not_found("connector", from))?
            }
        };
        let put = PutConnector { component: component.to_owned(), ..PutConnector::default() };
        let new = self.wanted_component(&put).await?;
        let refused = |reasons| SetupError::Refused { what: "the component", reasons };
        let package = Package::from_json(&new.package).map_err(refused)?;
        let (templates, left) = carried(&old.templates, package.manifest.content);
        let channel = self.store.channel(&environment.name, "sms").await?;
        Ok(Replacement {
            from: from.to_owned(),
            from_component: self.component_name(&old.component_digest).await?,
            to_component: format!("{}@{}", new.id, new.version),
            templates,
            left,
            senders: old.senders.clone(),
            fields_in_common: in_common(&old.config, &package.schema),
            places: places(&channel, from),
            ends_trial: channel.canary.is_some_and(|canary| canary.connector == from),
        })
    }
}

/// A template id is one provider's word: it means nothing, or something else, to another.
fn carried(templates: &[Template], content: Content) -> (Vec<Template>, Vec<LeftTemplate>) {
    let (mut kept, mut left) = (Vec::new(), Vec::new());
    for template in templates {
        let stays = |reason: &str| LeftTemplate {
            purpose: template.purpose.clone(),
            locale: template.locale.clone(),
            reason: reason.to_owned(),
        };
        if template.text.is_none() {
            left.push(stays("its template id is one that the old provider knows; register one with the new provider"));
        } else if content == Content::TemplateId {
            left.push(stays("the new component sends registered templates only; register this text with its provider"));
        } else {
            let text = template.clone();
            kept.push(Template { template_id: None, template_locale: None, parameters: None, ..text });
        }
    }
    (kept, left)
}

fn in_common(config: &Value, schema: &Value) -> Vec<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let has = |field: &&String| properties.is_some_and(|properties| properties.contains_key(*field));
    config.as_object().map(|config| config.keys().filter(has).cloned().collect()).unwrap_or_default()
}

/// Where a channel names a connector.
fn places(channel: &ChannelRow, name: &str) -> Vec<String> {
    let active = (channel.active.as_deref() == Some(name)).then(|| "/active".to_owned());
    let at = |place: &str, names: Vec<&String>| -> Vec<String> {
        let found = names.into_iter().enumerate().filter(|(_, named)| *named == name);
        found.map(|(index, _)| format!("{place}/{index}")).collect()
    };
    let mut all: Vec<String> = active.into_iter().collect();
    all.extend(at("/fallback", channel.fallback.iter().collect()));
    for (index, rule) in channel.routes.iter().enumerate() {
        all.extend(at(&format!("/routes/{index}/use"), rule.shares.iter().map(|share| &share.connector).collect()));
        all.extend(at(&format!("/routes/{index}/fallback"), rule.fallback.iter().collect()));
    }
    all
}
