//! Ory Kratos' courier by a channel of type `http`: whatever its Jsonnet makes. Three bodies are read: that of
//! `examples/hooks/kratos/sms.jsonnet`, Kratos' own default, and `{from, to, body}`.
//!
//! Kratos sends again up to five times whatever is no success, without an id: recipient, template and code tell whether
//! it is the same one. Its default body has no code of a login or a registration: then its text goes out.

use super::ask::{Ask, Same, Unread};
use super::fields::Fields;

/// Kratos' templates, and our purposes.
pub(super) const PURPOSES: &[(&str, &str)] = &[
    ("login_code_valid", "sign-in"),
    ("registration_code_valid", "register"),
    ("recovery_code_valid", "forgot-password"),
    ("verification_code_valid", "link-account"),
];

const CODES: &[&str] = &[
    "/code",
    "/login_code",
    "/registration_code",
    "/recovery_code",
    "/verification_code",
    "/template_data/login_code",
    "/template_data/registration_code",
    "/template_data/recovery_code",
    "/template_data/verification_code",
];

pub(super) fn ask(fields: &Fields) -> Result<Ask, Unread> {
    let to = fields.needed(&["/to", "/recipient", "/template_data/to"])?;
    let kind = fields.text("/template_type").unwrap_or_default();
    let (code, text) = (fields.secret(CODES), fields.secret(&["/body", "/text"]));
    let said = code.as_ref().or(text.as_ref());
    let said = said.ok_or_else(|| Unread::new("/body", "is missing, and there is no code either"))?;
    let minutes = fields.seconds("/expires_in_minutes").or_else(|| fields.seconds("/template_data/expires_in_minutes"));
    Ok(Ask {
        same: [to.as_str(), kind.as_str(), said.expose()].map(|part| part.as_bytes().to_vec()).to_vec(),
        same_for: Same::WhileItLives,
        to,
        purpose: super::ask::word(PURPOSES, &kind),
        kind,
        code,
        text,
        locale: fields.first(&["/locale", "/template_data/transient_payload/locale"]),
        client_ip: fields.text("/client_ip").and_then(|ip| ip.parse().ok()),
        subject: fields.first(&["/subject_id", "/template_data/identity/id"]),
        expires_in: minutes.map(|minutes| minutes.saturating_mul(60)),
    })
}
