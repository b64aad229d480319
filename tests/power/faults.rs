//! Faults in the middle of a group's commit: a full disk, a sync that fails, any one operation that does.
//!
//! Nobody may be told a success that is not on disk, whoever shared his commit; and once the disk works again, so does
//! the service, without a restart.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign::store::VerificationStatus as Status;
use serde_json::json;

use super::judge;
use super::recording::{State, read};
use crate::support::dice::Dice;
use crate::support::disk::image::{Lie, PowerLoss};
use crate::support::disk::{Disk, Fault};
use crate::support::postgres::is_for_sqlite;
use crate::support::service::{Service, number};

/// What each verification may be found as.
type Allowed = BTreeMap<String, Vec<Option<State>>>;

const FRESH: State = (Status::Pending, 5);

struct Faulty {
    service: Arc<Service>,
    disk: Disk,
    next: u32,
    allowed: Allowed,
}

/// A pending verification with its right code.
#[derive(Clone)]
struct Pending {
    id: String,
    code: String,
}

impl Faulty {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::watch(&dir.path().join("data"));
        let service = Arc::new(Service::at(dir, |_| {}).await);
        Self { service, disk, next: 0, allowed: Allowed::new() }
    }

    fn number(&mut self) -> String {
        self.next += 1;
        number(self.next)
    }

    async fn pending(&mut self) -> Pending {
        let to = self.number();
        let (status, made) = self.service.create(&to).await;
        assert_eq!(status, 201, "the disk works: {made}");
        let id = made["id"].as_str().unwrap().to_owned();
        self.allowed.insert(id.clone(), vec![Some(FRESH)]);
        Pending { id, code: self.service.code_for(&to).await }
    }

    /// A dozen requests at once, of which each is a success or a fault of the service's own; answers how many were one.
    async fn under(&mut self, fault: Fault) -> usize {
        let (mut checked, mut guessed) = (Vec::new(), Vec::new());
        for _ in 0..4 {
            checked.push(self.pending().await);
            guessed.push(self.pending().await);
        }
        let numbers: Vec<String> = (0..4).map(|_| self.number()).collect();
        self.disk.fail(fault);
        let (service, mut faults) = (Arc::clone(&self.service), 0);
        let checks = checked.iter().map(|p| service.check(&p.id, &p.code));
        let guesses = guessed.iter().map(|p| service.check(&p.id, "no code"));
        let creates = numbers.iter().map(|to| service.create(to));
        let (checks, guesses, creates) = tokio::join!(
            futures_util::future::join_all(checks),
            futures_util::future::join_all(guesses),
            futures_util::future::join_all(creates)
        );
        let right = checked.iter().zip(checks).map(|(p, told)| (p, told, (Status::Approved, 5)));
        let wrong = guessed.iter().zip(guesses).map(|(p, told)| (p, told, (Status::Pending, 4)));
        for (pending, (status, told), then) in right.chain(wrong) {
            // A refusal promises nothing of a later restart: the disk may have got it all the same.
            let allowed = match status {
                200 => vec![Some(read(&told))],
                500 => vec![Some(FRESH), Some(then)],
                _ => panic!("{status} {told}"),
            };
            faults += usize::from(status == 500);
            // But the service that runs has undone it.
            let (_, now) = service.get(&format!("/v1/verifications/{}", pending.id)).await;
            assert_eq!(Some(read(&now)), allowed[0], "{told}");
            self.allowed.insert(pending.id.clone(), allowed);
        }
        for (status, told) in creates {
            match status {
                201 => drop(self.allowed.insert(told["id"].as_str().unwrap().to_owned(), vec![Some(FRESH)])),
                500 => faults += 1,
                _ => panic!("{status} {told}"),
            }
        }
        self.lose_power("while the fault lasts").await;
        assert!(self.disk.heal() > 0 || matches!(fault, Fault::Nth(_)));
        self.go_on(checked).await;
        faults
    }

    /// Once the disk works again, each right code that was refused is accepted, and the others are not.
    async fn go_on(&mut self, checked: Vec<Pending>) {
        for pending in checked {
            let refused = self.allowed[&pending.id].len() > 1;
            let (status, told) = self.service.check(&pending.id, &pending.code).await;
            assert_eq!(status, if refused { 200 } else { 409 }, "{told}");
            self.allowed.insert(pending.id, vec![Some((Status::Approved, 5))]);
        }
        self.lose_power("after the fault").await;
    }

    /// What was answered until now is there, were the power to go now.
    async fn lose_power(&self, when: &str) {
        let log = self.disk.log();
        let loss = PowerLoss::at(&log, log.len(), Lie::None);
        let mut dice = Dice::of(self.next.into());
        for (what, image) in [
            ("nothing survived", loss.image(|_, _| false)),
            ("everything survived", loss.image(|_, _| true)),
            ("it was torn", loss.image(|_, _| dice.one_in(2))),
        ] {
            if let Err(wrong) = judge(&self.allowed, &image).await {
                panic!("power lost {when}, {what}: {wrong}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_no_success_and_the_service_goes_on_when_there_is_space_again() {
    if is_for_sqlite("a disk that fails") {
        return;
    }
    let mut faulty = Faulty::start().await;
    assert_eq!(faulty.under(Fault::Full).await, 12);
    // Reading needs no space, and the next fault is no different from the first.
    assert_eq!(faulty.under(Fault::Full).await, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_fails_is_no_success_although_the_file_was_written() {
    if is_for_sqlite("a disk that fails") {
        return;
    }
    let mut faulty = Faulty::start().await;
    assert_eq!(faulty.under(Fault::Syncs).await, 12);
    assert_eq!(faulty.under(Fault::Syncs).await, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_operation_of_a_commit_fails_those_who_shared_it_are_told() {
    if is_for_sqlite("a disk that fails") {
        return;
    }
    let mut faulty = Faulty::start().await;
    let (mut met, mut told) = (0, 0);
    for nth in 0..40 {
        let faults = faulty.under(Fault::Nth(nth)).await;
        met += usize::from(faults > 0);
        told += faults;
    }
    println!("{met} of 40 faults were met by a request, {told} requests were refused");
    assert!(met > 15 && told > met, "{met} {told}");
    assert_eq!(faulty.service.post("/v1/messages", json!({"to": number(999), "code": "1234"})).await.0, 201);
}
