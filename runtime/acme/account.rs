//! The account at the authority: made once, kept, and made anew only where the authority has lost it.

use instant_acme::{Account, AccountCredentials, NewAccount};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::kept::Kept;
use super::wire::Wire;
use super::{AcmeError, Options};

/// RFC 8555 §6.7
const GONE: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct KeptAccount {
    contact: Option<String>,
    credentials: AccountCredentials,
}

/// The account that is kept, or a new one, kept before it is used.
pub(super) async fn open(options: &Options, kept: &Kept, wire: &Wire) -> Result<Account, AcmeError> {
    let builder = Account::builder_with_http(Box::new(wire.clone()));
    let contact: Vec<&str> = options.contact.as_deref().into_iter().collect();
    if let Some(found) = read(kept)? {
        let told = found.contact == options.contact;
        let again = if told { None } else { Some(copy(&found.credentials)?) };
        let account = builder.from_credentials(found.credentials).await?;
        if let Some(credentials) = again {
            account.update_contacts(&contact).await?;
            keep(kept, options, credentials)?;
        }
        return Ok(account);
    }
    let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = builder.create(&new, options.directory.to_string(), None).await?;
    keep(kept, options, credentials)?;
    Ok(account)
}

/// Whether the authority knows the account no more: then the next attempt makes another.
pub(super) fn forget_if_gone(error: &AcmeError, kept: &Kept) {
    if let AcmeError::Authority(instant_acme::Error::Api(problem)) = error
        && problem.r#type.as_deref() == Some(GONE)
    {
        kept.lay_account_aside();
    }
}

fn read(kept: &Kept) -> Result<Option<KeptAccount>, AcmeError> {
    let Some(bytes) = kept.account()?.map(Zeroizing::new) else { return Ok(None) };
    // The parser's words could quote the key.
    let read = serde_json::from_slice(&bytes).map_err(|_| {
        tracing::warn!("the kept account can't be read; it is laid aside and another made");
        kept.lay_account_aside();
    });
    Ok(read.ok())
}

fn keep(kept: &Kept, options: &Options, credentials: AccountCredentials) -> Result<(), AcmeError> {
    let account = KeptAccount { contact: options.contact.clone(), credentials };
    kept.keep_account(&Zeroizing::new(serde_json::to_vec(&account).map_err(instant_acme::Error::from)?))
}

/// The library's type is taken by the builder and has no clone.
fn copy(credentials: &AccountCredentials) -> Result<AccountCredentials, AcmeError> {
    let bytes = Zeroizing::new(serde_json::to_vec(credentials).map_err(instant_acme::Error::from)?);
    Ok(serde_json::from_slice(&bytes).map_err(instant_acme::Error::from)?)
}
