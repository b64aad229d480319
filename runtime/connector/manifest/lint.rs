//! Judging a manifest together with its schema.
//!
//! The threat: a manifest that looks harmless and is not, above all a secret that is not declared as one, so that the
//! guest would read it (`hidden`), and words that read as something else than what they do (`readable`).

use serde_json::Value;

use super::{FEATURES, Manifest};
use crate::connector::limits::MEMORY_BYTES_MAX;
use crate::connector::reason::Reason;
use crate::egress::HostPattern;

mod credentials;
mod hidden;
mod readable;

pub use hidden::sounds_secret;

/// Everything wrong with it.
pub fn lint(manifest: &Manifest, schema: &Value) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut refuse = |pointer: &str, text: String| reasons.push(Reason::at("manifest", pointer, &text));
    if !is_name(&manifest.id) {
        refuse("/id", "has 1 to 64 lower-case letters, digits and hyphens, and begins with a letter or digit".into());
    }
    if manifest.contract.major != 1 || manifest.contract.minor > 1 {
        refuse("/contract", format!("`{}` is not served; this host serves 1.0 and 1.1", manifest.contract));
    }
    if manifest.channel != "sms" {
        refuse("/channel", format!("`{}` is not a channel of version 1", manifest.channel));
    }
    for (field, text) in [("/name", &manifest.name), ("/summary", &manifest.summary)] {
        if text.trim().is_empty() || text.chars().count() > 200 {
            refuse(field, "has 1 to 200 characters".into());
        }
    }
    let links = [("/website", &manifest.website), ("/documentation", &manifest.documentation)];
    for (field, url) in links.into_iter().filter_map(|(field, url)| Some((field, url.as_ref()?))) {
        if !url.starts_with("https://") {
            refuse(field, "is an https:// address".into());
        }
    }
    for (index, feature) in manifest.features.iter().enumerate() {
        if !FEATURES.iter().any(|(known, _)| known == feature) {
            let known = FEATURES.map(|(known, _)| known).join(", ");
            refuse(&format!("/features/{index}"), format!("`{feature}` is no feature; there are: {known}"));
        }
    }
    if let Some(verified) = &manifest.verified {
        if !verified.is_dated() {
            refuse("/verified/on", "is a day such as 2026-11-29".into());
        }
        if verified.with.trim().is_empty() || verified.with.chars().count() > 200 {
            refuse("/verified/with", "has 1 to 200 characters".into());
        }
    }
    for (index, host) in manifest.hosts.iter().enumerate() {
        // Any label stands for a placeholder here; with a configuration the real one is judged again.
        let sample = if host.starts_with("{config.") && host.ends_with('}') && host.matches('{').count() == 1 {
            continue;
        } else {
            fill_sample(host)
        };
        let pointer = format!("/hosts/{index}");
        match HostPattern::parse(&sample) {
            Err(error) => refuse(&pointer, error.to_string()),
            Ok(_) if !is_own_domain(host) => refuse(
                &pointer,
                "has a placeholder in its domain, so that it would be anybody's host: use a URI field, `{config.x}`"
                    .into(),
            ),
            Ok(_) => {}
        }
    }
    let limits = &manifest.limits;
    if limits.memory_mib.is_some_and(|mib| mib == 0 || mib > MEMORY_BYTES_MAX >> 20) {
        refuse("/limits/memory_mib", format!("is 1 to {}", MEMORY_BYTES_MAX >> 20));
    }
    for (field, value, max) in [
        ("/limits/requests", limits.requests.map(u64::from), 32),
        ("/limits/cpu_ms", limits.cpu_ms, 2_000),
        ("/limits/response_kib", limits.response_kib, 8_192),
    ] {
        if value.is_some_and(|value| value == 0 || value > max) {
            refuse(field, format!("is 1 to {max}"));
        }
    }
    reasons.extend(secrets(manifest, schema));
    reasons.extend(hidden::lint(manifest, schema));
    reasons.extend(credentials::lint(manifest));
    reasons.extend(readable::lint(manifest));
    reasons
}

