//! What an environment decides: which rules act, and how far each lets things go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Allowed, Asked};

/// Whether a rule acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[schema(as = GuardMode)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Not looked at.
    Off,
    /// Noted, and the message goes out. The counters take it as refused, so that a recording shows what enforcing would do.
    Record,
    /// Refused.
    #[default]
    Enforce,
}

/// The defence of an environment against paid-for traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GuardRules {
    /// The most that any rule may do: `off`, `record` or `enforce` (`record`, so that a service sees first what would be
    /// refused; a week of it teaches what is usual). What holds for a whole day is not under it.
    pub mode: Mode,
    /// Money for a day (UTC), in millionths; none is no limit (none). Holds before the send, for everybody.
    pub budget_micros_per_day: Option<u64>,
    /// Messages of a day (UTC), 1 to 1000000000; none is no limit (none). Holds for everybody, as the budget does.
    pub messages_per_day: Option<u32>,
    /// Messages of a day to one block of 10,000 numbers, 1 to 1000000000; likewise (none).
    pub messages_per_day_per_prefix: Option<u32>,
    /// What a message costs, in millionths, where `prices` does not say (80000).
    pub message_micros: u64,
    /// What a message costs in a country, in millionths, by ISO 3166-1 alpha-2 (none).
    pub prices: BTreeMap<String, u64>,
    /// Messages to one number of which none is used, in 14 days; where outcomes are hidden, messages to it in two days (8).
    /// Holds for known numbers too, with two more for each used code. Its `micros` is not looked at.
    pub number: Line,
    /// New numbers in one block of 10,000 that prove nothing (5, 1.5 in money), and twice as many messages.
    pub prefix: Line,
    /// Unproven messages in one area, which is calling code and three digits (12, 2.5 in money): in strange countries always, in
    /// a country of the service's own while a storm lasts.
    pub area: Line,
    /// Unproven first messages to blocks of a country that proved nothing, in two days, while a storm lasts (45, 3.6 in money).
    pub strangers: Line,
    /// Unproven messages of all strange countries together (30, 4 in money). Strange is a country with less than ten, or less
    /// than a hundredth, of what the service proved in 14 days; where outcomes are hidden, of its numbers of a week ago.
    pub strange: Line,
    /// Unproven messages of one of the service's own countries in two days, while a storm lasts (60, 5 in money), besides what
    /// its used codes or its usual volume permit: the last resort, when an attack comes by blocks that proved something.
    pub country: Line,
    /// Unproven messages for one client (20, 4 in money).
    pub client: Line,
    /// Blocks with a second new number in two days that are no alarm (6, 0.6 in money), besides twice the expected.
    pub alarm: Line,
    /// New numbers that a block may have unproven in two days while there is an alarm in its country: 0 to 100 (1).
    pub messages_in_alarm: u32,
    /// Unproven messages for 100 proven ones that are no sign of fraud in a block or client: 10 to 1000 (150). A service whose
    /// users leave more has half as many again as it is used to, up to 400. In a country it is twice the usual, 50 to 400.
    pub unproven_percent: u32,
    /// Where outcomes are hidden: what part of the usual two days' volume is no sign of fraud, 100 to 1000 (250).
    pub volume_percent: u32,
    /// Countries that are established from the first day, by ISO 3166-1 alpha-2 (none): say so before a launch there.
    pub expected_countries: Vec<String>,
    /// Who is never refused, and counts all the same.
    pub allow: Allow,
    /// Rules on conversion as Authgear publishes them.
    pub conversion: ConversionRules,
}

/// One line of credit. A document that names a line gives all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GuardLine)]
pub struct Line {
    /// Whether it acts.
    #[serde(default)]
    pub mode: Mode,
    /// Messages of credit: 1 to 1000000.
    pub messages: u32,
    /// Money of credit, in millionths. The smaller of both holds.
    pub micros: u64,
}

