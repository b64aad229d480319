//! The texts that an environment's connectors share: judged, saved, and used by the next send.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Setup, SetupError};
use crate::connector::reason::Reason;
use crate::store::EnvironmentRow;
use crate::texts::{Shared, shared};

/// What saving texts came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedTexts {
    /// The texts.
    #[serde(flatten)]
    pub texts: Shared,
    /// What works, and costs more or arrives less often than it could.
    pub warnings: Vec<Reason>,
    /// Their version.
    #[serde(skip)]
    pub version: u64,
}

impl Setup {
    /// The environment's texts.
    pub async fn texts(&self, environment: &str) -> Result<Shared, SetupError> {
        let environment = self.environment(environment).await?;
        self.shared_texts(&environment.name).await
    }

    /// The environment's texts with their version, which grows with every save; 0 until then.
    pub async fn texts_with_version(&self, environment: &str) -> Result<(Shared, u64), SetupError> {
        let environment = self.environment(environment).await?;
        let Some(setting) = self.store.setting(&environment.name, "templates").await? else {
            return Ok((Shared::default(), 0));
        };
        Ok((serde_json::from_value(setting.document).unwrap_or_default(), setting.version))
    }

    /// Replace the environment's texts. The next send uses them. With `seen`, the version that the caller knows, they
    /// are only replaced if nobody saved others since.
    pub async fn put_texts(
        &self,
        environment: &str,
        texts: Shared,
        seen: Option<u64>,
    ) -> Result<SavedTexts, SetupError> {
        let environment = self.environment(environment).await?;
        let app = &environment.display_name;
        let reasons = texts.faults(app);
        if !reasons.is_empty() {
            return Err(SetupError::Refused { what: "the templates", reasons });
        }
        // In turn, so that nobody saves between the question and the write.
        let turn = self.turns.of(&environment.name).await?;
        let before = self.store.setting(&environment.name, "templates").await?;
        let current = before.map_or(0, |setting| setting.version);
        if let Some(given) = seen.filter(|given| *given != current) {
            return Err(SetupError::Stale { given, current });
        }
        let version = self.store.put_setting(&environment.name, "templates", json!(texts)).await?;
        self.refresh(&environment.name).await?;
        drop(turn);
        let mut warnings = texts.warnings(app);
        warnings.extend(self.own_texts_against(&environment, &texts, |_| true));
        Ok(SavedTexts { warnings, texts, version })
    }

    /// Connectors' own texts end as the environment's do: which of them have no room for an ending that has changed?
    pub(super) fn own_texts_against(
        &self,
        environment: &EnvironmentRow,
        texts: &Shared,
        concerns: impl Fn(&str) -> bool,
    ) -> Vec<Reason> {
        let Some(routes) = self.registry.routes(&environment.name) else { return Vec::new() };
        let mut connectors: Vec<_> = routes.connectors.values().filter(|serving| concerns(&serving.name)).collect();
        connectors.sort_by(|one, other| one.name.cmp(&other.name));
        let faults = connectors.iter().flat_map(|serving| {
            let found = shared::faults(&serving.templates, &environment.display_name, texts.ending.as_ref());
            let told = |fault| format!("connector `{}` could not send its own text any more: {fault}", serving.name);
            found.into_iter().map(told).collect::<Vec<String>>()
        });
        faults.map(|text| Reason::at("connector-text", "/ending", &text)).collect()
    }
}
