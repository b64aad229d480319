//! Callers that create verifications and end them in every way, until the service is gone.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::ledger::{CHECKS, Entry};
use crate::support::dice::Dice;
use crate::support::provider::{Provider, Recorded};
use crate::support::service::{client, number};

/// The service as one caller of it sees it: an address that may be gone.
#[derive(Clone)]
pub struct Door {
    client: reqwest::Client,
    url: String,
    key: String,
    /// How many answers came through it.
    answers: watch::Sender<u32>,
}

impl Door {
    pub fn new(url: &str, key: &str) -> Self {
        Self { client: client(), url: url.to_owned(), key: key.to_owned(), answers: watch::Sender::new(0) }
    }

    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    pub fn put(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.put(format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    pub async fn get(&self, path: &str) -> Option<(u16, Value)> {
        self.whole(self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.key)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        self.whole(self.request(path).json(body)).await
    }

    pub async fn check(&self, id: &str, code: &str) -> Option<(u16, Value)> {
        self.post(&format!("/v1/verifications/{id}/check"), &json!({"code": code})).await
    }

    /// An answer counts once all of it has come.
    async fn whole(&self, request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        self.answers.send_modify(|answers| *answers += 1);
        Some((status, serde_json::from_str(&text).unwrap()))
    }
}

/// Callers at work.
pub struct Load {
    callers: Vec<tokio::task::JoinHandle<Vec<Entry>>>,
    /// What no caller took up again before the kill.
    open: Arc<Mutex<Vec<Entry>>>,
    answers: watch::Receiver<u32>,
}

impl Load {
    /// `open` are the pending verifications of earlier cycles: they are gone on with, across the kill.
    pub fn start(door: Door, provider: &Provider, open: Vec<Entry>, cycle: u32, callers: u64, dice: &mut Dice) -> Self {
        let (open, answers) = (Arc::new(Mutex::new(open)), door.answers.subscribe());
        let callers = (0..callers as u32).map(|n| {
            let caller = Caller {
                door: door.clone(),
                provider: provider.clone(),
                open: Arc::clone(&open),
                dice: dice.split(),
                first_number: cycle * 20_000 + n * 3_000,
            };
            tokio::spawn(caller.run())
        });
        Self { callers: callers.collect(), open, answers }
    }

    /// Until they were told so much.
    pub async fn heard(&mut self, answers: u32) {
        self.answers.wait_for(|heard| *heard >= answers).await.expect("the service serves until it is killed");
    }

    /// What they were told, once the service is gone.
    pub async fn end(self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for caller in self.callers {
            entries.extend(caller.await.unwrap());
        }
        entries.append(&mut self.open.lock().unwrap());
        entries
    }
}

struct Caller {
    door: Door,
    provider: Provider,
    open: Arc<Mutex<Vec<Entry>>>,
    dice: Dice,
    first_number: u32,
}

impl Caller {
    async fn run(mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for n in self.first_number.. {
            let taken = self.open.lock().unwrap().pop();
            let begun = match taken {
                Some(entry) => Some(entry),
                None => self.create(&number(n)).await,
            };
            let Some(mut entry) = begun else { break };
            let alive = self.go_on(&mut entry).await;
            entries.push(entry);
            if alive.is_none() {
                break;
            }
        }
        entries
    }

    async fn create(&self, to: &str) -> Option<Entry> {
        let (status, made) = self.door.post("/v1/verifications", &json!({"to": to})).await?;
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
        let code = self.provider.newest(|request| code_for(request, to)).expect("an accepted SMS was received");
        Some(Entry::new(made["id"].as_str().unwrap(), &code))
    }

    /// One of the ways that a verification can go. None once the service is gone.
    async fn go_on(&mut self, entry: &mut Entry) -> Option<()> {
        match self.dice.below(5) {
            0 => entry.right_twice(&self.door).await,
            1 => {
                for _ in 0..=self.dice.below(3) {
                    entry.wrong(&self.door).await?;
                }
                entry.right(&self.door).await
            }
            2 => {
                for _ in 0..CHECKS {
                    entry.wrong(&self.door).await?;
                }
                entry.right(&self.door).await
            }
            3 => {
                entry.cancel(&self.door).await?;
                entry.right(&self.door).await
            }
            // Left as it is, for the next cycle.
            _ => entry.wrong(&self.door).await,
        }
    }
}

/// The code of an SMS to `to`, as marker-a posts it: a form of `to` and `text`, whose first word is the code.
fn code_for(request: &Recorded, to: &str) -> Option<String> {
    let form = std::str::from_utf8(&request.body).ok()?;
    let rest = form.strip_prefix("to=%2B")?.strip_prefix(&to[1..])?.strip_prefix("&text=")?;
    Some(rest.chars().take_while(char::is_ascii_digit).collect())
}