/// Who is never refused by an adaptive rule. What holds for a whole day holds for them too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = GuardAllow)]
pub struct Allow {
    /// ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    /// The first digits of numbers, after the plus: `+4915`.
    pub prefixes: Vec<String>,
    /// Networks of clients, such as `192.0.2.0/24`.
    #[schema(value_type = Vec<String>)]
    pub clients: Vec<ipnet::IpNet>,
}

impl GuardRules {
    /// Whether it leaves everything as built in.
    pub fn says_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing is judged, and so nothing counted.
    pub fn is_off(&self) -> bool {
        self.mode == Mode::Off && !self.has_caps()
    }

    /// Whether anything holds for a whole day.
    pub fn has_caps(&self) -> bool {
        self.budget_micros_per_day.is_some()
            || self.messages_per_day.is_some()
            || self.messages_per_day_per_prefix.is_some()
    }

    /// What a message to a country costs.
    pub fn price_micros(&self, country: &str) -> u64 {
        self.prices.get(country).copied().unwrap_or(self.message_micros)
    }
}

impl Allow {
    /// Whether it names this message's country, number or client.
    pub fn why(&self, asked: &Asked) -> Option<Allowed> {
        if self.countries.iter().any(|country| country == asked.country) {
            return Some(Allowed::Countries);
        }
        if self.prefixes.iter().any(|prefix| asked.number.starts_with(prefix.as_str())) {
            return Some(Allowed::Prefixes);
        }
        let client = asked.client?;
        self.clients.iter().any(|network| network.contains(&client)).then_some(Allowed::Clients)
    }
}

/// Authgear's rules. They refuse a fifth of unverified messages, which many services have on a good day: record, look, and
/// only then enforce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = GuardConversionRules)]
pub struct ConversionRules {
    /// Unverified messages of a country in a day (`record`).
    pub country_day: Mode,
    /// Unverified messages of a country in an hour (`record`).
    pub country_hour: Mode,
    /// Unverified messages of a client in a day (`record`).
    pub client_day: Mode,
    /// Unverified messages of a client in an hour (`record`).
    pub client_hour: Mode,
    /// Countries of a client in a day (`record`).
    pub client_countries: Mode,
    /// Of a country in a day, whatever its past: 1 to 1000000 (20).
    pub country_day_messages: u32,
    /// Of a country in an hour, whatever its past: 1 to 1000000 (3).
    pub country_hour_messages: u32,
    /// Of a client in a day, whatever its past: 1 to 1000000 (10).
    pub client_day_messages: u32,
    /// Of a client in an hour, whatever its past: 1 to 1000000 (5).
    pub client_hour_messages: u32,
    /// Countries of a client in a day, without those where it used a code: 1 to 250 (3).
    pub countries_per_client: u32,
    /// Unverified messages for 100 verified ones: 1 to 1000 (20).
    pub unverified_percent: u32,
}

impl Default for GuardRules {
    fn default() -> Self {
        let line = |messages, micros| Line { mode: Mode::Enforce, messages, micros };
        Self {
            mode: Mode::Record,
            budget_micros_per_day: None,
            messages_per_day: None,
            messages_per_day_per_prefix: None,
            message_micros: 80_000,
            prices: BTreeMap::new(),
            number: line(8, 2_400_000),
            prefix: line(5, 1_500_000),
            area: line(12, 2_500_000),
            strangers: line(45, 3_600_000),
            strange: line(30, 4_000_000),
            country: line(60, 5_000_000),
            client: line(20, 4_000_000),
            messages_in_alarm: 1,
            alarm: line(6, 600_000),
            unproven_percent: 150,
            volume_percent: 250,
            expected_countries: Vec::new(),
            allow: Allow::default(),
            conversion: ConversionRules::default(),
        }
    }
}

impl Default for ConversionRules {
    fn default() -> Self {
        Self {
            country_day: Mode::Record,
            country_hour: Mode::Record,
            client_day: Mode::Record,
            client_hour: Mode::Record,
            client_countries: Mode::Record,
            country_day_messages: 20,
            country_hour_messages: 3,
            client_day_messages: 10,
            client_hour_messages: 5,
            countries_per_client: 3,
            unverified_percent: 20,
        }
    }
}
