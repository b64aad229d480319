//! The sign-in experience of an environment: by what people sign up and sign in, and which purposes are open.
//!
//! Promise: a purpose that is off gets no message, whoever asks. The identifiers are for the identity server and its
//! pages, which read them here; what of both needs SMS is what a connector can't be taken away from.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::connector::reason::Reason;
use crate::store::{Store, StoreError, Stored};
use crate::texts::{self, PURPOSES};

mod branding;

pub use branding::{Accent, Branding};

const NAMED_MAX: usize = 100;
/// Sign-up verifies a number under this purpose.
const SIGN_UP: &str = "register";
/// Whoever signs in by phone gets a code under this one.
const SIGN_IN: &str = "sign-in";

/// `GET/PUT /v1/environments/{env}/sign-in-experience`. What is left out is as in a fresh environment: people sign up and
/// in by phone, and every purpose is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignInExperience {
    /// How an account begins.
    pub sign_up: SignUp,
    /// How its owner comes back.
    pub sign_in: SignIn,
    /// Purposes, each open (`true`) or closed (`false`): the standard ones and any of your own. A closed one refuses
    /// verifications, resends and messages with `409 purpose-closed`; codes that were sent can still be checked.
    #[schema(example = json!({"sign-in": true, "register": false}))]
    pub purposes: BTreeMap<String, bool>,
    /// Whether a purpose that `purposes` does not name is open. `GET` names every standard one.
    pub other_purposes: bool,
    /// How its pages look; their name is the environment's `display_name`.
    #[serde(skip_serializing_if = "Branding::is_plain")]
    pub branding: Branding,
}

/// How an account begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignUp {
    /// By what.
    pub identifier: Identifier,
    /// Whether what was given is verified by a code. Always so where it can be a number; otherwise `true` for `email`
    /// unless given, and `false` for `username` and `none`, where there is nothing to send a code to.
    pub verify: Option<bool>,
}

/// How an account's owner comes back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// By what.
    pub identifier: Identifier,
}

/// By what somebody says who he is. Only numbers get their codes from this service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Identifier {
    /// A telephone number. Needs an active connector.
    #[default]
    Phone,
    /// An e-mail address.
    Email,
    /// Either, as the person likes. Needs an active connector.
    EmailOrPhone,
    /// A name of his own choice, with a password.
    Username,
    /// Nothing: people come in through another identity provider, or not at all.
    None,
}

/// Something of the sign-in experience that goes by SMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsUse {
    /// JSON Pointer into the document.
    pub pointer: String,
    /// What it is, for people.
    pub what: String,
}

impl Default for SignInExperience {
    fn default() -> Self {
        Self {
            sign_up: SignUp::default(),
            sign_in: SignIn::default(),
            purposes: BTreeMap::new(),
            other_purposes: true,
            branding: Branding::default(),
        }
    }
}

impl Identifier {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Phone, Self::Email, Self::EmailOrPhone, Self::Username, Self::None];

    /// As the API names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::EmailOrPhone => "email-or-phone",
            Self::Username => "username",
            Self::None => "none",
        }
    }

    /// Whether it can be a number.
    pub fn needs_sms(self) -> bool {
        matches!(self, Self::Phone | Self::EmailOrPhone)
    }

    fn can_be_verified(self) -> bool {
        self.needs_sms() || self == Self::Email
    }
}

impl SignInExperience {
    /// As it was saved; that of a fresh environment if none was.
    pub async fn stored(store: &dyn Store, environment: &str) -> Stored<Self> {
        let document = store.setting(environment, "sign-in-experience").await?;
        // One that can't be read must not quietly open what was closed.
        let unreadable =
            |_| StoreError::Database(format!("the sign-in experience of `{environment}` can't be read; save it again"));
        Ok(document.map(|d| serde_json::from_value(d.document).map_err(unreadable)).transpose()?.unwrap_or_default())
    }

    /// With everything off that goes by SMS.
    pub fn closed() -> Self {
        let identifier = Identifier::None;
        Self {
            sign_up: SignUp { identifier, verify: None },
            sign_in: SignIn { identifier },
            purposes: BTreeMap::new(),
            other_purposes: false,
            branding: Branding::default(),
        }
    }