fn secrets(manifest: &Manifest, schema: &Value) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    for (index, field) in manifest.secrets.iter().enumerate() {
        let property = properties.get(field);
        let is_string = property.and_then(|p| p.get("type")).and_then(Value::as_str) == Some("string");
        let is_write_only = property.and_then(|p| p.get("writeOnly")) == Some(&Value::Bool(true));
        if !is_string || !is_write_only {
            let text = format!("`{field}` has to be a top-level string property of the schema, marked `writeOnly`");
            reasons.push(Reason::at("secret", &format!("/secrets/{index}"), &text));
        }
    }
    reasons
}

pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether a configuration can only choose among the hosts of one domain: its placeholders stand left of it, in names
/// and not in the port.
fn is_own_domain(template: &str) -> bool {
    if !template.contains('{') {
        return true;
    }
    let host = template.split_once("://").map_or(template, |(_, host)| host);
    let (name, port) =
        host.rsplit_once("}").map_or((host, ""), |(_, after)| after.split_once(':').unwrap_or((after, "")));
    // What follows the last placeholder: the rest of its label, and then whole labels.
    let fixed = name.split_once('.').map_or("", |(_, fixed)| fixed);
    let suffix = psl::suffix(fixed.as_bytes());
    let labels = |name: &str| name.split('.').filter(|label| !label.is_empty()).count();
    // A private suffix (`azurewebsites.net`) is somebody's domain; a registry's (`co.uk`) is nobody's.
    let own = match suffix {
        Some(suffix) if suffix.typ() != Some(psl::Type::Private) => {
            labels(fixed) > labels(std::str::from_utf8(suffix.as_bytes()).unwrap_or(fixed))
        }
        Some(_) => true,
        None => false,
    };
    own && !port.contains('{')
}

fn fill_sample(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{config.") {
        let Some((_, after)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push('x');
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connector::manifest::parse;

    fn faults(more: &str, schema: Value) -> Vec<String> {
        let text = format!("id='x'\nname='X'\nversion='1.0.0'\ncontract='1.0.0'\nchannel='sms'\nsummary='s'\n{more}");
        lint(&parse(&text).unwrap(), &schema).into_iter().map(|reason| reason.to_string()).collect()
    }

    #[test]
    fn a_field_that_is_named_like_a_secret_is_listed_or_said_to_be_public() {
        let schema = json!({"properties": {"api_key": {"type": "string"}}});
        assert!(faults("", schema.clone())[0].contains("api_key"));
        assert!(faults("public=['api_key']\n", schema).is_empty());
    }

    #[test]
    fn list_and_schema_agree_about_secrets() {
        let marked = json!({"properties": {"token": {"type": "string", "writeOnly": true}}});
        assert!(faults("secrets=['token']\n", marked.clone()).is_empty());
        assert!(faults("", marked)[0].contains("not listed"));
        assert!(
            faults("secrets=['token']\n", json!({"properties": {"token": {"type": "string"}}}))[0]
                .contains("writeOnly")
        );
    }

    #[test]
    fn hosts_that_are_too_wide_and_limits_without_end_are_refused() {
        assert!(faults("hosts=['*.com']\n", json!({}))[0].contains("public suffix"));
        assert!(faults("[limits]\nmemory_mib=100000\n", json!({}))[0].starts_with("/limits/memory_mib"));
        for host in [
            "api.{config.region}.example.com",
            "{config.a}.{config.b}.example.co.uk:8443",
            "{config.app}.azurewebsites.net",
            "api-{config.dc}.example.com",
        ] {
            assert!(faults(&format!("hosts=['{host}']\n"), json!({})).is_empty(), "{host}");
        }
        for host in [
            "{config.name}.com",
            "api.{config.name}.co.uk",
            "api.{config.tld}",
            "{config.a}{config.b}",
            "example.com:{config.port}",
            "api.example.{config.tld}:443",
            "127.0.0.{config.n}",
        ] {
            assert!(!faults(&format!("hosts=['{host}']\n"), json!({})).is_empty(), "{host}");
        }
    }

    #[test]
    fn a_credential_uses_listed_secrets_and_named_hosts() {
        let more = "hosts=['a.example']\n[credentials.k]\nkind='bearer'\nsecret='t'\nmethods=['POST']\npaths=['x']\nhosts=['b.example']\n";
        let found = faults(more, json!({})).join("\n");
        assert!(found.contains("`t`") && found.contains("`x` is not a path") && found.contains("b.example"), "{found}");
    }
}
