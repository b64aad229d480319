//! What a manifest chooses from: hashes, encodings, algorithms, and the shape of a login.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A request that gives a token. Values are templates: literal, `{config.x}` or `{secret.x}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Its method.
    #[serde(default = "post")]
    pub method: String,
    /// Its URL; a host of the manifest.
    pub url: String,
    /// Its headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Its body as form fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub form: BTreeMap<String, String>,
    /// Its body as members of a flat JSON object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub json: BTreeMap<String, String>,
}

fn post() -> String {
    "POST".into()
}

/// A hash. MD5 and SHA-1 are for providers that ask for them still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hash {
    /// RFC 1321.
    Md5,
    /// FIPS 180-4.
    Sha1,
    /// FIPS 180-4.
    Sha256,
    /// FIPS 180-4.
    Sha512,
}

/// How a stored secret gives a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretEncoding {
    /// Its UTF-8 bytes.
    #[default]
    Text,
    /// The bytes that it writes in hexadecimal.
    Hex,
    /// The bytes that it writes in base64.
    Base64,
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Lower-case hexadecimal.
    Hex,
    /// Upper-case hexadecimal.
    HexUpper,
    /// RFC 4648 §4.
    Base64,
    /// RFC 4648 §5, without padding.
    Base64url,
    /// Base64 of lower-case hexadecimal.
    Base64OfHex,
}

/// How a token is signed (RFC 7518 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256.
    HS256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// ECDSA with P-256 and SHA-256.
    ES256,
}

/// How a client identifies itself at a token endpoint (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientAuth {
    /// `Authorization: Basic`.
    #[default]
    Basic,
    /// Fields `client_id` and `client_secret` of the form.
    Form,
}

/// How a provider signs its callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerifyAlgorithm {
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA with P-256 and SHA-256, in ASN.1.
    Es256,
    /// RFC 8032.
    Ed25519,
    /// A token, HS256.
    JwtHs256,
    /// A token, RS256.
    JwtRs256,
    /// A token, ES256.
    JwtEs256,
}

impl Login {
    /// Every value that is a template.
    pub(super) fn values(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.url).chain(self.headers.values()).chain(self.form.values()).chain(self.json.values())
    }
}

impl VerifyAlgorithm {
    /// Whether a shared secret verifies it.
    pub fn is_symmetric(self) -> bool {
        matches!(self, Self::HmacSha1 | Self::HmacSha256 | Self::HmacSha512 | Self::JwtHs256)
    }

    /// Whether the signature is a token.
    pub fn is_token(self) -> bool {
        matches!(self, Self::JwtHs256 | Self::JwtRs256 | Self::JwtEs256)
    }
}
