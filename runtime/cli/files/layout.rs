//! Where what is. One folder an environment, one file a thing that has an address of its own in the API:
//!
//! ```text
//! environments/production/environment.json         kind, display_name
//! environments/production/connectors/twilio.json   component, config, templates, senders
//! environments/production/prices/twilio.json       currency, prices
//! environments/production/channels/sms.json        active, fallback, routes, prefer
//! environments/production/templates.json
//! environments/production/policy.json
//! environments/production/sign-in-experience.json
//! environments/production/webhooks.json            a list: url, events, description, enabled
//! components/*.wasm                                uploaded first, if the service has not got them
//! ```

use std::collections::BTreeSet;

use serde_json::Value;

/// Folder of environments.
pub(super) const ENVIRONMENTS: &str = "environments";
/// Folder of packed components.
pub(super) const COMPONENTS: &str = "components";
/// An environment itself.
pub(super) const ENVIRONMENT: &str = "environment.json";
/// Folder of an environment's connectors.
pub(super) const CONNECTORS: &str = "connectors";
/// Folder of an environment's channels.
pub(super) const CHANNELS: &str = "channels";
/// The channel that there is.
pub(super) const SMS: &str = "sms.json";
/// Texts that connectors share.
pub(super) const TEMPLATES: &str = "templates.json";
/// Rules of codes.
pub(super) const POLICY: &str = "policy.json";
/// By what people sign in.
pub(super) const SIGN_IN: &str = "sign-in-experience.json";
/// Who is told what happens.
pub(super) const WEBHOOKS: &str = "webhooks.json";
/// Folder of price lists, by connector.
pub(super) const PRICES: &str = "prices";

/// The largest JSON file; the API takes no larger document.
pub(super) const JSON_BYTES_MAX: u64 = 256 << 10;
/// The largest secret in a file.
pub(super) const SECRET_BYTES_MAX: u64 = 64 << 10;
/// The largest component; the service judges by its own limit.
pub(super) const WASM_BYTES_MAX: u64 = 64 << 20;

/// Said once, in the folder itself.
pub(super) const README: &str = "\
# Countersign, as files

Written by `countersign export`, applied by `countersign apply`. Review changes here as you review code.

    countersign apply . --dry-run    # what would change: ends with 0 for nothing, 2 for something, 1 on errors
    countersign apply .              # change it; again, and nothing changes

Each folder of `environments` is an environment; what it leaves out stays as it is in the service. No file holds a secret:
a secret field says where its value comes from, `{\"env\": \"NAME\"}` or `{\"file\": \"secrets/name\"}` (a path in this
folder, which you keep out of version control), or `{\"set\": true}` to leave the one that is there. Packed components in
`components` are uploaded first.

A webhook of `webhooks.json` is known by its `url`. One that `apply` makes gets a new signing secret, which `apply` tells once.
";

/// Whether a name can be an environment's or a connector's, and so a file's.
pub(super) fn is_name(name: &str) -> bool {
    let fits = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    fits && (1..=64).contains(&name.len())
}

/// A document as it is written: stable, one value a line, with an end of line.
pub(super) fn text(document: &Value) -> String {
    format!("{document:#}\n")
}

/// Names of variables that hold secrets. Different places can come to the same letters: each gets a name of its own.
#[derive(Default)]
pub(super) struct Variables(BTreeSet<String>);

impl Variables {
    /// The variable for a secret. Ask in the same order for the same names.
    pub(super) fn name(&mut self, environment: &str, connector: &str, field: &str) -> String {
        let letters = format!("COUNTERSIGN_SECRET_{environment}_{connector}_{field}").to_ascii_uppercase();
        let base: String = letters.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let again = (2..).map(|n| format!("{base}_{n}"));
        let free = [base.clone()].into_iter().chain(again).find(|name| !self.0.contains(name)).unwrap_or(base);
        self.0.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_secrets_never_share_a_variable() {
        let mut variables = Variables::default();
        assert_eq!(
            variables.name("production", "twilio", "auth_token"),
            "COUNTERSIGN_SECRET_PRODUCTION_TWILIO_AUTH_TOKEN"
        );
        assert_eq!(variables.name("a", "b-c", "d"), "COUNTERSIGN_SECRET_A_B_C_D");
        assert_eq!(variables.name("a", "b_c", "d"), "COUNTERSIGN_SECRET_A_B_C_D_2");
        assert_eq!(variables.name("a-b", "c", "d"), "COUNTERSIGN_SECRET_A_B_C_D_3");
    }
}
