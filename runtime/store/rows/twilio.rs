//! What callers of the Twilio façade hold and name.

use crate::clock::Timestamp;

/// An account as a caller of the façade sees it: the right to call it for one environment.
#[derive(Clone, Debug)]
pub struct TwilioCredential {
    /// `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// The environment.
    pub environment: String,
    /// What it is for.
    pub name: String,
    /// Sealed: callbacks are signed with it.
    pub token: Vec<u8>,
    /// The Verify service that was named with it.
    pub service_sid: String,
    /// Whether a message's `From` is used as its sender.
    pub use_from: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A Verify service: a purpose under a name.
#[derive(Clone, Debug)]
pub struct TwilioService {
    /// `VA` and 32 hexadecimal digits.
    pub sid: String,
    /// The environment.
    pub environment: String,
    /// Its name.
    pub friendly_name: String,
    /// Why its codes are sent.
    pub purpose: String,
    /// Digits of its codes; the policy's unless set.
    pub code_length: Option<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
