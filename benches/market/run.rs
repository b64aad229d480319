//! One policy's month: every user with the same provider at the same time fares the same under each.

use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use countersign::delivery::route::SoFar;

use super::calendar::{Calendar, HOUR};
use super::fate::{Answer, Fate, Told};
use super::people::{LIFE, Person};
use super::policy::{Ask, Left, Policy};
use super::tally::{Ended, Tally};
use super::world::World;

/// As the service has them by default: one send, and a whole call with its failover.
const SEND: f64 = 10.0;
const CALL: f64 = 15.0;

enum What {
    Asks,
    Answered { message: usize, provider: usize, fate: Fate, took: f64 },
    Arrives { message: usize },
    Told { message: usize, provider: usize, told: Told },
    Types,
    GivesUp,
    Expires,
}

struct Due {
    at: f64,
    nth: u64,
    of: usize,
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

/// One message of a verification.
#[derive(Default)]
struct Message {
    next: VecDeque<usize>,
    so_far: SoFar,
    deadline: f64,
    asked: Vec<usize>,
    /// Attempts that may still bring it, or have.
    hopes: u32,
    under_way: bool,
    arrived: u32,
    /// Whether its code may have been sent before it.
    again: bool,
}

/// A verification that lives.
struct Open<'a> {
    who: &'a Person,
    messages: Vec<Message>,
    ended: Ended,
    /// Whether it is neither used nor given up.
    waits: bool,
}

/// A policy at work.
pub(crate) struct Run<'a> {
    world: &'a World,
    calendar: &'a Calendar,
    policy: Policy,
    due: BinaryHeap<Due>,
    nth: u64,
    now: f64,
    open: Vec<Option<Open<'a>>>,
    free: Vec<usize>,
    tally: Tally,
}

impl<'a> Run<'a> {
    /// What became of all of them.
    pub(crate) fn of(world: &'a World, calendar: &'a Calendar, people: &'a [Person], policy: Policy) -> Tally {
        let (due, open, free, tally) = (BinaryHeap::new(), Vec::new(), Vec::new(), Tally::default());
        let mut run = Self { world, calendar, policy, due, nth: 0, now: 0.0, open, free, tally };
        for who in people {
            run.until(who.at);
            run.comes(who);
        }
        run.until(f64::INFINITY);
        run.tally
    }

    fn until(&mut self, end: f64) {
        while self.due.peek().is_some_and(|due| due.at < end) {
            let Some(due) = self.due.pop() else { break };
            self.now = due.at;
            self.step(due.of, due.what);
        }
        self.now = end;
    }

    fn put(&mut self, after: f64, of: usize, what: What) {
        self.nth += 1;
        self.due.push(Due { at: self.now + after, nth: self.nth, of, what });
    }

    fn comes(&mut self, who: &'a Person) {
        let ended = Ended::new(self.calendar.strikes(who.country, who.at), who.at);
        let open = Open { who, messages: Vec::new(), ended, waits: true };
        let of = self.free.pop().unwrap_or(self.open.len());
        match self.open.get_mut(of) {
            Some(slot) => *slot = Some(open),
            None => self.open.push(Some(open)),
        }
        self.put(f64::from(who.patience), of, What::GivesUp);
        // Late reports speak of it still.
        self.put(LIFE + HOUR, of, What::Expires);
        self.step(of, What::Asks);
    }

    fn step(&mut self, of: usize, what: What) {
        let Some(mut open) = self.open[of].take() else { return };
        match what {
            What::Asks if open.waits => self.asks(of, &mut open),
            What::Asks => {}
            What::Answered { message, provider, fate, took } => {
                self.answered(of, &mut open, message, provider, &fate, took);
            }
            What::Arrives { message } => self.arrives(of, &mut open, message),
            What::Told { message, provider, told } => self.told(of, &mut open, message, provider, &told),
            What::Types => self.types(&mut open),
            What::GivesUp => open.waits = false,
            What::Expires => {
                self.tally.add(&open.ended);
                self.free.push(of);
                return;
            }
        }
        self.open[of] = Some(open);
    }

    /// A code is asked for, the first time or again.
    fn asks(&mut self, of: usize, open: &mut Open<'_>) {
        let nth = open.messages.len();
        if let Some(wait) = open.who.waits.get(nth) {
            self.put(f64::from(*wait), of, What::Asks);
        }
        let tried: Vec<usize> = open.messages.iter().flat_map(|message| &message.asked).copied().collect();
        let ask = Ask { who: open.who, nth, tried: &tried, now: self.now };
        let next = self.policy.order(self.world, self.calendar, &ask);
        // Once for a verification.
        let ambiguous_failover_used =
            self.policy.is_told() && open.messages.iter().any(|message| message.so_far.ambiguous_failover_used);
        let so_far = SoFar { ambiguous_failover_used, ..SoFar::default() };
        open.ended.messages += 1;
        if nth == 0 {
            open.ended.first_choice = next.front() == self.world.order[open.who.country].first();
        }
        open.messages.push(Message { next, so_far, deadline: self.now + CALL, again: nth > 0, ..Message::default() });
        self.attempt(of, open, nth);
    }

