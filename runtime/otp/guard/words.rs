//! What the API, metrics and files call what the guard says.

use super::{Allowed, Judgement, Rule};

impl Rule {
    /// As problems, decisions and metrics call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::DayCap => "day-cap",
            Self::PrefixCap => "prefix-cap",
            Self::Number => "fraud-number",
            Self::Prefix => "fraud-prefix",
            Self::Area => "fraud-area",
            Self::Strangers => "fraud-strangers",
            Self::Strange => "fraud-strange",
            Self::Country => "fraud-country",
            Self::Client => "fraud-client",
            Self::CountryDay => "fraud-country-day",
            Self::CountryHour => "fraud-country-hour",
            Self::ClientDay => "fraud-client-day",
            Self::ClientHour => "fraud-client-hour",
            Self::ClientCountries => "fraud-client-countries",
        }
    }
}

impl Judgement {
    /// What followed, in a word; none where no rule fired.
    pub fn outcome(&self) -> Option<&'static str> {
        match self {
            Self { fired, .. } if fired.is_empty() => None,
            Self { refused: Some(_), .. } => Some("refused"),
            Self { allowed: Some(_), .. } => Some("allowed"),
            _ => Some("recorded"),
        }
    }

    /// The rule that refuses it, or would if the environment's `mode` were `enforce`.
    pub fn held_by(&self) -> Option<Rule> {
        self.refused.map(|fired| fired.rule).or(self.stopped_by)
    }
}

impl Allowed {
    /// As its field is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Countries => "countries",
            Self::Prefixes => "prefixes",
            Self::Clients => "clients",
        }
    }
}
