//! Signatures, as the published packages of Standard Webhooks judge them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Told, got, path};
use crate::support::provider::Recorded;
use crate::support::senders;
use crate::support::service::{TO, number};

/// What the packages say of these calls.
async fn judged(secret: &Value, now: u64, calls: &[Recorded]) -> Vec<Vec<Value>> {
    let call = |call: &Recorded| {
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers: serde_json::Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), json!(call.header(name)))).collect();
        json!({"headers": headers, "body": String::from_utf8(call.body.to_vec()).unwrap()})
    };
    let given = json!({"secret": secret, "now": now, "calls": calls.iter().map(call).collect::<Vec<_>>()});
    let mut all = Vec::new();
    for script in ["verify.py", "verify.mjs"] {
        let said = senders::run("verifying webhooks with standardwebhooks", script, &given).await;
        all.extend(said.map(|said| said.as_array().unwrap().clone()));
    }
    all
}

fn seconds(told: &Told) -> u64 {
    told.service().clock.now().as_millis() / 1000
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_packages_take_what_is_told_and_nothing_that_was_changed() {
    let told = Told::start(&["a"]).await;
    told.service().create(TO).await;
    let mut calls = got(&told.receiver, 1).await;
    let mut forged = calls[0].clone();
    forged.body = String::from_utf8(forged.body.to_vec()).unwrap().replace("accepted", "delivered").into();
    calls.push(forged);
    for said in judged(&told.webhook["secret"], seconds(&told), &calls).await {
        assert_eq!(said, ["ok", "No matching signature found"]);
    }
    for said in judged(&told.webhook["secret"], seconds(&told) + 301, &calls[..1]).await {
        assert_eq!(said, ["Message timestamp too old"], "a repetition by somebody else is known");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_day_a_replaced_secret_signs_beside_the_new_one() {
    let told = Told::of(&["a"], json!({"events": ["message.sent"]})).await;
    let (status, rotated) = told.service().post(&path(&told.webhook, "/rotate"), json!({})).await;
    assert_eq!(status, 200, "{rotated}");
    let (old, new) = (&told.webhook["secret"], &rotated["secret"]);
    assert_ne!(old, new);
    assert_eq!(rotated["old_secret_until"], "2026-01-16T12:00:00.000Z");
    told.service().create(TO).await;
    let both = got(&told.receiver, 1).await;
    assert_eq!(both[0].header("webhook-signature").split(' ').count(), 2);
    for secret in [old, new] {
        for said in judged(secret, seconds(&told), &both).await {
            assert_eq!(said, ["ok"]);
        }
    }
    told.service().clock.advance(Duration::from_secs(24 * 3600));
    told.service().create(&number(1)).await;
    let later = got(&told.receiver, 2).await.split_off(1);
    for (secret, says) in [(old, "No matching signature found"), (new, "ok")] {
        for said in judged(secret, seconds(&told), &later).await {
            assert_eq!(said, [says]);
        }
    }
    let (_, shown) = told.service().get(&path(&told.webhook, "")).await;
    assert_eq!((&shown["old_secret_until"], &shown["secret"]), (&Value::Null, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_rotation_ends_the_first_secret_at_once() {
    let told = Told::start(&["a"]).await;
    let rotate = || async { told.service().post(&path(&told.webhook, "/rotate"), json!({})).await.1["secret"].clone() };
    let (second, third) = (rotate().await, rotate().await);
    told.service().create(TO).await;
    let calls = got(&told.receiver, 1).await;
    for (secret, says) in [(&told.webhook["secret"], "No matching signature found"), (&second, "ok"), (&third, "ok")] {
        for said in judged(secret, seconds(&told), &calls).await {
            assert_eq!(said, [says]);
        }
    }
}
