//! One trace under the rules, in virtual time.

use std::collections::{BinaryHeap, HashMap};

use countersign::clock::Timestamp;
use countersign::otp::guard::{Asked, GuardRules, Memory, Rule};
use countersign::store::counters::Receipt;

use super::chance::{Chance, mix};
use super::fraud::Bot;
use super::people::{DAY, Events, Person, Service};
use super::world::country;

/// What came of it.
#[derive(Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) fraud: (u64, u64),
    pub(crate) before_block: u64,
    pub(crate) blocked: bool,
    pub(crate) real: (u64, u64),
    pub(crate) during: (u64, u64),
    pub(crate) launched: (u64, u64),
    pub(crate) rules: HashMap<Rule, (u64, u64)>,
}

#[derive(Clone)]
enum What {
    Arrival,
    Visit(Person),
    Ask { person: Person, earlier: Vec<Receipt> },
    Used(Vec<Receipt>),
    Fraud,
}

#[derive(Clone)]
struct Due {
    at: f64,
    nth: u64,
    what: What,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.at.total_cmp(&self.at).then(other.nth.cmp(&self.nth))
    }
}

/// A service's life so far.
#[derive(Clone)]
pub(crate) struct Trace {
    service: Service,
    told: bool,
    rules: GuardRules,
    memory: Memory,
    due: BinaryHeap<Due>,
    nth: u64,
    chance: Chance,
    pub(crate) events: Events,
    bot: Option<Bot>,
    pub(crate) now: f64,
    /// What is counted, from the moment that it was last cleared.
    pub(crate) outcome: Outcome,
    during: (f64, f64),
}

impl Trace {
    /// A service on its first day.
    pub(crate) fn new(service: Service, told: bool, rules: GuardRules, seed: u64) -> Self {
        let mut trace = Self {
            service,
            told,
            rules,
            memory: Memory::default(),
            due: BinaryHeap::new(),
            nth: 0,
            chance: Chance::new(seed),
            events: Events::default(),
            bot: None,
            now: 0.0,
            outcome: Outcome::default(),
            during: (f64::MAX, f64::MAX),
        };
        trace.put(0.0, What::Arrival);
        trace
    }

    /// People who used the service before it was defended.
    pub(crate) fn with_users(mut self) -> Self {
        let people = (self.service.sends_per_day * (1.0 - self.service.new) * 6.0) as u64;
        for _ in 0..people {
            let mut person = self.service.person(0.0, &Events::default(), &mut self.chance);
            let every = self.chance.between(1.0, 12.0);
            person.every = Some(every);
            let first = self.chance.between(0.0, every * DAY);
            self.put(first, What::Visit(person));
        }
        self
    }

    pub(crate) fn rules(&mut self) -> &mut GuardRules {
        &mut self.rules
    }

    /// An attack begins.
    pub(crate) fn attack(&mut self, bot: Bot, start: f64) {
        self.during = (start, bot.end());
        self.bot = Some(bot);
        self.put(start, What::Fraud);
    }

    /// Let time pass.
    pub(crate) fn until(&mut self, end: f64) {
        while self.due.peek().is_some_and(|due| due.at < end) {
            let Some(due) = self.due.pop() else { break };
            self.now = due.at;
            self.step(due.what);
        }
        self.now = end;
    }

    fn put(&mut self, at: f64, what: What) {
        self.nth += 1;
        self.due.push(Due { at, nth: self.nth, what });
    }

