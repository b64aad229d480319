//! A small store, and sentences about what the rules do.

mod decisions;
mod evidence;

use super::*;
use crate::store::counters::Receipt;

const DAY_MS: u64 = 86_400_000;
/// 2026-01-15T12:00:00Z.
const NOON: u64 = 1_768_478_400_000;

/// A store of rows, and a clock that is moved by hand.
struct Lab {
    memory: Memory,
    rules: GuardRules,
    at: u64,
    told: bool,
    micros: u64,
    client: Option<u8>,
}

impl Lab {
    fn new(told: bool) -> Self {
        let rules = GuardRules { mode: Mode::Enforce, ..GuardRules::default() };
        Self { memory: Memory::default(), rules, at: NOON, told, micros: 80_000, client: None }
    }

    fn with<T>(&self, country: &str, digits: &str, then: impl FnOnce(&Asked) -> T) -> T {
        let mut number = [0; 32];
        number[..digits.len()].copy_from_slice(digits.as_bytes());
        let client_index = self.client.map(|client| [client; 32]);
        let e164 = format!("+{digits}");
        then(&Asked {
            at: Timestamp::from_millis(self.at),
            country,
            number: &e164,
            area: e164.get(..6).unwrap_or(&e164),
            prefix: e164.get(..e164.len().saturating_sub(4)).unwrap_or_default(),
            number_index: &number,
            client_index: client_index.as_ref(),
            client: self.client.map(|last| IpAddr::from([192, 0, 2, last])),
            cost_micros: self.micros,
            outcomes_told: self.told,
        })
    }

    /// Ask for a message: what is judged, and its receipt. It is sent unless it is refused.
    fn ask(&mut self, country: &str, digits: &str) -> (Judgement, Receipt) {
        let (mut memory, rules) = (std::mem::take(&mut self.memory), self.rules.clone());
        let asked = self.with(country, digits, |asked| memory.ask(asked, &rules));
        self.memory = memory;
        asked
    }

    fn refused(&mut self, country: &str, digits: &str) -> Option<Rule> {
        self.ask(country, digits).0.refused.map(|fired| fired.rule)
    }

    fn used(&mut self, receipt: &Receipt) {
        self.memory.used(receipt);
    }

    /// A service with forty users a day, each in a block of his own, for three weeks.
    fn lived_in(told: bool) -> Self {
        let mut lab = Self::new(told);
        for day in 0..21u64 {
            lab.at = NOON + day * DAY_MS;
            for nth in 0..40u64 {
                let (_, receipt) = lab.ask("DE", &someone(day * 40 + nth));
                if nth % 4 > 0 {
                    lab.used(&receipt);
                }
                lab.at += 600_000;
            }
        }
        lab.at = NOON + 21 * DAY_MS;
        lab
    }
}

fn someone(nth: u64) -> String {
    format!("49151{:04}{:04}", (nth * 7919) % 10_000, nth % 10_000)
}

fn of_block(nth: u64) -> String {
    format!("491709999{nth:04}")
}
