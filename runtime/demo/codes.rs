//! What the demo needs of one-time passwords, whoever gives it: the service's use cases, or the API.

use std::net::IpAddr;

use async_trait::async_trait;
use serde_json::Value;

use crate::otp::policy::Policy;
use crate::otp::sign_in::SignInExperience;
use crate::otp::{Checked, VerificationView};
use crate::secret::Secret;

/// One-time passwords.
#[async_trait]
pub trait Codes: Send + Sync + 'static {
    /// How the demo of this environment looks; none where there is no demo of it.
    async fn look(&self, environment: &str) -> Result<Option<Look>, Refused>;
    /// Send a code to a number.
    async fn create(&self, environment: &str, ask: Ask) -> Result<VerificationView, Refused>;
    /// Send it once more.
    async fn resend(&self, environment: &str, id: &str) -> Result<VerificationView, Refused>;
    /// Whether a code is right.
    async fn check(&self, environment: &str, id: &str, proof: Proof) -> Result<Checked, Refused>;
}

/// What the pages follow.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The application's name.
    pub name: String,
    /// By what people sign up and in, and which purposes are open.
    pub experience: SignInExperience,
    /// How long codes are.
    pub policy: Policy,
    /// Where the codes of development are read; none where they go to real phones.
    pub inbox: Option<String>,
}

/// Ask for a code.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The number, as it was typed.
    pub to: String,
    /// Why.
    pub purpose: &'static str,
    /// The browser's language.
    pub locale: String,
    /// The browser's address, for limits.
    pub client: Option<IpAddr>,
}

/// Present a code.
#[derive(Debug)]
pub struct Proof {
    /// As it was typed.
    pub code: Secret<String>,
    /// The number that it was sent to.
    pub to: String,
    /// What it was sent for.
    pub purpose: &'static str,
}

/// Why it was not done: a problem document, as far as the pages need it.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// Its HTTP status.
    pub status: u16,
    /// Its kind: `cooldown`, `purpose-closed`.
    pub kind: String,
    /// For people.
    pub detail: String,
    /// After how long it is worth another try.
    pub retry_after_seconds: Option<u64>,
}

impl Refused {
    /// Of the API's answer, and its `Retry-After`.
    pub fn of_problem(status: u16, retry_after_seconds: Option<u64>, problem: &Value) -> Self {
        let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = text("type").trim_start_matches("/problems/").to_owned();
        Self { status, kind, detail: text("detail").to_owned(), retry_after_seconds }
    }
}

impl Look {
    /// Digits of a code.
    pub(super) fn digits(&self, purpose: &str) -> u8 {
        self.policy.rules(purpose, true).code_length
    }
}
