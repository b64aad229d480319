//! Which proofs an environment asks for before it sends: read, replaced, deleted. The secret is never read back.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Setup, SetupError};
use crate::connector::reason::Reason;
use crate::egress::{Origins, read_url};
use crate::otp::attestation::{Attestation, KIND, Kind, OnError, Rule, When, aad};
use crate::random;
use crate::secret::Secret;
use crate::texts;
use crate::webhooks::signature;

const PURPOSES_MAX: usize = 64;
const SECRET_BYTES_MAX: usize = 512;

/// `PUT /v1/environments/{env}/attestation`. Has no `Debug`: its secret is in clear.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAttestation {
    /// Who judges a token.
    pub kind: Kind,
    /// Where. `https`; in an environment of kind development `http` too, elsewhere with an `http://` entry in
    /// `egress.allow`. A private address needs an entry there, too.
    #[schema(example = "https://challenges.cloudflare.com/turnstile/v0/siteverify")]
    pub url: String,
    /// `siteverify`: the provider's secret. `endpoint`: `whsec_` and 24 to 64 bytes in base64, made for you if there is
    /// none. Never read back. Left out, it stays, unless it would go to another host.
    #[serde(default)]
    pub secret: Option<String>,
    /// Which messages need a token.
    pub when: When,
    /// What happens while it can't be judged: nobody answers within two seconds, or not as expected.
    #[serde(default)]
    #[schema(default = "allow")]
    pub on_error: OnError,
    /// Of which purposes; all unless given.
    #[serde(default)]
    pub purposes: Option<Vec<String>>,
    /// `siteverify`: the host that a token must be of.
    #[serde(default)]
    pub hostname: Option<String>,
    /// `siteverify`: the action that a token must be of.
    #[serde(default)]
    pub action: Option<String>,
    /// `siteverify`: the score that a token must have at least, 0 to 1 (reCAPTCHA v3).
    #[serde(default)]
    pub score: Option<f64>,
}

/// Which proofs an environment asks for.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttestationView {
    /// What is asked for.
    #[serde(flatten)]
    pub rule: Rule,
    /// `{"set": true}`: a secret is never shown.
    #[schema(value_type = Object)]
    pub secret: Value,
    /// What calls of an `endpoint` are signed with, where it was made for you: on the answer that made it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub signing_secret: Option<String>,
    /// How often it was saved.
    #[serde(skip)]
    pub version: u64,
}

impl AttestationView {
    fn of(rule: Rule, version: u64) -> Self {
        Self { rule, secret: json!({ "set": true }), signing_secret: None, version }
    }

    /// What the audit log has of it. A path or a query may be what the endpoint knows its callers by.
    pub fn told(&self) -> Value {
        let Rule { kind, url, when, on_error, .. } = &self.rule;
        let host = read_url(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        json!({ "kind": kind, "host": host, "when": when, "on_error": on_error })
    }
}

impl Setup {
    /// Which proofs an environment asks for.
    pub async fn attestation(&self, environment: &str) -> Result<AttestationView, SetupError> {
        let environment = self.environment(environment).await?.name;
        let (document, version) = self.kept_attestation(&environment).await?;
        let kept = Attestation::read(&environment, document)?;
        Ok(AttestationView::of(kept.ok_or_else(|| none(&environment))?.rule, version))
    }

    /// Ask for other proofs; where `if_match` is given, only if that version is current. Takes effect with the next send.
    pub async fn put_attestation(
        &self,
        environment: &str,
        put: PutAttestation,
        if_match: Option<u64>,
    ) -> Result<AttestationView, SetupError> {
        let _turn = self.turns.of(environment).await?;
        let environment = self.environment(environment).await?;
        let (document, current) = self.kept_attestation(&environment.name).await?;
        if let Some(given) = if_match.filter(|given| *given != current) {
            return Err(SetupError::Stale { given, current });
        }
        // One that can't be read any more is replaced like any other.
        let before = Attestation::read(&environment.name, document).ok().flatten();
        let mut reasons = faults(&put);
        let url = Origins::new(std::sync::Arc::clone(&self.egress)).named(&put.url, environment.is_development());
        let url = url.map_err(|why| reasons.push(Reason::at("url", "/url", &why))).ok();
        let secret = secret(&put, before.as_ref()).map_err(|why| reasons.push(why)).ok();
        let (Some(url), Some(secret)) = (url.filter(|_| reasons.is_empty()), secret) else {
            return Err(SetupError::Refused { what: "the attestation", reasons });
        };
        let PutAttestation { kind, when, on_error, purposes, hostname, action, score, .. } = put;
        let hostname = hostname.map(|name| name.to_ascii_lowercase());
        let rule = Rule { kind, url: url.into(), when, on_error, purposes, hostname, action, score };
        let seal = |key: &Secret<Vec<u8>>| hex::encode(self.vault.seal(&aad(&environment.name), key.expose()));
        let (sealed, made) = match secret {
            Wanted::Kept(sealed) => (sealed, None),
            Wanted::Given(key) => (seal(&key), None),
            Wanted::Made(key) => (seal(&key), Some(signature::shown(&key))),
        };
        let kept = json!(Attestation { rule: rule.clone(), sealed });
        let version = self.store.put_setting(&environment.name, KIND, kept).await?;
        Ok(AttestationView { signing_secret: made, ..AttestationView::of(rule, version) })
    }

