//! What to set at the sender: in its own words, ready to paste.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::saving::Fresh;
use super::{Mapping, Sender, kratos, logto, supabase, zitadel};
use crate::texts::PURPOSES;

/// Stands where a key or secret belongs that was shown before.
const SHOWN_BEFORE: &str = "(shown once, when it was made; `new_key: true` makes another one)";

/// What a sender's words mean unless a hook says otherwise.
pub(super) fn built_in(sender: Sender) -> BTreeMap<String, String> {
    let known = match sender {
        Sender::Logto => logto::PURPOSES,
        Sender::Supabase => supabase::PURPOSES,
        Sender::Kratos => kratos::PURPOSES,
        Sender::Zitadel => zitadel::PURPOSES,
        Sender::Generic => return PURPOSES.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect(),
    };
    known.iter().map(|(theirs, ours)| ((*theirs).to_owned(), (*ours).to_owned())).collect()
}

/// Where to set what.
pub(super) fn settings(sender: Sender, url: &str, fresh: &Fresh, mapping: Option<&Mapping>) -> Value {
    let key = fresh.key.as_ref().map_or(SHOWN_BEFORE, |key| key.expose());
    let secret = fresh.secret.as_ref().map_or("(the secrets that you gave)", |secret| secret.expose());
    match sender {
        Sender::Logto => json!({
            "place": "Logto Console > Connectors > Email and SMS connectors > SMS > HTTP SMS",
            "set": { "endpoint": url, "authorization": key },
        }),
        Sender::Supabase => json!({
            "place": "Dashboard > Authentication > Hooks > Send SMS hook > HTTPS; self-hosted: environment of the auth service",
            "set": {
                "GOTRUE_HOOK_SEND_SMS_ENABLED": "true",
                "GOTRUE_HOOK_SEND_SMS_URI": url,
                "GOTRUE_HOOK_SEND_SMS_SECRETS": secret,
            },
        }),
        Sender::Kratos => json!({
            "place": "kratos.yml",
            "set": { "courier": { "channels": [{ "id": "sms", "type": "http", "request_config": {
                "url": url,
                "method": "POST",
                "headers": { "Content-Type": "application/json" },
                "body": "file:///etc/config/kratos/sms.jsonnet",
                "auth": { "type": "api_key", "config": { "in": "header", "name": "Authorization", "value": key } },
            } }] } },
        }),
        Sender::Zitadel => json!({
            "place": "POST /admin/v1/sms/http, then POST /admin/v1/sms/{id}/_activate; save the `signingKey` that it answers as `secrets` of this hook",
            "set": { "endpoint": url, "description": "Countersign" },
        }),
        Sender::Generic => {
            let header = mapping.and_then(|mapping| mapping.key_header.as_deref()).unwrap_or("Authorization");
            json!({
                "place": "wherever it takes an address and a header; without a header, the second address",
                "set": { "url": url, "header": format!("{header}: {key}"), "url_with_key": with_key(url, fresh) },
            })
        }
    }
}

fn with_key(url: &str, fresh: &Fresh) -> String {
    fresh.key.as_ref().map_or_else(|| format!("{url}/KEY"), |key| format!("{url}/{}", key.expose()))
}

/// What will hardly work as it is.
pub(super) fn warnings(sender: Sender, url: &str, ready: bool) -> Vec<String> {
    let mut found = Vec::new();
    if !ready {
        found.push("no call is taken until `secrets` has the sender's signing secret".to_owned());
    }
    let local = ["localhost", "127.0.0.1", "[::1]", "host.docker.internal"];
    let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if sender == Sender::Supabase && url.starts_with("http:") && !local.contains(&host.as_str()) {
        found.push("Supabase calls plain http only at localhost and host.docker.internal; set server.public_url to an https address".to_owned());
    }
    found
}
