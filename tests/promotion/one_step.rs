//! One step: nobody sees half of a promotion, and one that fails leaves nothing behind.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{PRODUCTION, PROMOTE, STAGING, promoted, sent_from, set_up_of, staging};
use crate::support::couriers::Couriers;
use crate::support::inside::Inside;
use crate::support::service::{Service, TO, TOKEN, number};

const ROUNDS: usize = 8;
/// Rounds begin here, so that each is the beginning of some number.
const FIRST: usize = 4900;

/// Both connectors and the text say the same round, in whichever order they are asked.
async fn save_round(service: &Service, round: usize) {
    for name in ["a", "b"] {
        let config = json!({"account": format!("{name}-{round}")});
        let (status, saved) = service.set_up(name, json!({"component": "courier", "config": config})).await;
        assert!(status < 300, "{saved}");
    }
    let texts = json!({"templates": [{"purpose": "sign-in", "text": format!("{{{{ code }}}} round {round}")}]});
    assert_eq!(service.put("/v1/environments/development/templates", texts).await.0, 200);
    let other = active_in(round + 1);
    let rule = json!({"prefixes": [format!("+{}", FIRST + round)], "use": [{"connector": other}]});
    let channel = json!({"active": active_in(round), "fallback": [other], "routes": [rule]});
    assert_eq!(service.put("/v1/environments/development/channels/sms", channel).await.0, 200);
}

/// The two take turns.
fn active_in(round: usize) -> &'static str {
    if round.is_multiple_of(2) { "a" } else { "b" }
}

/// Every part of a set-up ends with its round: accounts, texts, prefixes.
fn round_of(value: &Value) -> usize {
    let text = value.as_str().unwrap();
    text.rsplit(['-', ' ', '+']).next().unwrap().parse().unwrap()
}

/// Whoever sees a round somewhere sees it, or a later one, everywhere from then on; one list shows one round.
async fn watch(service: &Service, done: &AtomicBool) -> usize {
    let (mut newest, mut seen) = (0, 0);
    while !done.load(Ordering::Acquire) {
        let (_, list) = service.get(&format!("{STAGING}/connectors")).await;
        let rounds: Vec<usize> =
            list["items"].as_array().unwrap().iter().map(|item| round_of(&item["config"]["account"])).collect();
        assert!(rounds.len() == 2 && rounds[0] == rounds[1], "half of a promotion: {list}");
        assert_eq!(list["items"][0]["name"], active_in(rounds[0]), "the active one comes first: {list}");
        let (_, texts) = service.get(&format!("{STAGING}/templates")).await;
        let (_, channel) = service.get(&format!("{STAGING}/channels/sms")).await;
        let (_, a) = service.get(&format!("{STAGING}/connectors/a")).await;
        let of_channel = round_of(&channel["routes"][0]["prefixes"][0]) - FIRST;
        assert_eq!(channel["active"], active_in(of_channel), "{channel}");
        let of_texts = round_of(&texts["templates"][0]["text"]);
        let told = [rounds[0], of_texts, of_channel, round_of(&a["config"]["account"])];
        for round in told {
            assert!(round >= newest, "{round} after {newest}: {told:?}");
            newest = round;
        }
        seen += 1;
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn promotion_is_one_step() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    staging(service).await;
    service
        .put(&format!("{STAGING}/policy"), json!({"defaults": {"sends_per_hour": 1000, "cooldown_seconds": 0}}))
        .await;
    save_round(service, 0).await;
    promoted(service, json!({"to": "staging"})).await;
    let done = AtomicBool::new(false);
    let promoting = async {
        for round in 1..=ROUNDS {
            save_round(service, round).await;
            promoted(service, json!({"to": "staging"})).await;
        }
        done.store(true, Ordering::Release);
    };
    let sending = async {
        let mut sent = 0;
        while !done.load(Ordering::Acquire) {
            sent += 1;
            assert_eq!(sent_from(service, "staging", &number(sent)).await["delivery"]["status"], "accepted");
        }
        sent
    };
    let ((), seen, sent) = tokio::join!(promoting, watch(service, &done), sending);
    assert!(seen > 0 && sent > 0);
    for message in couriers.sent() {
        let (connector, round) = message.account.split_once('-').unwrap();
        assert!(message.text.ends_with(&format!("round {round}")), "half of a promotion was sent: {message:?}");
        assert_eq!(connector, active_in(round.parse().unwrap()), "{message:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_that_fails_at_its_last_write_leaves_all_as_it_was() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    service.set_up("more", json!({"component": "marker-a", "config": {"api_token": TOKEN}})).await;
    service.put("/v1/environments/development/channels/sms", json!({"active": "main", "fallback": ["more"]})).await;
    let secrets = json!({"main": {"api_token": TOKEN}, "more": {"api_token": TOKEN}});
    promoted(&service, json!({"to": "production", "secrets": secrets})).await;
    for name in ["main", "more"] {
        service.set_up(name, json!({"component": "marker-a", "config": {"note": "tested"}})).await;
    }
    service.put("/v1/environments/development/channels/sms", json!({"active": "more", "fallback": ["main"]})).await;
    service
        .put(
            "/v1/environments/development/templates",
            json!({"templates": [{"purpose": "sign-in", "text": "{{ code }}"}]}),
        )
        .await;
    let before = set_up_of(&service, PRODUCTION).await;

    // The texts are written last, after the revisions and the channel.
    let inside = Inside::of(service.dir.path());
    inside.run(inside.either(
        "CREATE TRIGGER broken BEFORE INSERT ON settings WHEN NEW.environment = 'production'
         BEGIN SELECT RAISE(ABORT, 'broken by the test'); END",
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'broken by the test'; END $$;
         CREATE TRIGGER broken BEFORE INSERT ON settings FOR EACH ROW WHEN (NEW.environment = 'production')
         EXECUTE FUNCTION broken()",
    ));
    let (status, failed) = service.post(PROMOTE, json!({"to": "production"})).await;
    assert_eq!((status, &failed["type"]), (500, &json!("/problems/internal-error")), "{failed}");
    assert_eq!(set_up_of(&service, PRODUCTION).await, before);
    assert_eq!(service.create(TO).await.1["delivery"]["status"], "accepted", "all else goes on");

    inside.run(inside.either("DROP TRIGGER broken", "DROP TRIGGER broken ON settings"));
    let done = promoted(&service, json!({"to": "production"})).await;
    let numbers: Vec<&Value> = done["connectors"].as_array().unwrap().iter().map(|c| &c["revision"]).collect();
    assert_eq!(numbers, [2, 2], "no number was used up: {done}");
    // What is stored is what serves after a restart too.
    let after = set_up_of(&service, PRODUCTION).await;
    let service = Service::at(service.stop().await, |_| {}).await;
    assert_eq!(set_up_of(&service, PRODUCTION).await, after);
}
