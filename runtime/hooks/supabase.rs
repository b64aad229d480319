//! Supabase Auth's Send SMS hook: `{metadata, user, sms: {otp, sms_type?, phone?}}`, signed, up to three times.
//!
//! Every attempt has another `webhook-id` over the same bytes, so `metadata.uuid` tells whether it is the same one.
//! Numbers come without the plus. A failure is an error inside an answer of success: only that is shown to the user.

use serde_json::json;

use super::answer::{Answer, Fault};
use super::ask::{Ask, Same, Unread, international};
use super::fields::Fields;
use crate::secret::Secret;

/// Supabase's word for why, and ours: `otp` and `phone_change` are told by the user's numbers where it names none.
pub(super) const PURPOSES: &[(&str, &str)] = &[
    ("otp", "sign-in"),
    ("sms", "sign-in"),
    ("confirmation", "sign-in"),
    ("phone_change", "link-account"),
    ("reauthentication", "permission-validation"),
    ("mfa", "mfa-verification"),
];

pub(super) fn ask(fields: &Fields, body: &[u8]) -> Result<Ask, Unread> {
    let (old, new) = (fields.text("/user/phone"), fields.text("/user/new_phone"));
    let changes = new.as_ref().is_some_and(|new| Some(new) != old.as_ref());
    // Versions before 2.180 have no `sms.phone`; then the number that is being changed to is the one to prove.
    let to = fields.first(&["/sms/phone", "/user/new_phone", "/user/phone"]);
    let to = to.ok_or_else(|| Unread::new("/sms/phone", "is missing, and the user has no phone either"))?;
    let about_new = changes && new.as_deref().map(international) == Some(international(&to));
    let named = fields.text("/sms/sms_type");
    let kind = named.unwrap_or_else(|| if about_new { "phone_change" } else { "otp" }.to_owned());
    Ok(Ask {
        to: international(&to),
        purpose: super::ask::word(PURPOSES, &kind),
        kind,
        code: Some(Secret::new(fields.needed(&["/sms/otp"])?)),
        text: None,
        locale: fields.first(&["/user/user_metadata/locale", "/user/user_metadata/lang"]),
        client_ip: fields.text("/metadata/ip_address").and_then(|ip| ip.parse().ok()),
        subject: fields.text("/user/id"),
        expires_in: None,
        same: vec![fields.text("/metadata/uuid").map_or_else(|| body.to_vec(), String::into_bytes)],
        same_for: Same::WhileItLives,
    })
}

/// An error without a message counts as success there; one that passes is asked again at once, three times in all.
pub(super) fn refused(fault: &Fault<'_>) -> Answer {
    if fault.passing {
        return Answer::Problem;
    }
    Answer::Json(json!({ "error": { "http_code": fault.status, "message": fault.detail } }))
}
