//! Templates, filled. A value never leaves the place where it stands: each place escapes it in its own way.

use countersign_sdk::{Call, Failure, FailureKind as K, Message, Moment, failure, signing};
use serde::de::IgnoredAny;
use serde_json::{Map, Value as Json};

use crate::shape::{Filter, How, Of, Pair, Piece, Signed, Source, Template, Value};

/// What templates speak of.
pub(crate) struct Values<'a> {
    call: &'a Call,
    message: &'a Message,
    config: Map<String, Json>,
    /// Markers by the names of their credentials.
    signed: Vec<(&'a str, String)>,
}

impl<'a> Values<'a> {
    pub(crate) fn new(
        call: &'a Call,
        config: &str,
        message: &'a Message,
        signed: &'a [Signed],
    ) -> Result<Self, Failure> {
        let config = countersign_sdk::parse_config(config)?;
        let mut values = Self { call, message, config, signed: Vec::new() };
        for Signed { credential, how } in signed {
            let marker = match how {
                How::Sign(data) => signing::sign(credential, values.whole(data, str::to_owned)?)?,
                How::Digest(pairs) => signing::digest(credential, &borrowed(&values.pairs(pairs)?))?,
                How::Token(pairs) => signing::token(credential, &borrowed(&values.pairs(pairs)?))?,
            };
            values.signed.push((credential, marker));
        }
        Ok(values)
    }

    /// A field of the configuration that is a text.
    pub(crate) fn config(&self, field: &str) -> Option<&str> {
        self.config.get(field).and_then(Json::as_str)
    }

    /// A template in a place that escapes like this; none where an optional value is missing.
    pub(crate) fn fill(&self, template: &Template, escape: impl Fn(&str) -> String) -> Result<Option<String>, Failure> {
        let mut out = String::new();
        for piece in &template.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(value) => match self.value(value)? {
                    Some(found) => out.push_str(&escape(&found)),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(out))
    }

    /// A template where nothing may be left out.
    pub(crate) fn whole(&self, template: &Template, escape: impl Fn(&str) -> String) -> Result<String, Failure> {
        Ok(self.fill(template, escape)?.unwrap_or_default())
    }

