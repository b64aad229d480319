//! Transcripts: how a connector is tested, in any language. One JSON file: what it is asked, what has to be on the wire
//! (after credentials were placed), what the provider answers, and what must come of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::contract::{Callback, Certainty, FailureKind, Message, Pair, ReportStatus};
use crate::clock::Timestamp;

/// A transcript. A field that it does not know is refused by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// One sentence.
    pub name: String,
    /// The whole configuration, with fake secrets.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// Fixed time and nonce.
    #[serde(default)]
    pub call: FixedCall,
    /// What is sent; or `"account"` checks the account instead.
    #[serde(default)]
    pub message: Option<AskedMessage>,
    /// Whether the account is checked instead of a message sent.
    #[serde(default)]
    pub account: bool,
    /// A provider's callback that is read instead of a message sent.
    #[serde(default)]
    pub callback: Option<AskedCallback>,
    /// Requests in order, each with its reply.
    #[serde(default)]
    pub exchanges: Vec<Expected>,
    /// What must come of it.
    pub expect: Expect,
}

/// `call`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FixedCall {
    /// The call's time.
    pub issued_at: Timestamp,
    /// Its nonce.
    pub nonce: String,
}

impl Default for FixedCall {
    fn default() -> Self {
        Self { issued_at: Timestamp::from_millis(1_768_478_400_000), nonce: format!("{:032x}", 1) }
    }
}

/// `message`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedMessage {
    /// E.164.
    pub to: String,
    /// `sign-in` unless given.
    #[serde(default = "sign_in")]
    pub purpose: String,
    /// `en` unless given.
    #[serde(default = "english")]
    pub locale: String,
    /// The text.
    #[serde(default)]
    pub text: String,
    /// Sender for this recipient.
    #[serde(default)]
    pub sender: Option<String>,
    /// Registered template.
    #[serde(default)]
    pub template_id: Option<String>,
    /// Its language.
    #[serde(default)]
    pub template_locale: Option<String>,
    /// Its values.
    #[serde(default)]
    pub parameters: Vec<Pair>,
    /// `msg_transcript` unless given.
    #[serde(default = "reference")]
    pub reference: String,
    /// 600 unless given.
    #[serde(default = "ten_minutes")]
    pub validity_seconds: u32,
    /// Where the provider may report.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// The end user's address.
    #[serde(default)]
    pub client_ip: Option<String>,
    /// Regulatory ids.
    #[serde(default)]
    pub extra: Vec<Pair>,
}

fn sign_in() -> String {
    "sign-in".into()
}

fn english() -> String {
    "en".into()
}

fn reference() -> String {
    "msg_transcript".into()
}

fn ten_minutes() -> u32 {
    600
}

impl AskedMessage {
    /// As a connector gets it.
    pub fn to_message(&self) -> Message {
        let number = crate::phone::PhoneNumber::parse(&self.to).ok();
        Message {
            to: self.to.clone(),
            calling_code: number.as_ref().map(|n| n.calling_code().to_string()).unwrap_or_default(),
            country: number.as_ref().and_then(|n| n.country().map(str::to_owned)),
            purpose: self.purpose.clone(),
            locale: self.locale.clone(),
            reference: self.reference.clone(),
            validity_seconds: self.validity_seconds,
            sender: self.sender.clone(),
            text: self.text.clone(),
            template_id: self.template_id.clone(),
            template_locale: self.template_locale.clone(),
            parameters: self.parameters.clone(),
            callback_url: self.callback_url.clone(),
            client_ip: self.client_ip.clone(),
            extra: self.extra.clone(),
        }
    }
}

/// `callback`: what a provider sends us.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedCallback {
    /// `POST` unless given.
    #[serde(default = "post")]
    pub method: String,
    /// The full public URL.
    pub url: String,
    /// Headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Body as form fields.
    #[serde(default)]
    pub form: Option<BTreeMap<String, String>>,
    /// Body as JSON, written compactly.
    #[serde(default)]
    pub json: Option<Value>,
    /// Body as text.
    #[serde(default)]
    pub text: Option<String>,
    /// Body as base64.
    #[serde(default)]
    pub base64: Option<String>,
}

fn post() -> String {
    "POST".into()
}

impl AskedCallback {
    /// As a connector gets it.
    pub fn to_callback(&self) -> Callback {
        let body = match (&self.form, &self.json, &self.text, &self.base64) {
            (Some(form), ..) => {
                form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish().into_bytes()
            }
            (None, Some(json), ..) => json.to_string().into_bytes(),
            (None, None, Some(text), _) => text.clone().into_bytes(),
            (None, None, None, base64) => STANDARD.decode(base64.as_deref().unwrap_or_default()).unwrap_or_default(),
        };
        let header = |(name, value): (&String, &String)| Pair { name: name.clone(), value: value.clone() };
        let headers = self.headers.iter().map(header).collect();
        Callback { method: self.method.clone(), url: self.url.clone(), headers, body }
    }
}

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
}

/// A receipt; what is not given is not compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedReceipt {
    /// The provider's ids.
    pub message_ids: Option<Vec<String>>,
    /// Parts.
    pub segments: Option<u32>,
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
}
