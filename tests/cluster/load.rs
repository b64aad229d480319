//! Callers at work on all nodes at once, swaps beside them, and what is done when it is quiet again.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tokio::task::JoinHandle;

use super::door::Door;
use super::fleet::Fleet;
use super::history::{Checked, Created, Swapped};
use crate::support::dice::Dice;
use crate::support::service::number;

/// How long callers leave a node alone that did not serve them.
const PAUSE: Duration = Duration::from_millis(20);
const BETWEEN_SWAPS: Duration = Duration::from_millis(700);
/// By when a fleet serves again once a fault is over.
const AGAIN: Duration = Duration::from_secs(15);

pub struct Load {
    fleet: Arc<Fleet>,
    door: Door,
    ends: Arc<AtomicBool>,
    numbers: Arc<AtomicU32>,
    marks: Arc<AtomicU32>,
    dice: Dice,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Set the fleet up, and have so many callers begin.
    pub async fn start(fleet: Fleet, callers: usize) -> Self {
        let mut load = Self {
            fleet: Arc::new(fleet),
            door: Door::new(),
            ends: Arc::default(),
            numbers: Arc::default(),
            marks: Arc::default(),
            dice: Dice::thrown(),
            tasks: Vec::new(),
        };
        load.door.upload(&load.fleet.nodes[0]).await;
        // Both, so that what follows is a swap between components that every node has.
        for _ in 0..2 {
            let mark = load.marks.fetch_add(1, Ordering::Relaxed);
            let told = load.door.swap(&load.fleet, &load.fleet.nodes[0], mark).await;
            assert!(matches!(told, Swapped::Serving(_)), "{told:?}");
        }
        for _ in 0..callers {
            let caller = load.caller();
            load.tasks.push(tokio::spawn(caller.call()));
        }
        let (caller, marks) = (load.caller(), Arc::clone(&load.marks));
        load.tasks.push(tokio::spawn(caller.swap(marks)));
        load
    }

    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    fn caller(&mut self) -> Caller {
        Caller {
            fleet: Arc::clone(&self.fleet),
            door: self.door.clone(),
            ends: Arc::clone(&self.ends),
            numbers: Arc::clone(&self.numbers),
            dice: self.dice.split(),
        }
    }

    /// The fault is over, and the load: every node serves again in time, and every code that nobody has presented is presented.
    pub async fn quiet(mut self) -> Arc<Fleet> {
        let over = Instant::now();
        self.ends.store(true, Ordering::Relaxed);
        let mut caller = self.caller();
        for node in 0..self.fleet.nodes.len() {
            while !matches!(caller.create_on(node).await, Some((_, Some(_)))) {
                let said = || self.fleet.nodes[node].said();
                assert!(
                    over.elapsed() < AGAIN,
                    "node {node} does not serve again, {AGAIN:?} after the fault: {}",
                    said()
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
        for task in self.tasks.drain(..) {
            task.await.unwrap();
        }
        self.present_the_rest().await;
        self.fleet
    }

    async fn present_the_rest(&self) {
        let history = self.fleet.log.history();
        let is_told = |told: Checked| !matches!(told, Checked::Nothing | Checked::Refused(_));
        let known: HashSet<&str> = history
            .checks
            .iter()
            .filter(|check| check.is_right && is_told(check.told))
            .map(|check| &*check.id)
            .collect();
        let rest = history.creates.iter().filter_map(|create| match &create.told {
            Created::Made { id, .. } if !known.contains(&**id) => {
                Some((id.clone(), self.fleet.log.code_for(&create.to)?))
            }
            _ => None,
        });
        let present = |(number, (id, code)): (usize, (String, String))| async move {
            let (node, until) = (number % self.fleet.nodes.len(), Instant::now() + AGAIN);
            while !is_told(self.door.check(&self.fleet, &self.fleet.nodes[node], &id, (&code, true)).await) {
                assert!(Instant::now() < until, "node {node} does not take a right code when all is quiet");
                tokio::time::sleep(PAUSE).await;
            }
        };
        futures_util::stream::iter(rest.enumerate()).map(present).buffer_unordered(8).collect::<()>().await;
    }
}

struct Caller {
    fleet: Arc<Fleet>,
    door: Door,
    ends: Arc<AtomicBool>,
    numbers: Arc<AtomicU32>,
    dice: Dice,
}

impl Caller {
    fn any(&mut self) -> usize {
        self.dice.below(self.fleet.nodes.len() as u64) as usize
    }

    async fn call(mut self) {
        while !self.ends.load(Ordering::Relaxed) {
            let node = self.any();
            match self.create_on(node).await {
                Some((id, Some(code))) => self.go_on(&id, &code).await,
                _ => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// A verification for a number that nobody else has: its id if that was told, and the code if it came to the provider.
    async fn create_on(&mut self, node: usize) -> Option<(String, Option<String>)> {
        let to = number(self.numbers.fetch_add(1, Ordering::Relaxed));
        match self.door.create(&self.fleet, &self.fleet.nodes[node], &to).await {
            Created::Made { id, .. } => Some((id, self.fleet.log.code_for(&to))),
            _ => None,
        }
    }

    /// One of the ways that a verification can go, each step through any node.
    async fn go_on(&mut self, id: &str, code: &str) {
        match self.dice.below(6) {
            // Left for when it is quiet.
            0 => {}
            1 => {
                let (one, other) = (self.any(), self.any());
                tokio::join!(self.present(one, id, (code, true)), self.present(other, id, (code, true)));
            }
            2 => {
                let (node, wrong) = (self.any(), if code == "000000" { "000001" } else { "000000" });
                self.present(node, id, (wrong, false)).await;
                let node = self.any();
                self.present(node, id, (code, true)).await;
            }
            // Once more, after it was accepted.
            3 => {
                for _ in 0..2 {
                    let node = self.any();
                    self.present(node, id, (code, true)).await;
                }
            }
            _ => {
                let node = self.any();
                self.present(node, id, (code, true)).await;
            }
        }
    }

    async fn present(&self, node: usize, id: &str, code: (&str, bool)) -> Checked {
        self.door.check(&self.fleet, &self.fleet.nodes[node], id, code).await
    }

    /// One swap after the other, each through any node.
    async fn swap(mut self, marks: Arc<AtomicU32>) {
        while !self.ends.load(Ordering::Relaxed) {
            let node = self.any();
            let mark = marks.fetch_add(1, Ordering::Relaxed);
            self.door.swap(&self.fleet, &self.fleet.nodes[node], mark).await;
            tokio::time::sleep(BETWEEN_SWAPS).await;
        }
    }
}
