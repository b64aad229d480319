//! What has to be on the wire, what the provider answers, and what must come of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::connector::contract::{Certainty, CodeVerdict, FailureKind, ReceiptStatus, ReportStatus};

/// One expected request and its reply.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// On the wire.
    pub request: ExpectedRequest,
    /// What the provider answers.
    #[serde(default)]
    pub reply: Option<Reply>,
    /// Or what goes wrong.
    #[serde(default)]
    pub fault: Option<WireFault>,
}

/// A request on the wire, after credentials were placed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRequest {
    /// Method.
    pub method: String,
    /// URL, with its query.
    pub url: String,
    /// Headers that must be there with these values; others may be.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Form fields, all of them, in any order.
    #[serde(default)]
    pub form: Option<BTreeMap<String, String>>,
    /// JSON body, by structure.
    #[serde(default)]
    pub json: Option<Value>,
    /// Body as text.
    #[serde(default)]
    pub text: Option<String>,
    /// Body as base64.
    #[serde(default)]
    pub base64: Option<String>,
}

/// A provider's reply.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reply {
    /// 200 unless given.
    pub status: Option<u16>,
    /// Headers.
    pub headers: BTreeMap<String, String>,
    /// JSON body.
    pub json: Option<Value>,
    /// Text body.
    pub text: Option<String>,
    /// Body as base64.
    pub base64: Option<String>,
}

/// What can go wrong on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WireFault {
    /// No answer.
    Timeout,
    /// The connection is reset after the request was read.
    Reset,
    /// Nobody listens.
    Refused,
}

/// What must come of it: exactly one of these.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Expect {
    /// A receipt.
    Accepted(ExpectedReceipt),
    /// A failure.
    Failure(ExpectedFailure),
    /// The account's standing.
    Standing(ExpectedStanding),
    /// What a callback was read as.
    Handled(ExpectedHandled),
    /// A verification that was started.
    Started(ExpectedStart),
    /// What the provider said of a code.
    Verdict(CodeVerdict),
}

/// A verification that was started; what is not given is not compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedStart {
    /// What the provider calls it.
    pub id: Option<String>,
    /// For how long its code is good, in seconds.
    pub expires_in_seconds: Option<u32>,
    /// Parts.
    pub segments: Option<u32>,
}

/// A receipt; what is not given is not compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedReceipt {
    /// The provider's ids.
    pub message_ids: Option<Vec<String>>,
    /// Parts.
    pub segments: Option<u32>,
    /// How far the provider took it.
    pub status: Option<ReceiptStatus>,
    /// Price, as `AMOUNT CURRENCY`.
    pub price: Option<String>,
    /// Values of `extra`; others may be there.
    pub extra: BTreeMap<String, String>,
}

/// A failure; what is not given is not compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFailure {
    /// Kind.
    pub kind: FailureKind,
    /// Certainty.
    pub certainty: Certainty,
    /// The provider's own code.
    #[serde(default)]
    pub provider_code: Option<String>,
    /// Seconds to wait.
    #[serde(default)]
    pub retry_after_seconds: Option<u32>,
}

/// An account's standing; what is not given is not compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedStanding {
    /// Balance, as `AMOUNT CURRENCY`.
    pub balance: Option<String>,
    /// What the provider calls the account.
    pub name: Option<String>,
    /// Values of `extra`; others may be there.
    pub extra: BTreeMap<String, String>,
}

/// What a callback was read as; what is not given is not compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedHandled {
    /// Whether its signature was verified.
    pub verified: bool,
    /// The reports, in order.
    #[serde(default)]
    pub reports: Option<Vec<ExpectedReport>>,
    /// Status of the answer to the provider.
    #[serde(default)]
    pub status: Option<u16>,
}

/// One report; what is not given is not compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedReport {
    /// How far the message got.
    pub status: ReportStatus,
    /// The provider's ids.
    #[serde(default)]
    pub message_ids: Option<Vec<String>>,
    /// Our reference.
    #[serde(default)]
    pub reference: Option<String>,
    /// Why it got no further.
    #[serde(default)]
    pub kind: Option<FailureKind>,
    /// The provider's own code.
    #[serde(default)]
    pub provider_code: Option<String>,
    /// The provider's own words.
    #[serde(default)]
    pub text: Option<String>,
    /// The mobile network.
    #[serde(default)]
    pub network: Option<String>,
    /// When it happened, in milliseconds since 1970.
    #[serde(default)]
    pub at: Option<u64>,
    /// Parts.
    #[serde(default)]
    pub segments: Option<u32>,
    /// Price, as `AMOUNT CURRENCY`.
    #[serde(default)]
    pub price: Option<String>,
}
