//! What Cloudflare Turnstile, hCaptcha and reCAPTCHA have in common: a form with `secret`, `response` and `remoteip`, and an
//! answer that says `success` and `error-codes`. Pure.

use std::net::IpAddr;

use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::checking::Came;
use super::{Doubt, Rule};
use crate::secret::Secret;

/// Faults that are the operator's or the provider's own: of the token they say nothing.
const NOT_OF_THE_TOKEN: [&str; 9] = [
    "missing-input-secret",
    "invalid-input-secret",
    "invalid-keys",
    "sitekey-secret-mismatch",
    "invalid-sitekey",
    "bad-request",
    "internal-error",
    "missing-remoteip",
    "invalid-remoteip",
];

#[derive(Deserialize)]
struct Answer {
    success: bool,
    #[serde(default, rename = "error-codes")]
    error_codes: Option<Vec<String>>,
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    score: Option<f64>,
}

/// The form.
pub(super) fn form(secret: &Secret<Vec<u8>>, token: &Secret<String>, client: Option<IpAddr>) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("secret", &String::from_utf8_lossy(secret.expose()));
    form.append_pair("response", token.expose());
    if let Some(client) = client {
        form.append_pair("remoteip", &client.to_string());
    }
    form.finish()
}

/// What an answer says; none where it is no such answer.
pub(super) fn read(rule: &Rule, body: &[u8]) -> Option<Came> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    if !answer.success {
        let codes = answer.error_codes.unwrap_or_default();
        let ours = NOT_OF_THE_TOKEN.into_iter().find(|known| codes.iter().any(|code| code == known));
        return Some(match ours {
            Some(code) => Came::Unknown(format!("the answer is `{code}`")),
            None => Came::Doubted(Doubt::Rejected),
        });
    }
    let other = |wanted: &Option<String>, is: &Option<String>| wanted.is_some() && wanted != is;
    Some(if other(&rule.hostname, &answer.hostname) {
        Came::Doubted(Doubt::Hostname)
    } else if other(&rule.action, &answer.action) {
        Came::Doubted(Doubt::Action)
    } else if rule.score.is_some_and(|least| answer.score.is_none_or(|score| score < least)) {
        Came::Doubted(Doubt::Score)
    } else {
        Came::Passed
    })
}
