//! Everything that can be wrong with a set-up, found before anything is stored.

use std::collections::BTreeMap;

use serde_json::json;

use super::PutConnector;
use crate::connector::package::Package;
use crate::connector::reason::Reason;
use crate::connector::schema;
use crate::credentials::Binding;
use crate::secret::Secret;
use crate::setup::approval::Asked;
use crate::setup::building::Plans;
use crate::setup::{INBOX_HOST, Setup, SetupError, judging};
use crate::store::{ComponentRow, EnvironmentRow, RevisionRow, SecretRow};
use crate::texts::Shared;

/// A set-up that was judged and may be stored or tried.
pub(in crate::setup) struct Judged {
    pub(in crate::setup) plans: Plans,
    pub(in crate::setup) asked: Asked,
    /// Secrets that stay as they are, by version.
    pub(in crate::setup) kept: BTreeMap<String, u32>,
    /// Secrets that the request brings.
    pub(in crate::setup) given: BTreeMap<String, Secret<String>>,
    /// What its texts are worth a warning for.
    pub(super) warnings: Vec<Reason>,
}

impl Setup {
    /// Everything that can be wrong with a set-up, found before anything is stored.
    pub(in crate::setup) async fn judge_connector(
        &self,
        environment: &EnvironmentRow,
        name: &str,
        put: &PutConnector,
    ) -> Result<Judged, SetupError> {
        let shared = self.shared_texts(&environment.name).await?;
        self.judge_connector_beside(environment, name, put, &shared).await
    }

    /// The same beside texts that the environment may not have yet.
    pub(in crate::setup) async fn judge_connector_beside(
        &self,
        environment: &EnvironmentRow,
        name: &str,
        put: &PutConnector,
        shared: &Shared,
    ) -> Result<Judged, SetupError> {
        let component = self.wanted_component(put).await?;
        let package = Package::from_json(&component.package)
            .map_err(|reasons| SetupError::Refused { what: "the component", reasons })?;
        let refused = |reasons| SetupError::Refused { what: "the connector", reasons };
        let config = if put.config.is_null() { json!({}) } else { put.config.clone() };
        let split = judging::split(&package.manifest, &config).map_err(|reason| refused(vec![reason]))?;
        let newest = self.newest_revision(&environment.name, name).await?;
        let mut kept = kept_versions(&split.kept, newest.as_ref());
        // One that was erased is not kept: the schema says whether it has to be given again.
        let sealed = self.store.secrets(&environment.name, name, &kept).await?;
        kept.retain(|field, _| sealed.iter().any(|secret| secret.field == *field));
        let mut secrets = self.open_secrets(&environment.name, name, &sealed)?;
        secrets.extend(split.given.clone());
        // What is judged is what the connector will see; what is stored stays as it was given.
        let public = schema::with_defaults(&package.schema, &split.public);
        let mut reasons = judging::against_schema(&package, &public, &secrets);
        let app = &environment.display_name;
        reasons.extend(judging::texts(&put.templates, &put.senders, app, shared));
        if package.manifest.hosts.iter().any(|host| host == INBOX_HOST) && !environment.is_development() {
            let text =
                "it speaks to the development inbox, which this environment has not; choose a provider's connector";
            reasons.push(Reason::at("development-only", "/component", text));
        }
        reasons.extend(self.replaces_somebody(&environment.name, name, put).await?);
        if !reasons.is_empty() {
            return Err(refused(reasons));
        }
        let (hosts, bindings) = judging::resolve(&package.manifest, &public).map_err(refused)?;
        let reasons = judging::secrets(&public, &secrets, &bindings);
        if !reasons.is_empty() {
            return Err(refused(reasons));
        }
        let asked = Asked::new(&package.manifest, &hosts, &bindings, &self.limits);
        if !is_granted(&asked, &component, newest.as_ref(), put) {
            return Err(SetupError::ApprovalNeeded { digest: asked.digest(), asks: asked.words() });
        }
        keep_only_where_approved(&sealed, &bindings, put.grant_all)?;
        let experience = self.experience(&environment.name).await?;
        let (content, own) = (package.manifest.content, &put.templates);
        let warnings = judging::warnings(content, own, &put.senders, app, shared, &experience);
        let plans = Plans {
            name: name.to_owned(),
            revision: 0,
            component,
            package,
            public: split.public,
            secrets,
            templates: put.templates.clone(),
            senders: put.senders.clone(),
            quarantine: None,
        };
        Ok(Judged { plans, asked, kept, given: split.given, warnings })
    }

    /// What is wrong with whose place it is to take.
    async fn replaces_somebody(
        &self,
        environment: &str,
        name: &str,
        put: &PutConnector,
    ) -> Result<Option<Reason>, SetupError> {
        let Some(old) = &put.replaces else { return Ok(None) };
        let fault = |code, text: &str| Ok(Some(Reason::at(code, "/replaces", text)));
        if old == name {
            return fault("replaces", "a connector does not replace itself: save it, and its new revision serves");
        }
        if !put.serve {
            return fault("replaces", "a draft takes nobody's place: let it serve, or leave this out");
        }
        match self.store.connector(environment, old).await? {
            Some(_) => Ok(None),
            None => fault("unknown-connector", &format!("there is no connector `{old}` in `{environment}`")),
        }
    }

    pub(super) async fn wanted_component(&self, put: &PutConnector) -> Result<ComponentRow, SetupError> {
        let (id, version) =
            put.component.split_once('@').map_or((put.component.as_str(), None), |(id, v)| (id, Some(v)));
        self.component_row(id, version).await
    }
}

/// The versions that the newest revision has of the secrets that are kept.
pub(in crate::setup) fn kept_versions(kept: &[String], newest: Option<&RevisionRow>) -> BTreeMap<String, u32> {
    let versions = newest.map(|revision| revision.secret_versions.clone()).unwrap_or_default();
    versions.into_iter().filter(|(field, _)| kept.contains(field)).collect()
}

/// Granted by itself: what a built-in component asks for, and what is no wider than what was granted before.
pub(in crate::setup) fn is_granted(
    asked: &Asked,
    component: &ComponentRow,
    newest: Option<&RevisionRow>,
    put: &PutConnector,
) -> bool {
    let before: Option<Asked> = newest.and_then(|revision| serde_json::from_value(revision.approved.clone()).ok());
    component.built_in
        || put.grant_all
        || before.is_some_and(|before| asked.is_within(&before))
        || put.approve.as_deref() == Some(asked.digest().as_str())
}

/// A secret that the request does not bring goes only where it was approved to go when it was given.
pub(in crate::setup) fn keep_only_where_approved(
    kept: &[SecretRow],
    bindings: &BTreeMap<String, Binding>,
    grant_all: bool,
) -> Result<(), SetupError> {
    let mut fields = Vec::new();
    for row in kept {
        let field = &row.field;
        let approved: Vec<Binding> = serde_json::from_value(row.bindings.clone()).unwrap_or_default();
        let fits = |binding: &Binding| approved.iter().any(|wider| binding.is_within(wider));
        if !bindings.values().filter(|binding| binding.secrets().contains(field)).all(fits) && !grant_all {
            fields.push(field.clone());
        }
    }
    if fields.is_empty() { Ok(()) } else { Err(SetupError::SecretRebound { fields }) }
}
