//! What files would come to: an environment as it should be, judged against the one that is there, and stored nowhere.
//!
//! Promise: whoever carries a plan out step by step, in the order settings, templates, connectors, price lists, policy,
//! channel, sign-in experience, webhooks, deletions, is refused nothing that the plan did not say. So each part is judged beside what the
//! steps before it will have made: connectors beside the new texts, the channel beside the new connectors.

mod connector;
mod documents;
mod order;
mod prices;
mod view;

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::channels::PutChannel;
use super::{NewEnvironment, PutConnector, PutEnvironment, Setup, SetupError};
use crate::connector::reason::Reason;
use crate::otp::policy::Policy;
use crate::otp::sign_in::SignInExperience;
use crate::store::EnvironmentRow;
use crate::texts::Shared;
use crate::webhooks::PutWebhook;

pub use view::{Plan, PlanConnector, Planned, Step};

/// `POST /v1/environments/{env}/plan`: how the environment should be. What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSetUp {
    /// `development` or `production`. An environment that is not there is made, and needs it.
    #[serde(default)]
    pub kind: Option<String>,
    /// `{{ app }}` in texts.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Connectors, by name, each as its `PUT` says it.
    #[serde(default)]
    pub connectors: BTreeMap<String, PutConnector>,
    /// Texts that the connectors share.
    #[serde(default)]
    pub templates: Option<Shared>,
    /// Rules of codes.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// Who sends. A trial that is running goes on.
    #[serde(default)]
    pub channel: Option<PutChannel>,
    /// By what people sign in.
    #[serde(default)]
    pub sign_in_experience: Option<SignInExperience>,
    /// Price lists, by connector.
    #[serde(default)]
    pub prices: BTreeMap<String, crate::prices::Draft>,
    /// Who is told what happens. One that is there is known by its `url`, and keeps its secret.
    #[serde(default)]
    pub webhooks: Option<Vec<PutWebhook>>,
    /// Delete the connectors that `connectors` does not name, and the webhooks that `webhooks`, if it is there, does not.
    #[serde(default)]
    pub prune: bool,
}

/// A plan in the making: what is there, what is wanted, and what was found.
struct Draft<'a> {
    /// The environment as it will be.
    place: EnvironmentRow,
    wanted: &'a PlanSetUp,
    needs: Vec<Reason>,
    warnings: Vec<Reason>,
}

impl Setup {
    /// Judge a wanted set-up; store nothing. Its webhooks are for those to judge who know them.
    pub async fn plan_set_up(&self, environment: &str, wanted: PlanSetUp) -> Result<Plan, SetupError> {
        let _turn = self.turns.looking().await?;
        let there = self.store.environment(environment).await?;
        let (place, settings, needs) = self.plan_settings(environment, there, &wanted).await?;
        let mut draft = Draft { place, wanted: &wanted, needs, warnings: Vec::new() };
        let texts = match &wanted.templates {
            Some(texts) => texts.clone(),
            None => self.shared_texts(environment).await?,
        };
        let templates = self.plan_templates(&mut draft).await?;
        let connectors = self.plan_connectors(&mut draft, &texts).await?;
        let prices = self.plan_prices(&mut draft).await?;
        let policy = self.plan_policy(&mut draft).await?;
        let order = self.plan_order(&mut draft).await?;
        let sign_in_experience = self.plan_sign_in(&mut draft, order.somebody_sends).await?;
        Ok(Plan {
            environment: draft.place.name,
            ready: draft.needs.is_empty(),
            needs: draft.needs,
            warnings: draft.warnings,
            settings,
            templates,
            connectors: connectors.into_iter().chain(order.deleted).collect(),
            others: order.others,
            prices,
            webhooks: Vec::new(),
            other_webhooks: Vec::new(),
            policy,
            channel: order.channel,
            sign_in_experience,
        })
    }

    /// The environment as it will be, and what is in its way.
    async fn plan_settings(
        &self,
        name: &str,
        there: Option<EnvironmentRow>,
        wanted: &PlanSetUp,
    ) -> Result<(EnvironmentRow, Planned, Vec<Reason>), SetupError> {
        let Some(row) = there else {
            let kind = wanted.kind.clone().unwrap_or_default();
            let new = NewEnvironment { name: name.to_owned(), kind, display_name: wanted.display_name.clone() };
            let row = self.new_environment(new)?;
            let planned = Planned::between(None, &settings(&row));
            return Ok((row, planned, Vec::new()));
        };
        let display_name = wanted.display_name.clone().unwrap_or_else(|| row.display_name.clone());
        let put = PutEnvironment { display_name: display_name.clone(), kind: wanted.kind.clone() };
        let needs = self.environment_faults(&row, &put).await?;
        let then = EnvironmentRow { display_name, ..row.clone() };
        let planned = Planned::between(Some(&settings(&row)), &settings(&then));
        Ok((then, planned, needs))
    }

    async fn plan_connectors(&self, draft: &mut Draft<'_>, texts: &Shared) -> Result<Vec<PlanConnector>, SetupError> {
        let mut planned = Vec::new();
        for (name, put) in &draft.wanted.connectors {
            let at = format!("/connectors/{name}");
            match self.judge_plan(&draft.place, name, put, texts).await {
                Ok(connector) => {
                    let told = |text: &String| Reason::at("connector", &at, text);
                    draft.warnings.extend(connector.warnings.iter().map(told));
                    planned.push(connector);
                }
                Err(error) => draft.needs.extend(needed(error, &at)?),
            }
        }
        Ok(planned)
    }
}

fn settings(row: &EnvironmentRow) -> serde_json::Value {
    serde_json::json!({"kind": row.kind, "display_name": row.display_name})
}

/// A refusal of a part, by its place in the whole.
fn needed(error: SetupError, at: &str) -> Result<Vec<Reason>, SetupError> {
    let words = error.to_string();
    let rebound = "give this secret again: it would go where it was not approved to go";
    match error {
        SetupError::Refused { reasons, .. } => Ok(reasons.into_iter().map(|reason| deeper(reason, at)).collect()),
        SetupError::NotFound { what: "component", .. } => {
            Ok(vec![Reason::at("unknown-component", &format!("{at}/component"), &words)])
        }
        SetupError::SecretRebound { fields } => {
            let told = |field| Reason::at("secret-rebound", &format!("{at}/config/{field}"), rebound);
            Ok(fields.iter().map(told).collect())
        }
        other => Err(other),
    }
}

fn deeper(reason: Reason, at: &str) -> Reason {
    let pointer = format!("{at}{}", reason.pointer.unwrap_or_default());
    Reason { pointer: Some(pointer), ..reason }
}
