//! Which values rules can have.

use super::rules::{Allow, GuardRules, Line};

/// A value that no rule can have.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GuardFault {
    /// Too small or too large.
    #[error("`{pointer}` must be from {min} to {max}")]
    Outside {
        /// JSON Pointer into the document.
        pointer: &'static str,
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
    },
    /// Not the code of a country.
    #[error("`{pointer}/{index}` must be two capital letters, such as DE")]
    Country {
        /// JSON Pointer of the list.
        pointer: &'static str,
        /// Which of the list.
        index: usize,
    },
    /// Not the beginning of a number: one that begins with nothing would allow everybody.
    #[error("`/allow/prefixes/{0}` must be `+` and 1 to 15 digits, such as +4915")]
    Prefix(usize),
    /// More than a list may hold: each message is compared with all of it.
    #[error("`{0}` must have at most {LIST_MAX} entries")]
    Long(&'static str),
}

/// Entries of a list.
pub const LIST_MAX: usize = 500;

impl GuardRules {
    /// Every value inside its range, or the faults.
    pub fn validate(&self) -> Result<(), Vec<GuardFault>> {
        let (of, lines) = (&self.conversion, self.lines());
        let counts = [
            ("/messages_in_alarm", self.messages_in_alarm, 0, 100),
            ("/unproven_percent", self.unproven_percent, 10, 1000),
            ("/volume_percent", self.volume_percent, 100, 1000),
            ("/conversion/country_day_messages", of.country_day_messages, 1, 1_000_000),
            ("/conversion/country_hour_messages", of.country_hour_messages, 1, 1_000_000),
            ("/conversion/client_day_messages", of.client_day_messages, 1, 1_000_000),
            ("/conversion/client_hour_messages", of.client_hour_messages, 1, 1_000_000),
            ("/conversion/countries_per_client", of.countries_per_client, 1, 250),
            ("/conversion/unverified_percent", of.unverified_percent, 1, 1000),
        ];
        let outside = |(pointer, min, max)| GuardFault::Outside { pointer, min, max };
        let mut faults: Vec<_> = counts
            .into_iter()
            .filter(|(_, value, min, max)| value < min || value > max)
            .map(|(pointer, _, min, max)| outside((pointer, u64::from(min), u64::from(max))))
            .collect();
        for (messages, micros, line) in lines {
            if !(1..=1_000_000).contains(&line.messages) {
                faults.push(outside((messages, 1, 1_000_000)));
            }
            if !(1..=MICROS_MAX).contains(&line.micros) {
                faults.push(outside((micros, 1, MICROS_MAX)));
            }
        }
        if !(1..=MICROS_MAX).contains(&self.message_micros) {
            faults.push(outside(("/message_micros", 1, MICROS_MAX)));
        }
        let countries: Vec<String> = self.prices.keys().cloned().collect();
        faults.extend(faulty_countries("/prices", &countries));
        if self.prices.values().any(|price| !(1..=MICROS_MAX).contains(price)) {
            faults.push(outside(("/prices", 1, MICROS_MAX)));
        }
        faults.extend(faulty_countries("/expected_countries", &self.expected_countries));
        faults.extend(self.allow.faults());
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn lines(&self) -> [(&'static str, &'static str, Line); 8] {
        [
            ("/number/messages", "/number/micros", self.number),
            ("/prefix/messages", "/prefix/micros", self.prefix),
            ("/area/messages", "/area/micros", self.area),
            ("/strangers/messages", "/strangers/micros", self.strangers),
            ("/strange/messages", "/strange/micros", self.strange),
            ("/country/messages", "/country/micros", self.country),
            ("/client/messages", "/client/micros", self.client),
            ("/alarm/messages", "/alarm/micros", self.alarm),
        ]
    }
}

/// A billion of the currency.
const MICROS_MAX: u64 = 1_000_000_000_000_000;

fn faulty_countries(pointer: &'static str, codes: &[String]) -> Vec<GuardFault> {
    if codes.len() > LIST_MAX {
        return vec![GuardFault::Long(pointer)];
    }
    let good = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    let faulty = codes.iter().enumerate().filter(|(_, code)| !good(code));
    faulty.map(|(index, _)| GuardFault::Country { pointer, index }).collect()
}

impl Allow {
    fn faults(&self) -> Vec<GuardFault> {
        let mut faults = faulty_countries("/allow/countries", &self.countries);
        if self.prefixes.len() > LIST_MAX {
            faults.push(GuardFault::Long("/allow/prefixes"));
        }
        if self.clients.len() > LIST_MAX {
            faults.push(GuardFault::Long("/allow/clients"));
        }
        let good = |digits: &str| (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let faulty = self.prefixes.iter().enumerate();
        let faulty = faulty.filter(|(_, prefix)| !prefix.strip_prefix('+').is_some_and(good));
        faults.extend(faulty.map(|(index, _)| GuardFault::Prefix(index)));
        faults
    }
}
