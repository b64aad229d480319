//! The secrets of one connector's revision, in memory.

use std::collections::BTreeMap;

use crate::secret::Secret;

/// Secrets by field. `Debug` shows none.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Keyring(BTreeMap<String, Secret<String>>);

impl Keyring {
    /// Over these secrets.
    pub fn new(secrets: BTreeMap<String, Secret<String>>) -> Self {
        Self(secrets)
    }

    /// Names of the fields that are set.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// One secret.
    pub(super) fn get(&self, field: &str) -> Option<&Secret<String>> {
        self.0.get(field)
    }

    /// All of them, by field.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Secret<String>)> {
        self.0.iter().map(|(field, secret)| (field.as_str(), secret))
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
