//! What a host can do with a secret: the kinds of credentials.
//!
//! Two families. *Placed* kinds write a value that the host has into a place which the guest leaves empty. *Signing*
//! kinds compute a value from what the guest says, and replace the marker that the guest wrote into the place. No key
//! and no signature ever enters the guest: `sign` on a key with chosen data would be the export of that key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::place::Place;

mod asks;
mod choices;
mod fill;
mod words;

pub(super) use choices::{ClientAuth, Encoding, Hash, JwtAlgorithm, Login, SecretEncoding, VerifyAlgorithm};

/// What the host does with the secret. `secret` names one of the manifest's secrets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// `Authorization: Basic` (RFC 7617). Either side is a template: literal, `{config.x}` or `{secret.x}`; may be empty.
    Basic {
        /// User.
        user: String,
        /// Password.
        password: String,
    },
    /// `Authorization: Bearer` (RFC 6750).
    Bearer {
        /// The token.
        secret: String,
    },
    /// A header of that name.
    Header {
        /// The header's name.
        name: String,
        /// Written before the secret.
        #[serde(default)]
        prefix: String,
        /// The secret.
        secret: String,
    },
    /// A query parameter.
    Query {
        /// The parameter's name.
        name: String,
        /// The secret.
        secret: String,
    },
    /// A field of an `application/x-www-form-urlencoded` body.
    Form {
        /// The field's name.
        name: String,
        /// The secret.
        secret: String,
    },
    /// A segment of the path, which the guest leaves empty: `/bot//send`.
    Path {
        /// Index of the segment, from 0.
        segment: usize,
        /// Written before the secret, inside the segment.
        #[serde(default)]
        prefix: String,
        /// The secret.
        secret: String,
    },
    /// A member of a JSON body, by JSON Pointer (RFC 6901); its parent is an object that is there.
    Json {
        /// The pointer.
        pointer: String,
        /// The secret.
        secret: String,
    },
    /// The text of an element of an XML body, which the guest leaves empty, or an attribute that it leaves empty.
    Xml {
        /// Local names from the root: `/request/auth/password`.
        element: String,
        /// The attribute, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribute: Option<String>,
        /// The secret.
        secret: String,
    },
    /// A keyed hash (RFC 2104) over what the guest says, under the secret or a key derived from it.
    Hmac {
        /// The secret.
        secret: String,
        /// The hash.
        digest: Hash,
        /// How the stored secret gives the key.
        #[serde(default)]
        secret_encoding: SecretEncoding,
        /// Before the key: `AWS4`.
        #[serde(default)]
        prefix: String,
        /// After the key: `&`.
        #[serde(default)]
        suffix: String,
        /// Each is hashed under the key so far; the last result is the key. `{date:basic}` is YYYYMMDD and
        /// `{date:extended}` YYYY-MM-DD, of the call's own time.
        #[serde(default)]
        chain: Vec<String>,
        /// How the signature is written.
        encoding: Encoding,
        /// Where its marker stands.
        place: Place,
    },
    /// A hash over a template that holds the secret: WSSE and its kin.
    Digest {
        /// The secret.
        secret: String,
        /// The hash.
        digest: Hash,
        /// `{nonce:base64}{created}{secret}`: `{secret}`, `{config.x}`, or a value that the guest names; `:base64` and
        /// `:hex` are the bytes that the value encodes.
        template: String,
        /// How the hash is written.
        encoding: Encoding,
        /// Where its marker stands.
        place: Place,
    },
    /// A signed token (RFC 7519).
    Jwt {
        /// Private key in PEM, or the shared secret of HS256.
        secret: String,
        /// How the stored secret gives the key of HS256.
        #[serde(default)]
        secret_encoding: SecretEncoding,
        /// The algorithm.
        algorithm: JwtAlgorithm,
        /// Key id of the token's header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kid: Option<String>,
        /// Names of claims that the guest may set.
        #[serde(default)]
        claims: Vec<String>,
        /// Claims that are always the same.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fixed: BTreeMap<String, String>,
        /// How long it is valid, in seconds; at most 300.
        #[serde(default = "five_minutes")]
        life_seconds: u32,
        /// Where its marker stands.
        place: Place,
    },
    /// A token by client credentials (RFC 6749 §4.4), fetched, kept and renewed by the host.
    #[serde(rename = "oauth2-client-credentials")]
    OAuth2 {
        /// Where it is fetched; a host of the manifest.
        token_url: String,
        /// Who we are.
        client_id: String,
        /// The client secret.
        secret: String,
        /// What is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
        /// How we identify ourselves there.
        #[serde(default)]
        client_auth: ClientAuth,
        /// More fields of the request, such as `audience`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        extra: BTreeMap<String, String>,
    },
    /// A token that a login request gives.
    Session {
        /// The request.
        login: Login,
        /// JSON Pointer of the token in its answer.
        token: String,
        /// How long the token is used, in seconds.
        life_seconds: u32,
        /// Where the token goes.
        place: Place,
        /// Written before the token.
        #[serde(default)]
        prefix: String,
    },
    /// A client certificate (RFC 8446 §4.4.2): the connection identifies itself.
    Mtls {
        /// Certificate chain in PEM; public.
        certificate: String,
        /// Private key in PEM.
        secret: String,
        /// The only authority that is trusted there, in PEM; the usual ones unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ca: Option<String>,
    },
    /// Is a signature the provider's? For `delivery-reports` alone.
    Verify {
        /// How it is signed.
        algorithm: VerifyAlgorithm,
        /// The shared secret of an HMAC.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<String>,
        /// How the stored secret gives the key.
        #[serde(default)]
        secret_encoding: SecretEncoding,
        /// The provider's public key: PEM, or base64 of the 32 bytes of Ed25519.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// The claim that holds the SHA-256 of the body, in hexadecimal, where the signature is a token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body_claim: Option<String>,
    },
}

/// Longest life of a token, in seconds.
pub const LIFE_SECONDS_MAX: u32 = 300;

fn five_minutes() -> u32 {
    LIFE_SECONDS_MAX
}
