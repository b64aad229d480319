//! Who sends where: some countries take only a registered sender, some only a registered template.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::connector::contract::Pair;

/// The sender for some countries, with the ids that their regulators ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// ISO 3166-1 alpha-2 codes; `*` is every country that no other entry names.
    pub countries: Vec<String>,
    /// Number, short code or alphanumeric sender, as the provider takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Registered template to use there; it beats the template's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// Id of the registered sending entity, such as India's DLT entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    /// Messages that it may send in a minute, 1 to 600000: what comes faster waits, or goes to the next connector. No limit
    /// unless given. A long number sends about 60, in some countries 6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
}

const PER_MINUTE_MAX: u32 = 600_000;

impl Sender {
    /// What goes into the message's `extra` list.
    pub fn extra(&self) -> Vec<Pair> {
        let pair =
            |name: &str, value: &Option<String>| value.clone().map(|value| Pair { name: name.to_owned(), value });
        pair("dlt-entity-id", &self.entity_id).into_iter().chain(pair("dlt-template-id", &self.template_id)).collect()
    }
}

/// Why a list of senders can't be saved; the number is the entry's index.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SenderError {
    /// Not a country.
    #[error("`{1}` is not an ISO 3166-1 alpha-2 code in upper case, nor `*`")]
    Country(usize, String),
    /// No country at all.
    #[error("`countries` is empty")]
    NoCountry(usize),
    /// Which of the two should serve it?
    #[error("`{1}` is named by an earlier entry too")]
    Twice(usize, String),
    /// Nobody sends so few, or so many.
    #[error("`per_minute` must be from 1 to {PER_MINUTE_MAX}")]
    PerMinute(usize),
}

impl SenderError {
    /// Index of the entry at fault.
    pub fn index(&self) -> usize {
        match self {
            Self::Country(index, _) | Self::NoCountry(index) | Self::Twice(index, _) | Self::PerMinute(index) => *index,
        }
    }
}

/// Judge a list before it is saved.
pub fn validate(senders: &[Sender]) -> Result<(), SenderError> {
    let mut seen = std::collections::BTreeSet::new();
    for (index, sender) in senders.iter().enumerate() {
        if sender.countries.is_empty() {
            return Err(SenderError::NoCountry(index));
        }
        if sender.per_minute.is_some_and(|many| !(1..=PER_MINUTE_MAX).contains(&many)) {
            return Err(SenderError::PerMinute(index));
        }
        for country in &sender.countries {
            let is_code = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
            if country != "*" && !is_code {
                return Err(SenderError::Country(index, country.clone()));
            }
            if !seen.insert(country) {
                return Err(SenderError::Twice(index, country.clone()));
            }
        }
    }
    Ok(())
}

/// The entry for a recipient's country: one that names it, else the one for `*`.
pub fn choose<'a>(senders: &'a [Sender], country: Option<&str>) -> Option<&'a Sender> {
    let named = |wanted: &str| senders.iter().find(|s| s.countries.iter().any(|c| c == wanted));
    country.and_then(named).or_else(|| named("*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(countries: &[&str], name: &str) -> Sender {
        let countries = countries.iter().map(|c| (*c).to_owned()).collect();
        Sender { countries, sender: Some(name.into()), template_id: None, entity_id: None, per_minute: None }
    }

    #[test]
    fn a_named_country_beats_the_star() {
        let senders = [sender(&["*"], "ACME"), sender(&["IN", "PK"], "ACMEIN")];
        assert_eq!(choose(&senders, Some("IN")).unwrap().sender.as_deref(), Some("ACMEIN"));
        assert_eq!(choose(&senders, Some("DE")).unwrap().sender.as_deref(), Some("ACME"));
        assert_eq!(choose(&senders, None).unwrap().sender.as_deref(), Some("ACME"));
        assert!(choose(&senders[1..], Some("DE")).is_none());
    }

    #[test]
    fn a_country_is_a_code_and_named_once() {
        assert_eq!(validate(&[sender(&["in"], "x")]), Err(SenderError::Country(0, "in".into())));
        assert_eq!(validate(&[sender(&["IN"], "x"), sender(&["IN"], "y")]), Err(SenderError::Twice(1, "IN".into())));
        assert_eq!(validate(&[sender(&[], "x")]), Err(SenderError::NoCountry(0)));
        assert_eq!(validate(&[sender(&["*"], "x"), sender(&["US"], "y")]), Ok(()));
        for (many, is_right) in [(0, false), (1, true), (600_000, true), (600_001, false)] {
            let limited = Sender { per_minute: Some(many), ..sender(&["*"], "x") };
            assert_eq!(validate(&[limited]).is_ok(), is_right, "{many}");
        }
    }
}
