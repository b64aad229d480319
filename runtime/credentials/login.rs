//! The request that gives a token, and what its answer says. The guest sees neither.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::kind::{ClientAuth, Kind, Login};
use super::tokens::{TokenError, usable};
use super::{Binding, Keyring, placement};
use crate::egress::{Request, Response};
use crate::secret::Secret;

/// The life of a token whose provider names none (RFC 6749 §5.1 only recommends it), in seconds.
const LIFE_SECONDS: u64 = 300;
/// No token is used for longer, whatever its provider says.
const LIFE_SECONDS_MAX: u64 = 24 * 3600;
const SAMPLE_TOKEN: &str = "fake-access-token-0000000000";
const TOKEN_BYTES_MAX: usize = 16 << 10;

/// A token and how long it is used.
pub(super) struct Answer {
    pub token: Secret<String>,
    pub life: Duration,
}

/// The request. Answers the field that is not set, or that can't be used.
pub(super) fn request(binding: &Binding, keyring: &Keyring) -> Result<Request, String> {
    match &binding.kind {
        Kind::OAuth2 { token_url, client_id, secret, scope, client_auth, extra } => {
            let password = keyring.get(secret).ok_or_else(|| secret.clone())?.expose();
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("grant_type", "client_credentials");
            if let Some(scope) = scope {
                form.append_pair("scope", scope);
            }
            for (name, value) in extra {
                form.append_pair(name, value);
            }
            let mut request = post(token_url, "application/x-www-form-urlencoded")?;
            match client_auth {
                ClientAuth::Basic => {
                    // RFC 6749 §2.3.1: both sides are form-encoded before they are put together.
                    let side = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                    let basic = placement::basic(&side(client_id), &side(password));
                    let value = HeaderValue::from_str(basic.expose()).map_err(|_| secret.clone())?;
                    request.headers.insert(AUTHORIZATION, value);
                }
                ClientAuth::Form => {
                    form.append_pair("client_id", client_id).append_pair("client_secret", password);
                }
            }
            request.body = Bytes::from(form.finish());
            Ok(request)
        }
        Kind::Session { login, .. } => session(login, keyring),
        _ => Err("login".to_owned()),
    }
}

fn session(login: &Login, keyring: &Keyring) -> Result<Request, String> {
    let fill = |template: &String| keyring.fill(template);
    let kind = if login.json.is_empty() { "application/x-www-form-urlencoded" } else { "application/json" };
    let mut request = post(fill(&login.url)?.expose(), kind)?;
    request.method = http::Method::from_bytes(login.method.as_bytes()).map_err(|_| "login.method".to_owned())?;
    for (name, template) in &login.headers {
        let value = HeaderValue::from_str(fill(template)?.expose()).map_err(|_| name.clone())?;
        request.headers.insert(HeaderName::from_bytes(name.as_bytes()).map_err(|_| name.clone())?, value);
    }
    if !login.json.is_empty() {
        let mut body = Map::new();
        for (name, template) in &login.json {
            body.insert(name.clone(), Value::String(fill(template)?.expose().clone()));
        }
        request.body = Value::Object(body).to_string().into();
    } else if !login.form.is_empty() {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, template) in &login.form {
            form.append_pair(name, fill(template)?.expose());
        }
        request.body = form.finish().into();
    } else {
        request.headers.remove(CONTENT_TYPE);
    }
    Ok(request)
}

fn post(url: &str, content_type: &'static str) -> Result<Request, String> {
    let url = Url::parse(url).map_err(|_| "url".to_owned())?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Ok(Request { method: http::Method::POST, url, headers, body: Bytes::new() })
}

/// The token in the answer, and its life.
pub(super) fn read(binding: &Binding, response: &Response) -> Result<Answer, TokenError> {
    let name = || binding.name().to_owned();
    if !(200..300).contains(&response.status) {
        return Err(TokenError::Refused(name(), response.status));
    }
    let body: Value = serde_json::from_slice(&response.body)
        .map_err(|_| TokenError::Answer(name(), "the answer of the token request is not JSON"))?;
    let (pointer, life) = match &binding.kind {
        Kind::Session { token, life_seconds, .. } => (token.as_str(), u64::from(*life_seconds)),
        _ => ("/access_token", expires_in(&body)),
    };
    let token = match body.pointer(pointer) {
        Some(Value::String(token)) if !token.is_empty() && token.len() <= TOKEN_BYTES_MAX => token.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(TokenError::Answer(name(), "the answer of the token request has no token where it should be")),
    };
    Ok(Answer { token: Secret::new(token), life: usable(Duration::from_secs(life.min(LIFE_SECONDS_MAX))) })
}

/// A good answer with a token that is none: what a provider for trying things out says. None where the manifest's pointer
/// leads into a list.
pub(super) fn sample(binding: &Binding) -> Option<Value> {
    let pointer = match &binding.kind {
        Kind::OAuth2 { .. } => "/access_token",
        Kind::Session { token, .. } => token.as_str(),
        _ => return None,
    };
    let document =
        pointer.rsplit('/').filter(|name| !name.is_empty()).fold(Value::from(SAMPLE_TOKEN), |inner, name| {
            Value::Object(Map::from_iter([(name.replace("~1", "/").replace("~0", "~"), inner)]))
        });
    (document.pointer(pointer) == Some(&Value::from(SAMPLE_TOKEN))).then_some(document)
}

/// Some providers write the number as text.
fn expires_in(body: &Value) -> u64 {
    let found = body.get("expires_in");
    let number = found.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    number.unwrap_or(LIFE_SECONDS)
}