    /// Whether messages of this purpose are sent. Its own entry decides, and without one what holds for all others.
    pub fn is_open(&self, purpose: &str) -> bool {
        self.purposes.get(purpose).copied().unwrap_or(self.other_purposes)
    }

    /// The same with everything said that goes without saying.
    #[must_use]
    pub fn in_full(mut self) -> Self {
        let standard: Vec<_> = PURPOSES.iter().map(|name| ((*name).to_owned(), self.is_open(name))).collect();
        self.purposes.extend(standard);
        self.sign_up.verify.get_or_insert(self.sign_up.identifier.can_be_verified());
        self
    }

    /// What can't be taken.
    pub fn faults(&self) -> Vec<Reason> {
        let mut faults = Vec::new();
        let identifier = self.sign_up.identifier;
        let verify = |text: &str| Reason::at("verify", "/sign_up/verify", text);
        match self.sign_up.verify {
            Some(false) if identifier.needs_sms() => {
                faults
                    .push(verify("a number that is given at sign-up is always verified: leave it out, or say `true`"));
            }
            Some(true) if !identifier.can_be_verified() => {
                let text = format!("`{}` is nothing that a code could be sent to", identifier.as_str());
                faults.push(verify(&text));
            }
            _ => {}
        }
        if self.purposes.len() > NAMED_MAX {
            let text = format!("at most {NAMED_MAX} are named; `other_purposes` decides on all others");
            faults.push(Reason::at("too-many", "/purposes", &text));
        }
        for name in self.purposes.keys().filter(|name| !texts::is_purpose(name)).take(NAMED_MAX) {
            let pointer = format!("/purposes/{}", name.replace('~', "~0").replace('/', "~1"));
            faults.push(Reason::at("purpose", &pointer, &format!("a purpose {}", texts::PURPOSE_FORM)));
        }
        faults.extend(self.branding.fault());
        faults
    }

    /// What works, and is hardly meant.
    pub fn warnings(&self) -> Vec<Reason> {
        let doors = [
            (self.sign_up.identifier, SIGN_UP, "sign-up verifies numbers"),
            (self.sign_in.identifier, SIGN_IN, "sign-in by phone sends its codes"),
        ];
        let shut = doors.into_iter().filter(|(by, purpose, _)| by.needs_sms() && !self.is_open(purpose));
        let told = |(by, purpose, what): (Identifier, &str, &str)| {
            let text =
                format!("closed, and {what} under this purpose: nobody gets one while `{}` is asked for", by.as_str());
            Reason::at("purpose-closed", &format!("/purposes/{purpose}"), &text)
        };
        shut.map(told).chain(self.branding.warnings()).collect()
    }

    /// Everything of it that goes by SMS.
    pub fn sms_uses(&self) -> Vec<SmsUse> {
        self.sms_uses_beyond(&Self::closed())
    }

    /// What goes by SMS here and did not before.
    pub fn sms_uses_beyond(&self, before: &Self) -> Vec<SmsUse> {
        let doors = [
            ("/sign_up/identifier", "sign-up", self.sign_up.identifier, before.sign_up.identifier),
            ("/sign_in/identifier", "sign-in", self.sign_in.identifier, before.sign_in.identifier),
        ];
        let doors = doors.into_iter().filter(|(_, _, now, before)| now.needs_sms() && !before.needs_sms());
        let mut uses: Vec<SmsUse> =
            doors.map(|(at, door, now, _)| SmsUse::new(at, format!("{door} by `{}`", now.as_str()))).collect();
        let own = self.purposes.keys().chain(before.purposes.keys()).map(String::as_str);
        let names: BTreeSet<&str> = PURPOSES.iter().copied().chain(own).collect();
        let opened = names.into_iter().filter(|name| self.is_open(name) && !before.is_open(name));
        uses.extend(opened.map(|name| SmsUse::new(&format!("/purposes/{name}"), format!("purpose `{name}`"))));
        if self.other_purposes && !before.other_purposes {
            uses.push(SmsUse::new("/other_purposes", "every purpose of another name".to_owned()));
        }
        uses
    }
}

impl SmsUse {
    fn new(pointer: &str, what: String) -> Self {
        Self { pointer: pointer.to_owned(), what }
    }
}

#[cfg(test)]
mod tests;
