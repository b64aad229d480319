//! The addresses that providers report to: `/callbacks/{environment}/{connector}/{token}` under the public URL.
//!
//! The threat: anybody can call them. A token is a keyed hash that nobody can guess. One of a message speaks for this
//! message alone, so that whoever reads it in a provider's log can say nothing of others; one of a connector is for
//! providers that take a single address for an account.

use std::sync::Arc;

use subtle::ConstantTimeEq as _;
use url::Url;

use crate::credentials::Vault;

/// What a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One message.
    Message(String),
    /// Whatever a report names.
    Connector,
}

/// Makes addresses, and knows them again.
pub struct Callbacks {
    vault: Arc<Vault>,
    public_url: Option<Url>,
}

impl Callbacks {
    /// Under the address by which the world reaches this service; without one there is nothing to give to a provider.
    pub fn new(vault: Arc<Vault>, public_url: Option<Url>) -> Self {
        Self { vault, public_url }
    }

    /// For one message.
    pub fn of_message(&self, environment: &str, connector: &str, message_id: &str) -> Option<String> {
        let token = format!("{message_id}.{}", self.mac(environment, connector, message_id));
        self.address(environment, connector, &token)
    }

    /// For a connector: some providers take an address at account level only.
    pub fn of_connector(&self, environment: &str, connector: &str) -> Option<String> {
        self.address(environment, connector, &self.mac(environment, connector, ""))
    }

    /// What a token speaks for, if it is one of ours.
    pub fn open(&self, environment: &str, connector: &str, token: &str) -> Option<Target> {
        let (message_id, mac) = token.split_once('.').unwrap_or(("", token));
        let right = self.mac(environment, connector, message_id);
        if !bool::from(right.as_bytes().ct_eq(mac.as_bytes())) {
            return None;
        }
        Some(if message_id.is_empty() { Target::Connector } else { Target::Message(message_id.to_owned()) })
    }

    /// The URL that a provider called, and signed: ours, with the path and query that came.
    pub fn called(&self, path_and_query: &str) -> String {
        let base = self.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/')).unwrap_or_default();
        format!("{base}{path_and_query}")
    }

    fn address(&self, environment: &str, connector: &str, token: &str) -> Option<String> {
        self.public_url.as_ref()?;
        Some(self.called(&format!("/callbacks/{environment}/{connector}/{token}")))
    }

    /// 128 bits, in hexadecimal digits: a provider may change the case of nothing in them.
    fn mac(&self, environment: &str, connector: &str, message_id: &str) -> String {
        let mac = self.vault.index("callback", format!("{environment}/{connector}/{message_id}").as_bytes());
        mac.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::MasterKey;

    fn callbacks() -> Callbacks {
        let (vault, _) = Vault::with_new_root(&MasterKey::generate());
        Callbacks::new(Arc::new(vault), Some("https://otp.example.com/base/".parse().unwrap()))
    }

    #[test]
    fn a_token_is_good_for_its_message_and_connector_alone() {
        let callbacks = callbacks();
        let address = callbacks.of_message("production", "twilio", "msg_1").unwrap();
        let token = address.strip_prefix("https://otp.example.com/base/callbacks/production/twilio/").unwrap();
        assert_eq!(callbacks.open("production", "twilio", token), Some(Target::Message("msg_1".into())));
        assert_eq!(callbacks.open("development", "twilio", token), None);
        assert_eq!(callbacks.open("production", "vonage", token), None);
        assert_eq!(callbacks.open("production", "twilio", &token.replace("msg_1", "msg_2")), None);
        assert_eq!(callbacks.open("production", "twilio", token.trim_start_matches("msg_1.")), None);
        let own = callbacks.of_connector("production", "twilio").unwrap();
        let own = own.rsplit('/').next().unwrap();
        assert_eq!(callbacks.open("production", "twilio", own), Some(Target::Connector));
        for forged in ["", ".", "msg_1", "msg_1.", &own[1..], &format!("{own}0")] {
            assert_eq!(callbacks.open("production", "twilio", forged), None, "{forged}");
        }
    }

    #[test]
    fn without_a_public_url_there_is_no_address() {
        let (vault, _) = Vault::with_new_root(&MasterKey::generate());
        assert_eq!(Callbacks::new(Arc::new(vault), None).of_connector("production", "twilio"), None);
    }
}
