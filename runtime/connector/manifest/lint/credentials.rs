//! Judging how a manifest would use secrets. What is refused here never reaches an operator's approval.

use super::is_name;
use crate::connector::manifest::Manifest;
use crate::connector::reason::Reason;
use crate::credentials::{Declaration, Kind, LIFE_SECONDS_MAX, Place};

/// Claims that the host sets itself.
const HOSTS_CLAIMS: [&str; 4] = ["iat", "nbf", "exp", "jti"];

pub(super) fn lint(manifest: &Manifest) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for (name, declared) in &manifest.credentials {
        let pointer = format!("/credentials/{name}");
        let mut refuse = |text: String| reasons.push(Reason::at("credential", &pointer, &text));
        if !is_name(name) && !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()) {
            refuse("a credential's name has lower-case letters, digits, `-` and `_`".into());
        }
        for field in declared.unknown() {
            refuse(format!("`{field}` is none of its fields; one that is misspelt would permit what it was to forbid"));
        }
        for secret in declared.kind.secrets().iter().filter(|secret| !manifest.secrets.contains(secret)) {
            refuse(format!("uses `{secret}`, which is not listed in `secrets`"));
        }
        let hosts = declared.hosts.iter().flatten();
        for host in hosts.filter(|host| !manifest.hosts.contains(host)) {
            refuse(format!("names the host `{host}`, which is not among the manifest's"));
        }
        if declared.kind.is_for_requests() {
            requests(declared, &mut refuse);
        }
        kind(&declared.kind, &mut refuse);
    }
    reasons
}

fn requests(declared: &Declaration, refuse: &mut impl FnMut(String)) {
    if declared.methods.is_empty() || declared.paths.is_empty() {
        refuse("names the methods and paths of its requests".into());
    }
    let is_url_path = |path: &str| path.starts_with("{config.") && path.ends_with(":path}") && !path.contains('/');
    for path in declared.paths.iter().filter(|path| !is_url_path(path)) {
        if !path.starts_with('/') || path.contains(['?', '#', ' ', '\\']) {
            refuse(format!("`{path}` is not a path"));
        }
    }
    for field in declared.pinned.keys() {
        let known = field.split_once('.').is_some_and(|(place, name)| {
            matches!(place, "form" | "query" | "header") && !name.is_empty() || place == "json" && name.starts_with('/')
        });
        if !known {
            refuse(format!("`pinned` has `{field}`; it takes form.NAME, query.NAME, header.NAME and json./POINTER"));
        }
    }
    match declared.kind.place() {
        Some(Place::Json { json }) if !json.starts_with('/') => refuse(format!("`{json}` is not a JSON Pointer")),
        Some(Place::Xml { xml, .. }) if !xml.starts_with('/') || xml.ends_with('/') => {
            refuse(format!("`{xml}` is not a path of element names: /request/auth/password"));
        }
        Some(Place::Header { header }) if http::HeaderName::from_bytes(header.as_bytes()).is_err() => {
            refuse(format!("`{header}` is not a header's name"));
        }
        _ => {}
    }
}

fn kind(kind: &Kind, refuse: &mut impl FnMut(String)) {
    match kind {
        Kind::Digest { template, .. } if !template.contains("{secret}") => {
            refuse("its `template` has no `{secret}`: nobody needs the host for that".into());
        }
        Kind::Jwt { claims, fixed, life_seconds, .. } => {
            if !(1..=LIFE_SECONDS_MAX).contains(life_seconds) {
                refuse(format!("`life_seconds` is 1 to {LIFE_SECONDS_MAX}"));
            }
            for claim in claims.iter().chain(fixed.keys()).filter(|claim| HOSTS_CLAIMS.contains(&claim.as_str())) {
                refuse(format!("the claim `{claim}` is the host's"));
            }
        }
        Kind::OAuth2 { token_url: url, .. } => login_url(url, refuse),
        Kind::Session { login, token, life_seconds, .. } => {
            login_url(&login.url, refuse);
            if !token.starts_with('/') {
                refuse(format!("`token` is a JSON Pointer into the answer, and `{token}` is none"));
            }
            if *life_seconds == 0 {
                refuse("`life_seconds` is 1 or more".into());
            }
            if !login.form.is_empty() && !login.json.is_empty() {
                refuse("its login has `form` or `json`, not both".into());
            }
        }
        Kind::Verify { algorithm, secret, key, body_claim, .. } => {
            if algorithm.is_symmetric() != secret.is_some() || algorithm.is_symmetric() == key.is_some() {
                refuse("an HMAC is verified by a `secret`, anything else by a public `key`".into());
            }
            if body_claim.is_some() && !algorithm.is_token() {
                refuse("`body_claim` is for tokens".into());
            }
        }
        _ => {}
    }
}

/// It is resolved and judged as a host later; that it is TLS, or starts with the operator's own origin, is judged here.
fn login_url(url: &str, refuse: &mut impl FnMut(String)) {
    if !url.starts_with("https://") && !url.starts_with("{config.") {
        refuse(format!("`{url}` is not an https:// address"));
    }
}
