//! Hostile guests: the caller gets a typed failure in time, and the others go on being served.

use serde_json::Value;

use crate::support::guests::{self, Pack};
use crate::support::handmade;
use crate::support::service::{Service, TO};

/// Where they are called.
mod ring;

/// Memory that heavy guests touched goes back.
mod given_back;

/// What ends badly, or says that it ended well.
mod ends;

/// What takes all that it can: memory, tables, handles, time.
mod limits;

/// Texts of tens of megabytes, and bytes that are none.
mod words;

/// Where a guest would like to go.
mod hosts;

/// What it would like to take there.
mod requests;

/// Providers that answer what no connector expects.
mod provider;

/// Imports and exports outside the contract.
mod imports;

/// Manifests, schemas and logos that say one thing and do another.
mod lies;

/// Uploads that are made to be expensive.
mod bombs;

use ring::{Ring, SEND_MS};

/// Every guest has a test: this one fails if a folder has none.
const GUESTS: [&str; 23] = [
    "agent",
    "as-told",
    "content-teller",
    "courier",
    "credential-thief",
    "deep-recursion",
    "endless-loop",
    "false-success",
    "faulty",
    "forbidden-host",
    "greedy",
    "header-smuggler",
    "log-flood",
    "marker-a",
    "marker-b",
    "memory-balloon",
    "named-url",
    "redirect-thief",
    "reporter",
    "signer",
    "trap",
    "trap-after-send",
    "verifier",
];

/// Those that no crate can express.
const HANDMADE: [&str; 21] = [
    "asks-for-everything",
    "bulk-fill",
    "exit",
    "handle-hoard",
    "output-flood",
    "output-zeroes",
    "own-handle-hoard",
    "poll-flood",
    "post-return-calls-out",
    "post-return-loop",
    "random-flood",
    "realloc-calls-out",
    "realloc-loop",
    "realloc-outside",
    "sleeper",
    "sleeper-after-work",
    "start-loop",
    "start-trap",
    "table-balloon",
    "trap-with-handle",
    "worker",
];

#[test]
fn every_guest_has_a_test() {
    assert_eq!(guests::names(), GUESTS);
    assert_eq!(handmade::names(), HANDMADE);
}

/// Serve a guest and ask it to send; answers what became of it.
async fn failure_of(service: &Service, guest: &str, pack: &Pack<'_>, config: Value) -> Value {
    service.serve_guest(guest, pack, config).await;
    let (status, made) = service.create(TO).await;
    assert_eq!(status, 201, "{made}");
    made["delivery"].clone()
}

/// Status, kind and certainty of a delivery or of a test's result.
fn kind(delivery: &Value) -> (&str, &str, &str) {
    let failure = &delivery["failure"];
    (
        delivery["status"].as_str().unwrap(),
        failure["kind"].as_str().unwrap_or(""),
        failure["certainty"].as_str().unwrap_or(""),
    )
}

/// What the failure says.
fn text_of(delivery: &Value) -> &str {
    delivery["failure"]["text"].as_str().unwrap_or("")
}
