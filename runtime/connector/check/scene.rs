//! What a component is asked in a check. Two scenes have nothing in common but the configuration: what a component
//! says the same in both, it has from nowhere but itself.

use crate::clock::Timestamp;
use crate::connector::contract::{Call, Message, Pair, StartRequest};
use crate::connector::manifest::{Content, Manifest};
use crate::connector::transcript::AskedMessage;

/// 2027-02-03T04:05:06.789Z
const FIRST: Timestamp = Timestamp::from_millis(1_801_627_506_789);
/// 2033-11-24T19:38:27.123Z
const SECOND: Timestamp = Timestamp::from_millis(2_016_473_907_123);

/// Time, nonce and message of one call.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) at: Timestamp,
    pub(super) nonce: String,
    pub(super) code: &'static str,
    pub(super) message: Message,
}

impl Scene {
    /// The first scenes that a connector is tried with, until one makes it ask its provider: a plain message, one that
    /// says all that a message can, and one to each of the countries that have most connectors of their own.
    pub(super) fn candidates(manifest: &Manifest) -> Vec<Self> {
        let template = manifest.content == Content::TemplateId;
        let mut scenes =
            vec![Self::new(false, "+14155550123", template), Self::new(false, "+14155550123", true).full()];
        let listed = |country: &&(&str, &str)| manifest.countries.iter().any(|listed| listed == country.0);
        let elsewhere = NUMBERS.iter().filter(listed).chain(NUMBERS.iter().take(2));
        scenes.extend(elsewhere.map(|(_, number)| Self::new(false, number, true).full()));
        scenes
    }

    /// The same message at another time, with another code, nonce and reference.
    pub(super) fn later(&self) -> Self {
        let mut later = Self::new(true, &self.message.to, self.message.template_id.is_some());
        later.message.sender.clone_from(&self.message.sender);
        later.message.client_ip.clone_from(&self.message.client_ip);
        if self.message.callback_url.is_some() {
            later.message.callback_url = Some(callback_url());
        }
        later
    }

    /// The same for a connector whose provider makes the code.
    pub(super) fn start(&self) -> StartRequest {
        let message = &self.message;
        StartRequest {
            to: message.to.clone(),
            calling_code: message.calling_code.clone(),
            country: message.country.clone(),
            purpose: message.purpose.clone(),
            locale: message.locale.clone(),
            reference: message.reference.clone(),
            validity_seconds: message.validity_seconds,
            sender: message.sender.clone(),
            client_ip: message.client_ip.clone(),
            app_hash: None,
            code_length: Some(6),
            previous: None,
            extra: Vec::new(),
        }
    }

    pub(super) fn call(&self) -> Call {
        Call { issued_at: self.at, nonce: self.nonce.clone(), environment: "check".to_owned() }
    }

    fn new(later: bool, to: &str, template: bool) -> Self {
        let (at, code) = if later { (SECOND, "730651") } else { (FIRST, "482913") };
        let asked = AskedMessage {
            to: to.to_owned(),
            text: format!("Your code is {code}."),
            template_id: template.then(|| "otp_en".to_owned()),
            parameters: vec![Pair { name: "code".to_owned(), value: code.to_owned() }],
            reference: format!("msg_{}", crate::random::hex::<12>()),
            ..AskedMessage::to_number(to)
        };
        Self { at, nonce: crate::random::hex::<16>(), code, message: asked.to_message() }
    }

    fn full(mut self) -> Self {
        let message = &mut self.message;
        message.sender = Some("+14155550100".to_owned());
        message.template_locale = Some("en".to_owned());
        message.callback_url = Some(callback_url());
        message.client_ip = Some("192.0.2.1".to_owned());
        self
    }
}

fn callback_url() -> String {
    format!("https://otp.example.com/callbacks/check/connector/{}", crate::random::hex::<16>())
}

/// A mobile number of each country whose connectors often serve no other.
const NUMBERS: [(&str, &str); 12] = [
    ("CN", "+8613800138000"),
    ("IN", "+919876543210"),
    ("DE", "+4915112345678"),
    ("FR", "+33612345678"),
    ("GB", "+447400123456"),
    ("JP", "+819012345678"),
    ("KR", "+821012345678"),
    ("BR", "+5511961234567"),
    ("RU", "+79123456789"),
    ("TR", "+905012345678"),
    ("ID", "+628123456789"),
    ("ES", "+34612345678"),
];
