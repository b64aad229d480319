//! Who may call the façade: an account SID and its token, for one environment.
//!
//! A token has 128 bits, as Twilio's has. It is sealed rather than hashed, because a status callback is signed with it.

use subtle::ConstantTimeEq as _;

use super::{Twilio, sid};
use crate::secret::Secret;
use crate::store::{StoreError, Stored, TwilioCredential, TwilioService};
use crate::{random, texts};

/// A caller.
#[derive(Clone, Debug)]
pub struct Account {
    /// His account SID.
    pub sid: String,
    /// The environment that he calls.
    pub environment: String,
    /// Whether a message's `From` is used as its sender.
    pub use_from: bool,
}

/// A credential to make.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// What it is for.
    pub name: String,
    /// The purpose of its Verify service.
    pub purpose: String,
    /// Whether a message's `From` is used as its sender.
    pub use_from: bool,
}

/// A credential that was just made: the only time that its token is in clear.
pub struct MadeCredential {
    /// The account.
    pub account_sid: String,
    /// Its token.
    pub auth_token: Secret<String>,
    /// Its Verify service.
    pub service_sid: String,
}

fn aad(environment: &str, account_sid: &str) -> String {
    format!("twilio/{environment}/{account_sid}")
}

impl Twilio {
    /// Make a credential. Its Verify service is the environment's oldest for that purpose, or a new one: so a
    /// credential can be replaced while its service stays.
    pub async fn make_credential(&self, environment: &str, new: NewCredential) -> Stored<MadeCredential> {
        let now = self.clock.now();
        let services = self.store.twilio_services(environment).await?;
        let found = services.into_iter().find(|service| service.purpose == new.purpose);
        let fresh = || TwilioService {
            sid: sid::fresh("VA"),
            environment: environment.to_owned(),
            friendly_name: new.purpose.clone(),
            purpose: new.purpose.clone(),
            code_length: None,
            created_at: now,
            updated_at: now,
        };
        let made = if found.is_none() { Some(fresh()) } else { None };
        let service_sid = found.or_else(|| made.clone()).map(|service| service.sid).unwrap_or_default();
        let account_sid = sid::fresh("AC");
        let auth_token = Secret::new(random::hex::<16>());
        let row = TwilioCredential {
            account_sid: account_sid.clone(),
            environment: environment.to_owned(),
            name: new.name,
            token: self.vault.seal(&aad(environment, &account_sid), auth_token.expose().as_bytes()),
            service_sid: service_sid.clone(),
            use_from: new.use_from,
            created_at: now,
        };
        self.store.insert_twilio_credential(row, made).await?;
        Ok(MadeCredential { account_sid, auth_token, service_sid })
    }

    /// Who calls with this name and password, if anybody does.
    pub async fn authenticate(&self, user: &str, password: &str) -> Result<Option<Account>, StoreError> {
        let Some(account_sid) = sid::account_of_user(user) else { return Ok(None) };
        let Some(row) = self.store.twilio_credential(&account_sid).await? else { return Ok(None) };
        let Some(token) = self.token(&row) else { return Ok(None) };
        let right: bool = token.expose().as_slice().ct_eq(password.as_bytes()).into();
        Ok(right.then_some(Account { sid: row.account_sid, environment: row.environment, use_from: row.use_from }))
    }

    /// A credential's token.
    pub(super) fn token(&self, row: &TwilioCredential) -> Option<Secret<Vec<u8>>> {
        let open = self.vault.open(&aad(&row.environment, &row.account_sid), &row.token);
        open.inspect_err(|error| tracing::error!(%error, "the token of a Twilio credential does not open")).ok()
    }
}

/// The purpose that a service's name means: one of the standard ones, or `generic`.
pub(super) fn purpose_of(friendly_name: &str) -> String {
    let word = friendly_name.trim().to_lowercase().replace([' ', '_'], "-");
    let found = texts::PURPOSES.iter().find(|purpose| **purpose == word);
    (*found.unwrap_or(&texts::GENERIC)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_a_standard_purpose_or_none() {
        assert_eq!(purpose_of("Sign In"), "sign-in");
        assert_eq!(purpose_of("forgot_password"), "forgot-password");
        assert_eq!(purpose_of("My shop"), "generic");
    }
}
