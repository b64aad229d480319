//! What the guard decided: listed, summed. It is noted with the send (`guard`).

use super::asking::Asking;
use super::flight::{Answers, Seat};
use super::*;
use crate::clock::Timestamp;
use crate::store::{DecidedRow, DecisionFilter, DecisionRow, GuardRow};

const DECISION: &str = "SELECT id, at, outcome, message_id, to_masked, country, purpose, source, cost_micros, fired
    FROM guard_decisions";

/// Ask for those of one number, newest first, for [`read`].
pub(super) fn ask_of_number(flight: &mut Flight, environment: &str, number: &[u8; 32], most: u32) -> Seat {
    let sql = format!("{DECISION} WHERE environment = $1 AND number_index = $2 ORDER BY id DESC LIMIT $3");
    flight.ask(sql, given![environment, number, most])
}

/// Those that were asked for.
pub(super) fn read(answers: &Answers, seat: Seat) -> Stored<Vec<DecisionRow>> {
    answers.lines(seat).iter().map(decision).collect()
}

pub(super) async fn decisions(store: &Postgres, filter: DecisionFilter) -> Stored<Vec<DecisionRow>> {
    let Asking { sql, given } = select(&filter);
    store.lines(sql, given).await?.iter().map(decision).collect()
}

/// Newest first.
fn select(filter: &DecisionFilter) -> Asking {
    let mut asking = Asking::new(format!("{DECISION} WHERE environment = $1"), given![&filter.environment]);
    for (condition, value) in [("outcome = ?", &filter.outcome), ("id < ?", &filter.before)] {
        if let Some(value) = value {
            asking.and(condition, given![value]);
        }
    }
    asking.add(" ORDER BY id DESC LIMIT ?", given![filter.limit]);
    asking
}

fn decision(line: &Line) -> Stored<DecisionRow> {
    Ok(DecisionRow {
        id: line.get(0)?,
        at: line.get(1)?,
        outcome: line.get(2)?,
        message_id: line.get(3)?,
        to_masked: line.get(4)?,
        country: line.get(5)?,
        purpose: line.get(6)?,
        source: line.get(7)?,
        cost_micros: line.get(8)?,
        fired: line.json(9)?,
    })
}

/// The newest decisions, by outcome and by outcome and rule: several rules may fire for one message.
const DECIDED: &str = "WITH lately AS MATERIALIZED (SELECT outcome, cost_micros, fired FROM guard_decisions
      WHERE at >= $2 AND environment = $1 ORDER BY at DESC LIMIT $3)
    SELECT outcome, NULL::text AS rule, count(*), sum(cost_micros)::bigint FROM lately GROUP BY outcome
    UNION ALL
    SELECT outcome, f.value ->> 'rule', count(*), sum(cost_micros)::bigint
      FROM lately CROSS JOIN json_array_elements(lately.fired::json) AS f (value) GROUP BY 1, 2
    ORDER BY 1, 3 DESC, 2 NULLS FIRST";

pub(super) async fn guard_row(
    store: &Postgres,
    environment: &str,
    now: Timestamp,
    since: Timestamp,
    most: u32,
) -> Stored<GuardRow> {
    let mut flight = Flight::new();
    let today = guard::ask_day(&mut flight, environment, now);
    let decided = flight.ask(DECIDED, given![environment, since, most]);
    let answers = store.link().await?.send(flight, flight::Bounds::default()).await?;
    let decided = answers.lines(decided).iter().map(decided_row).collect::<Stored<Vec<_>>>()?;
    let all = decided.iter().filter(|row| row.rule.is_none()).map(|row| row.messages).sum::<u64>();
    Ok(GuardRow { today: guard::day(&answers, today, now)?, decided, more: all >= u64::from(most) })
}

fn decided_row(line: &Line) -> Stored<DecidedRow> {
    Ok(DecidedRow { outcome: line.get(0)?, rule: line.get(1)?, messages: line.get(2)?, cost_micros: line.get(3)? })
}
