//! Power loss. The threat: the system answered a write and the disk has not got it, or got it in another order, or half.
//!
//! The real service runs on a folder whose every file operation is recorded. Then, for many moments, the folder is made
//! as a power loss at that moment may have left it; the real store opens it; and all that a caller was told until that
//! moment must be there.

mod faults;
mod recording;

use std::collections::BTreeMap;
use std::path::Path;

use countersign::store::VerificationStore as _;
use countersign::store::sqlite::Sqlite;

use crate::support::dice::Dice;
use crate::support::disk::Event;
use crate::support::disk::image::{Image, Lie, PowerLoss};
use crate::support::postgres::is_for_sqlite;
use recording::{Recording, State, recording};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_a_power_loss_at_any_moment() {
    if is_for_sqlite("a power loss") {
        return;
    }
    let recording = recording().await;
    // Two starts begin a log each; the others are begun under load, over one that was moved into the database.
    assert!(recording.logs_begun() > 2, "no checkpoint under load");
    let begun = std::time::Instant::now();
    let mut dice = Dice::thrown();
    let (mut images, mut at_risk_max) = (0, 0);
    for moment in moments(recording, 70, &mut dice) {
        let (loss, allowed) = (PowerLoss::at(&recording.log, moment, Lie::None), recording.allowed(moment));
        at_risk_max = at_risk_max.max(loss.at_risk.len());
        for (what, image) in outcomes(&loss, &mut dice) {
            images += 1;
            if let Err(wrong) = judge(&allowed, &image).await {
                panic!("power lost after operation {moment}, {what}: {wrong}");
            }
        }
    }
    println!(
        "{images} images of {} operations, {} facts, up to {at_risk_max} operations at risk: {:.1} s",
        recording.log.len(),
        recording.facts.len(),
        begun.elapsed().as_secs_f32()
    );
    assert!(images > 200 && at_risk_max > 20, "{images} images, {at_risk_max} operations at risk");
}

/// The test above is worth what it can find: each sync that the store relies on is needed.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_lies_about_a_sync_is_found_out() {
    if is_for_sqlite("a power loss") {
        return;
    }
    let recording = recording().await;
    let mut dice = Dice::thrown();
    for lie in [Lie::Of("-wal"), Lie::Of(".db"), Lie::Folder] {
        let mut found = None;
        for moment in moments(recording, 40, &mut dice) {
            let loss = PowerLoss::at(&recording.log, moment, lie);
            found = judge(&recording.allowed(moment), &loss.image(|_, _| false)).await.err();
            if found.is_some() {
                break;
            }
        }
        println!("{lie:?}: {}", found.expect("a loss, since nothing was synced"));
    }
}

/// Around every operation on a name, and at random ones.
fn moments(recording: &Recording, random: u64, dice: &mut Dice) -> Vec<usize> {
    let log = &recording.log;
    let of_names = log.iter().enumerate().filter(|(_, event)| {
        matches!(event, Event::Create { .. } | Event::Delete { .. } | Event::FolderSync { .. } | Event::Truncate { .. })
    });
    let mut moments: Vec<usize> = of_names.flat_map(|(place, _)| [place, place + 1]).collect();
    moments.extend((0..random).map(|_| dice.below(log.len() as u64) as usize));
    // Just before a sync ends, most is at risk.
    let syncs: Vec<usize> =
        log.iter().enumerate().filter(|(_, e)| matches!(e, Event::Sync { .. })).map(|(place, _)| place).collect();
    moments.extend((0..random / 2).map(|_| syncs[dice.below(syncs.len() as u64) as usize]));
    moments.push(log.len());
    moments
}

/// What a power loss may leave: the extremes, each operation missing alone (a few of them), and chance.
fn outcomes(loss: &PowerLoss<'_>, dice: &mut Dice) -> BTreeMap<String, Image> {
    let mut outcomes = BTreeMap::from([("nothing survived".to_owned(), loss.image(|_, _| false))]);
    if loss.at_risk.is_empty() {
        return outcomes;
    }
    outcomes.insert("everything survived".to_owned(), loss.image(|_, _| true));
    for _ in 0..2 {
        let missing = loss.at_risk[dice.below(loss.at_risk.len() as u64) as usize];
        outcomes.insert(format!("all but {missing} survived"), loss.image(|place, _| place != missing));
    }
    let whole: Vec<usize> = loss.at_risk.iter().copied().filter(|_| dice.one_in(2)).collect();
    outcomes.insert(
        format!("{} of {} survived", whole.len(), loss.at_risk.len()),
        loss.image(|place, _| whole.contains(&place)),
    );
    outcomes.insert("it was torn at sectors".to_owned(), loss.image(|_, _| dice.one_in(2)));
    outcomes
}

/// Open an image as the service would, and compare each verification with what it may be.
async fn judge<K: AsRef<str>>(allowed: &BTreeMap<K, Vec<Option<State>>>, image: &Image) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    image.write_to(folder.path());
    let store = Sqlite::open(folder.path()).map_err(|error| format!("it does not open: {error}"))?;
    for (id, allowed) in allowed {
        let id = id.as_ref();
        let found = store.verification("development", id).await.map_err(|error| error.to_string())?;
        let found = found.map(|found| (found.status, found.attempts_left));
        if !allowed.contains(&found) {
            return Err(format!("{id} is {found:?}, where {allowed:?} was possible"));
        }
    }
    drop(store);
    sound(folder.path())
}

fn sound(folder: &Path) -> Result<(), String> {
    let database = rusqlite::Connection::open(folder.join("countersign.db")).unwrap();
    let ask = |sql: &str| database.query_row(sql, [], |row| row.get::<_, String>(0));
    match ask("PRAGMA integrity_check").map_err(|error| error.to_string())?.as_str() {
        "ok" => Ok(()),
        wrong => Err(wrong.to_owned()),
    }
}
