//! What a connector is asked in a transcript: a message to send, or a callback to read.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::connector::contract::{Callback, CheckRequest, Message, Pair, StartRequest};
use crate::secret::Secret;

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
    super::SAMPLE_REFERENCE.into()
}

fn ten_minutes() -> u32 {
    600
}

impl AskedMessage {
    /// To this number, with what a transcript's message has unless it says otherwise.
    pub fn to_number(to: &str) -> Self {
        Self {
            to: to.to_owned(),
            purpose: sign_in(),
            locale: english(),
            text: String::new(),
            sender: None,
            template_id: None,
            template_locale: None,
            parameters: Vec::new(),
            reference: reference(),
            validity_seconds: ten_minutes(),
            callback_url: None,
            client_ip: None,
            extra: Vec::new(),
        }
    }

    /// As a connector gets it.
    pub fn to_message(&self) -> Message {
        let (calling_code, country) = told_by(&self.to);
        Message {
            to: self.to.clone(),
            calling_code,
            country,
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

/// Calling code and country, as far as a number tells them: a transcript may have one that is none.
fn told_by(to: &str) -> (String, Option<String>) {
    let number = crate::phone::PhoneNumber::parse(to).ok();
    let country = number.as_ref().and_then(|number| number.country().map(str::to_owned));
    (number.map(|number| number.calling_code().to_string()).unwrap_or_default(), country)
}

/// `start`: a verification whose code the provider makes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedStart {
    /// E.164.
    pub to: String,
    /// `sign-in` unless given.
    #[serde(default = "sign_in")]
    pub purpose: String,
    /// `en` unless given.
    #[serde(default = "english")]
    pub locale: String,
    /// `msg_transcript` unless given.
    #[serde(default = "reference")]
    pub reference: String,
    /// 600 unless given.
    #[serde(default = "ten_minutes")]
    pub validity_seconds: u32,
    /// Sender for this recipient.
    #[serde(default)]
    pub sender: Option<String>,
    /// The end user's address.
    #[serde(default)]
    pub client_ip: Option<String>,
    /// Hash of the app that asks.
    #[serde(default)]
    pub app_hash: Option<String>,
    /// Digits that the policy asks for.
    #[serde(default)]
    pub code_length: Option<u8>,
    /// The id of an earlier start.
    #[serde(default)]
    pub previous: Option<String>,
    /// Regulatory ids.
    #[serde(default)]
    pub extra: Vec<Pair>,
}

impl AskedStart {
    /// As a connector gets it.
    pub fn to_request(&self) -> StartRequest {
        let (calling_code, country) = told_by(&self.to);
        StartRequest {
            to: self.to.clone(),
            calling_code,
            country,
            purpose: self.purpose.clone(),
            locale: self.locale.clone(),
            reference: self.reference.clone(),
            validity_seconds: self.validity_seconds,
            sender: self.sender.clone(),
            client_ip: self.client_ip.clone(),
            app_hash: self.app_hash.clone(),
            code_length: self.code_length,
            previous: self.previous.clone(),
            extra: self.extra.clone(),
        }
    }
}

/// `check`: a code that a person typed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedCheck {
    /// What the provider called it; none where the outcome of its start is unknown.
    #[serde(default)]
    pub id: Option<String>,
    /// E.164.
    pub to: String,
    /// Digits.
    pub code: String,
    /// `msg_transcript` unless given.
    #[serde(default = "reference")]
    pub reference: String,
}

impl AskedCheck {
    /// As a connector gets it.
    pub fn to_request(&self) -> CheckRequest {
        CheckRequest {
            id: self.id.clone(),
            to: self.to.clone(),
            code: Secret::new(self.code.clone()),
            reference: self.reference.clone(),
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
