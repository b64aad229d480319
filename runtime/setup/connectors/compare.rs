//! Where two revisions of a connector differ, or a saved one and a set-up that is not saved: what somebody else changed
//! meanwhile, what a rollback would bring back.
//!
//! A secret is only ever told as another one: saved ones are compared by version, and one that a request brings is
//! compared with nothing, so that nobody learns by guessing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::PutConnector;
use crate::connector::package::Package;
use crate::connector::schema;
use crate::setup::approval::Asked;
use crate::setup::changes::{Change, changes, escaped, of_revision, of_set_up};
use crate::setup::{Setup, SetupError, judging};
use crate::store::RevisionRow;

/// How a revision differs from another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    /// The one that was.
    pub from: u64,
    /// The other one; none if it is not saved.
    pub to: Option<u64>,
    /// Component, configuration, secrets, texts, senders and grants, as far as they differ.
    pub changes: Vec<Difference>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// Where: a JSON Pointer, in which a text goes by its purpose and locale (`/templates/sign-in/de/text`; `*` is no
    /// locale), a sender by its countries and a grant by its words.
    pub pointer: String,
    /// What became of it.
    pub kind: Kind,
    /// What was there. Of a secret nothing is told.
    #[schema(value_type = Object)]
    pub from: Option<Value>,
    /// What is there now.
    #[schema(value_type = Object)]
    pub to: Option<Value>,
}

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It was not there.
    Added,
    /// It is there no more.
    Removed,
    /// It says something else.
    Changed,
}

impl Kind {
    fn of(was: bool, is: bool) -> Self {
        match (was, is) {
            (false, _) => Self::Added,
            (true, false) => Self::Removed,
            (true, true) => Self::Changed,
        }
    }
}

/// What is compared.
struct Side {
    document: Value,
    /// Versions of secrets; [`UNSAVED`] for one that a request brings.
    secrets: BTreeMap<String, u32>,
}

/// No version has this number: they begin with 1.
const UNSAVED: u32 = 0;

fn differences(from: &Side, to: &Side) -> Vec<Difference> {
    let plain = changes(&from.document, &to.document).into_iter().filter(|change| change.before != change.after);
    let plain = plain.map(|Change { at, before, after }| Difference {
        pointer: at,
        kind: Kind::of(before.is_some(), after.is_some()),
        from: before,
        to: after,
    });
    let fields = from.secrets.keys().chain(to.secrets.keys().filter(|field| !from.secrets.contains_key(*field)));
    let secrets = fields.filter_map(|field| {
        let (was, is) = (from.secrets.get(field), to.secrets.get(field));
        let pointer = format!("/config/{}", escaped(field));
        (was != is).then(|| Difference { pointer, kind: Kind::of(was.is_some(), is.is_some()), from: None, to: None })
    });
    plain.chain(secrets).collect()
}

/// By its words, so that one more grant does not look like a change of all that follow.
fn with_grants(mut document: Value, grants: &[String]) -> Value {
    let grants: Map<String, Value> = grants.iter().map(|words| (words.clone(), json!(words))).collect();
    if let Some(object) = document.as_object_mut() {
        object.insert("grants".to_owned(), Value::Object(grants));
    }
    document
}

fn granted(row: &RevisionRow) -> Vec<String> {
    serde_json::from_value(row.approved.clone()).map(|asked: Asked| asked.words()).unwrap_or_default()
}

impl Setup {
    /// How a revision differs from another one of the same connector.
    pub async fn compare(&self, environment: &str, name: &str, from: u64, to: u64) -> Result<Comparison, SetupError> {
        let environment = self.environment(environment).await?;
        let mut sides = Vec::new();
        for number in [from, to] {
            let row = self.saved_revision(&environment.name, name, number).await?;
            sides.push(self.saved_side(&row).await?);
        }
        let changes = sides.windows(2).flat_map(|pair| match pair {
            [before, after] => differences(before, after),
            _ => Vec::new(),
        });
        Ok(Comparison { from, to: Some(to), changes: changes.collect() })
    }

    /// How a set-up that is not saved differs from a revision. It is compared as it is, also if it would be refused.
    pub async fn compare_unsaved(
        &self,
        environment: &str,
        name: &str,
        from: u64,
        put: &PutConnector,
    ) -> Result<Comparison, SetupError> {
        let environment = self.environment(environment).await?;
        let row = self.saved_revision(&environment.name, name, from).await?;
        let component = self.wanted_component(put).await?;
        let refused = |reasons| SetupError::Refused { what: "the connector", reasons };
        let package = Package::from_json(&component.package).map_err(refused)?;
        let config = if put.config.is_null() { json!({}) } else { put.config.clone() };
        let split = judging::split(&package.manifest, &config).map_err(|reason| refused(vec![reason]))?;
        let mut secrets = row.secret_versions.clone();
        secrets.retain(|field, _| split.kept.contains(field));
        secrets.extend(split.given.keys().map(|field| (field.clone(), UNSAVED)));
        // What can't be resolved asks for nothing yet.
        let resolved = judging::resolve(&package.manifest, &schema::with_defaults(&package.schema, &split.public));
        let grants = resolved.map_or_else(
            |_| Vec::new(),
            |(hosts, bindings)| Asked::new(&package.manifest, &hosts, &bindings, &self.limits).words(),
        );
        let id = format!("{}@{}", component.id, component.version);
        let document = of_set_up(&id, &Value::Object(split.public), &put.templates, &put.senders);
        let after = Side { document: with_grants(document, &grants), secrets };
        Ok(Comparison { from, to: None, changes: differences(&self.saved_side(&row).await?, &after) })
    }

    async fn saved_side(&self, row: &RevisionRow) -> Result<Side, SetupError> {
        let component = self.component_name(&row.component_digest).await?;
        let document = with_grants(of_revision(&component, row), &granted(row));
        Ok(Side { document, secrets: row.secret_versions.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(config: Value, grants: &[&str], secrets: &[(&str, u32)]) -> Side {
        let grants: Vec<String> = grants.iter().map(|words| (*words).to_owned()).collect();
        let secrets = secrets.iter().map(|(field, version)| ((*field).to_owned(), *version)).collect();
        Side { document: with_grants(of_set_up("a@1.0.0", &config, &[], &[]), &grants), secrets }
    }

    fn difference(pointer: &str, kind: Kind, from: Option<Value>, to: Option<Value>) -> Difference {
        Difference { pointer: pointer.to_owned(), kind, from, to }
    }

    #[test]
    fn each_part_that_differs_is_told_and_of_a_secret_only_that_it_does() {
        let before = side(json!({"from": "+1", "old": 1}), &["reaches a.example"], &[("token", 1), ("same", 3)]);
        let after =
            side(json!({"from": "+2", "new": true}), &["reaches b.example"], &[("token", UNSAVED), ("same", 3)]);
        let found = differences(&before, &after);
        let expected = [
            difference("/config/from", Kind::Changed, Some(json!("+1")), Some(json!("+2"))),
            difference("/config/old", Kind::Removed, Some(json!(1)), None),
            difference("/config/new", Kind::Added, None, Some(json!(true))),
            difference("/grants/reaches a.example", Kind::Removed, Some(json!("reaches a.example")), None),
            difference("/grants/reaches b.example", Kind::Added, None, Some(json!("reaches b.example"))),
            difference("/config/token", Kind::Changed, None, None),
        ];
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(expected.iter().all(|one| found.contains(one)), "{found:?}");
        assert_eq!(differences(&before, &before), []);
    }
}
