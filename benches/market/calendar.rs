//! Bad days: what goes wrong with which provider, where and when.

use super::draw::Draw;
use super::world::{COUNTRIES, PROVIDERS, World};

pub(crate) const HOUR: f64 = 3_600.0;
pub(crate) const DAY: f64 = 24.0 * HOUR;
/// Of each sort in thirty days, at providers that somebody relies on.
const OF_EACH: f64 = 3.0;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    Refuses,
    Errs,
    TimesOut,
    Slow,
    Silent,
    Lies,
    Network,
    Rising,
    Flaps,
    NoReports,
    WrongReports,
    Dearer,
}

impl Bad {
    pub(crate) const ALL: [Self; 12] = [
        Self::Refuses,
        Self::Errs,
        Self::TimesOut,
        Self::Slow,
        Self::Silent,
        Self::Lies,
        Self::Network,
        Self::Rising,
        Self::Flaps,
        Self::NoReports,
        Self::WrongReports,
        Self::Dearer,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refuses => "refuses everything",
            Self::Errs => "answers 500 and 503",
            Self::TimesOut => "answers nothing",
            Self::Slow => "slow day",
            Self::Silent => "accepts, loses, says nothing",
            Self::Lies => "accepts, loses, says delivered",
            Self::Network => "one network gets nothing",
            Self::Rising => "loses more and more",
            Self::Flaps => "off and on, every 3 minutes",
            Self::NoReports => "reports are lost, nothing else",
            Self::WrongReports => "reports are wrong, nothing else",
            Self::Dearer => "three times the price",
        }
    }

    /// Hours that it lasts.
    fn hours(self, draw: &mut Draw) -> f64 {
        match self {
            Self::Refuses | Self::Errs | Self::TimesOut => draw.between(0.3, 4.0),
            Self::Silent | Self::Lies | Self::Flaps | Self::WrongReports => draw.between(1.0, 4.0),
            Self::Network => draw.between(1.0, 8.0),
            Self::Slow => draw.between(4.0, 12.0),
            Self::Rising | Self::NoReports | Self::Dearer => draw.between(10.0, 16.0),
        }
    }

    /// Whether it strikes everywhere: always, never, or as it comes.
    fn everywhere(self, draw: &mut Draw) -> bool {
        match self {
            Self::Network => false,
            Self::Silent | Self::Lies | Self::Rising | Self::Slow => draw.is(0.5),
            _ => true,
        }
    }
}

struct Event {
    bad: Bad,
    provider: usize,
    /// None is everywhere.
    country: Option<usize>,
    network: usize,
    from: f64,
    to: f64,
}

impl Event {
    fn is_on(&self, country: usize, at: f64) -> bool {
        (self.from..self.to).contains(&at) && self.country.is_none_or(|only| only == country)
    }
}

/// How a provider does at a moment, beside what it does while all is well.
#[derive(Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) refuses: f64,
    pub(crate) errs: f64,
    pub(crate) times_out: f64,
    pub(crate) delivers: f64,
    /// Whether it calls all that is lost delivered.
    pub(crate) lies: bool,
    pub(crate) slower: f64,
    pub(crate) reports: f64,
    pub(crate) wrong: f64,
    pub(crate) dearer: f64,
}

/// All that goes wrong.
pub(crate) struct Calendar {
    /// By provider.
    events: Vec<Vec<Event>>,
    /// By country: what strikes the provider that is asked first there.
    struck: Vec<Vec<(Bad, f64, f64)>>,
}

impl Calendar {
    /// One thing at a time strikes a provider that somebody relies on. The others have bad days of their own.
    pub(crate) fn new(world: &World, days: f64) -> Self {
        let mut calendar = Self {
            events: PROVIDERS.map(|_| Vec::new()).into(),
            struck: COUNTRIES.iter().map(|_| Vec::new()).collect(),
        };
        let mut draw = Draw::of(world.seed, &[2]);
        let of_each = (OF_EACH * days / 30.0).round().max(1.0) as usize;
        let mut bads: Vec<Bad> = Bad::ALL.iter().copied().cycle().take(Bad::ALL.len() * of_each).collect();
        (1..bads.len()).rev().for_each(|last| bads.swap(last, draw.below(last + 1)));
        let slot = days * DAY / bads.len() as f64;
        for (nth, bad) in bads.into_iter().enumerate() {
            let relies = draw.below(COUNTRIES.len());
            let event = calendar.event(bad, world.order[relies][0], relies, nth as f64 * slot, slot, &mut draw);
            for (country, order) in world.order.iter().enumerate() {
                if order[0] == event.provider && event.country.is_none_or(|only| only == country) {
                    calendar.struck[country].push((bad, event.from, event.to));
                }
            }
            calendar.events[event.provider].push(event);
        }
        let relied_on: Vec<usize> = world.order.iter().map(|order| order[0]).collect();
        for provider in (0..PROVIDERS.len()).filter(|provider| !relied_on.contains(provider)) {
            for _ in 0..(days / 10.0).ceil() as usize {
                let (bad, country) = (Bad::ALL[draw.below(Bad::ALL.len())], draw.below(COUNTRIES.len()));
                let event = calendar.event(bad, provider, country, 0.0, days * DAY, &mut draw);
                calendar.events[provider].push(event);
            }
        }
        calendar
    }

    fn event(&self, bad: Bad, provider: usize, country: usize, from: f64, room: f64, draw: &mut Draw) -> Event {
        let lasts = (bad.hours(draw) * HOUR).min(room * 0.8);
        let from = from + draw.between(0.0, room - lasts);
        let country = (!bad.everywhere(draw)).then_some(country);
        Event { bad, provider, country, network: draw.below(3), from, to: from + lasts }
    }

    /// What strikes the provider that is asked first in a country.
    pub(crate) fn strikes(&self, country: usize, at: f64) -> Option<Bad> {
        self.struck[country].iter().find(|(_, from, to)| (*from..*to).contains(&at)).map(|(bad, ..)| *bad)
    }

    pub(crate) fn weather(&self, provider: usize, country: usize, network: usize, at: f64) -> Weather {
        let mut weather = Weather {
            refuses: 0.002,
            errs: 0.001,
            times_out: 0.0005,
            delivers: 1.0,
            lies: false,
            slower: 1.0,
            reports: 1.0,
            wrong: 0.001,
            dearer: 1.0,
        };
        for event in self.events[provider].iter().filter(|event| event.is_on(country, at)) {
            weather.darken(event, network, at);
        }
        weather
    }
}

impl Weather {
    fn darken(&mut self, event: &Event, network: usize, at: f64) {
        match event.bad {
            Bad::Refuses => self.refuses = 0.99,
            Bad::Errs => self.errs = 0.9,
            Bad::TimesOut => self.times_out = 0.95,
            Bad::Slow => self.slower = 12.0,
            Bad::Silent => (self.delivers, self.reports) = (0.02, 0.0),
            Bad::Lies => (self.delivers, self.lies) = (0.02, true),
            Bad::Network if event.network == network => self.delivers = 0.03,
            Bad::Network => {}
            Bad::Rising => self.delivers = 1.0 - 0.85 * (at - event.from) / (event.to - event.from),
            Bad::Flaps if (at - event.from) % 360.0 < 180.0 => self.refuses = 0.97,
            Bad::Flaps => {}
            Bad::NoReports => self.reports = 0.0,
            Bad::WrongReports => self.wrong = 0.7,
            Bad::Dearer => self.dearer = 3.0,
        }
    }
}
