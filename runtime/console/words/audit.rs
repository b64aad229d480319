//! The audit log.

use crate::actor::ActorKind;
use crate::audit::action::*;

pub(in crate::console) const LEAD: &str =
    "Who changed what, newest first. Entries are never changed, and no secret, code or full number is in them.";
pub(in crate::console) const CAPTION: &str = "Changes";
pub(in crate::console) const COLUMNS: [&str; 7] = ["When", "Who", "What", "Environment", "Of", "Outcome", "Details"];
pub(in crate::console) const EMPTY: &str = "Nothing was changed yet.";
pub(in crate::console) const NONE_FITS: &str = "No entry fits this filter.";
pub(in crate::console) const FILTER: &str = "Filter";
pub(in crate::console) const ACTOR: &str = "Who (id)";
pub(in crate::console) const ACTION: &str = "What";
pub(in crate::console) const ANY_ACTION: &str = "Anything";
pub(in crate::console) const ENVIRONMENT: &str = "Environment";
pub(in crate::console) const ANY_ENVIRONMENT: &str = "Any";
pub(in crate::console) const TARGET: &str = "Of (name)";
pub(in crate::console) const FROM: &str = "From (UTC)";
pub(in crate::console) const TO: &str = "Before (UTC)";
pub(in crate::console) const PLACE: &str = "Page";
pub(in crate::console) const SHOW: &str = "Show";
pub(in crate::console) const CLEAR: &str = "Clear the filter";
pub(in crate::console) const NEWEST: &str = "To the newest";
pub(in crate::console) const DONE: &str = "done";
pub(in crate::console) const MORE: &str = "Show";

/// What can be done, as people say it.
pub(in crate::console) const ACTIONS: &[(&str, &str)] = &[
    (CONNECTOR_SAVE, "Connector saved"),
    (CONNECTOR_ACTIVATE, "Revision activated"),
    (CONNECTOR_DELETE, "Connector deleted"),
    (PRICES_SAVE, "Price list saved"),
    (PRICES_DELETE, "Price list deleted"),
    (CONNECTOR_QUARANTINE, "Revision quarantined"),
    (SECRET_ERASE, "Secret erased"),
    (TEST_SEND, "Test sent"),
    (ACCOUNT_CHECK, "Credentials checked"),
    (FAULT_INJECT, "Fault injected"),
    (FAULT_END, "Injected fault ended"),
    (CHANNEL_SAVE, "Routes saved"),
    (TRIAL_END, "Trial ended"),
    (COMPONENT_UPLOAD, "Component uploaded"),
    (COMPONENT_DELETE, "Component deleted"),
    (KEY_CREATE, "Key made"),
    (KEY_REVOKE, "Key revoked"),
    (POLICY_SAVE, "Limits saved"),
    (ATTESTATION_SAVE, "Attestation saved"),
    (ATTESTATION_DELETE, "Attestation deleted"),
    (TEXTS_SAVE, "Texts saved"),
    (SIGN_IN_EXPERIENCE_SAVE, "Sign-in experience saved"),
    (ENVIRONMENT_CREATE, "Environment made"),
    (ENVIRONMENT_RENAME, "Environment renamed"),
    (ENVIRONMENT_DELETE, "Environment deleted"),
    (PROMOTION, "Promoted"),
    (REVIEWER_SAVE, "Reviewer number saved"),
    (REVIEWER_DELETE, "Reviewer number deleted"),
    (LOCK_RELEASE, "Locked number released"),
    (HOOK_SAVE, "Hook saved"),
    (HOOK_DELETE, "Hook deleted"),
    (WEBHOOK_SAVE, "Webhook saved"),
    (WEBHOOK_ROTATE, "Webhook's secret replaced"),
    (WEBHOOK_TEST, "Webhook tested"),
    (WEBHOOK_RETRY, "Event told again"),
    (WEBHOOK_DISABLE, "Webhook disabled"),
    (WEBHOOK_DELETE, "Webhook deleted"),
    (TWILIO_CREDENTIAL_CREATE, "Twilio credential made"),
    (TWILIO_CREDENTIAL_DELETE, "Twilio credential deleted"),
    (ERASURE, "Number erased"),
    (NUMBER_EXPORT, "Number's data exported"),
    (USER_SAVE, "Person saved"),
    (USER_DELETE, "Person removed"),
    (USER_LINK, "Sign-in link made"),
    (SESSION_BEGIN, "Signed in"),
    (SESSION_END, "Session ended"),
    (FIRST_START, "First start"),
];

/// An action, as people say it; one that is not known by its own word.
pub(in crate::console) fn action(word: &str) -> &str {
    ACTIONS.iter().find(|(known, _)| *known == word).map_or(word, |(_, told)| told)
}

/// What kind of actor it is.
pub(in crate::console) fn kind(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Key => "key",
        ActorKind::User => "person",
        ActorKind::Host => "service",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_words() {
        let source = include_str!("../../audit/action.rs");
        let actions = source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1));
        for word in actions {
            assert_ne!(action(word), word, "{word}");
        }
        assert_eq!(action("of.another.version"), "of.another.version");
    }
}
