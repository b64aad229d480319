//! Zitadel's HTTP SMS provider: `{contextInfo: {eventType, recipientPhoneNumber}, templateData: {text}, args: {code}}`,
//! signed, within 5 s.
//!
//! `args` carries the user's names, logins and dates: nothing reads them here, and they go with the body. The code of a
//! phone's verification is `args.code`, that of a login `args.oTP`.

use super::ask::{Ask, Same, Unread};
use super::fields::Fields;

/// Zitadel's events, and our purposes.
pub(super) const PURPOSES: &[(&str, &str)] = &[
    ("session.otp.sms.challenged", "mfa-verification"),
    ("user.human.otp.sms.code.added", "mfa-verification"),
    ("user.human.mfa.otp.sms.code.added", "mfa-verification"),
    ("user.human.phone.code.added", "link-account"),
    ("user.human.password.code.added", "forgot-password"),
    ("user.human.initialization.code.added", "register"),
];

pub(super) fn ask(fields: &Fields) -> Result<Ask, Unread> {
    let to = fields.needed(&["/contextInfo/recipientPhoneNumber"])?;
    let kind = fields.text("/contextInfo/eventType").unwrap_or_default();
    let code = fields.secret(&["/args/code", "/args/oTP", "/args/otp", "/args/OTP"]);
    let text = fields.secret(&["/templateData/text"]);
    let said = code.as_ref().or(text.as_ref());
    let said = said.ok_or_else(|| Unread::new("/args/code", "is missing, and there is no text either"))?;
    Ok(Ask {
        same: [to.as_str(), kind.as_str(), said.expose()].map(|part| part.as_bytes().to_vec()).to_vec(),
        same_for: Same::WhileItLives,
        to,
        purpose: super::ask::word(PURPOSES, &kind),
        kind,
        code,
        text,
        locale: None,
        client_ip: None,
        subject: None,
        expires_in: fields.text("/args/expiry").and_then(|nanoseconds| seconds(&nanoseconds)),
    })
}

/// Go writes a duration as nanoseconds.
fn seconds(text: &str) -> Option<u32> {
    let nanoseconds: u64 = text.parse().ok()?;
    u32::try_from(nanoseconds / 1_000_000_000).ok().filter(|seconds| *seconds > 0)
}
