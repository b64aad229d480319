//! Which values rules can have.

use super::rules::{Allow, GuardRules, Line};
use crate::phone::{is_beginning, is_country};

/// A value that no rule can have.
#[derive(Debug, PartialEq, Eq)]
pub struct GuardFault {
    /// JSON Pointer into the rules.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// Entries of a list: each message is compared with all of it.
const LIST_MAX: usize = 500;

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
        let outside = |(pointer, min, max): (&str, u64, u64)| fault(pointer, &format!("must be from {min} to {max}"));
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
        let caps = [
            ("/messages_per_day", self.messages_per_day),
            ("/messages_per_day_per_prefix", self.messages_per_day_per_prefix),
        ];
        let wrong = caps.into_iter().filter(|(_, cap)| cap.is_some_and(|cap| !(1..=CAP_MAX).contains(&cap)));
        faults.extend(wrong.map(|(pointer, _)| outside((pointer, 1, u64::from(CAP_MAX)))));
        if !(1..=MICROS_MAX).contains(&self.message_micros) {
            faults.push(outside(("/message_micros", 1, MICROS_MAX)));
        }
        for (country, price) in &self.prices {
            let pointer = format!("/prices/{country}");
            if !is_country(country) {
                faults.push(fault(&pointer, NO_COUNTRY));
            } else if !(1..=MICROS_MAX).contains(price) {
                faults.push(outside((&pointer, 1, MICROS_MAX)));
            }
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

/// Messages of a day: more than anybody sends.
const CAP_MAX: u32 = 1_000_000_000;

/// A billion of the currency.
const MICROS_MAX: u64 = 1_000_000_000_000_000;

const NO_COUNTRY: &str = "must be a country's two letters (ISO 3166-1) in upper case, such as DE";

fn fault(pointer: &str, detail: &str) -> GuardFault {
    GuardFault { pointer: pointer.to_owned(), detail: detail.to_owned() }
}

fn faulty_countries(pointer: &str, codes: &[String]) -> Vec<GuardFault> {
    faulty(pointer, codes, NO_COUNTRY, |code| is_country(code))
}

/// What does not fit in a list, or that it is too long.
fn faulty<T>(pointer: &str, list: &[T], detail: &str, fits: impl Fn(&T) -> bool) -> Vec<GuardFault> {
    if list.len() > LIST_MAX {
        return vec![fault(pointer, &format!("must have at most {LIST_MAX} entries"))];
    }
    let wrong = list.iter().enumerate().filter(|(_, one)| !fits(one));
    wrong.map(|(index, _)| fault(&format!("{pointer}/{index}"), detail)).collect()
}

impl Allow {
    fn faults(&self) -> Vec<GuardFault> {
        // One that begins with nothing would allow everybody.
        let no_beginning = "must be a plus and 1 to 15 digits, such as +4915";
        let mut faults = faulty_countries("/allow/countries", &self.countries);
        faults.extend(faulty("/allow/prefixes", &self.prefixes, no_beginning, |prefix| is_beginning(prefix)));
        faults.extend(faulty("/allow/clients", &self.clients, "", |_| true));
        faults
    }
}
