//! Whether a set-up is there already. The same again makes no new revision, so whoever applies his files twice changes
//! nothing, and a secret that is sent again is no new one.
//!
//! Secrets are compared here, opened for a moment and in constant time: nobody reads one out to compare it.

use std::collections::BTreeMap;

use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::PutConnector;
use super::judge::{Judged, keep_only_where_approved};
use crate::credentials::Binding;
use crate::setup::changes::of_set_up;
use crate::setup::{Setup, SetupError};
use crate::store::{RevisionRow, SecretRow};

impl Setup {
    /// The revision that a set-up is compared with: the one that serves, or for a draft the newest.
    pub(in crate::setup) async fn counterpart(
        &self,
        environment: &str,
        name: &str,
        serve: bool,
    ) -> Result<Option<RevisionRow>, SetupError> {
        let Some(row) = self.store.connector(environment, name).await? else { return Ok(None) };
        match if serve { row.serving } else { Some(row.newest) } {
            Some(number) => Ok(self.store.revision(environment, name, number).await?),
            None => Ok(None),
        }
    }

    /// Whether `row` says all this already, its secrets included.
    pub(in crate::setup) async fn says_the_same(
        &self,
        environment: &str,
        name: &str,
        put: &PutConnector,
        judged: &Judged,
        row: &RevisionRow,
    ) -> Result<bool, SetupError> {
        let wanted = Value::Object(judged.plans.public.clone());
        let wanted = of_set_up(&judged.plans.component.digest, &wanted, &put.templates, &put.senders);
        let there = of_set_up(&row.component_digest, &row.config, &row.templates, &row.senders);
        if wanted != there {
            return Ok(false);
        }
        let given = self.given_before(environment, name, judged, row).await?;
        let all = given.len() == judged.given.len();
        let versions: BTreeMap<String, u32> = judged.kept.clone().into_iter().chain(given).collect();
        Ok(all && versions == row.secret_versions)
    }

    /// Which of the secrets that a request brings `row` has already, for the places where they would go, by version.
    pub(in crate::setup) async fn given_before(
        &self,
        environment: &str,
        name: &str,
        judged: &Judged,
        row: &RevisionRow,
    ) -> Result<BTreeMap<String, u32>, SetupError> {
        if judged.given.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sealed = self.store.secrets(environment, name, &row.secret_versions).await?;
        let open = self.open_secrets(environment, name, &sealed)?;
        let same = |row: &&SecretRow| {
            let both = judged.given.get(&row.field).zip(open.get(&row.field));
            both.is_some_and(|(given, own)| given.expose().as_bytes().ct_eq(own.expose().as_bytes()).into())
                && goes_where_it_may(row, &judged.asked.credentials)
        };
        Ok(sealed.iter().filter(same).map(|row| (row.field.clone(), row.version)).collect())
    }

    /// A secret that is brought and is there already, for the same places, is no new one.
    pub(in crate::setup) async fn keep_what_was_given_before(
        &self,
        environment: &str,
        name: &str,
        judged: &mut Judged,
    ) -> Result<(), SetupError> {
        let Some(newest) = self.newest_revision(environment, name).await? else { return Ok(()) };
        for (field, version) in self.given_before(environment, name, judged, &newest).await? {
            judged.given.remove(&field);
            judged.kept.insert(field, version);
        }
        Ok(())
    }
}

/// Whether a secret may stay with these credentials: they use it as they did when it was given.
pub(in crate::setup) fn goes_where_it_may(row: &SecretRow, bindings: &BTreeMap<String, Binding>) -> bool {
    keep_only_where_approved(std::slice::from_ref(row), bindings, false).is_ok()
}
