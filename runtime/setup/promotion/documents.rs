//! The documents that go along: shared texts, policy, sign-in experience. One that the environment never saved says
//! nothing, and leaves the other's as it is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Journey;
use super::chosen::Chosen;
use super::view::{Action, PromotedDocument};
use crate::connector::reason::Reason;
use crate::otp::policy::Policy;
use crate::setup::changes::{by_purpose, changes};
use crate::setup::{Setup, SetupError};
use crate::store::{NewDocument, Setting, StoreError};
use crate::texts::Shared;

const TEMPLATES: &str = "templates";
const POLICY: &str = "policy";
const SIGN_IN: &str = "sign-in-experience";
const KINDS: [&str; 3] = [TEMPLATES, POLICY, SIGN_IN];

/// What becomes of the documents.
pub(super) struct DocumentsProposal {
    /// What to write.
    pub(super) new: Vec<NewDocument>,
    pub(super) shown: BTreeMap<&'static str, PromotedDocument>,
    /// The shared texts that hold then: connectors' own are judged beside them.
    pub(super) texts: Shared,
    pub(super) needs: Vec<Reason>,
    pub(super) warnings: Vec<Reason>,
}

impl Setup {
    pub(super) async fn propose_documents(
        &self,
        journey: &Journey<'_>,
        chosen: &[Chosen],
        somebody_sends: bool,
    ) -> Result<DocumentsProposal, SetupError> {
        let (mut new, mut shown, mut warnings) = (Vec::new(), BTreeMap::new(), Vec::new());
        for kind in KINDS {
            let tested = self.store.setting(&journey.from.name, kind).await?;
            let before = self.store.setting(&journey.to.name, kind).await?;
            let (mut told, mut document) = propose(kind, tested, before)?;
            if kind == SIGN_IN && document.is_some() && !somebody_sends {
                (told.action, document) = (Action::Kept, None);
                warnings.push(sign_in_stays(journey));
            }
            shown.insert(kind, told);
            new.extend(document);
        }
        let mut proposal = DocumentsProposal {
            texts: self.shared_texts(&journey.to.name).await?,
            new,
            shown,
            needs: Vec::new(),
            warnings,
        };
        proposal.warnings.extend(self.nowhere_to_send(journey).await?);
        if let Some(texts) = proposal.new.iter().find(|document| document.kind == TEMPLATES) {
            proposal.texts = read(TEMPLATES, texts.document.clone())?;
            self.judge_texts(journey, chosen, &mut proposal);
        }
        Ok(proposal)
    }

    /// Where messages may go stays the other environment's: it may go nowhere yet.
    async fn nowhere_to_send(&self, journey: &Journey<'_>) -> Result<Option<Reason>, SetupError> {
        let (policy, _) = self.policy(&journey.to.name).await?;
        let to = &journey.to.name;
        let text = format!("`{to}` sends to no country yet: name one in its policy, at /destinations/named");
        Ok(policy
            .destinations
            .is_closed(journey.to.is_development())
            .then(|| Reason::at("destinations-closed", "/to", &text)))
    }

    /// The other environment's name is another, and stands in its texts.
    fn judge_texts(&self, journey: &Journey<'_>, chosen: &[Chosen], proposal: &mut DocumentsProposal) {
        let told = |code, reason: &Reason| {
            Reason::at(code, "/to", &format!("the shared texts in `{}`: {reason}", journey.to.name))
        };
        let app = &journey.to.display_name;
        proposal.needs.extend(proposal.texts.faults(app).iter().map(|fault| told("template", fault)));
        proposal.warnings.extend(proposal.texts.warnings(app).iter().map(|warning| told(warning.code, warning)));
        let others = |name: &str| !chosen.iter().any(|one| one.name == name);
        proposal.warnings.extend(self.own_texts_against(journey.to, &proposal.texts, others));
    }
}

/// As for a purpose that is turned on there: one that needs SMS needs somebody who sends.
fn sign_in_stays(journey: &Journey<'_>) -> Reason {
    let to = &journey.to.name;
    let text = format!("the sign-in experience of `{to}` stays: no connector is active there, and none is promoted");
    Reason::at("sign-in-kept", "/connectors", &text)
}

fn propose(
    kind: &'static str,
    tested: Option<Setting>,
    before: Option<Setting>,
) -> Result<(PromotedDocument, Option<NewDocument>), SetupError> {
    let unchanged = PromotedDocument { action: Action::Unchanged, changes: Vec::new() };
    let Some(tested) = tested else { return Ok((unchanged, None)) };
    let (seen, before) = (before.as_ref().map(|setting| setting.version), before.map(|setting| setting.document));
    let document = match kind {
        POLICY => {
            let caps: Policy = before.clone().map(|document| read(kind, document)).transpose()?.unwrap_or_default();
            json!(read::<Policy>(kind, tested.document)?.with_caps_of(&caps))
        }
        _ => tested.document,
    };
    if before.as_ref() == Some(&document) {
        return Ok((unchanged, None));
    }
    let found = changes(&comparable(kind, before.as_ref()), &comparable(kind, Some(&document)));
    let action = if seen.is_none() { Action::Created } else { Action::Changed };
    Ok((PromotedDocument { action, changes: found }, Some(NewDocument { kind, seen, document })))
}

/// A document as it is compared: texts by purpose and locale.
fn comparable(kind: &str, document: Option<&Value>) -> Value {
    let mut value = document.cloned().unwrap_or_else(|| json!({}));
    if kind == TEMPLATES
        && let Ok(texts) = serde_json::from_value::<Shared>(value.clone())
        && let Some(object) = value.as_object_mut()
    {
        object.insert("templates".to_owned(), by_purpose(&texts.templates));
    }
    value
}

/// A document that can't be read is not promoted as if it said nothing.
fn read<T: serde::de::DeserializeOwned>(kind: &str, document: Value) -> Result<T, SetupError> {
    let unreadable = |_| StoreError::Database(format!("document `{kind}` can't be read; save it again"));
    Ok(serde_json::from_value(document).map_err(unreadable)?)
}