    fn attempt(&mut self, of: usize, open: &mut Open<'_>, nth: usize) {
        let message = &mut open.messages[nth];
        let Some(provider) = message.next.pop_front() else { return };
        message.asked.push(provider);
        message.under_way = true;
        message.hopes += 1;
        self.policy.began(open.who, provider, self.now);
        let fate = Fate::of(self.world, self.calendar, open.who, nth, provider, self.now);
        let took = fate.answers_after.min(SEND).min(message.deadline - self.now);
        if fate.sent {
            open.ended.sent += 1;
            open.ended.cost += fate.price;
        }
        if let Some(after) = fate.arrives_after {
            self.put(after, of, What::Arrives { message: nth });
        }
        if let Some(told) = fate.told {
            self.put(took + told.after, of, What::Told { message: nth, provider, told });
        }
        self.put(took, of, What::Answered { message: nth, provider, fate, took });
    }

    fn answered(&mut self, of: usize, open: &mut Open<'_>, nth: usize, provider: usize, fate: &Fate, took: f64) {
        self.policy.attempted(open.who, provider, fate.answer, took, self.now);
        let left = self.left(open, nth);
        let message = &mut open.messages[nth];
        message.under_way = false;
        let first = !message.again && !message.so_far.maybe_sent;
        let Some(failure) = fate.answer.failure() else {
            open.ended.last = Some((provider, self.now, first));
            self.policy.taken(open.who, provider, fate.price, first, self.now);
            return;
        };
        if fate.answer != Answer::Accepts && failure.certainty == countersign::connector::contract::Certainty::NotSent {
            message.hopes -= 1;
        }
        if self.policy.goes_on(&mut message.so_far, &failure, left, &mut message.next) {
            self.attempt(of, open, nth);
        } else {
            open.ended.last = Some((provider, self.now, false));
        }
    }

    fn left(&self, open: &Open<'_>, nth: usize) -> Left {
        let seconds = |until: f64| Duration::from_secs_f64((until - self.now).max(0.0));
        Left { life: seconds(open.ended.at + LIFE), call: seconds(open.messages[nth].deadline) }
    }

    fn arrives(&mut self, of: usize, open: &mut Open<'_>, nth: usize) {
        open.messages[nth].arrived += 1;
        open.ended.twice += u32::from(open.messages[nth].arrived > 1);
        if open.ended.code_after.is_none() && open.waits {
            open.ended.code_after = Some(self.now - open.ended.at);
            if let Some(types) = open.who.types {
                self.put(f64::from(types), of, What::Types);
            } else {
                open.waits = false;
            }
        }
    }

    fn told(&mut self, of: usize, open: &mut Open<'_>, nth: usize, provider: usize, told: &Told) {
        let life = self.left(open, nth).life;
        let may_go_on = self.policy.reported(open.who, provider, told, life, self.now);
        if told.delivered {
            return;
        }
        let message = &mut open.messages[nth];
        message.hopes -= u32::from(message.hopes > 0);
        let alone = message.hopes == 0 && !message.under_way;
        let told_more = self.policy.is_told();
        let overtaken = told_more && open.messages.iter().skip(nth + 1).any(|later| later.hopes > 0);
        let used = told_more && open.ended.used;
        if used && alone && !overtaken {
            self.policy.refuted(open.who, provider, self.now);
        }
        if !may_go_on || !alone || overtaken || used {
            return;
        }
        let tried = Vec::new();
        let ask = Ask { who: open.who, nth, tried: &tried, now: self.now };
        let asked = &open.messages[nth].asked;
        let next = self.policy.order(self.world, self.calendar, &ask);
        let next = next.into_iter().filter(|provider| !asked.contains(provider)).collect();
        (open.messages[nth].next, open.messages[nth].deadline) = (next, self.now + CALL);
        open.messages[nth].again = true;
        self.attempt(of, open, nth);
    }

    fn types(&mut self, open: &mut Open<'_>) {
        if open.waits {
            open.waits = false;
            open.ended.used = true;
            if let Some(last) = open.ended.last {
                self.policy.used(open.who, last, self.now);
            }
        }
    }
}
