//! Saving a revision. What it needs to know is asked in one flight, for one revision or, when a set-up is promoted, for
//! several of different connectors; what it writes goes in another.

use std::collections::BTreeMap;

use super::super::channels::{Changing, ask_channel, channel_row};
use super::super::flight::{Answers, Seat};
use super::super::locking::{self, Lock};
use super::super::{Flight, Postgres, given, text};
use crate::store::{GivenSecret, NewRevision, Occasion, Saved, Stored, Why};

/// What stood before a revision is saved.
pub(in crate::store::postgres) struct Before {
    connector: Seat,
    secrets: Seat,
}

impl Before {
    /// Ask it, under the lock of the environment's set-up.
    pub(in crate::store::postgres) fn ask(flight: &mut Flight, new: &NewRevision) -> Self {
        let connector = "SELECT newest, deleted, serving FROM connectors WHERE environment = $1 AND name = $2";
        let secrets =
            "SELECT field, max(version) FROM secrets WHERE environment = $1 AND connector = $2 GROUP BY field";
        Self {
            connector: flight.ask(connector, given![&new.environment, &new.name]),
            secrets: flight.ask(secrets, given![&new.environment, &new.name]),
        }
    }
}

pub(in crate::store::postgres) async fn save_revision(store: &Postgres, new: NewRevision) -> Stored<Saved> {
    let environment = new.environment.clone();
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Setup(&environment)]);
    let before = Before::ask(&mut first, &new);
    let stands = ask_channel(&mut first, &environment, "sms");
    let answers = work.send(first).await?;
    let row = channel_row(answers.line(stands))?;
    let mut channel = Changing { environment: &environment, channel: "sms", row };
    let mut last = Flight::new();
    let saved = save(&mut last, &answers, &before, new, Why::Save, &mut channel)?;
    if matches!(saved, Saved::Revision { .. }) {
        work.commit(last).await?;
    }
    Ok(saved)
}

/// What is to be written so that a revision is saved; nothing, unless it answers that it is.
pub(in crate::store::postgres) fn save(
    flight: &mut Flight,
    answers: &Answers,
    before: &Before,
    new: NewRevision,
    why: Why,
    channel: &mut Changing<'_>,
) -> Stored<Saved> {
    let (mut newest, mut deleted, mut serving) = (0, true, None);
    if let Some(line) = answers.line(before.connector) {
        (newest, deleted, serving) = (line.get::<u64>(0)?, line.get(1)?, line.get::<Option<u64>>(2)?);
    }
    let current = if deleted { 0 } else { newest };
    if new.if_match.is_some_and(|seen| seen != current) {
        return Ok(Saved::Stale { current });
    }
    let number = newest + 1;
    let mut versions = BTreeMap::new();
    for line in answers.lines(before.secrets) {
        versions.insert(line.get(0)?, line.get(1)?);
    }
    let (name, activate, serve, replaces) = (new.name.clone(), new.activate, new.serve, new.replaces.clone());
    let by = Occasion { at: new.now, by: new.by.clone(), why };
    write(flight, new, number, versions);
    if serve {
        channel.set_serving(flight, &name, serving, number, &by);
        let then = channel.row.clone().with(&name, activate, replaces.as_deref());
        if then != channel.row {
            channel.write(flight, then, &by);
        }
    }
    Ok(Saved::Revision { number, active: channel.row.active.as_deref() == Some(&name) })
}

/// The connector, its new secrets, the revision. `versions` are the newest ones of secrets that were given before.
fn write(flight: &mut Flight, new: NewRevision, number: u64, mut versions: BTreeMap<String, u32>) {
    let connector = "INSERT INTO connectors (environment, name, newest) VALUES ($1, $2, $3)
        ON CONFLICT (environment, name) DO UPDATE SET newest = excluded.newest, deleted = FALSE, deleted_at = NULL";
    flight.ask(connector, given![&new.environment, &new.name, number]);
    let mut used = new.kept;
    for GivenSecret { field, seal, bindings } in new.given {
        let version = versions.entry(field.clone()).or_default();
        *version += 1;
        let secret = "INSERT INTO secrets (environment, connector, field, version, sealed, bindings, created_at)
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let sealed = seal(*version);
        flight.ask(secret, given![&new.environment, &new.name, &field, *version, sealed, &bindings, new.now]);
        used.insert(field, *version);
    }
    let revision =
        "INSERT INTO revisions (environment, connector, number, component_digest, config, templates, senders,
        approved, secret_versions, created_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let given = given![
        new.environment,
        new.name,
        number,
        new.component_digest,
        &new.config,
        text(&new.templates),
        text(&new.senders),
        &new.approved,
        text(&used),
        new.now,
        new.by.as_ref().map(text)
    ];
    flight.ask(revision, given);
}
