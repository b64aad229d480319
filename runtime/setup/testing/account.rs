//! Whether credentials are good, asked of the provider.

use std::sync::Arc;

use super::{Account, Draft, failure_of};
use crate::delivery::quarantine;
use crate::setup::{Setup, SetupError};

impl Setup {
    /// Ask the provider whether the credentials are good: those of an unsaved set-up, or the saved ones. Sends nothing.
    pub async fn check_account(
        &self,
        environment: &str,
        name: &str,
        draft: Option<Draft>,
    ) -> Result<Account, SetupError> {
        let row = self.environment(environment).await?;
        let serving = match draft {
            Some(draft) => Arc::new(self.draft(&row.name, name, draft).await?),
            None => {
                let serving = self.registry.routes(&row.name).and_then(|routes| routes.connectors.get(name).cloned());
                serving.ok_or_else(|| SetupError::not_found("serving connector", name))?
            }
        };
        let report = serving.check_account(self.clock.now(), self.test_wall).await;
        let report = report.ok_or_else(|| SetupError::not_found("account check of connector", name))?;
        quarantine::judge(&*self.store, &serving, &report, self.clock.now()).await;
        Ok(match report.result {
            Ok(standing) => Account { ok: true, standing: Some(standing), failure: None },
            Err(failure) => Account { ok: false, standing: None, failure: Some(failure_of(&failure)) },
        })
    }
}