    /// Ask for none any more.
    pub async fn delete_attestation(&self, environment: &str) -> Result<(), SetupError> {
        let _turn = self.turns.of(environment).await?;
        let environment = self.environment(environment).await?.name;
        if self.kept_attestation(&environment).await?.0.is_null() {
            return Err(none(&environment));
        }
        // Null is none, and the version goes on.
        self.store.put_setting(&environment, KIND, Value::Null).await?;
        Ok(())
    }

    async fn kept_attestation(&self, environment: &str) -> Result<(Value, u64), SetupError> {
        let setting = self.store.setting(environment, KIND).await?;
        Ok(setting.map_or((Value::Null, 0), |setting| (setting.document, setting.version)))
    }
}

fn none(environment: &str) -> SetupError {
    SetupError::not_found("attestation in environment", environment)
}

/// What of a request can't be taken, but for its URL and its secret.
fn faults(put: &PutAttestation) -> Vec<Reason> {
    let mut faults = Vec::new();
    let purposes = put.purposes.as_deref();
    if purposes.is_some_and(|named| named.is_empty() || named.len() > PURPOSES_MAX) {
        let text = format!("names 1 to {PURPOSES_MAX} purposes; leave it out for all of them");
        faults.push(Reason::at("purposes", "/purposes", &text));
    }
    let named = purposes.unwrap_or_default().iter().enumerate().take(PURPOSES_MAX);
    for (index, _) in named.filter(|(_, name)| !texts::is_purpose(name)) {
        faults.push(Reason::at("purpose", &format!("/purposes/{index}"), texts::PURPOSE_FORM));
    }
    let words = [("/hostname", &put.hostname, 253), ("/action", &put.action, 100)];
    for (pointer, text, most) in words {
        let Some(text) = text else { continue };
        if text.is_empty() || text.len() > most || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let form = format!("has 1 to {most} characters of printable ASCII without spaces");
            faults.push(Reason::at("out-of-range", pointer, &form));
        }
    }
    if put.score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
        faults.push(Reason::at("out-of-range", "/score", "is 0 to 1"));
    }
    let of_siteverify =
        [("/hostname", put.hostname.is_some()), ("/action", put.action.is_some()), ("/score", put.score.is_some())];
    for (pointer, _) in of_siteverify.into_iter().filter(|(_, given)| *given && put.kind == Kind::Endpoint) {
        faults.push(Reason::at("of-siteverify", pointer, "is for the kind `siteverify`: your endpoint looks itself"));
    }
    faults
}

/// The secret that is to be kept.
enum Wanted {
    /// That of before, sealed.
    Kept(String),
    Given(Secret<Vec<u8>>),
    Made(Secret<Vec<u8>>),
}

fn secret(put: &PutAttestation, before: Option<&Attestation>) -> Result<Wanted, Reason> {
    let at = |code, text: &str| Reason::at(code, "/secret", text);
    let before = before.filter(|kept| kept.rule.kind == put.kind);
    match (put.kind, &put.secret, before) {
        (Kind::Siteverify, Some(text), _) => {
            if (1..=SECRET_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Ok(Wanted::Given(Secret::new(text.clone().into_bytes())));
            }
            let form = format!("has 1 to {SECRET_BYTES_MAX} characters of printable ASCII without spaces");
            Err(at("out-of-range", &form))
        }
        (Kind::Siteverify, None, Some(kept)) if same_origin(&kept.rule.url, &put.url) => {
            Ok(Wanted::Kept(kept.sealed.clone()))
        }
        (Kind::Siteverify, None, Some(_)) => {
            Err(at("secret-rebound", "give this secret again: it would go where it did not go before"))
        }
        (Kind::Siteverify, None, None) => Err(at("required", "is what the provider knows you by")),
        (Kind::Endpoint, Some(text), _) => signature::read(text)
            .map(Wanted::Given)
            .ok_or_else(|| at("out-of-range", "is `whsec_` and 24 to 64 bytes in base64")),
        (Kind::Endpoint, None, Some(kept)) => Ok(Wanted::Kept(kept.sealed.clone())),
        (Kind::Endpoint, None, None) => Ok(Wanted::Made(Secret::new(random::bytes::<32>().to_vec()))),
    }
}

fn same_origin(one: &str, other: &str) -> bool {
    match (read_url(one), read_url(other)) {
        (Ok(one), Ok(other)) => one.origin() == other.origin(),
        _ => false,
    }
}
