//! A webhook that takes nothing does not fill the disk.

use serde_json::{Value, json};

use super::{Told, path, rows};
use crate::support::inside::Inside;
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, client};
use crate::support::within;

const MORE: u32 = 1_100;

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_of_too_much_that_nobody_took_is_dropped_and_counted() {
    let told = Told::start(&["a"]).await;
    told.receiver.answers(Answer::Json(503, json!({})));
    told.service().create(TO).await;
    let newest = told.tried(1).await;
    let id = newest["id"].as_str().unwrap().to_owned();
    let dir = told.couriers.service.stop().await;
    // As if it had failed for days: older ones, some of which were given up.
    let event = newest["event"].as_str().unwrap();
    let mut older = String::from("BEGIN;");
    for n in 0..MORE {
        let status = if n < 50 { "failed" } else { "pending" };
        older.push_str(&format!(
            "INSERT INTO webhook_events (id, environment, type, at, message_id, number_index, body)
               SELECT 'evt_0{n:05}', environment, type, at, message_id, number_index, body
               FROM webhook_events WHERE id = '{event}';
             INSERT INTO webhook_deliveries (id, webhook, event, status, due_at, round, tries)
               SELECT 'whm_0{n:05}', webhook, 'evt_0{n:05}', '{status}', due_at, round, tries
               FROM webhook_deliveries WHERE id = '{id}';"
        ));
    }
    Inside::of(dir.path()).run(&(older + "COMMIT"));
    let address = told.receiver.url.trim_start_matches("http://").parse().unwrap();
    let again = Service::at(dir, |config| {
        config.egress.allow.push(address);
        config.retention.webhooks_waiting = 1_000;
    })
    .await;
    let mut shown = Value::Null;
    within("the drop", async {
        while shown["dropped"].is_null() || shown["dropped"]["events"] != MORE + 1 - 1_000 {
            shown = again.get(&path(&told.webhook, "")).await.1;
        }
    })
    .await;
    assert!(shown["dropped"]["last_at"].is_string(), "{shown}");
    assert_eq!((rows(&again, "webhook_deliveries").await, rows(&again, "webhook_events").await), (1_000, 1_000));
    let failed = again.get(&path(&told.webhook, "/deliveries?status=failed")).await.1;
    assert_eq!(failed["items"], json!([]), "what was given up went first: {failed}");
    let kept = again.get(&path(&told.webhook, "/deliveries?limit=200")).await.1;
    assert_eq!(kept["items"][0]["id"], id, "the newest stays: {kept}");
    let metrics = client().get(format!("{}/metrics", again.url)).send().await.unwrap().text().await.unwrap();
    let line = format!("countersign_webhook_events_dropped_total{{environment=\"development\"}} {}", MORE + 1 - 1_000);
    assert!(metrics.contains(&line), "{metrics}");
}
