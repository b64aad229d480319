//! Letting a revision serve that was saved before.

use super::super::channels::{Changing, ask_channel, channel_row};
use super::super::locking::{self, Lock};
use super::super::{Flight, Postgres, given};
use crate::store::{Occasion, Saved, Stored};

pub(in crate::store::postgres) async fn serve_revision(
    store: &Postgres,
    environment: &str,
    name: &str,
    number: u64,
    if_match: Option<u64>,
    by: Occasion,
) -> Stored<Saved> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Setup(environment)]);
    let sql = "SELECT newest, serving, EXISTS (SELECT 1 FROM revisions r
                 WHERE r.environment = c.environment AND r.connector = c.name AND r.number = $3)
               FROM connectors c WHERE environment = $1 AND name = $2 AND NOT deleted";
    let connector = first.ask(sql, given![environment, name, number]);
    let stands = ask_channel(&mut first, environment, "sms");
    let answers = work.send(first).await?;
    let Some(line) = answers.line(connector) else { return Ok(Saved::Missing) };
    let (current, served, is_there) = (line.get::<u64>(0)?, line.get::<Option<u64>>(1)?, line.get::<bool>(2)?);
    if if_match.is_some_and(|seen| seen != current) {
        return Ok(Saved::Stale { current });
    }
    if !is_there {
        return Ok(Saved::Missing);
    }
    let mut channel = Changing { environment, channel: "sms", row: channel_row(answers.line(stands))? };
    let mut last = Flight::new();
    channel.set_serving(&mut last, name, served, number, &by);
    work.commit(last).await?;
    Ok(Saved::Revision { number, active: channel.row.active.as_deref() == Some(name) })
}
