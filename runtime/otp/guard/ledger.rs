//! Which rows a send reads, what it adds to them, and what its fate changes there later.

use super::rules::GuardRules;
use super::sight::Sight;
use super::{Asked, Judgement};
use crate::clock::Timestamp;
use crate::store::counters::{Counts, DAYS, HOURS, Key, NUMBER_DAYS, Read, Receipt, Scope, Span, Tally, Write};

/// The ranges to read, each by the primary key.
pub fn reads(asked: &Asked) -> Vec<Read> {
    let keys = keys(asked);
    let hours = keys.iter().filter(|key| by_hour(key.scope)).cloned().collect::<Vec<_>>();
    let days = keys.into_iter().map(|key| {
        let back = if key.scope == Scope::Number { NUMBER_DAYS } else { DAYS };
        range(key, Span::Day, asked.at, back)
    });
    // A block's cap is for all traffic to it, so that telling half of the outcomes does not double it.
    let others = Asked { outcomes_told: !asked.outcomes_told, ..*asked };
    let block = range(key(&others, Scope::Prefix, asked.prefix), Span::Day, asked.at, 0);
    days.chain(hours.into_iter().map(|key| range(key, Span::Hour, asked.at, HOURS))).chain([block]).collect()
}

/// The rows that a message may count in.
fn keys(asked: &Asked) -> Vec<Key> {
    let mut keys = vec![
        key(asked, Scope::Environment, ""),
        key(asked, Scope::Strange, ""),
        key(asked, Scope::Country, asked.country),
        key(asked, Scope::Strangers, asked.country),
        key(asked, Scope::Area, asked.area),
        key(asked, Scope::Prefix, asked.prefix),
        key(asked, Scope::Number, &hex::encode(asked.number_index)),
    ];
    if let Some(client) = asked.client_index {
        keys.push(key(asked, Scope::Client, &hex::encode(client)));
        keys.push(key(asked, Scope::ClientCountry, &client_country(client, asked.country)));
    }
    keys
}

/// What to add, in the transaction that judged, and what to keep with the message. `sent` tells whether it goes out.
pub fn writes(
    asked: &Asked,
    counts: &Counts,
    rules: &GuardRules,
    judgement: &Judgement,
    sent: bool,
) -> (Vec<Write>, Receipt) {
    let sight = Sight::new(asked, counts, rules);
    let counted = sent && !judgement.stopped;
    let fresh = counted && !sight.known;
    let number = counts.days(Scope::Number).sum(0, NUMBER_DAYS);
    let first = fresh && number.fresh.saturating_add(number.known) == 0;
    let add = Tally {
        sent: u64::from(sent),
        cost_micros: if sent { asked.cost_micros } else { 0 },
        known: u64::from(counted && sight.known),
        fresh: u64::from(fresh),
        fresh_cost_micros: if fresh { asked.cost_micros } else { 0 },
        numbers: u64::from(first),
        refused: u64::from(judgement.stopped),
        ..Tally::default()
    };
    let mut keys = keys(asked);
    keys.retain(|key| match key.scope {
        Scope::Strange => fresh && !sight.established_country,
        Scope::Strangers => fresh && sight.is_first_of_block(),
        Scope::Number | Scope::Area | Scope::ClientCountry => sent,
        _ => true,
    });
    let mut writes = Vec::new();
    for key in &keys {
        let add = with_firsts(add, key.scope, counts, first, counted);
        writes.push(Write { key: key.clone(), span: Span::Day, bucket: Span::Day.bucket(asked.at), add });
        if by_hour(key.scope) {
            writes.push(Write { key: key.clone(), span: Span::Hour, bucket: Span::Hour.bucket(asked.at), add });
        }
    }
    let rows = writes.iter().map(|write| (write.key.clone(), write.span, write.bucket)).collect();
    let if_refused = Tally { refused: 0, ..add };
    (writes, Receipt { rows, if_used: if_used(asked, fresh, first), if_refused, line: None })
}

/// Where nobody tells whether codes are used, nothing is proven by one.
fn if_used(asked: &Asked, fresh: bool, first: bool) -> Tally {
    if !asked.outcomes_told {
        return Tally::default();
    }
    Tally {
        verified: 1,
        proven: u64::from(fresh),
        proven_numbers: u64::from(first),
        proven_cost_micros: if fresh { asked.cost_micros } else { 0 },
        ..Tally::default()
    }
}

/// How new numbers spread is told by how many blocks got one, and how many got a second, in a day.
fn with_firsts(add: Tally, scope: Scope, counts: &Counts, first: bool, counted: bool) -> Tally {
    match scope {
        Scope::Country if first => {
            let today = counts.days(Scope::Prefix).sum(0, 0);
            let second = today.numbers == 1 && today.proven == 0;
            Tally { firsts: u64::from(today.numbers == 0), seconds: u64::from(second), ..add }
        }
        Scope::Client if counted => {
            let today = counts.days(Scope::ClientCountry).sum(0, 0);
            Tally { firsts: u64::from(today.sent == 0), ..add }
        }
        _ => add,
    }
}

fn by_hour(scope: Scope) -> bool {
    matches!(scope, Scope::Country | Scope::Client)
}

fn range(key: Key, span: Span, at: Timestamp, back: u64) -> Read {
    let to = span.bucket(at);
    Read { key, span, from: to.saturating_sub(back), to }
}

fn key(asked: &Asked, scope: Scope, of: &str) -> Key {
    let shared = asked.outcomes_told || matches!(scope, Scope::Environment | Scope::Number);
    Key { scope, key: if shared { of.to_owned() } else { format!("~{of}") } }
}

fn client_country(client: &[u8; 32], country: &str) -> String {
    format!("{}/{country}", hex::encode(client))
}