    fn step(&mut self, what: What) {
        match what {
            What::Arrival => {
                let mut rate = self.service.sends_per_day * self.service.new / 1.3 / DAY * Service::busy(self.now);
                if self.events.advertisement.is_some_and(|from| (from..from + 3600.0).contains(&self.now)) {
                    rate *= 10.0;
                }
                let wait = self.chance.wait(1.0 / rate).min(600.0);
                // Thinned at night, when a long wait would miss the morning.
                if wait < 600.0 {
                    let person = self.service.person(self.now, &self.events, &mut self.chance);
                    self.put(self.now + wait, What::Visit(person));
                }
                self.put(self.now + wait, What::Arrival);
            }
            What::Visit(person) => {
                if let Some(every) = person.every {
                    let next = self.now + (every * self.chance.between(0.5, 1.5)).max(0.3) * DAY;
                    self.put(next, What::Visit(person.clone()));
                }
                self.put(self.now, What::Ask { person, earlier: Vec::new() });
            }
            What::Ask { person, earlier } => self.ask(person, earlier),
            What::Used(receipts) => {
                if self.told {
                    receipts.iter().for_each(|receipt| self.memory.used(receipt));
                }
            }
            What::Fraud => self.fraud(),
        }
    }

    fn ask(&mut self, person: Person, mut earlier: Vec<Receipt>) {
        let sent = self.send(&person.digits, person.country, person.client);
        let refused = u64::from(sent.is_err());
        let add = |counts: &mut (u64, u64)| {
            counts.0 += u64::from(earlier.is_empty() || refused == 1);
            counts.1 += refused;
        };
        add(&mut self.outcome.real);
        if (self.during.0..self.during.1).contains(&self.now) {
            add(&mut self.outcome.during);
        }
        if self.events.launch.is_some_and(|(_, country)| country == person.country) {
            add(&mut self.outcome.launched);
        }
        let receipt = match sent {
            Ok(receipt) => receipt,
            Err(rule) => {
                self.outcome.rules.entry(rule).or_default().1 += 1;
                return;
            }
        };
        // A used code proves every message of its verification.
        earlier.push(receipt);
        let out = self.events.outage.is_some_and(|from| (from..from + 3600.0).contains(&self.now));
        if self.chance.is(if out { 0.1 } else { self.service.conversion }) {
            let used = self.now + self.chance.between(8.0, 90.0);
            self.put(used, What::Used(earlier));
        } else if earlier.len() < 4 && self.chance.is(if out { 0.5 } else { 0.35 }) {
            let again = self.now + self.chance.between(35.0, 180.0);
            self.put(again, What::Ask { person, earlier });
        }
    }

    fn fraud(&mut self) {
        let Some(mut bot) = self.bot.take() else { return };
        let (index, digits) = bot.number(&mut self.chance);
        let client = bot.client(&mut self.chance);
        let cost = country(index).micros;
        self.outcome.fraud.0 += cost;
        match self.send(&digits, index, client) {
            Ok(receipt) => {
                self.outcome.fraud.1 += cost;
                if !self.outcome.blocked {
                    self.outcome.before_block += cost;
                }
                if self.chance.is(bot.attack.verifies) {
                    self.put(self.now + 20.0, What::Used(vec![receipt]));
                }
            }
            Err(rule) => {
                self.outcome.blocked = true;
                self.outcome.rules.entry(rule).or_default().0 += 1;
            }
        }
        let next = bot.next(self.now, &mut self.chance);
        if next < bot.end() {
            self.put(next, What::Fraud);
        }
        self.bot = Some(bot);
    }

    fn send(&mut self, digits: &str, index: usize, client: Option<u64>) -> Result<Receipt, Rule> {
        let country = country(index);
        let client_index = client.map(index_of);
        let number = format!("+{digits}");
        let asked = Asked {
            at: Timestamp::from_millis(1_764_547_200_000 + (self.now * 1000.0) as u64),
            country: country.code,
            area: &number[..1 + country.calling.len() + 3],
            prefix: &number[..number.len() - 4],
            number: &number,
            number_index: &index_of(digits.parse().unwrap_or_default()),
            client_index: client_index.as_ref(),
            client: None,
            cost_micros: country.micros,
            outcomes_told: self.told,
        };
        let (judgement, receipt) = self.memory.ask(&asked, &self.rules);
        judgement.refused.map_or(Ok(receipt), |fired| Err(fired.rule))
    }
}

fn index_of(n: u64) -> [u8; 32] {
    let mut index = [0; 32];
    index[..8].copy_from_slice(&mix(n).to_be_bytes());
    index[8..16].copy_from_slice(&n.to_be_bytes());
    index
}
