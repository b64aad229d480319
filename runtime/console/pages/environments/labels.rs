//! What the secrets of a promotion are called, and what is in its way, in the words that people know from the forms.

use std::collections::BTreeMap;

use crate::api::Parts;
use crate::connector::package::Package;
use crate::connector::reason::Reason;
use crate::console::form::Form;
use crate::console::words::{environments as words, form::sentence};
use crate::json::escaped;
use crate::setup::{PromotedConnector, Promotion};

/// The forms of the connectors, by connector.
#[derive(Default)]
pub(super) struct Labels(BTreeMap<String, Form>);

impl Labels {
    pub(super) async fn of(parts: &Parts, preview: &Promotion) -> Self {
        let mut forms = BTreeMap::new();
        for connector in &preview.connectors {
            let Some((id, version)) = connector.component.split_once('@') else { continue };
            // Without its form a field keeps the name that the component gives it.
            let Ok(row) = parts.setup.component_row(id, Some(version)).await else { continue };
            let Ok(package) = Package::from_json(&row.package) else { continue };
            forms.insert(connector.name.clone(), Form::of(&package.schema));
        }
        Self(forms)
    }

    /// What a secret is called.
    pub(super) fn secret<'a>(&'a self, connector: &str, field: &'a str) -> &'a str {
        self.0.get(connector).map_or(field, |form| form.label(field))
    }

    /// A need, and the field where it is met, if there is one.
    pub(super) fn need(&self, need: &Reason, preview: &Promotion, can_copy: bool) -> (String, Option<String>) {
        let pointer = need.pointer.clone().unwrap_or_default();
        for connector in &preview.connectors {
            let name = connector.name.as_str();
            if pointer == approval(connector) {
                return (words::approval_needed(name), Some(pointer));
            }
            if let Some(field) = connector.secrets.keys().find(|field| pointer == place(name, field)) {
                let label = self.secret(name, field);
                let fault = secret_fault(need, label, &preview.to, can_copy);
                let of = if is_lacking(need) { name.to_owned() } else { format!("{name}, {label}") };
                return (format!("{of}: {fault}"), Some(pointer));
            }
        }
        (need.text.clone(), None)
    }
}

/// Whether a secret is only not there: that names it.
fn is_lacking(need: &Reason) -> bool {
    matches!(need.code, "secret-needed" | "secret-rebound")
}

/// What is wrong with a secret; said beside its field, where it needs no name.
pub(super) fn secret_fault(need: &Reason, label: &str, to: &str, can_copy: bool) -> String {
    match need.code {
        "secret-needed" => words::secret_needed(label, to, can_copy),
        "secret-rebound" => words::secret_rebound(label, to),
        _ => sentence(&need.text),
    }
}

/// The name of a secret's field in the form: where the request has it.
pub(super) fn place(connector: &str, field: &str) -> String {
    format!("/secrets/{}/{}", escaped(connector), escaped(field))
}

/// The name of an approval's box in the form.
pub(super) fn approval(connector: &PromotedConnector) -> String {
    format!("/approve/{}", escaped(&connector.name))
}
