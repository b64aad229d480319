//! What is to be sent, and what a connector says when it did.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Pair;

/// One SMS as a connector is asked to send it. Holds the number and the text in clear: `Debug` shows neither.
#[derive(Clone)]
pub struct Message {
    /// E.164 with `+`.
    pub to: String,
    /// Digits only.
    pub calling_code: String,
    /// ISO 3166-1 alpha-2, where the number tells.
    pub country: Option<String>,
    /// Why it is sent.
    pub purpose: String,
    /// BCP 47.
    pub locale: String,
    /// Unique for (message, connector), the same on a retry.
    pub reference: String,
    /// What is left of the code's life, in seconds.
    pub validity_seconds: u32,
    /// Sender for this recipient, where the operator set one.
    pub sender: Option<String>,
    /// Rendered text.
    pub text: String,
    /// Registered template's id at the provider.
    pub template_id: Option<String>,
    /// Language under which it is registered.
    pub template_locale: Option<String>,
    /// The template's values, in order.
    pub parameters: Vec<Pair>,
    /// Where the provider may report delivery.
    pub callback_url: Option<String>,
    /// The end user's IP address.
    pub client_ip: Option<String>,
    /// Regulatory ids and the like.
    pub extra: Vec<Pair>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("reference", &self.reference)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// An amount in a currency, as the provider told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Decimal.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// How far the provider took the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptStatus {
    /// Accepted for sending.
    Accepted,
    /// Waiting in the provider's queue.
    Queued,
    /// Accepted in some other way.
    Other,
}

/// The provider took the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// How far.
    pub status: ReceiptStatus,
    /// The provider's ids.
    pub message_ids: Vec<String>,
    /// SMS parts as the provider counts them.
    pub segments: Option<u32>,
    /// What it costs, where the provider says.
    pub price: Option<Money>,
    /// More.
    pub extra: Vec<Pair>,
}

/// What an account check told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// What the provider calls the account.
    pub name: Option<String>,
    /// What is left on it.
    pub balance: Option<Money>,
    /// More.
    pub extra: Vec<Pair>,
}
