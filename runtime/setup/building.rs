//! From a stored revision to something that serves: its package, its secrets opened, its bindings resolved, its way
//! out. Also from a draft, which is never stored.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::approval::Asked;
use super::{INBOX_HOST, Setup, SetupError, judging};
use crate::connector::contract::Export;
use crate::connector::digest::Digest;
use crate::connector::package::Package;
use crate::connector::registry::Routes;
use crate::connector::schema;
use crate::connector::serving::{Code, Serving};
use crate::credentials::{Binding, Keyring, Wallet};
use crate::egress::{Grants, HostPattern, InternalHost};
use crate::metrics::Traffic;
use crate::secret::Secret;
use crate::store::{ComponentRow, EnvironmentRow, SecretRow};
use crate::texts::{Sender, Template};

/// Everything that makes a connector, stored or not.
pub(super) struct Plans {
    /// Its name; a draft's is `draft`.
    pub name: String,
    /// Its revision; a draft's is 0.
    pub revision: u64,
    /// Its component.
    pub component: ComponentRow,
    /// Its package.
    pub package: Package,
    /// Its configuration without secrets, as it was given.
    pub public: Map<String, Value>,
    /// Its secrets.
    pub secrets: BTreeMap<String, Secret<String>>,
    /// Its texts.
    pub templates: Vec<Template>,
    /// Who sends where.
    pub senders: Vec<Sender>,
    /// Why it must not serve, if it gave out a secret.
    pub quarantine: Option<String>,
}

impl Setup {
    /// Make a stored revision ready to serve.
    pub(super) async fn build(
        &self,
        environment: &EnvironmentRow,
        name: &str,
        revision: u64,
        before: Option<&Routes>,
    ) -> Result<Serving, SetupError> {
        let row = self.store.revision(&environment.name, name, revision).await?;
        let row = row.ok_or_else(|| SetupError::not_found("revision", format!("{name}#{revision}")))?;
        let component = self.store.component_by_digest(&row.component_digest).await?;
        let component = component.ok_or_else(|| SetupError::not_found("component", row.component_digest.clone()))?;
        let package = Package::from_json(&component.package)
            .map_err(|reasons| SetupError::Refused { what: "the component", reasons })?;
        let sealed = self.sealed_secrets(&environment.name, name, &row.secret_versions).await?;
        let secrets = self.open_secrets(&environment.name, name, &sealed)?;
        let Value::Object(public) = row.config else {
            return Err(SetupError::not_found("configuration of revision", format!("{name}#{revision}")));
        };
        let plans = Plans {
            name: name.to_owned(),
            revision,
            component,
            package,
            public,
            secrets,
            templates: row.templates,
            senders: row.senders,
            quarantine: row.quarantined,
        };
        self.assemble(environment, plans, before)
    }

    /// Put the parts together.
    pub(super) fn assemble(
        &self,
        environment: &EnvironmentRow,
        plans: Plans,
        before: Option<&Routes>,
    ) -> Result<Serving, SetupError> {
        let refused = |reasons| SetupError::Refused { what: "the configuration", reasons };
        let public = schema::with_defaults(&plans.package.schema, &plans.public);
        let (hosts, bindings) = judging::resolve(&plans.package.manifest, &public).map_err(refused)?;
        let digest = Digest::parse(&plans.component.digest)
            .ok_or_else(|| SetupError::not_found("component", plans.component.digest.clone()))?;
        let grants_key = grants_key(environment, &hosts, &bindings);
        let before = before.and_then(|routes| routes.connectors.get(&plans.name));
        let before = before.filter(|serving| serving.grants_key == grants_key && !grants_key.is_empty());
        let grants = self.grants(environment, hosts);
        let egress = self.egress.counting(Traffic::of(Arc::clone(&self.metrics), &environment.name, &plans.name));
        let outlet = match before {
            Some(serving) => Arc::clone(&serving.outlet),
            None => egress.outlet(grants.clone())?,
        };
        let identified = |identity| egress.identified_outlet(grants.clone(), &identity);
        let wallet = before.map(|serving| &*serving.wallet);
        let wallet = Wallet::new(bindings, Keyring::new(plans.secrets), wallet, identified)?;
        let quarantine = OnceLock::new();
        if let Some(why) = plans.quarantine {
            let _ = quarantine.set(why);
        }
        Ok(Serving {
            environment: environment.name.clone(),
            name: plans.name,
            revision: plans.revision,
            component_name: format!("{}@{}", plans.component.id, plans.component.version),
            content: plans.package.manifest.content,
            makes_codes: makes_codes(&plans.component),
            templates: plans.templates,
            senders: plans.senders,
            config: Value::Object(public).to_string(),
            outlet,
            grants_key,
            wallet: Arc::new(wallet),
            limits: Asked::limits(&plans.package.manifest, &self.limits),
            nonces: self.nonces.clone(),
            code: Code::component(digest, Arc::clone(&self.loader)),
            quarantine,
            flights: Arc::default(),
            metrics: Arc::clone(&self.metrics),
        })
    }

    fn grants(&self, environment: &EnvironmentRow, hosts: Vec<HostPattern>) -> Grants {
        let development = environment.is_development();
        let inbox = || (INBOX_HOST.to_owned(), Arc::clone(&self.inbox) as Arc<dyn InternalHost>);
        Grants { hosts, development, internal: development.then(inbox) }
    }

    /// These versions of a connector's secrets, or an error that names the one that is missing.
    pub(super) async fn sealed_secrets(
        &self,
        environment: &str,
        name: &str,
        versions: &BTreeMap<String, u32>,
    ) -> Result<Vec<SecretRow>, SetupError> {
        let rows = self.store.secrets(environment, name, versions).await?;
        match versions.iter().find(|(field, _)| !rows.iter().any(|row| row.field == **field)) {
            Some((field, version)) => Err(SetupError::not_found("secret", format!("{name}/{field}#{version}"))),
            None => Ok(rows),
        }
    }

    pub(super) fn open_secrets(
        &self,
        environment: &str,
        name: &str,
        sealed: &[SecretRow],
    ) -> Result<BTreeMap<String, Secret<String>>, SetupError> {
        let mut open = BTreeMap::new();
        for row in sealed {
            let bytes = self.vault.open(&aad(environment, name, &row.field, row.version), &row.sealed)?;
            let text = String::from_utf8_lossy(bytes.expose()).into_owned();
            open.insert(row.field.clone(), Secret::new(text));
        }
        Ok(open)
    }
}

/// Associated data of a sealed secret: it opens only where it was put.
pub(super) fn aad(environment: &str, connector: &str, field: &str, version: u32) -> String {
    format!("secret/{environment}/{connector}/{field}/{version}")
}

/// What a connection pool was made for: another host, credential or environment means another pool.
fn grants_key(environment: &EnvironmentRow, hosts: &[HostPattern], bindings: &BTreeMap<String, Binding>) -> String {
    let parts = (&environment.name, environment.is_development(), hosts, bindings);
    serde_json::to_string(&parts).unwrap_or_default()
}

/// Whether the component's provider makes and checks the codes.
pub(super) fn makes_codes(component: &ComponentRow) -> bool {
    component.exports.iter().any(|export| export == Export::Verification.as_str())
}
