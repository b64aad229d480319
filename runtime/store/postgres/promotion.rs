//! Promotion: one transaction under one lock. A fault anywhere in it undoes all of it.

use super::channels::{Changing, ask_channel, channel_row};
use super::connectors::{Before, save};
use super::keys::write_setting;
use super::locking::{self, Lock};
use super::{Flight, Postgres, given};
use crate::store::{NewPromotion, Occasion, Saved, StoreError, Stored, Why};

pub(super) async fn promote(store: &Postgres, promotion: NewPromotion) -> Stored<Option<Vec<u64>>> {
    let NewPromotion { environment, revisions, channel, documents, by, now } = promotion;
    let by = Occasion { at: now, by, why: Why::Promote };
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Setup(&environment)]);
    let version = "SELECT version FROM settings WHERE environment = $1 AND kind = $2";
    let versions: Vec<_> =
        documents.iter().map(|document| first.ask(version, given![&environment, document.kind])).collect();
    // Each is of another connector, so that none changes what another one's answers say.
    let befores: Vec<_> = revisions.iter().map(|revision| Before::ask(&mut first, revision)).collect();
    let stands = ask_channel(&mut first, &environment, "sms");
    let answers = work.send(first).await?;
    for (document, version) in documents.iter().zip(versions) {
        let version: Option<u64> = answers.line(version).map(|line| line.get(0)).transpose()?;
        if version != document.seen {
            return Ok(None);
        }
    }
    let row = channel_row(answers.line(stands))?;
    let mut changing = Changing { environment: &environment, channel: "sms", row };
    let mut last = Flight::new();
    let mut numbers = Vec::new();
    for (revision, before) in revisions.into_iter().zip(&befores) {
        match save(&mut last, &answers, before, revision, Why::Promote, &mut changing)? {
            Saved::Revision { number, .. } => numbers.push(number),
            // Only what names a revision that it saw can be stale, and these don't.
            Saved::Stale { .. } | Saved::Missing => {
                return Err(StoreError::Database("a promotion has a revision that can't be saved".into()));
            }
        }
    }
    // After the revisions: the first one of an environment makes itself active.
    if let Some(channel) = channel {
        changing.write(&mut last, channel, &by);
    }
    for document in &documents {
        write_setting(&mut last, &environment, document.kind, &document.document);
    }
    work.commit(last).await?;
    Ok(Some(numbers))
}
