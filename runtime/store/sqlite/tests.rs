//! What only the inside can do: the interface is tried in tests/store, over each store.

use super::*;
use crate::store::Store as _;

fn open() -> (tempfile::TempDir, Sqlite) {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&dir.path().join("data")).unwrap();
    (dir, store)
}

#[tokio::test]
async fn a_write_that_failed_and_can_not_be_undone_alone_takes_its_group_with_it() {
    let (_dir, store) = open();
    let half_done = store.write(|c| -> rusqlite::Result<()> {
        c.execute("INSERT INTO meta VALUES ('half', x'01')", [])?;
        // As after a fault of the disk: there is no way back to where the job began.
        c.execute_batch("RELEASE job")?;
        Err(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(half_done.await.is_err());
    assert_eq!(store.meta("half").await.unwrap(), None);
    store.put_meta("next", b"1").await.unwrap();
    assert!(store.meta("next").await.unwrap().is_some());
}

#[tokio::test]
async fn a_start_after_a_crash_reads_what_was_open_and_not_every_message() {
    let (_dir, store) = open();
    for sql in upkeep::SETTLE.into_iter().chain([upkeep::OPEN, upkeep::NOTE_DELIVERY]) {
        let plan = move |c: &Connection| {
            let mut plan = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let values = vec![0; plan.parameter_count()];
            plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        let steps = store.read(plan).await.unwrap();
        let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN") && !step.contains("USING")).collect();
        // Once in a start the verifications are read, which are kept for a day; never the messages of a month.
        assert!(scans.is_empty() || (sql == upkeep::NOTE_DELIVERY && scans == ["SCAN verifications"]), "{steps:?}");
    }
}
