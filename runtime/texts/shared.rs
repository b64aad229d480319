//! Texts that an environment's connectors share, and the judgement of a list of them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ending::Ending;
use super::fault::TextError;
use super::lint;
use super::template::{self, Template};
use crate::connector::reason::Reason;

/// Texts that the environment's connectors share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Templates)]
pub struct Shared {
    /// By purpose and locale.
    pub templates: Vec<Template>,
    /// How texts end, unless a template or a request says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
}

impl Shared {
    /// What can't work, and may not be saved.
    pub fn faults(&self, app: &str) -> Vec<Reason> {
        let ending = self.ending.as_ref().and_then(|ending| ending.validate().err());
        let ending = ending.map(|error| Reason::at("template", "/ending", &error.to_string()));
        ending.into_iter().chain(faults(&self.templates, app, self.ending.as_ref())).collect()
    }

    /// What works, and costs more or arrives less often than it could.
    pub fn warnings(&self, app: &str) -> Vec<Reason> {
        let mut warnings = lint::templates(&self.templates, app, self.ending.as_ref());
        for (index, _) in self.templates.iter().enumerate().filter(|(_, t)| t.template_id.is_some()) {
            let text = "an id is one provider's: every connector that sends registered templates would get it; it belongs \
                        into the connector's own templates";
            warnings.push(Reason::at("shared-id", &format!("/templates/{index}/template_id"), text));
        }
        warnings
    }
}

/// What can't work in a list of templates; the pointers begin at `/templates`.
pub fn faults(templates: &[Template], app: &str, ending: Option<&Ending>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut seen = HashMap::new();
    for (index, entry) in templates.iter().enumerate() {
        let pointer = format!("/templates/{index}");
        let first =
            *seen.entry((&entry.purpose, entry.locale.as_ref().map(|tag| tag.to_ascii_lowercase()))).or_insert(index);
        if first < index {
            reasons.push(Reason::at("template", &pointer, &TextError::Twice(first).to_string()));
        }
        if let Err(error) = template::validate(entry, app, ending) {
            reasons.push(Reason::at("template", &format!("{pointer}{}", error.place()), &error.to_string()));
        }
    }
    reasons
}
