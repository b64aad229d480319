//! `credentials`: markers for what the host signs, and yes or no for what it verifies.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::connector::bindings::common::Field;
use crate::connector::bindings::credentials::Refusal;
use crate::connector::call::State;
use crate::connector::contract::Export;
use crate::credentials::{self, Binding, SignError, Wallet};
use crate::secret::Secret;

impl State {
    pub(super) fn sign_data(&mut self, name: &str, data: &[u8]) -> Result<String, Refusal> {
        let now = self.call.issued_at;
        self.signed(name, |binding, wallet| credentials::sign(binding, &wallet.keyring, now, data))
    }

    pub(super) fn hash_values(&mut self, name: &str, values: Vec<Field>) -> Result<String, Refusal> {
        let values = pairs(values);
        self.signed(name, |binding, wallet| credentials::digest(binding, &wallet.keyring, &values))
    }

    pub(super) fn make_token(&mut self, name: &str, claims: Vec<Field>) -> Result<String, Refusal> {
        let (now, jti, claims) = (self.call.issued_at, self.token_id(), pairs(claims));
        self.signed(name, |binding, wallet| credentials::token(binding, &wallet.keyring, now, jti, &claims))
    }

    pub(super) fn verify_signature(&mut self, name: &str, data: &[u8], signature: &[u8]) -> Result<bool, Refusal> {
        if self.export != Export::DeliveryReports {
            return Err(Refusal::NotHere);
        }
        let now = self.call.issued_at;
        let wallet = self.wallet().ok_or(Refusal::UnknownName)?;
        let binding = wallet.bindings.get(name).ok_or(Refusal::UnknownName)?;
        let good = credentials::verify(binding, &wallet.keyring, now, data, signature).map_err(refusal)?;
        self.verified |= good;
        Ok(good)
    }

    /// Compute a value and give out a marker for it.
    fn signed(
        &mut self,
        name: &str,
        make: impl FnOnce(&Binding, &Wallet) -> Result<Secret<String>, SignError>,
    ) -> Result<String, Refusal> {
        if !self.markers.has_room() {
            return Err(Refusal::Other("a call gets no more signatures".into()));
        }
        let wallet = self.wallet().ok_or(Refusal::UnknownName)?;
        let binding = wallet.bindings.get(name).ok_or(Refusal::UnknownName)?;
        // First, in every export: so a connector can ask whether the operator set a credential that it can do without.
        if !wallet.is_set(binding) {
            return Err(Refusal::UnknownName);
        }
        if self.export == Export::DeliveryReports {
            return Err(Refusal::NotHere);
        }
        if !binding.is_for(self.export) {
            return Err(Refusal::Other(format!("credential `{name}` is not for this export")));
        }
        let value = make(binding, wallet).map_err(refusal)?;
        Ok(self.markers.issue(name, value))
    }

    fn wallet(&self) -> Option<&Wallet> {
        self.door.as_ref().map(|door| &*door.wallet)
    }

    /// Fresh for each token, and made of the call's nonce, so that a test with a fixed one can foresee it.
    fn token_id(&self) -> Uuid {
        let nonce = hex::decode(&self.call.nonce).unwrap_or_default();
        let issued = self.markers.issued();
        let bytes: Vec<u8> = match issued {
            0 => nonce,
            _ => Sha256::new().chain_update(&nonce).chain_update(issued.to_be_bytes()).finalize().to_vec(),
        };
        let mut id = [0; 16];
        id.iter_mut().zip(bytes).for_each(|(id, byte)| *id = byte);
        Builder::from_random_bytes(id).into_uuid()
    }
}

fn pairs(fields: Vec<Field>) -> Vec<(String, String)> {
    fields.into_iter().map(|field| (field.name, field.value)).collect()
}

fn refusal(error: SignError) -> Refusal {
    match error {
        SignError::WrongKind(_, kind) => Refusal::WrongKind(kind.to_owned()),
        SignError::NotSet(..) => Refusal::UnknownName,
        error => Refusal::Other(error.to_string()),
    }
}
