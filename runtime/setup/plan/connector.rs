//! One connector of a plan: the judgement of its `PUT`, and what differs from what serves.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::view::{PlanConnector, Planned, SecretStep, Step};
use crate::setup::changes::{of_revision, of_set_up};
use crate::setup::connectors::judge::Judged;
use crate::setup::{PutConnector, Setup, SetupError, connectors};
use crate::store::{ConnectorRow, EnvironmentRow, RevisionRow};
use crate::texts::Shared;

impl Setup {
    /// What saving a connector would come to. What it would ask to be approved is told, and refuses nothing here.
    pub async fn plan_connector(
        &self,
        environment: &str,
        name: &str,
        put: PutConnector,
    ) -> Result<PlanConnector, SetupError> {
        let _turn = self.turns.looking().await?;
        let place = self.environment(environment).await?;
        let texts = self.shared_texts(environment).await?;
        let planned = self.judge_plan(&place, name, &put, &texts).await?;
        match put.if_match {
            Some(given) if given != planned.revision => Err(SetupError::Stale { given, current: planned.revision }),
            _ => Ok(planned),
        }
    }

    pub(super) async fn judge_plan(
        &self,
        place: &EnvironmentRow,
        name: &str,
        put: &PutConnector,
        texts: &Shared,
    ) -> Result<PlanConnector, SetupError> {
        connectors::connector_name(name)?;
        let (judged, approve) = self.judge_as_approved(place, name, put, texts).await?;
        if !judged.given.is_empty() {
            // A plan says of a secret whether it is the same: whoever guesses one by plans leaves a trace of each guess.
            tracing::info!(environment = place.name, connector = name, "a plan compared secrets");
        }
        let connector = self.store.connector(&place.name, name).await?;
        let counterpart = self.counterpart(&place.name, name, put.serve).await?;
        let same = match &counterpart {
            Some(row) => self.says_the_same(&place.name, name, put, &judged, row).await?,
            None => false,
        };
        let before = match counterpart {
            Some(row) => Some(row),
            None => self.newest_revision(&place.name, name).await?,
        };
        let mut planned = PlanConnector {
            name: name.to_owned(),
            action: Step::Unchanged,
            component: format!("{}@{}", judged.plans.component.id, judged.plans.component.version),
            digest: judged.plans.component.digest.clone(),
            revision: connector.as_ref().map_or(0, |row| row.newest),
            serving: connector.as_ref().and_then(|row| row.serving),
            changes: Vec::new(),
            secrets: self.secret_steps(place, name, &judged, before.as_ref()).await?,
            asks: judged.asked.words(),
            approve,
            warnings: connectors::warnings(&judged),
        };
        if same {
            planned.warnings.extend(before.and_then(|row| quarantined(&row)));
            return Ok(planned);
        }
        planned.action = if connector.is_some() { Step::Change } else { Step::Create };
        planned.changes = self.connector_changes(put, &judged, connector.as_ref(), before.as_ref()).await?;
        Ok(planned)
    }

    /// The judgement with everything granted that it asks for, and the digest that would have to grant it.
    async fn judge_as_approved(
        &self,
        place: &EnvironmentRow,
        name: &str,
        put: &PutConnector,
        texts: &Shared,
    ) -> Result<(Judged, Option<String>), SetupError> {
        match self.judge_connector_beside(place, name, put, texts).await {
            Err(SetupError::ApprovalNeeded { digest, .. }) => {
                let approved = PutConnector { approve: Some(digest.clone()), ..put.clone() };
                Ok((self.judge_connector_beside(place, name, &approved, texts).await?, Some(digest)))
            }
            other => Ok((other?, None)),
        }
    }

    async fn secret_steps(
        &self,
        place: &EnvironmentRow,
        name: &str,
        judged: &Judged,
        before: Option<&RevisionRow>,
    ) -> Result<BTreeMap<String, SecretStep>, SetupError> {
        let same = match before {
            Some(row) => self.given_before(&place.name, name, judged, row).await?,
            None => BTreeMap::new(),
        };
        let step = |field: &String| {
            let there = before.and_then(|row| row.secret_versions.get(field));
            let then = judged.kept.get(field).or_else(|| same.get(field));
            match (there, then) {
                (Some(there), Some(then)) if there == then => Some(SecretStep::Kept),
                (Some(_), None) if !judged.given.contains_key(field) => Some(SecretStep::Removed),
                (Some(_), _) => Some(SecretStep::Changed),
                (None, None) if !judged.given.contains_key(field) => None,
                (None, _) => Some(SecretStep::Given),
            }
        };
        let fields = judged.plans.package.manifest.secrets.iter();
        Ok(fields.filter_map(|field| Some((field.clone(), step(field)?))).collect())
    }

    async fn connector_changes(
        &self,
        put: &PutConnector,
        judged: &Judged,
        connector: Option<&ConnectorRow>,
        before: Option<&RevisionRow>,
    ) -> Result<Vec<crate::setup::changes::Change>, SetupError> {
        let serves = connector.is_some_and(|row| row.serving.is_some());
        let there = match before {
            Some(row) => {
                let component = self.component_name(&row.component_digest).await?;
                Some(with_serve(of_revision(&component, row), serves))
            }
            None => None,
        };
        let component = format!("{}@{}", judged.plans.component.id, judged.plans.component.version);
        let public = Value::Object(judged.plans.public.clone());
        let wanted = of_set_up(&component, &public, &put.templates, &put.senders);
        // A draft takes nothing away from what serves; a new connector that serves goes without saying.
        let wanted = if there.is_none() && put.serve { wanted } else { with_serve(wanted, put.serve || serves) };
        Ok(Planned::between(there.as_ref(), &wanted).changes)
    }
}

fn with_serve(mut set_up: Value, serves: bool) -> Value {
    if let Some(object) = set_up.as_object_mut() {
        object.insert("serve".to_owned(), json!(serves));
    }
    set_up
}

/// Files that say the same are no word that it should serve again.
fn quarantined(row: &RevisionRow) -> Option<String> {
    let why = row.quarantined.as_ref()?;
    Some(format!("revision {} is quarantined and stays so: {why}; look at it, and save a changed one", row.number))
}
