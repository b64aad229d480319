//! The swap: what serves in an environment is brought in step with the store.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Setup, SetupError};
use crate::connector::digest::Digest;
use crate::connector::registry::{Routes, Trial};
use crate::connector::sandbox::Component;
use crate::connector::serving::Serving;
use crate::store::{Canary, EnvironmentRow};
use crate::texts;

impl Setup {
    /// Bring what serves in every environment in step with the store.
    pub async fn refresh_all(&self) -> Result<(), SetupError> {
        for environment in self.store.environments().await? {
            let _turn = self.turns.here(&environment.name).await;
            self.refresh(&environment.name).await?;
        }
        Ok(())
    }

    /// Bring in what another node has changed in `environment`. Rules that are kept of it are forgotten.
    pub async fn follow(&self, environment: &str) -> Result<(), SetupError> {
        let _turn = self.turns.here(environment).await;
        self.refresh(environment).await?;
        self.quarantine(environment).await
    }

    /// What serves here already may have given out a secret on another node.
    async fn quarantine(&self, environment: &str) -> Result<(), SetupError> {
        let here = self.registry.all().into_iter().filter(|serving| serving.environment == environment);
        for serving in here.filter(|serving| serving.quarantine.get().is_none()) {
            let row = self.store.revision(environment, &serving.name, serving.revision).await?;
            if let Some(why) = row.and_then(|row| row.quarantined) {
                let _ = serving.quarantine.set(why);
            }
        }
        Ok(())
    }

    /// A component's code, compiled here and on every other node: what switches to it then waits for nobody.
    pub(super) async fn ready(&self, digest: &Digest) -> Result<Arc<Component>, SetupError> {
        let here = self.loader.load(digest).await?;
        self.nodes.have_ready(&digest.to_string()).await?;
        Ok(here)
    }

    /// Bring what serves in `environment` in step with the store: the swap. Call it with the turn held.
    pub(super) async fn refresh(&self, environment: &str) -> Result<(), SetupError> {
        let Some(row) = self.store.environment(environment).await? else {
            self.registry.remove(environment, self.clock.now());
            self.failures.retain(environment, |_| false);
            self.metrics.forget(environment);
            self.egress.rehearsals().retain(environment, |_| false);
            return Ok(());
        };
        let before = self.registry.routes(environment);
        let channel = self.store.channel(environment, "sms").await?;
        let mut routes = Routes {
            active: channel.active,
            fallback: channel.fallback,
            rules: channel.routes,
            prefer: channel.prefer,
            texts: self.shared_texts(environment).await?,
            prices: self.served_prices(environment, before.as_deref()).await?,
            display_name: row.display_name.clone(),
            keeps_failed_sends: self.failed_sends.are_kept(row.is_development()),
            ..Routes::default()
        };
        let connectors = self.store.connectors(environment).await?;
        let names: HashSet<String> = connectors.iter().map(|connector| connector.name.clone()).collect();
        for connector in connectors {
            let Some(revision) = connector.serving else { continue };
            if let Some(serving) = self.serving(&row, &connector.name, revision, before.as_deref()).await {
                routes.connectors.insert(connector.name, serving);
            }
        }
        routes.canary = match channel.canary {
            Some(canary) => self.trial(&row, canary, &routes, before.as_deref()).await,
            None => None,
        };
        self.count_swaps(environment, before.as_deref(), &routes);
        let now = self.clock.now();
        self.registry.replace(environment, routes.following(before.as_deref(), now), now);
        // After the swap: a send that fails meanwhile finds its connector gone.
        self.failures.retain(environment, |name| names.contains(name));
        self.metrics.retain(environment, |name| names.contains(name));
        self.egress.rehearsals().retain(environment, |name| names.contains(name));
        Ok(())
    }

    /// What takes another's place; what serves for the first time takes nobody's.
    fn count_swaps(&self, environment: &str, before: Option<&Routes>, now: &Routes) {
        let Some(before) = before else { return };
        for (name, serving) in &now.connectors {
            if before.connectors.get(name).is_some_and(|old| old.revision != serving.revision) {
                self.metrics.swapped(environment, name, "revision");
            }
        }
        if let (Some(old), Some(new)) = (&before.active, &now.active)
            && old != new
        {
            self.metrics.swapped(environment, new, "active");
        }
    }

    /// A revision, ready to send: the one that is ready already, or a new one. One that can't be built is left out: it
    /// must not take the others down with it.
    async fn serving(
        &self,
        environment: &EnvironmentRow,
        name: &str,
        revision: u64,
        before: Option<&Routes>,
    ) -> Option<Arc<Serving>> {
        if let Some(kept) = before.and_then(|before| before.revision(name, revision)) {
            return Some(Arc::clone(kept));
        }
        match self.build(environment, name, revision, before).await {
            Ok(serving) => Some(Arc::new(serving)),
            Err(error) => {
                tracing::error!(environment = environment.name, connector = name, revision, %error, "can't serve");
                None
            }
        }
    }

    /// A trial is one of a revision beside another one that serves.
    async fn trial(
        &self,
        environment: &EnvironmentRow,
        canary: Canary,
        routes: &Routes,
        before: Option<&Routes>,
    ) -> Option<Trial> {
        routes.connectors.get(&canary.connector).filter(|serving| serving.revision != canary.revision)?;
        let serving = self.serving(environment, &canary.connector, canary.revision, before).await?;
        Some(Trial { canary, serving })
    }

    pub(super) async fn shared_texts(&self, environment: &str) -> Result<texts::Shared, SetupError> {
        let document = self.store.setting(environment, "templates").await?;
        Ok(document.and_then(|setting| serde_json::from_value(setting.document).ok()).unwrap_or_default())
    }
}
