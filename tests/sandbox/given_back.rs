//! What heavy guests touched goes back to the machine, so that a service's memory follows what it does and not the worst
//! that it ever did.

use serde_json::json;

use crate::support::guests::{Pack, packed};
use crate::support::process::{Running, serve};
use crate::support::service::{TO, answer, client};

/// Each call of the guest touches some 60 MiB before it ends at its limit.
const CALLS_AT_ONCE: usize = 6;
const ROUNDS: usize = 4;
/// What may stay for the next call (`linear_memory_keep_resident`, twice what it is set to), and the allocator's share.
const KEPT_MIB: u64 = CALLS_AT_ONCE as u64 + 24;

/// Anonymous memory that the process holds, in MiB.
fn resident_mib(running: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("Linux 4.5 or later");
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() >> 10
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_of_heavy_guests_is_given_back_when_their_calls_end() {
    let dir = tempfile::tempdir().unwrap();
    let running = serve(dir.path(), &[]);
    let key = running.key.clone().unwrap();
    let upload = client().post(format!("{}/v1/components", running.url)).bearer_auth(&key);
    let upload = upload.header("content-type", "application/wasm").body(packed("memory-balloon", &Pack::default()));
    assert_eq!(answer(upload).await.0, 201);
    let place = format!("{}/v1/environments/development/connectors/memory-balloon", running.url);
    let mut set_up = json!({"component": "memory-balloon", "config": {}});
    let (_, told) = answer(client().put(&place).bearer_auth(&key).json(&set_up)).await;
    set_up["approve"] = told["approve"].clone();
    let (status, told) = answer(client().put(&place).bearer_auth(&key).json(&set_up)).await;
    assert_eq!(status, 201, "{told}");

    let send = || async {
        let request = client().post(format!("{place}/test")).bearer_auth(&key).json(&json!({"to": TO}));
        let (status, told) = answer(request).await;
        assert_eq!(status, 200, "{told}");
        let touched = told["memory_bytes"].as_u64().unwrap();
        assert!(touched > 48 << 20, "it touched {touched} bytes: {told}");
    };
    send().await;
    let before = resident_mib(&running);
    for _ in 0..ROUNDS {
        futures_util::future::join_all((0..CALLS_AT_ONCE).map(|_| send())).await;
    }
    let after = resident_mib(&running);
    assert!(after <= before + KEPT_MIB, "{before} MiB before, {after} MiB after: the guests touched 60 MiB each");
}
