//! One run of the real service on a recorded disk: a first start, callers, an end, a second start, more callers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use countersign::store::VerificationStatus as Status;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::support::disk::{Disk, Event};
use crate::support::service::{Service, number};

/// A verification's status and the checks that it has left.
pub type State = (Status, u32);

/// What a caller was told of a verification, and at which moment of the log.
pub struct Fact {
    moment: usize,
    id: String,
    state: State,
}

pub struct Recording {
    pub log: Vec<Event>,
    pub facts: Vec<Fact>,
}

impl Recording {
    /// How often a write-ahead log was begun: its header is the only write of 32 bytes at its start.
    pub fn logs_begun(&self) -> usize {
        self.log.iter().filter(|event| matches!(event, Event::Write { at: 0, bytes, .. } if bytes.len() == 32)).count()
    }

    /// What each verification may be after a power loss at `moment`: what its caller was told last, or already the next
    /// that he was told later. He asks one thing after the other, so no more than one can be under way.
    pub fn allowed(&self, moment: usize) -> BTreeMap<&str, Vec<Option<State>>> {
        let mut allowed: BTreeMap<&str, Vec<Option<State>>> = BTreeMap::new();
        for fact in &self.facts {
            let states = allowed.entry(&fact.id).or_insert_with(|| vec![None]);
            if fact.moment <= moment {
                *states = vec![Some(fact.state)];
            } else if states.len() == 1 {
                states.push(Some(fact.state));
            }
        }
        allowed
    }
}

/// Made once, for all tests that lose power.
pub async fn recording() -> &'static Recording {
    static MADE: OnceCell<Recording> = OnceCell::const_new();
    MADE.get_or_init(record).await
}

async fn record() -> Recording {
    let dir = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::watch(&dir.path().join("data")));
    let facts = Arc::new(Mutex::new(Vec::new()));
    let first = load(Service::at(dir, |_| {}).await, &disk, &facts, 0, 24).await;
    let second = load(Service::at(first.stop().await, |_| {}).await, &disk, &facts, 1_000, 12).await;
    drop(second.stop().await);
    let mut facts = std::mem::take(&mut *facts.lock().unwrap());
    facts.sort_by_key(|fact: &Fact| fact.moment);
    Recording { log: disk.log(), facts }
}

/// Four callers with so many verifications each.
async fn load(
    service: Service,
    disk: &Arc<Disk>,
    facts: &Arc<Mutex<Vec<Fact>>>,
    first_number: u32,
    each: u32,
) -> Service {
    let service = Arc::new(service);
    let callers: Vec<_> = (0..4)
        .map(|n| {
            let caller = Caller { service: Arc::clone(&service), disk: Arc::clone(disk), facts: Arc::clone(facts) };
            tokio::spawn(async move {
                for k in 0..each {
                    caller.one_verification(&number(first_number + n * 100 + k), k % 4).await;
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    Arc::into_inner(service).unwrap()
}

struct Caller {
    service: Arc<Service>,
    disk: Arc<Disk>,
    facts: Arc<Mutex<Vec<Fact>>>,
}

impl Caller {
    async fn one_verification(&self, to: &str, way: u32) {
        let (status, made) = self.service.create(to).await;
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_str().unwrap();
        self.told(id, (Status::Pending, 5));
        let code = self.service.code_for(to).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..[1, 2, 5, 0][way as usize] {
            let (status, told) = self.service.check(id, wrong).await;
            assert_eq!(status, 200, "{told}");
            self.told(id, read(&told));
        }
        match way {
            0 => {
                let cancel = format!("/v1/verifications/{id}/cancel");
                let (status, told) = self.service.call(Method::POST, &cancel, json!({})).await;
                assert_eq!(status, 200, "{told}");
                self.told(id, read(&told));
            }
            1 | 3 => {
                let (status, told) = self.service.check(id, &code).await;
                assert_eq!((status, &told["status"]), (200, &json!("approved")), "{told}");
                self.told(id, read(&told));
            }
            _ => {}
        }
    }

    fn told(&self, id: &str, state: State) {
        self.facts.lock().unwrap().push(Fact { moment: self.disk.now(), id: id.to_owned(), state });
    }
}

pub fn read(told: &Value) -> State {
    let status = serde_json::from_value(told["status"].clone()).unwrap();
    (status, u32::try_from(told["attempts_left"].as_u64().unwrap()).unwrap())
}
