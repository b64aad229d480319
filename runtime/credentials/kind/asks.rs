//! What a kind is asked: its word, its place, its secrets, the names that a manifest may write for it. Pure.

use super::Kind;
use crate::credentials::place::Place;

impl Kind {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "basic",
            Self::Bearer { .. } => "bearer",
            Self::Header { .. } => "header",
            Self::Query { .. } => "query",
            Self::Form { .. } => "form",
            Self::Path { .. } => "path",
            Self::Json { .. } => "json",
            Self::Xml { .. } => "xml",
            Self::Hmac { .. } => "hmac",
            Self::Digest { .. } => "digest",
            Self::Jwt { .. } => "jwt",
            Self::OAuth2 { .. } => "oauth2-client-credentials",
            Self::Session { .. } => "session",
            Self::Mtls { .. } => "mtls",
            Self::Verify { .. } => "verify",
        }
    }

    /// Where in the request its value stands. None for a kind that writes nothing into requests.
    pub fn place(&self) -> Option<Place> {
        let header = |name: &str| Some(Place::Header { header: name.to_owned() });
        match self {
            Self::Basic { .. } | Self::Bearer { .. } | Self::OAuth2 { .. } => header("authorization"),
            Self::Header { name, .. } => header(name),
            Self::Query { name, .. } => Some(Place::Query { query: name.clone() }),
            Self::Form { name, .. } => Some(Place::Form { form: name.clone() }),
            Self::Path { segment, .. } => Some(Place::Path { path: *segment }),
            Self::Json { pointer, .. } => Some(Place::Json { json: pointer.clone() }),
            Self::Xml { element, attribute, .. } => {
                Some(Place::Xml { xml: element.clone(), attribute: attribute.clone() })
            }
            Self::Hmac { place, .. }
            | Self::Digest { place, .. }
            | Self::Jwt { place, .. }
            | Self::Session { place, .. } => Some(place.clone()),
            Self::Mtls { .. } | Self::Verify { .. } => None,
        }
    }

    /// Whether the guest writes a marker into its place.
    pub fn signs(&self) -> bool {
        matches!(self, Self::Hmac { .. } | Self::Digest { .. } | Self::Jwt { .. })
    }

    /// Where the host fetches its token, if it does.
    pub fn login_url(&self) -> Option<&str> {
        match self {
            Self::OAuth2 { token_url, .. } => Some(token_url),
            Self::Session { login, .. } => Some(&login.url),
            _ => None,
        }
    }

    /// Whether it is used in requests at all.
    pub fn is_for_requests(&self) -> bool {
        !matches!(self, Self::Verify { .. })
    }

    /// Names that a manifest may write for it, beside those that every kind has.
    pub(in crate::credentials) fn fields(&self) -> &'static [&'static str] {
        match self {
            Self::Basic { .. } => &["user", "password"],
            Self::Bearer { .. } => &["secret"],
            Self::Header { .. } => &["name", "prefix", "secret"],
            Self::Query { .. } | Self::Form { .. } => &["name", "secret"],
            Self::Path { .. } => &["segment", "prefix", "secret"],
            Self::Json { .. } => &["pointer", "secret"],
            Self::Xml { .. } => &["element", "attribute", "secret"],
            Self::Hmac { .. } => {
                &["secret", "digest", "secret_encoding", "prefix", "suffix", "chain", "encoding", "place"]
            }
            Self::Digest { .. } => &["secret", "digest", "template", "encoding", "place"],
            Self::Jwt { .. } => {
                &["secret", "secret_encoding", "algorithm", "kid", "claims", "fixed", "life_seconds", "place"]
            }
            Self::OAuth2 { .. } => &["token_url", "client_id", "secret", "scope", "client_auth", "extra"],
            Self::Session { .. } => &["login", "token", "life_seconds", "place", "prefix"],
            Self::Mtls { .. } => &["certificate", "secret", "ca"],
            Self::Verify { .. } => &["algorithm", "secret", "secret_encoding", "key", "body_claim"],
        }
    }

    /// Names of the secrets that it uses.
    pub fn secrets(&self) -> Vec<String> {
        match self {
            Self::Basic { user, password } => [user, password].into_iter().flat_map(|side| secrets_in(side)).collect(),
            Self::Bearer { secret }
            | Self::Header { secret, .. }
            | Self::Query { secret, .. }
            | Self::Form { secret, .. }
            | Self::Path { secret, .. }
            | Self::Json { secret, .. }
            | Self::Xml { secret, .. }
            | Self::Hmac { secret, .. }
            | Self::Digest { secret, .. }
            | Self::Jwt { secret, .. }
            | Self::OAuth2 { secret, .. }
            | Self::Mtls { secret, .. } => vec![secret.clone()],
            Self::Session { login, .. } => login.values().flat_map(|value| secrets_in(value)).collect(),
            Self::Verify { secret, .. } => secret.iter().cloned().collect(),
        }
    }
}

/// `{secret.a}:{secret.b}` → `a`, `b`.
fn secrets_in(template: &str) -> Vec<String> {
    let starts = template.split("{secret.").skip(1);
    starts.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}
