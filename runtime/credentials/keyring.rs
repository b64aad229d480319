//! The secrets of one connector's revision, in memory.

use std::collections::BTreeMap;

use crate::secret::Secret;

/// Secrets by field. `Debug` shows none.
#[derive(Debug, Default)]
pub struct Keyring(BTreeMap<String, Secret<String>>);

impl Keyring {
    /// Over these secrets.
    pub fn new(secrets: BTreeMap<String, Secret<String>>) -> Self {
        Self(secrets)
    }

    /// One secret.
    pub(super) fn get(&self, field: &str) -> Option<&Secret<String>> {
        self.0.get(field)
    }

    /// The values, for masking what is shown. Short ones are left out: masking them would tear text apart and tell
    /// more than it hides.
    pub fn masks(&self) -> Vec<&str> {
        self.0.values().map(|secret| secret.expose().as_str()).filter(|value| value.len() >= 12).collect()
    }

    /// Fill `{secret.x}` in. Answers the name of the first that is not there.
    pub(super) fn fill(&self, template: &str) -> Result<Secret<String>, String> {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{secret.") {
            let Some((field, after)) = after.split_once('}') else { break };
            out.push_str(before);
            out.push_str(self.get(field).ok_or_else(|| field.to_owned())?.expose());
            rest = after;
        }
        out.push_str(rest);
        Ok(Secret::new(out))
    }
}
