//! Webhooks and price lists as files.

use serde_json::{Value, json};

use super::{DEVELOPMENT, applied, apply, export, files, write};
use crate::support::service::TOKEN;

const WEBHOOKS: &str = "environments/development/webhooks.json";
const PRICES: &str = "environments/development/prices/main.json";
const URL: &str = "https://shop.example/told";
const VARIABLES: &[(&str, &str)] = &[("TOKEN", TOKEN)];

#[tokio::test(flavor = "multi_thread")]
async fn they_are_made_once_with_a_secret_that_is_told_once_and_changed_where_they_differ() {
    let (service, dir) = applied().await;
    let webhook = |events: Value| json!([{"url": URL, "events": events, "description": "the shop"}]);
    write(dir.path(), WEBHOOKS, webhook(json!(["message.sent"])));
    let prices = |price: &str| json!({"currency": "EUR", "prices": [{"destination": "DE", "price": price}]});
    write(dir.path(), PRICES, prices("0.075"));
    let planned = apply(&service, dir.path(), &["--dry-run"], VARIABLES);
    assert_eq!(planned.code, 2, "{}", planned.all());
    let made = "  + webhook https://shop.example/told\n";
    assert!(planned.out.contains(made) && planned.out.contains("  + prices of main\n"), "{}", planned.out);
    assert_eq!(service.get(&format!("{DEVELOPMENT}/webhooks")).await.1["items"], json!([]), "a dry run stores nothing");

    let done = apply(&service, dir.path(), &[], VARIABLES);
    assert_eq!((done.code, done.out.matches("whsec_").count()), (0, 1), "{}", done.all());
    let (_, list) = service.get(&format!("{DEVELOPMENT}/webhooks")).await;
    assert_eq!((&list["items"][0]["url"], &list["items"][0]["enabled"]), (&json!(URL), &json!(true)), "{list}");
    let (_, saved) = service.get(&format!("{DEVELOPMENT}/connectors/main/prices")).await;
    assert_eq!((&saved["currency"], &saved["prices"][0]["destination"]), (&json!("EUR"), &json!("DE")), "{saved}");
    assert_eq!(apply(&service, dir.path(), &["--dry-run"], VARIABLES).code, 0, "again, and nothing changes");

    write(dir.path(), WEBHOOKS, webhook(json!(["message.sent", "verification.expired"])));
    write(dir.path(), PRICES, prices("0.08"));
    let changed = apply(&service, dir.path(), &[], VARIABLES);
    assert_eq!(changed.code, 0, "{}", changed.all());
    assert!(!changed.out.contains("whsec_") && changed.out.contains("prices/DE: "), "{}", changed.out);
    let (_, now) = service.get(&format!("{DEVELOPMENT}/webhooks")).await;
    assert_eq!(now["items"][0]["id"], list["items"][0]["id"], "the same one, with the same secret");
    assert_eq!(now["items"][0]["events"], json!(["message.sent", "verification.expired"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_them_without_a_secret_and_the_next_service_takes_it() {
    let (service, dir) = applied().await;
    let webhook = json!([{"url": URL}]);
    write(dir.path(), WEBHOOKS, &webhook);
    write(dir.path(), PRICES, json!({"currency": "EUR", "prices": [{"destination": "*", "price": "0.1"}]}));
    assert_eq!(apply(&service, dir.path(), &[], VARIABLES).code, 0);
    let out = tempfile::tempdir().unwrap();
    assert_eq!(export(&service, out.path(), &[]).code, 0);
    let written = files(out.path());
    assert!(!format!("{written:?}").contains("whsec_"));
    let exported: Value = serde_json::from_str(&written[WEBHOOKS]).unwrap();
    assert_eq!(exported, json!([{"url": URL, "events": null, "description": null, "enabled": true}]));
    assert!(!written.contains_key("environments/production/webhooks.json"), "there are none");
    let variable = [("COUNTERSIGN_SECRET_DEVELOPMENT_MAIN_API_TOKEN", TOKEN)];
    let nothing = apply(&service, out.path(), &["--dry-run"], &variable);
    assert_eq!(nothing.code, 0, "what was exported is what is there: {}", nothing.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_no_file_names_goes_only_by_prune() {
    let (service, dir) = applied().await;
    write(dir.path(), "environments/development/channels/sms.json", json!({"active": "main", "fallback": []}));
    let other = json!({"url": "https://shop.example/other"});
    assert_eq!(service.post(&format!("{DEVELOPMENT}/webhooks"), other).await.0, 201);
    assert_eq!(apply(&service, dir.path(), &["--prune"], VARIABLES).code, 0);
    let count = async || service.get(&format!("{DEVELOPMENT}/webhooks")).await.1["items"].as_array().unwrap().len();
    assert_eq!(count().await, 1, "a folder that says nothing of webhooks leaves them");
    write(dir.path(), WEBHOOKS, json!([{"url": URL}]));
    let kept = apply(&service, dir.path(), &[], VARIABLES);
    assert!(kept.code == 0 && kept.out.contains("https://shop.example/other is not in the folder"), "{}", kept.all());
    assert_eq!(count().await, 2);
    let pruned = apply(&service, dir.path(), &["--prune"], VARIABLES);
    assert!(pruned.code == 0 && pruned.out.contains("  - webhook https://shop.example/other\n"), "{}", pruned.all());
    assert_eq!(count().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_them_is_told_by_file_and_place_and_nothing_is_done() {
    let (service, dir) = applied().await;
    let row = json!([{"destination": "DE", "price": "0.1"}]);
    for (file, text, says) in [
        (WEBHOOKS, json!([{"url": "ftp://shop.example/"}]), "webhooks.json#/0/url"),
        (WEBHOOKS, json!([{"url": URL}, {"url": URL}]), "webhooks.json#/1/url: is named twice"),
        (WEBHOOKS, json!([{"url": URL, "events": ["all"]}]), "webhooks.json#/0/events/0: is one of"),
        (WEBHOOKS, json!([{"url": URL, "secret": "whsec_x"}]), "webhooks.json#"),
        (WEBHOOKS, json!({}), "webhooks.json"),
        (PRICES, json!({"currency": "eur", "prices": row}), "prices/main.json#/currency"),
        (PRICES, json!({"currency": "EUR", "prices": [{"destination": "DE", "price": "-1"}]}), "main.json#/prices/0"),
        ("environments/development/prices/none.json", json!({"currency": "EUR", "prices": row}), "prices/none.json"),
    ] {
        write(dir.path(), file, &text);
        let refused = apply(&service, dir.path(), &[], VARIABLES);
        assert_eq!(refused.code, 1, "{text}: {}", refused.all());
        assert!(refused.err.contains(says) && refused.err.contains("nothing was applied"), "{text}: {}", refused.all());
        std::fs::remove_file(dir.path().join(file)).unwrap();
    }
    assert_eq!(service.get(&format!("{DEVELOPMENT}/webhooks")).await.1["items"], json!([]));
}
