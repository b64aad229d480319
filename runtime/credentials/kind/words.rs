//! What a kind does, in words that an operator can approve. Values of secrets never stand in them.

use std::collections::BTreeSet;

use super::{Hash, Kind, VerifyAlgorithm};

impl Kind {
    /// "writes auth_token into the Authorization header", "signs with …": what comes before the requests.
    pub(in crate::credentials) fn words(&self, name: &str) -> String {
        let secrets: BTreeSet<String> = self.secrets().into_iter().collect();
        let secrets = secrets.into_iter().collect::<Vec<_>>().join(" and ");
        let what = if secrets.is_empty() { name } else { &secrets };
        let place = self.place().map(|place| place.to_string()).unwrap_or_default();
        match self {
            Self::Hmac { digest, chain, .. } if chain.is_empty() => {
                format!("signs with {what} ({} HMAC) and writes the signature into {place}", digest.word())
            }
            Self::Hmac { digest, chain, .. } => format!(
                "signs with a key derived from {what} for {} ({} HMAC) and writes the signature into {place}",
                chain.join("/"),
                digest.word()
            ),
            Self::Digest { digest, template, .. } => {
                format!("writes the {} of {template} with {what} into {place}", digest.word())
            }
            Self::Jwt { algorithm, claims, fixed, life_seconds, .. } => {
                let fixed = fixed.iter().map(|(name, value)| format!("{name} = {value}"));
                let claims = claims.iter().cloned().chain(fixed).collect::<Vec<_>>().join(", ");
                let claims = if claims.is_empty() { String::new() } else { format!(" with {claims}") };
                format!("signs a token{claims} by {what} ({algorithm:?}, {life_seconds} s) and writes it into {place}")
            }
            Self::OAuth2 { token_url, client_id, scope, .. } => {
                let scope = scope.as_ref().map(|scope| format!(", scope {scope}")).unwrap_or_default();
                format!("fetches a token for {client_id} by {what} from {token_url}{scope} and writes it into {place}")
            }
            Self::Session { login, .. } => {
                format!("logs in with {what} at {} {} and writes the token into {place}", login.method, login.url)
            }
            Self::Mtls { .. } => format!("identifies the connection by a certificate with the key {what}"),
            Self::Verify { algorithm, .. } => format!("verifies callbacks by {what} ({})", algorithm.word()),
            _ => format!("writes {what} into {place}"),
        }
    }
}

impl Hash {
    fn word(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }
}

impl VerifyAlgorithm {
    fn word(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC with SHA-1",
            Self::HmacSha256 => "HMAC with SHA-256",
            Self::HmacSha512 => "HMAC with SHA-512",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Ed25519 => "Ed25519",
            Self::JwtHs256 => "a token, HS256",
            Self::JwtRs256 => "a token, RS256",
            Self::JwtEs256 => "a token, ES256",
        }
    }
}
