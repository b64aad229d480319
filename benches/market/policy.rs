//! Who is asked, and who next: by one provider alone, by going on whenever anything fails, by the library, or by knowing
//! how it will end.

use std::collections::VecDeque;
use std::time::Duration;

use countersign::clock::Timestamp;
use countersign::connector::contract::{Failure, FailureKind};
use countersign::connector::registry::Routes;
use countersign::delivery::health::{Health, Outcome, Place};
use countersign::delivery::route::{self, Failed, SoFar};
use countersign::delivery::{Carries, Wish};
use countersign::prices::{Currency, Price};
use countersign::store::{AttemptStatus, Rule, Share};

use super::calendar::Calendar;
use super::fate::{Answer, Fate, Told};
use super::people::Person;
use super::world::{COUNTRIES, PROVIDERS, World};

/// A message that is to be sent now.
pub(crate) struct Ask<'a> {
    pub(crate) who: &'a Person,
    /// Which of its verification's messages.
    pub(crate) nth: usize,
    /// Providers that were asked for earlier ones.
    pub(crate) tried: &'a [usize],
    pub(crate) now: f64,
}

/// What is left of a code's life and of a call's time.
#[derive(Clone, Copy)]
pub(crate) struct Left {
    pub(crate) life: Duration,
    pub(crate) call: Duration,
}

/// What decides.
pub(crate) enum Policy {
    /// This one, whatever happens.
    Alone(usize),
    /// The operator's order, and on to the next after whatever failed.
    Blind,
    /// The library.
    Countersign(Box<Countersign>),
    /// Whoever will be fast enough, the cheapest of them; or else the fastest.
    Oracle,
}

impl Policy {
    pub(crate) fn order(&mut self, world: &World, calendar: &Calendar, ask: &Ask<'_>) -> VecDeque<usize> {
        match self {
            Self::Alone(provider) => VecDeque::from([*provider]),
            Self::Blind => world.order[ask.who.country].iter().copied().collect(),
            Self::Countersign(policy) => policy.order(world, ask),
            Self::Oracle => knowing(world, calendar, ask).into_iter().collect(),
        }
    }

    pub(crate) fn goes_on(
        &mut self,
        so_far: &mut SoFar,
        failure: &Failure,
        left: Left,
        next: &mut VecDeque<usize>,
    ) -> bool {
        match self {
            Self::Alone(_) | Self::Oracle => false,
            Self::Blind => !next.is_empty() && left.call > Duration::from_millis(500),
            Self::Countersign(_) => {
                let failed = Failed { failure, makes_codes: false, life_left: left.life, call_left: left.call };
                so_far.goes_on(&failed, next, |_| false)
            }
        }
    }

    pub(crate) fn began(&mut self, who: &Person, provider: usize, now: f64) {
        if let Self::Countersign(policy) = self {
            policy.health.began(&policy.places[who.country][who.area][provider], time(now));
        }
    }

    pub(crate) fn attempted(&mut self, who: &Person, provider: usize, answer: Answer, took: f64, now: f64) {
        if let Self::Countersign(policy) = self {
            let outcome = answer.failure().map_or(Outcome::Accepted, Outcome::Failed);
            let answered = !matches!(answer, Answer::Fails(FailureKind::Timeout, _));
            policy.health.ended(&policy.places[who.country][who.area][provider], time(now - took), answered, time(now));
            let (place, ms) = (&policy.places[who.country][who.area][provider], (took * 1000.0) as u64);
            policy.health.attempted(place, outcome, policy.told, ms, time(now));
        }
    }

    /// A provider took a message, and said what it costs; `first` if it is the first that may bring its code.
    pub(crate) fn taken(&mut self, who: &Person, provider: usize, cost: f64, first: bool, now: f64) {
        if let Self::Countersign(policy) = self
            && policy.cheapest
        {
            let place = &policy.places[who.country][who.area][provider];
            policy.health.told_price(place, price(cost), time(now));
            if first {
                policy.health.sent_first(place, time(now));
            }
        }
    }

    /// A report came. Answers whether the message goes on, if nothing else of it is under way.
    pub(crate) fn reported(&mut self, who: &Person, provider: usize, told: &Told, life: Duration, now: f64) -> bool {
        let Self::Countersign(policy) = self else { return false };
        let status = if told.delivered { AttemptStatus::Delivered } else { AttemptStatus::Undelivered };
        let network = told.names_network.then(|| COUNTRIES[who.country].networks[who.network].0);
        if let Some(good) = route::speaks(status, told.kind) {
            let place = &policy.places[who.country][who.area][provider];
            policy.health.reported(place, network, good, time(now));
        }
        let believed = |place| policy.health.believes(place, time(now));
        !told.delivered && route::goes_on(told.kind, life) && believed(&policy.places[who.country][who.area][provider])
    }

    /// A report said no of a code that was used.
    pub(crate) fn refuted(&mut self, who: &Person, provider: usize, now: f64) {
        if let Self::Countersign(policy) = self {
            policy.health.refuted(&policy.places[who.country][who.area][provider], time(now));
        }
    }

