//! What each address that may change something is in the audit log.

use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::ExtensionsBuilder;

use crate::audit::action;

/// What is noted of a call.
pub(super) enum Record {
    /// A change, under this word; to what, by parameters of the address.
    Change(&'static str, &'static [&'static str]),
    /// Its use case writes the entry itself, in the same transaction.
    Itself(&'static str),
    /// Nothing is changed, though the method would permit it.
    Reads,
    /// A message or a code: messages have a log of their own.
    Traffic,
}

use Record::{Change, Itself, Reads, Traffic};

/// By method and address.
const RECORDS: &[(&str, &str, Record)] = &[
    ("PUT", "/v1/environments/{env}/connectors/{name}", Change(action::CONNECTOR_SAVE, &["name"])),
    ("DELETE", "/v1/environments/{env}/connectors/{name}", Change(action::CONNECTOR_DELETE, &["name"])),
    (
        "POST",
        "/v1/environments/{env}/connectors/{name}/revisions/{n}/activate",
        Change(action::CONNECTOR_ACTIVATE, &["name"]),
    ),
    ("POST", "/v1/environments/{env}/connectors/{name}/revisions/{n}/compare", Reads),
    ("DELETE", "/v1/environments/{env}/connectors/{name}/secrets/{field}", Change(action::SECRET_ERASE, &["name"])),
    ("POST", "/v1/environments/{env}/connectors/{name}/test", Change(action::TEST_SEND, &["name"])),
    ("POST", "/v1/environments/{env}/connectors/{name}/account", Change(action::ACCOUNT_CHECK, &["name"])),
    ("PUT", "/v1/environments/{env}/connectors/{name}/prices", Change(action::PRICES_SAVE, &["name"])),
    ("DELETE", "/v1/environments/{env}/connectors/{name}/prices", Change(action::PRICES_DELETE, &["name"])),
    ("PUT", "/v1/environments/{env}/faults/{name}", Change(action::FAULT_INJECT, &["name"])),
    ("DELETE", "/v1/environments/{env}/faults/{name}", Change(action::FAULT_END, &["name"])),
    ("PUT", "/v1/environments/{env}/channels/sms", Change(action::CHANNEL_SAVE, &[])),
    ("POST", "/v1/environments", Change(action::ENVIRONMENT_CREATE, &[])),
    ("PUT", "/v1/environments/{env}", Change(action::ENVIRONMENT_RENAME, &["env"])),
    ("DELETE", "/v1/environments/{env}", Change(action::ENVIRONMENT_DELETE, &["env"])),
    ("PUT", "/v1/environments/{env}/policy", Change(action::POLICY_SAVE, &[])),
    ("PUT", "/v1/environments/{env}/attestation", Change(action::ATTESTATION_SAVE, &[])),
    ("DELETE", "/v1/environments/{env}/attestation", Change(action::ATTESTATION_DELETE, &[])),
    ("PUT", "/v1/environments/{env}/templates", Change(action::TEXTS_SAVE, &[])),
    ("POST", "/v1/environments/{env}/templates/preview", Reads),
    ("POST", "/v1/environments/{env}/plan", Reads),
    ("POST", "/v1/environments/{env}/promote", Change(action::PROMOTION, &[])),
    ("PUT", "/v1/environments/{env}/sign-in-experience", Change(action::SIGN_IN_EXPERIENCE_SAVE, &[])),
    // By a masked number, which its handler tells.
    ("PUT", "/v1/environments/{env}/reviewer-numbers/{number}", Change(action::REVIEWER_SAVE, &[])),
    ("DELETE", "/v1/environments/{env}/reviewer-numbers/{number}", Change(action::REVIEWER_DELETE, &[])),
    ("DELETE", "/v1/environments/{env}/locks/{number}", Change(action::LOCK_RELEASE, &[])),
    ("PUT", "/v1/environments/{env}/hooks/{name}", Change(action::HOOK_SAVE, &["name"])),
    ("DELETE", "/v1/environments/{env}/hooks/{name}", Change(action::HOOK_DELETE, &["name"])),
    ("POST", "/v1/environments/{env}/webhooks", Change(action::WEBHOOK_SAVE, &[])),
    ("PUT", "/v1/environments/{env}/webhooks/{id}", Change(action::WEBHOOK_SAVE, &["id"])),
    ("DELETE", "/v1/environments/{env}/webhooks/{id}", Change(action::WEBHOOK_DELETE, &["id"])),
    ("POST", "/v1/environments/{env}/webhooks/{id}/rotate", Change(action::WEBHOOK_ROTATE, &["id"])),
    ("POST", "/v1/environments/{env}/webhooks/{id}/test", Change(action::WEBHOOK_TEST, &["id"])),
    (
        "POST",
        "/v1/environments/{env}/webhooks/{id}/deliveries/{delivery}/retry",
        Change(action::WEBHOOK_RETRY, &["id", "delivery"]),
    ),
    ("POST", "/v1/environments/{env}/twilio-credentials", Change(action::TWILIO_CREDENTIAL_CREATE, &[])),
    (
        "DELETE",
        "/v1/environments/{env}/twilio-credentials/{account_sid}",
        Change(action::TWILIO_CREDENTIAL_DELETE, &["account_sid"]),
    ),
    ("POST", "/v1/components", Change(action::COMPONENT_UPLOAD, &[])),
    ("DELETE", "/v1/components/{id}/{version}", Change(action::COMPONENT_DELETE, &["id", "version"])),
    ("POST", "/v1/components/{id}/{version}/try", Reads),
    ("POST", "/v1/keys", Change(action::KEY_CREATE, &[])),
    ("DELETE", "/v1/keys/{id}", Change(action::KEY_REVOKE, &["id"])),
    ("POST", "/v1/users", Change(action::USER_SAVE, &[])),
    ("PUT", "/v1/users/{id}", Change(action::USER_SAVE, &["id"])),
    ("DELETE", "/v1/users/{id}", Change(action::USER_DELETE, &["id"])),
    ("POST", "/v1/users/{id}/link", Change(action::USER_LINK, &["id"])),
    ("DELETE", "/v1/users/{id}/sessions", Change(action::SESSION_END, &["id"])),
    ("DELETE", "/v1/sessions/{id}", Change(action::SESSION_END, &["id"])),
    ("POST", "/v1/erasures", Itself(action::ERASURE)),
    ("POST", "/v1/exports", Change(action::NUMBER_EXPORT, &[])),
    ("POST", "/v1/verifications", Traffic),
    ("POST", "/v1/verifications/{id}/check", Traffic),
    ("POST", "/v1/verifications/{id}/resend", Traffic),
    ("POST", "/v1/verifications/{id}/cancel", Traffic),
    ("POST", "/v1/messages", Traffic),
    ("POST", "/v1/messages/{id}/outcome", Traffic),
];

/// What is noted of a call; nothing is known of one that is not in [`RECORDS`].
pub(super) fn of(method: &str, path: &str) -> Option<&'static Record> {
    RECORDS.iter().find(|(known, at, _)| *known == method && *at == path).map(|(_, _, record)| record)
}

/// Say in the API's document under which word each change is noted: `x-audit`, `none` where it is no change.
pub(in crate::api) fn mark(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("POST", &mut item.post),
            ("PUT", &mut item.put),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        for (method, operation) in operations {
            let (Some(operation), Some(record)) = (operation, of(method, path)) else { continue };
            let word = match record {
                Change(action, _) => action,
                Itself(action) => action,
                Reads | Traffic => "none",
            };
            operation.extensions = Some(ExtensionsBuilder::new().add("x-audit", word).build());
        }
    }
}
