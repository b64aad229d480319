//! The whole way of a newcomer, in the browser alone: set up, test, save, change to another provider while codes flow,
//! roll back, promote, delete.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::browser::Browser;
use crate::support::provider::Answer;
use crate::support::service::Service;
use crate::support::within;

const CONNECTORS: &str = "/console/environments/development/connectors";
const SID: &str = "AC00000000000000000000000000000000";
const TOKEN: &str = "fake-token-000000000000000000000";

async fn service() -> Arc<Service> {
    let service = Service::with_hosts(&["api.twilio.com", "api.telnyx.com"]).await;
    let twilio = json!({"sid": "SM11111111111111111111111111111111", "status": "queued", "num_segments": "1"});
    let telnyx =
        json!({"data": {"id": "40385f64-5717-4562-b3fc-2c963f66afa6", "parts": 1, "to": [{"status": "queued"}]}});
    service.provider.answers(Answer::By(Arc::new(move |request| {
        let (status, body) = if request.path.contains("Messages.json") { (201, &twilio) } else { (200, &telnyx) };
        (StatusCode::from_u16(status).unwrap(), axum::Json(body.clone())).into_response()
    })));
    Arc::new(service)
}

/// Codes that flow until they are stopped: how many were made, and how many did not go out.
struct Load {
    stop: Arc<AtomicBool>,
    running: tokio::task::JoinHandle<(u32, u32)>,
}

impl Load {
    fn start(service: &Arc<Service>) -> Self {
        let (stop, numbers) = (Arc::new(AtomicBool::new(false)), AtomicU32::new(100));
        let (service, stopped) = (Arc::clone(service), Arc::clone(&stop));
        let running = tokio::spawn(async move {
            let (mut made, mut lost) = (0, 0);
            while !stopped.load(Ordering::Relaxed) {
                let to = format!("+1415555{:04}", numbers.fetch_add(1, Ordering::Relaxed));
                let (status, answer) = service.create(&to).await;
                made += 1;
                lost += u32::from(status != 201 || answer["delivery"]["status"] != "accepted");
            }
            (made, lost)
        });
        Self { stop, running }
    }

    async fn end(self) -> (u32, u32) {
        self.stop.store(true, Ordering::Relaxed);
        within("the last code", self.running).await.unwrap()
    }
}

async fn connector(service: &Service, environment: &str, name: &str) -> Value {
    let (status, connector) = service.get(&format!("/v1/environments/{environment}/connectors/{name}")).await;
    assert_eq!(status, 200, "{connector}");
    connector
}

async fn sets_up_twilio(browser: &Browser, service: &Service) {
    browser.sign_in(service).await;
    browser.open(&service.url, CONNECTORS).await;
    browser.field("Search providers").fill("twilio").await;
    browser.link("Twilio").click().await;
    browser.field("Account SID").fill(SID).await;
    browser.field("Auth token").fill(TOKEN).await;
    browser.field("Sender").fill("+15005550006").await;
    browser.field("Phone number").fill("+14155550123").await;
    browser.button("Send test").click().await;
    browser.see("SM11111111111111111111111111111111").await;
    browser.button("Save and done").click().await;
    browser.is_at(&format!("{CONNECTORS}/twilio?done=saved")).await;
    assert_eq!(connector(service, "development", "twilio").await["active"], true);
}

async fn changes_to_telnyx(browser: &Browser, service: &Service) {
    browser.link("Change connector").click().await;
    browser.see("The old one serves until you save the new one").await;
    browser.field("Choose what takes its place").choose("Telnyx 1.0.0").await;
    browser.button("Show what it comes to").click().await;
    browser.see("Active connector").await;
    browser.looks("journey-change").await;
    browser.link("Set it up").click().await;
    browser.see("It takes the place of twilio").await;
    browser.field("API key").fill("KEY0123456789-fake-0000000").await;
    browser.field("Sender").fill("+15005550007").await;
    assert_eq!(connector(service, "development", "twilio").await["active"], true, "the old one serves until then");
    browser.button("Save and done").click().await;
    browser.is_at(&format!("{CONNECTORS}/telnyx?done=saved")).await;
    assert_eq!(connector(service, "development", "telnyx").await["active"], true);
}

/// A second revision, and back to the first with one click.
async fn rolls_back(browser: &Browser, service: &Service) {
    browser.field("Sender").fill("+15005550008").await;
    browser.button("Save and done").click().await;
    browser.is_at(&format!("{CONNECTORS}/telnyx?done=saved")).await;
    browser.link("Revisions").click().await;
    browser.button("Roll back to revision 1").click().await;
    browser.see("It serves now").await;
    assert_eq!(connector(service, "development", "telnyx").await["serving"], 1);
    browser.looks("journey-revisions").await;
    browser.button("Compare").click().await;
    browser.see("+15005550008").await;
    browser.looks("journey-compare").await;
}

async fn promotes(browser: &Browser, service: &Service) {
    browser.link("Environments").click().await;
    browser.part("region", Some("development")).link("Promote").click().await;
    browser.heading("Promote from development").is_shown().await;
    browser.see("telnyx: production has no API key yet: type it, or tick").await;
    browser.field("API key (needed)").fill("KEY0123456789-fake-0000001").await;
    browser.looks("journey-promote").await;
    browser.button("Promote to production").click().await;
    browser.see("Promoted: production serves it now").await;
    let there = connector(service, "production", "telnyx").await;
    assert_eq!((&there["active"], &there["config"]["api_key"]), (&json!(true), &json!({"set": true})));
}

async fn deletes_twilio(browser: &Browser, service: &Service) {
    browser.open(&service.url, &format!("{CONNECTORS}/telnyx/delete")).await;
    browser.see("Sign-in codes stop in development at once").await;
    browser.looks("journey-delete").await;
    browser.link("Keep it").click().await;
    browser.open(&service.url, &format!("{CONNECTORS}/twilio/delete")).await;
    browser.see("Nothing depends on it").await;
    browser.expect_refusal(422);
    browser.field("Type the connector's name to confirm").fill("twili").await;
    browser.button("Delete connector").click().await;
    browser.see("This is not its name").await;
    browser.field("Type the connector's name to confirm").fill("twilio").await;
    browser.button("Delete connector").click().await;
    browser.see("The connector was deleted").await;
    assert_eq!(service.get("/v1/environments/development/connectors/twilio").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_goes_all_the_way_in_the_browser_and_no_code_is_lost() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    sets_up_twilio(&browser, &service).await;
    let load = Load::start(&service);
    changes_to_telnyx(&browser, &service).await;
    rolls_back(&browser, &service).await;
    let (made, lost) = load.end().await;
    assert!(made > 3 && lost == 0, "{lost} of {made} were lost");
    promotes(&browser, &service).await;
    deletes_twilio(&browser, &service).await;
    let (_, audit) = service.get("/v1/audit?limit=200").await;
    let done: Vec<&str> = audit["items"].as_array().unwrap().iter().filter_map(|e| e["action"].as_str()).collect();
    for action in ["connector.save", "test.send", "connector.activate", "promotion", "connector.delete"] {
        assert!(done.contains(&action), "{action} is not in {done:?}");
    }
    browser.end().await;
}
