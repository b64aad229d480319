//! Signing in at an identity provider (OpenID Connect: authorization code, PKCE, state, nonce).
//!
//! The threat: an answer that was not meant for this browser, for this service, or for now; and a provider's account that
//! takes over a person of our list. What a browser began is sealed into a cookie of its own, so that nobody finishes what
//! another one began. The ID token counts only if it is signed with a key of the provider (never by `none`, nor with the
//! client's secret), for this client, in time, with the nonce of this beginning. A person is found by what the provider
//! calls him; at his first sign-in by his address, which the provider has to have verified, and is bound to it.

mod discovery;
mod exchange;
mod person;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

pub use self::discovery::{Undiscovered, look};
use super::{NewSession, People, token};
use crate::clock::Timestamp;
use crate::config::{ConfigError, OidcConfig};
use crate::credentials::Vault;
use crate::egress::AuthorityClient;
use crate::secret::Secret;
use crate::store::{SignedInBy, StoreError};

/// Where the provider sends browsers back to, below the service's address: what is registered there.
pub const CALLBACK: &str = "/console/sign-in/oidc/callback";
/// How long somebody may take at the provider.
pub const LOGIN_LIFE: Duration = Duration::from_secs(600);
/// The place that a beginning is sealed for.
const SEALED_FOR: &str = "oidc-login";

/// Why nobody is signed in. What the provider said is in the log, not here.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// Nobody reached it, or it answered something else.
    #[error("the identity provider could not be asked; the service's log says why")]
    Unreachable,
    /// This browser began nothing, or too long ago, or something else.
    #[error("this sign-in was not begun in this browser, or too long ago")]
    NotBegun,
    /// It said no, or the person did.
    #[error("the identity provider refused: {0}")]
    Refused(String),
    /// What it vouches with can't be trusted.
    #[error("what the identity provider answered can't be trusted; the service's log says why")]
    Untrusted,
    /// The address is nobody's word.
    #[error("the identity provider does not say that your e-mail address is verified")]
    Unverified,
    /// Not on the list.
    #[error("nobody with your e-mail address is on the list of people")]
    Unknown,
    /// Somebody else is bound to that address.
    #[error("your e-mail address belongs to somebody who signs in with another account of the identity provider")]
    OtherAccount,
    /// On the list, but not to be let in.
    #[error("this user is disabled")]
    Disabled,
    /// In no group that has a role.
    #[error("you are in no group that may use this console")]
    NoRole,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a browser began: only it can go on.
#[derive(Serialize, Deserialize)]
struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    redirect: String,
    next: String,
    until: u64,
}

/// A beginning: where the browser goes, and what it keeps meanwhile.
#[derive(Debug)]
pub struct Beginning {
    /// The provider's page.
    pub url: String,
    /// Sealed.
    pub cookie: Secret<String>,
}

/// What comes back in the address.
#[derive(Debug, Default)]
pub struct Answer<'a> {
    /// The code, if it said yes.
    pub code: Option<&'a str>,
    /// What it was given.
    pub state: Option<&'a str>,
    /// Why it said no.
    pub error: Option<&'a str>,
    /// Which provider this is (RFC 9207), if it says so.
    pub issuer: Option<&'a str>,
}

/// An identity provider where people sign in.
pub struct Oidc {
    config: OidcConfig,
    secret: Option<Secret<String>>,
    wire: exchange::Wire,
    kept: discovery::Kept,
    people: Arc<People>,
    vault: Arc<Vault>,
}

impl Oidc {
    /// Of this configuration. Nothing is asked yet.
    pub fn new(
        config: &OidcConfig,
        client: AuthorityClient,
        people: Arc<People>,
        vault: Arc<Vault>,
    ) -> Result<Self, ConfigError> {
        let (wire, kept) = (exchange::Wire(client), discovery::Kept::default());
        Ok(Self { secret: config.secret()?, config: config.clone(), wire, kept, people, vault })
    }

    /// What the button calls it.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Begin: `redirect` is where the provider sends the browser back, `next` where it goes then.
    pub async fn begin(&self, redirect: &str, next: &str) -> Result<Beginning, OidcError> {
        let now = self.people.clock.now();
        let text = |secret: Secret<String>| secret.expose().clone();
        let begun = Begun {
            state: text(token()),
            nonce: text(token()),
            verifier: text(token()),
            redirect: redirect.to_owned(),
            next: next.to_owned(),
            until: now.plus(LOGIN_LIFE).as_millis(),
        };
        let url = self.page(&begun, now).await?;
        let sealed = self.vault.seal(SEALED_FOR, &serde_json::to_vec(&begun).unwrap_or_default());
        Ok(Beginning { url, cookie: Secret::new(URL_SAFE_NO_PAD.encode(sealed)) })
    }

    /// Finish what this browser began; answers its session and where it goes.
    pub async fn finish(
        &self,
        answer: &Answer<'_>,
        cookie: &str,
        browser: &str,
    ) -> Result<(NewSession, String), OidcError> {
        let now = self.people.clock.now();
        let begun = self.begun(cookie, now).ok_or(OidcError::NotBegun)?;
        let state = answer.state.unwrap_or_default();
        if !bool::from(begun.state.as_bytes().ct_eq(state.as_bytes())) {
            return Err(OidcError::NotBegun);
        }
        if answer.issuer.is_some_and(|issuer| !self.is_issuer(issuer)) {
            return Err(OidcError::Untrusted);
        }
        if let Some(error) = answer.error {
            return Err(OidcError::Refused(word(error)));
        }
        let code = answer.code.ok_or_else(|| OidcError::Refused("no code came".to_owned()))?;
        let told = self.exchange(code, &begun, now).await?;
        let actor = self.person(told, now).await?;
        let life = self.config.session_life();
        Ok((self.people.begin(actor, SignedInBy::Oidc, life, browser).await?, begun.next))
    }

    fn begun(&self, cookie: &str, now: Timestamp) -> Option<Begun> {
        let sealed = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let plain = self.vault.open(SEALED_FOR, &sealed).ok()?;
        let begun: Begun = serde_json::from_slice(plain.expose()).ok()?;
        (now.as_millis() < begun.until).then_some(begun)
    }

    /// With or without a slash at its end: a URL without a path has one, and many issuers are written without.
    fn is_issuer(&self, name: &str) -> bool {
        name.trim_end_matches('/') == self.config.issuer.as_str().trim_end_matches('/')
    }
}

/// An error's word of the standards, or nothing of what was sent.
fn word(error: &str) -> String {
    let is_word = error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_word { error.to_owned() } else { "it gave no reason".to_owned() }
}
