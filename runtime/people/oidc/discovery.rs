//! What the provider says of itself: where it is asked what, and its keys.
//!
//! Kept for some minutes, so that nobody waits for it at each sign-in. A provider changes its keys when it likes: whoever
//! meets a signature that none of the kept keys made asks anew.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{DiscoveryError, IssuerUrl};

use super::Oidc;
use super::exchange::Wire;
use crate::clock::Timestamp;
use crate::config::OidcConfig;
use crate::egress::{AuthorityClient, Fault};

/// How long it is kept.
const KEPT: Duration = Duration::from_secs(300);
/// Longest that is told of what a provider says.
const TOLD_CHARS_MAX: usize = 200;

/// Why a provider can't be used for signing in.
#[derive(Debug, thiserror::Error)]
pub enum Undiscovered {
    /// Nobody answers.
    #[error("it can't be asked: {0}")]
    Unreachable(String),
    /// Somebody does, who is no such provider.
    #[error("it does not answer as a provider does: {0}")]
    Strange(String),
    /// It calls itself something else.
    #[error("it is not the one that was named: {0}")]
    OtherIssuer(String),
    /// It lacks something.
    #[error("it can't be used: {0}")]
    Unfit(&'static str),
}

impl From<DiscoveryError<Fault>> for Undiscovered {
    fn from(error: DiscoveryError<Fault>) -> Self {
        match &error {
            DiscoveryError::Request(fault) => Self::Unreachable(fault.to_string()),
            DiscoveryError::Response(status, _, text) => Self::Strange(cut(&format!("{text} (status {status})"))),
            DiscoveryError::Parse(at) => Self::Strange(cut(&format!("its document is not read at `{}`", at.path()))),
            DiscoveryError::Validation(text) => Self::OtherIssuer(cut(text)),
            _ => Self::Strange(cut(&error.to_string())),
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TOLD_CHARS_MAX).collect()
}

/// What was said, and when.
#[derive(Default)]
pub(super) struct Kept(ArcSwapOption<(CoreProviderMetadata, Timestamp)>);

impl Oidc {
    /// What is kept, or what the provider says now.
    pub(super) async fn known(&self, now: Timestamp) -> Result<CoreProviderMetadata, Undiscovered> {
        let kept = self.kept.0.load_full().filter(|kept| now.since(kept.1) < KEPT);
        match kept {
            Some(kept) => Ok(kept.0.clone()),
            None => self.learn(now).await,
        }
    }

    /// What the provider says now.
    pub(super) async fn learn(&self, now: Timestamp) -> Result<CoreProviderMetadata, Undiscovered> {
        let said = ask(&self.config, &self.wire).await?;
        self.kept.0.store(Some(Arc::new((said.clone(), now))));
        Ok(said)
    }
}

/// Ask a provider as a sign-in does, and judge what it says; answers how many keys it has.
pub async fn look(config: &OidcConfig, client: AuthorityClient) -> Result<usize, Undiscovered> {
    let said = ask(config, &Wire(client)).await?;
    match said.jwks().keys().len() {
        0 => Err(Undiscovered::Unfit("it has no key, so nothing that it signs can be trusted")),
        keys => Ok(keys),
    }
}

async fn ask(config: &OidcConfig, wire: &Wire) -> Result<CoreProviderMetadata, Undiscovered> {
    let named = config.issuer.as_str();
    // A URL without a path is written with a slash; most providers' documents are not, and some are. No other difference
    // is taken for the same.
    let bare = if config.issuer.path() == "/" { named.trim_end_matches('/') } else { named };
    let said = match discover(bare, wire).await {
        Err(Undiscovered::OtherIssuer(_)) if bare != named => discover(named, wire).await?,
        said => said?,
    };
    if said.authorization_endpoint().url().scheme() != "https" {
        return Err(Undiscovered::Unfit("its page is not https, and no browser is sent there"));
    }
    if said.token_endpoint().is_none() {
        return Err(Undiscovered::Unfit("it names no address where a code is given for a token"));
    }
    Ok(said)
}

async fn discover(issuer: &str, wire: &Wire) -> Result<CoreProviderMetadata, Undiscovered> {
    let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|error| Undiscovered::Strange(error.to_string()))?;
    Ok(CoreProviderMetadata::discover_async(issuer, wire).await?)
}