    pub(crate) fn used(&mut self, who: &Person, (provider, sent, first): (usize, f64, bool), now: f64) {
        if let Self::Countersign(policy) = self
            && policy.told
        {
            let place = &policy.places[who.country][who.area][provider];
            policy.health.converted(place, None, time(sent), time(now));
            if first {
                policy.health.used_first(place, time(sent), time(now));
            }
        }
    }

    /// Whether it knows that a code was used, and of a further message that it is one.
    pub(crate) fn is_told(&self) -> bool {
        !matches!(self, Self::Countersign(policy) if !policy.told)
    }
}

/// The library's own decisions: rules as an operator writes them, breakers, and what follows from each failure.
pub(crate) struct Countersign {
    health: Health,
    routes: Routes,
    /// By country, area and provider.
    places: Vec<Vec<Vec<Place>>>,
    names: Vec<String>,
    told: bool,
    /// Whether the cheapest of those that are as good is asked first.
    cheapest: bool,
}

impl Countersign {
    /// `told` says whether anybody tells that codes are used, as of verifications; of hooks nobody does.
    pub(crate) fn new(world: &World, told: bool, cheapest: bool) -> Self {
        let name = |provider: &usize| PROVIDERS[*provider].to_owned();
        let rule = |(country, order): (usize, &Vec<usize>)| Rule {
            countries: Some(vec![COUNTRIES[country].code.to_owned()]),
            prefixes: None,
            purposes: None,
            shares: vec![Share { connector: name(&order[0]), weight: 1 }],
            fallback: order[1..].iter().map(name).collect(),
        };
        let place = |number: &countersign::phone::PhoneNumber, provider: &&str| Place {
            environment: "production".to_owned(),
            connector: (*provider).to_owned(),
            revision: 1,
            country: number.country().map(str::to_owned),
            area: number.area().to_owned(),
        };
        let of_area = |number| PROVIDERS.iter().map(|provider| place(number, provider)).collect();
        Self {
            health: Health::new(std::sync::Arc::default()),
            routes: Routes { rules: world.order.iter().enumerate().map(rule).collect(), ..Routes::default() },
            places: world.numbers.iter().map(|areas| areas.iter().map(of_area).collect()).collect(),
            names: PROVIDERS.map(str::to_owned).into(),
            told,
            cheapest,
        }
    }

    fn order(&self, world: &World, ask: &Ask<'_>) -> VecDeque<usize> {
        let tried: Vec<String> = match self.told {
            true => ask.tried.iter().map(|provider| self.names[*provider].clone()).collect(),
            false => Vec::new(),
        };
        let message_id = format!("msg_{}_{}", ask.who.id, ask.nth);
        let wish = Wish {
            purpose: "sign-in",
            to: &world.numbers[ask.who.country][ask.who.area],
            message_id: &message_id,
            tried: &tried,
            carries: Carries::Open,
        };
        let provider = |name: &str| PROVIDERS.iter().position(|other| *other == name);
        let mut named: Vec<usize> = route::names(&self.routes, &wish).into_iter().filter_map(provider).collect();
        let places = &self.places[ask.who.country][ask.who.area];
        if self.cheapest {
            let listed = |provider: &usize| Some(price(world.providers[*provider].there[ask.who.country].price));
            let of = |provider: &usize| self.health.candidate(&places[*provider], listed(provider), time(ask.now));
            let all: Vec<_> = named.iter().map(of).collect();
            let thrown = ask.tried.is_empty().then(|| route::below(route::OF, "cost", &message_id));
            named = route::arranged(&all, thrown).into_iter().map(|at| named[at]).collect();
        }
        let lets = |provider: &usize, first: bool| self.health.lets_through(&places[*provider], first, time(ask.now));
        route::rank(named, |provider| tried.contains(&self.names[*provider]), lets).into()
    }
}

/// Thousandths of a cent.
fn price(thousandths: f64) -> Price {
    Price { micros: (thousandths * 10.0) as u64, currency: Currency::in_use("USD").unwrap() }
}

/// In virtual time.
fn time(seconds: f64) -> Timestamp {
    Timestamp::from_millis(1_764_547_200_000 + (seconds * 1000.0) as u64)
}

fn knowing(world: &World, calendar: &Calendar, ask: &Ask<'_>) -> Option<usize> {
    let quick = ask.who.at + 10.0 - ask.now;
    let arrives = |provider: usize| {
        let fate = Fate::of(world, calendar, ask.who, ask.nth, provider, ask.now);
        fate.arrives_after.map(|after| (provider, after, fate.price))
    };
    let all: Vec<_> = (0..PROVIDERS.len()).filter_map(arrives).collect();
    let cheapest = all.iter().filter(|(_, after, _)| *after <= quick).min_by(|a, b| a.2.total_cmp(&b.2));
    let best = cheapest.or_else(|| all.iter().min_by(|a, b| a.1.total_cmp(&b.1)));
    best.map(|(provider, ..)| *provider)
}