    /// Those pairs that are there, unescaped.
    pub(crate) fn pairs<'p>(&self, pairs: &'p [Pair]) -> Result<Vec<(&'p str, String)>, Failure> {
        let mut filled = Vec::with_capacity(pairs.len());
        for pair in pairs {
            if let Some(value) = self.fill(&pair.value, str::to_owned)? {
                filled.push((pair.name.as_str(), value));
            }
        }
        Ok(filled)
    }

    /// A value; none if it is missing and may be.
    pub(crate) fn value(&self, value: &Value) -> Result<Option<String>, Failure> {
        for source in &value.sources {
            if let Of::Literal(text) = &source.of {
                return Ok(Some(text.clone()));
            }
            if let Some(found) = self.found(&source.of)?.filter(|found| !found.is_empty()) {
                return source
                    .filters
                    .iter()
                    .try_fold(found, |found, filter| self.filtered(filter, found, source))
                    .map(Some);
            }
        }
        if value.optional {
            return Ok(None);
        }
        let names: Vec<String> = value.sources.iter().map(|source| format!("`{}`", name(&source.of))).collect();
        Err(refused(format!("there is no {}, which the request can't do without", names.join(" and no "))))
    }

    fn found(&self, of: &Of) -> Result<Option<String>, Failure> {
        let message = self.message;
        let found = match of {
            Of::Literal(text) => Some(text.clone()),
            Of::Config(field) => match self.config.get(field) {
                None | Some(Json::Null) => None,
                Some(Json::String(text)) => Some(text.clone()),
                Some(Json::Number(_) | Json::Bool(_)) => self.config.get(field).map(ToString::to_string),
                Some(_) => return Err(refused(format!("`{field}` is a list or an object, which has no place here"))),
            },
            Of::To => Some(message.to.clone()),
            Of::CallingCode => Some(message.calling_code.clone()),
            Of::Country => message.country.clone(),
            Of::Purpose => Some(message.purpose.clone()),
            Of::Locale => Some(message.locale.clone()),
            Of::Reference => Some(message.reference.clone()),
            Of::ValiditySeconds => Some(message.validity_seconds.to_string()),
            Of::Sender => message.sender.clone(),
            Of::Text => Some(message.text.clone()),
            Of::TemplateId => message.template_id.clone(),
            Of::TemplateLocale => message.template_locale.clone(),
            Of::CallbackUrl => message.callback_url.clone(),
            Of::ClientIp => message.client_ip.clone(),
            // Its filters say how it is written.
            Of::Parameters => Some("parameters".to_owned()),
            Of::Parameter(name) => {
                message.parameters.iter().find(|given| given.name == *name).map(|given| given.value.clone())
            }
            Of::Extra(name) => message.extra.iter().find(|given| given.name == *name).map(|given| given.value.clone()),
            Of::IssuedAt => Some(self.call.issued_at.to_string()),
            Of::Nonce => Some(self.call.nonce.clone()),
            Of::Environment => Some(self.call.environment.clone()),
            Of::Signed(name) => self.signed.iter().find(|(known, _)| known == name).map(|(_, marker)| marker.clone()),
        };
        Ok(found)
    }

    fn filtered(&self, filter: &Filter, found: String, source: &Source) -> Result<String, Failure> {
        let moment = || Moment::of(self.call);
        let number = |found: &str| found.parse::<u64>().map_err(|_| not(source, "a whole number"));
        Ok(match filter {
            Filter::Digits => found.strip_prefix('+').map(str::to_owned).unwrap_or(found),
            Filter::National => {
                let digits = found.strip_prefix('+').unwrap_or(&found);
                digits.strip_prefix(self.message.calling_code.as_str()).unwrap_or(digits).to_owned()
            }
            Filter::Minutes => number(&found)?.div_ceil(60).to_string(),
            Filter::AtMost(most) => number(&found)?.min(*most).to_string(),
            Filter::Unix => moment().seconds().to_string(),
            Filter::UnixMs => found,
            Filter::Iso => moment().iso8601(),
            Filter::IsoBasic => moment().iso8601_basic(),
            Filter::HttpDate => moment().http_date(),
            Filter::Uuid => signing::nonce_as_uuid(self.call),
            Filter::Number => {
                let is = found.starts_with(|c: char| c == '-' || c.is_ascii_digit())
                    && serde_json::from_str::<IgnoredAny>(&found).is_ok();
                if is { found } else { return Err(not(source, "a number")) }
            }
            Filter::Boolean if matches!(found.as_str(), "true" | "false") => found,
            Filter::Boolean => return Err(not(source, "true or false")),
            Filter::Object => {
                let given = self.message.parameters.iter();
                Json::Object(given.map(|given| (given.name.clone(), given.value.clone().into())).collect()).to_string()
            }
            Filter::Values => {
                Json::Array(self.message.parameters.iter().map(|given| given.value.clone().into()).collect())
                    .to_string()
            }
        })
    }
}

fn borrowed<'p>(pairs: &'p [(&'p str, String)]) -> Vec<(&'p str, &'p str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn not(source: &Source, what: &str) -> Failure {
    refused(format!("`{}` is not {what}", name(&source.of)))
}

/// Configuration, message and provider.toml don't fit each other, and nothing was sent.
pub(crate) fn refused(text: impl Into<String>) -> Failure {
    failure(K::InvalidConfig, text)
}

/// As `provider.toml` writes it, so that whoever reads a failure finds it there.
fn name(of: &Of) -> String {
    match of {
        Of::Literal(text) => return format!("'{text}'"),
        Of::Config(field) => return format!("config.{field}"),
        Of::Parameter(name) => return format!("message.parameters.{name}"),
        Of::Extra(name) => return format!("message.extra.{name}"),
        Of::Signed(name) => return format!("signed.{name}"),
        Of::To => "message.to",
        Of::CallingCode => "message.calling-code",
        Of::Country => "message.country",
        Of::Purpose => "message.purpose",
        Of::Locale => "message.locale",
        Of::Reference => "message.reference",
        Of::ValiditySeconds => "message.validity-seconds",
        Of::Sender => "message.sender",
        Of::Text => "message.text",
        Of::TemplateId => "message.template-id",
        Of::TemplateLocale => "message.template-locale",
        Of::CallbackUrl => "message.callback-url",
        Of::ClientIp => "message.client-ip",
        Of::Parameters => "message.parameters",
        Of::IssuedAt => "call.issued-at",
        Of::Nonce => "call.nonce",
        Of::Environment => "call.environment",
    }
    .to_owned()
}
