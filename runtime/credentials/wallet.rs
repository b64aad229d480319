//! The credentials of one revision, ready for use: bindings, secrets, the net over them, tokens, client certificates.

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::kind::Kind;
use super::login;
use super::net::Net;
use super::tokens::Tokens;
use super::{Binding, Keyring};
use crate::egress::{Identity, Outlet};
use crate::secret::Secret;

/// Everything that a call of one revision may use. Immutable, but for the tokens.
#[derive(Default)]
pub struct Wallet {
    /// Credentials by name.
    pub bindings: BTreeMap<String, Binding>,
    /// Its secrets.
    pub keyring: Keyring,
    /// Finds its secrets wherever they must not be.
    pub net: Net,
    /// Tokens that were fetched; shared by revisions with the same bindings and secrets.
    pub tokens: Arc<Tokens>,
    /// Ways out that identify themselves by a certificate, by credential.
    pub identified: BTreeMap<String, Arc<Outlet>>,
}

impl Wallet {
    /// Over these bindings and secrets. `before` is another revision's, whose tokens and connections are taken over
    /// where nothing of it differs.
    pub fn new<E>(
        bindings: BTreeMap<String, Binding>,
        keyring: Keyring,
        before: Option<&Self>,
        outlet: impl Fn(Identity) -> Result<Arc<Outlet>, E>,
    ) -> Result<Self, E> {
        let net = Net::of(&keyring, bindings.values());
        if let Some(before) = before.filter(|before| before.bindings == bindings && before.keyring == keyring) {
            let (tokens, identified) = (Arc::clone(&before.tokens), before.identified.clone());
            return Ok(Self { bindings, keyring, net, tokens, identified });
        }
        let mut identified = BTreeMap::new();
        for (name, binding) in &bindings {
            if let Some(identity) = identity(binding, &keyring) {
                identified.insert(name.clone(), outlet(identity)?);
            }
        }
        Ok(Self { bindings, keyring, net, tokens: Arc::default(), identified })
    }

    /// Whether every secret of a binding is there.
    pub fn is_set(&self, binding: &Binding) -> bool {
        binding.secrets().iter().all(|field| self.keyring.get(field).is_some())
    }

    /// What a provider for trying things out answers to a login at this URL.
    pub fn sample_login(&self, url: &Url) -> Option<Value> {
        let is_here =
            |binding: &&Binding| binding.login_url().and_then(|login| Url::parse(login).ok()).as_ref() == Some(url);
        self.bindings.values().find(is_here).and_then(login::sample)
    }

    /// Whether this is a URL that only the host asks: what it answers is a token. Spelled as a server may read it.
    pub fn is_login(&self, url: &Url) -> bool {
        let logins = self.bindings.values().filter_map(Binding::login_url);
        let mut logins = logins.filter_map(|login| Url::parse(login).ok());
        logins.any(|login| login.origin() == url.origin() && spelled_out(&login) == spelled_out(url))
    }
}

/// The client certificate that a binding declares, if it declares one and its key is set.
pub fn identity(binding: &Binding, keyring: &Keyring) -> Option<Identity> {
    let Kind::Mtls { certificate, secret, ca } = &binding.kind else { return None };
    let key = keyring.get(secret)?;
    let key_pem = Secret::new(key.expose().clone().into_bytes());
    Some(Identity { certificate_pem: certificate.clone(), key_pem, ca_pem: ca.clone() })
}

fn spelled_out(url: &Url) -> String {
    let path = percent_decode_str(url.path()).decode_utf8_lossy().to_ascii_lowercase();
    path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}
