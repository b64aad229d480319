//! The audit log: who changed what.

use serde_json::json;

use super::browser::Browser;
use crate::support::service::Service;

const AUDIT: &str = "/console/audit";

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_in_words_with_who_made_them() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let (status, told) = service.post("/v1/keys", json!({"name": "App", "environment": "development"})).await;
    assert!(status < 300, "{told}");
    browser.sign_in(&service).await;
    browser.open(&service.url, AUDIT).await;
    let rows = browser.table("Changes").rows().await;
    for what in ["Signed in", "Key made", "Connector saved", "Component uploaded"] {
        assert!(rows.iter().any(|row| row[2] == what), "{what}: {rows:?}");
    }
    browser.looks("audit").await;
    browser.field("What").choose("Connector saved").await;
    browser.button("Show").click().await;
    browser.table("Changes").do_not_see("Key made").await;
    let rows = browser.table("Changes").rows().await;
    assert!(!rows.is_empty() && rows.iter().all(|row| row[2] == "Connector saved"), "{rows:?}");
    browser.expect_refusal(422);
    browser.open(&service.url, &format!("{AUDIT}?to=tomorrow")).await;
    browser.alert().see("Before (UTC)").await;
    browser.axe("audit-refused").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_paged_without_scripts() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    for n in 0..55 {
        let name = json!({"display_name": format!("Development {n}")});
        let (status, told) = service.put("/v1/environments/development", name).await;
        assert!(status < 300, "{told}");
    }
    browser.sign_in(&service).await;
    let renamed = format!("{AUDIT}?action=environment.rename");
    browser.open(&service.url, &renamed).await;
    assert_eq!(browser.table("Changes").rows().await.len(), 50);
    browser.link("Older").click().await;
    browser.link("To the newest").is_shown().await;
    assert_eq!(browser.table("Changes").rows().await.len(), 5);
    browser.link("To the newest").click().await;
    browser.is_at(&renamed).await;
    browser.end().await;
}
