//! Where more was sent than is counted in a moment, pages come without figures, and the figures after them.

use serde_json::json;

use super::browser::Browser;
use crate::support::couriers::Couriers;
use crate::support::inside::Inside;
use crate::support::service::number;

const AT: &str = "/console/environments/development";

/// Pages of it, what leads to their figures, and a figure.
const PAGES: [(&str, &str, &str); 7] = [
    ("", "Count and draw what was sent", "Sends by outcome"),
    ("/messages", "Count and draw what was sent in this time", "2,501 sent"),
    ("/messages?purpose=sign-in", "Count and draw what was sent in this time", "2,501 sent"),
    ("/connectors/first/revisions", "Count the sends of the last 24 hours", "2,501"),
    ("/connectors/first/revisions/1", "Count the sends of the last 24 hours", "2,501"),
    ("/connectors/first/change", "Count them all", "2,501 were sent in the last 24 hours."),
    ("/connectors/first/delete", "Count them all", "2,501 were sent in the last 24 hours."),
];

const COPIES: &str = "BEGIN;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
    INSERT INTO messages (id, environment, purpose, locale, to_masked, number_index, country, status, created_at, expires_at, source)
      SELECT id || '-' || i, environment, purpose, locale, to_masked, number_index, country, status, created_at, expires_at, source
      FROM messages, n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
    INSERT INTO attempts (message_id, number, connector, revision, reference, status, elapsed_ms, started_at)
      SELECT message_id || '-' || i, number, connector, revision, reference, status, elapsed_ms, started_at FROM attempts, n;
    COMMIT";

/// `first` sent a message, which is there 2,501 times.
async fn busy() -> Couriers {
    let couriers = Couriers::start(&["first", "second"]).await;
    let body = json!({"to": number(1), "code": "481205", "purpose": "sign-in"});
    let (status, told) = couriers.service.post("/v1/messages", body).await;
    assert!(status < 300, "{told}");
    Inside::of(couriers.service.dir.path()).run(COPIES);
    couriers
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_much_is_counted_when_the_page_is_there() {
    let Some(browser) = Browser::start().await else { return };
    let couriers = busy().await;
    let cookie = couriers.service.signed_in().await;
    browser.sign_in(&couriers.service).await;
    for (page, link, figure) in PAGES {
        let page = format!("{AT}{page}");
        let text = couriers.service.page(&page, &cookie).await.text().await.unwrap();
        assert!(text.contains(link) && !text.contains(figure), "{page} waits for its figures:\n{text}");
        browser.open(&couriers.service.url, &page).await;
        browser.see(figure).await;
        browser.link(link).is_gone().await;
    }
    let page = couriers.service.page(&format!("{AT}/connectors/first/delete"), &cookie).await;
    assert!(page.text().await.unwrap().contains("At least 2,000 were sent"), "it says at once how much it is at least");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_link_leads_to_what_is_much() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let couriers = busy().await;
    browser.sign_in(&couriers.service).await;
    for (page, link, figure) in PAGES {
        browser.open(&couriers.service.url, &format!("{AT}{page}")).await;
        browser.do_not_see(figure).await;
        browser.link(link).click().await;
        browser.see(figure).await;
    }
    browser.end().await;
}
