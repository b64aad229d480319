//! The course of a drill: what happens next by the clock, and what comes back meanwhile.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::Options;
use super::crowd::{Crowd, News};
use super::dice::Dice;
use super::gateway::{Taken, filled};
use super::house::{House, PROVIDERS};
use super::lanes::{Block, Failing, Lane};
use super::ledger::{Entry, Fate, Ledger};
use super::told::Line;
use super::verdict::{self, Times, Verdict};
use crate::clock::{Clock, Timestamp};

/// Of a hundred people who get a code, so many type it in.
const TYPED_PERCENT: u64 = 80;
/// What is asked for is told of so much later: most of it has an answer by then.
const TOLD_AFTER: Duration = Duration::from_secs(2);
/// What is under way at the end may take so long.
const LAST: Duration = Duration::from_secs(20);

/// What happens at a time.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Fail,
    WellAgain,
    /// Somebody of a lane wants a code, for the so manyth time.
    Ask {
        lane: usize,
        count: u64,
    },
    Report {
        environment: &'static str,
        path: String,
    },
    Type {
        entry: usize,
        code: String,
    },
    Tell(u64),
    End,
}

pub(super) struct Stage<'a> {
    options: &'a Options,
    house: House,
    lanes: &'static [Lane],
    crowd: Crowd,
    dice: Dice,
    ledger: Ledger,
    /// The earliest first; of the same moment in the order of coming.
    events: BinaryHeap<Reverse<(Timestamp, u64, Event)>>,
    scheduled: u64,
    begun: Timestamp,
    failed: Option<Timestamp>,
    well_again: Option<Timestamp>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(options: &'a Options, house: House) -> Self {
        let callers = house.callers.clone();
        Self {
            lanes: options.scenario.lanes(),
            crowd: Crowd::new(callers),
            dice: Dice::of(options.seed),
            ledger: Ledger::default(),
            events: BinaryHeap::new(),
            scheduled: 0,
            begun: options.clock.now(),
            failed: None,
            well_again: None,
            options,
            house,
        }
    }

    pub(super) async fn play(mut self, mut show: impl FnMut(&Line)) -> anyhow::Result<Verdict> {
        let clock = self.options.clock.clone();
        let well = self.begun.plus(Duration::from_secs(self.options.scenario.well_seconds()));
        self.at(well, Event::Fail);
        self.at(well.plus(Duration::from_secs(self.options.seconds)), Event::WellAgain);
        self.at(self.begun.plus(Duration::from_secs(1)).plus(TOLD_AFTER), Event::Tell(0));
        (0..self.lanes.len()).for_each(|lane| self.at(self.begun, Event::Ask { lane, count: 0 }));
        loop {
            let next = self.events.peek().map(|Reverse((at, ..))| *at);
            let Some(next) = next else { break };
            let under_way = self.crowd.under_way;
            tokio::select! {
                biased;
                Some(taken) = self.house.taken.recv() => self.taken(taken, clock.now()),
                Some(news) = self.crowd.next() => self.news(news),
                () = reach(&clock, next, under_way) => {
                    let Some(Reverse((_, _, event))) = self.events.pop() else { break };
                    if event == Event::End {
                        break;
                    }
                    self.happens(event, next, &mut show).await?;
                }
            }
        }
        let ended = clock.now();
        self.comes_to_rest().await;
        self.house.close().await?;
        let failed = self.failed.unwrap_or(ended);
        let times = Times { failed, well_again: self.well_again.unwrap_or(ended), ended };
        let (options, ledger) = (self.options, &self.ledger);
        let lanes = self.lanes.iter().enumerate();
        let lanes: Vec<_> = lanes.map(|lane| verdict::of_lane(ledger, options.scenario, lane, times)).collect();
        Ok(Verdict {
            drill: options.scenario,
            seed: options.seed,
            rate: options.rate,
            promise: options.scenario.promise(),
            met: lanes.iter().all(|lane| lane.met),
            lanes,
        })
    }

    async fn happens(&mut self, event: Event, now: Timestamp, show: &mut impl FnMut(&Line)) -> anyhow::Result<()> {
        match event {
            Event::Ask { lane, count } => self.ask(lane, count, now),
            Event::Report { environment, path } => self.crowd.report(environment, path),
            Event::Type { entry, code } => self.type_in(entry, &code),
            Event::Tell(second) => self.tell(second, now, show),
            Event::Fail => {
                for lane in self.lanes {
                    self.house.fails(lane, true).await?;
                }
                self.failed = Some(self.options.clock.now());
            }
            Event::WellAgain if self.well_again.is_none() => {
                for lane in self.lanes {
                    self.house.fails(lane, false).await?;
                }
                let now = self.options.clock.now();
                self.well_again = Some(now);
                let after = Duration::from_secs(self.options.scenario.after_seconds());
                self.at(now.plus(after).plus(TOLD_AFTER), Event::End);
            }
            Event::WellAgain | Event::End => {}
        }
        Ok(())
    }

    /// One more code for a lane, and when the next one follows.
    fn ask(&mut self, lane: usize, count: u64, now: Timestamp) {
        let Some(here) = self.lanes.get(lane) else { return };
        let parallel = self.options.scenario == super::Scenario::Outage;
        let of_all: usize =
            if parallel { here.numbers.len() } else { self.lanes.iter().map(|l| l.numbers.len()).sum() };
        let per_second = self.options.rate.max(1) * here.numbers.len() as u64;
        let gap_ms = (1000 * of_all as u64).checked_div(per_second).unwrap_or(1000).max(1);
        self.at(now.plus(Duration::from_millis(gap_ms)), Event::Ask { lane, count: count + 1 });
        let block = usize::try_from(count).unwrap_or(0) % here.numbers.len().max(1);
        let Some(Block { prefix, first, network }) = here.numbers.get(block) else { return };
        let number = format!("{prefix}{}", first + count);
        let entry = self.ledger.entries.len();
        self.ledger.entries.push(Entry {
            lane,
            asked_at: now,
            number: number.clone(),
            network,
            id: None,
            environment: here.environment,
            fate: Fate::Open,
            answered_at: None,
            arrivals: 0,
            used: false,
        });
        self.crowd.ask(here.environment, entry, &number, PROVIDERS[0]);
    }

    fn type_in(&mut self, entry: usize, code: &str) {
        let known = self.ledger.entries.get(entry).and_then(|one| Some((one.environment, one.id.clone()?)));
        if let Some((environment, id)) = known {
            self.crowd.type_in(environment, entry, &id, code);
        }
    }

    /// A provider took a message: it reaches the phone, or does not, and the provider says so or keeps silent.
    fn taken(&mut self, taken: Taken, now: Timestamp) {
        let Taken { environment, to, text, report_to, failing } = taken;
        let Some(number) = self.ledger.of_number(&to, environment) else { return };
        let Some(entry) = self.ledger.entries.get_mut(number) else { return };
        let arrives = match failing {
            Failing::Silent => return,
            Failing::Network(network) => network != entry.network,
            _ => true,
        };
        let network = entry.network;
        let first = arrives && entry.arrivals == 0;
        entry.arrivals += u32::from(arrives);
        let told_at = now.plus(Duration::from_millis(self.dice.between(500, 1500)));
        if let Some(path) = report_to.as_deref().and_then(|to| to.strip_prefix(&self.house.url)) {
            let path = filled(path, arrives, network, told_at.as_millis() / 1000);
            self.at(told_at, Event::Report { environment, path });
        }
        let code: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        if first && self.dice.percent(TYPED_PERCENT) {
            let typed_at = now.plus(Duration::from_millis(self.dice.between(3_000, 10_000)));
            self.at(typed_at, Event::Type { entry: number, code });
        }
    }

    fn news(&mut self, news: News) {
        match news {
            News::Asked { entry, id, fate } => {
                if let Some(entry) = self.ledger.entries.get_mut(entry) {
                    (entry.id, entry.fate, entry.answered_at) = (id, fate, Some(self.options.clock.now()));
                }
            }
            News::Typed { entry, right } => {
                if let Some(entry) = self.ledger.entries.get_mut(entry) {
                    entry.used |= right;
                }
            }
            News::Reported => {}
        }
    }

    fn tell(&mut self, second: u64, now: Timestamp, show: &mut impl FnMut(&Line)) {
        let from = self.begun.plus(Duration::from_secs(second));
        let to = from.plus(Duration::from_secs(1));
        let phase = match (self.failed, self.well_again) {
            (_, Some(well)) if from >= well => "well again",
            (Some(failed), _) if to > failed => "failing",
            _ => "well",
        };
        let lanes = (0..self.lanes.len()).map(|lane| self.ledger.counts(lane, from, to)).collect();
        show(&Line { second, phase, lanes });
        self.at(now.plus(Duration::from_secs(1)), Event::Tell(second + 1));
        self.end_early(now);
    }

    /// Where nothing is waited for afterwards, it is over as soon as everything has moved.
    fn end_early(&mut self, now: Timestamp) {
        let (Some(failed), None) = (self.failed, self.well_again) else { return };
        let fails = |lane: &&'static Lane| lane.failing != Failing::Nothing;
        let moved = |lane: usize| verdict::moved(&self.ledger, lane, failed, now.minus(TOLD_AFTER)).is_some();
        let lanes = self.lanes.iter().enumerate().filter(|(_, lane)| fails(lane));
        let all_moved = lanes.map(|(number, _)| number).all(moved);
        if self.options.scenario.after_seconds() == 0 && all_moved {
            self.at(now, Event::WellAgain);
        }
    }

    /// Nothing new is asked for; what is under way ends, as far as it does in time.
    async fn comes_to_rest(&mut self) {
        let rest = async {
            while self.crowd.under_way > 0 {
                if let Some(news) = self.crowd.next().await {
                    self.news(news);
                }
            }
        };
        if tokio::time::timeout(LAST, rest).await.is_err() {
            tracing::warn!("calls were still under way when the drill ended");
        }
        let now = self.options.clock.now();
        while let Ok(taken) = self.house.taken.try_recv() {
            self.taken(taken, now);
        }
    }

    fn at(&mut self, at: Timestamp, event: Event) {
        self.scheduled += 1;
        self.events.push(Reverse((at, self.scheduled, event)));
    }
}

/// Wait for a moment. A clock that stands still is moved there, once nothing is under way.
async fn reach(clock: &Clock, at: Timestamp, under_way: usize) {
    if clock.is_manual() {
        if under_way > 0 {
            std::future::pending::<()>().await;
        }
        clock.advance(at.since(clock.now()));
        return;
    }
    clock.until(at).await;
}
