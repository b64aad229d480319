//! Logto's HTTP SMS connector: `{to, type, payload: {code, link?, locale?, …}, ip?}`, once, without a signature. The
//! text of a refusal becomes the error that Logto shows.

use super::ask::{Ask, Same, Unread, international};
use super::fields::Fields;

/// Logto's word for why, and ours.
pub(super) const PURPOSES: &[(&str, &str)] = &[
    ("SignIn", "sign-in"),
    ("Register", "register"),
    ("ForgotPassword", "forgot-password"),
    ("OrganizationInvitation", "organization-invitation"),
    ("Generic", "generic"),
    ("UserPermissionValidation", "permission-validation"),
    ("BindNewIdentifier", "link-account"),
    ("MfaVerification", "mfa-verification"),
    ("BindMfa", "mfa-setup"),
];

pub(super) fn ask(fields: &Fields, body: &[u8]) -> Result<Ask, Unread> {
    let kind = fields.needed(&["/type"])?;
    let code = fields.secret(&["/payload/code"]);
    // An invitation has a link instead of a code.
    let text = fields.secret(&["/payload/link"]).filter(|_| code.is_none());
    if code.is_none() && text.is_none() {
        return Err(Unread::new("/payload/code", "is missing, and there is no link either"));
    }
    // An invitation that is sent again is the same text.
    let same_for = if code.is_some() { Same::WhileItLives } else { Same::ForAMoment };
    Ok(Ask {
        to: international(&fields.needed(&["/to"])?),
        purpose: super::ask::word(PURPOSES, &kind),
        kind,
        code,
        text,
        locale: fields.first(&["/payload/locale", "/payload/uiLocales"]).map(|tags| first_tag(&tags)),
        client_ip: fields.text("/ip").and_then(|ip| ip.parse().ok()),
        subject: None,
        expires_in: None,
        same: vec![body.to_vec()],
        same_for,
    })
}

/// `uiLocales` is a list by preference, separated by spaces (OpenID Connect Core §3.1.2.1).
fn first_tag(tags: &str) -> String {
    tags.split_whitespace().next().unwrap_or_default().to_owned()
}
