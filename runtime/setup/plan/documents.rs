//! The documents of a plan: texts, policy, sign-in experience.

use serde_json::{Value, json};

use super::view::{Planned, Step};
use super::{Draft, deeper};
use crate::connector::reason::Reason;
use crate::otp::policy::Policy;
use crate::setup::changes::by_purpose;
use crate::setup::{Setup, SetupError};
use crate::texts::Shared;

impl Setup {
    pub(super) async fn plan_templates(&self, draft: &mut Draft<'_>) -> Result<Option<Planned>, SetupError> {
        let Some(texts) = &draft.wanted.templates else { return Ok(None) };
        let app = &draft.place.display_name;
        let at = "/templates";
        draft.needs.extend(texts.faults(app).into_iter().map(|fault| deeper(fault, at)));
        draft.warnings.extend(texts.warnings(app).into_iter().map(|warning| deeper(warning, at)));
        let concerns = |name: &str| !draft.wanted.connectors.contains_key(name);
        let others = self.own_texts_against(&draft.place, texts, concerns);
        draft.warnings.extend(others.into_iter().map(|warning| deeper(warning, at)));
        let there = self.shared_texts(&draft.place.name).await?;
        self.document(draft, "templates", &comparable(&there), &comparable(texts)).await.map(Some)
    }

    pub(super) async fn plan_policy(&self, draft: &mut Draft<'_>) -> Result<Option<Planned>, SetupError> {
        let Some(policy) = &draft.wanted.policy else { return Ok(None) };
        for fault in policy.validate().err().unwrap_or_default() {
            let pointer = format!("/policy{}", fault.pointer);
            draft.needs.push(Reason::at("out-of-range", &pointer, &fault.to_string()));
        }
        let document = self.store.setting(&draft.place.name, "policy").await?;
        // One that can't be read is one to replace.
        let there: Option<Policy> = document.and_then(|setting| serde_json::from_value(setting.document).ok());
        let there = there.unwrap_or_default();
        self.document(draft, "policy", &json!(there), &json!(policy)).await.map(Some)
    }

    pub(super) async fn plan_sign_in(
        &self,
        draft: &mut Draft<'_>,
        somebody_sends: bool,
    ) -> Result<Option<Planned>, SetupError> {
        let Some(wanted) = &draft.wanted.sign_in_experience else { return Ok(None) };
        let at = "/sign_in_experience";
        draft.needs.extend(wanted.faults().into_iter().map(|fault| deeper(fault, at)));
        draft.warnings.extend(wanted.warnings().into_iter().map(|warning| deeper(warning, at)));
        let there = self.experience(&draft.place.name).await?;
        if !somebody_sends {
            for used in wanted.sms_uses_beyond(&there) {
                let text = format!("{} needs an active connector of channel `sms`", used.what);
                draft.needs.push(Reason::at("no-active-connector", &format!("{at}{}", used.pointer), &text));
            }
        }
        let (there, wanted) = (json!(there.in_full()), json!(wanted.clone().in_full()));
        self.document(draft, "sign-in-experience", &there, &wanted).await.map(Some)
    }

    /// A document that was never saved holds what a fresh environment has: the same is no change of it.
    async fn document(
        &self,
        draft: &Draft<'_>,
        kind: &str,
        there: &Value,
        wanted: &Value,
    ) -> Result<Planned, SetupError> {
        let saved = self.store.setting(&draft.place.name, kind).await?.is_some();
        let mut planned = Planned::between(Some(there), wanted);
        if planned.action == Step::Change && !saved {
            planned.action = Step::Create;
        }
        Ok(planned)
    }
}

/// Texts as they are compared: by purpose and locale.
fn comparable(texts: &Shared) -> Value {
    let templates = by_purpose(&texts.templates);
    match &texts.ending {
        Some(ending) => json!({"templates": templates, "ending": ending}),
        None => json!({ "templates": templates }),
    }
}
