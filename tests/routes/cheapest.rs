//! Least cost at equal conversion, by two providers with price lists.

use super::*;
use crate::support::couriers::Couriers;

async fn priced(service: &Service, connector: &str, price: &str) {
    let path = format!("/v1/environments/development/connectors/{connector}/prices");
    let list = json!({"currency": "USD", "prices": [{"destination": "US", "price": price}]});
    assert_eq!(service.put(&path, list).await.0, 200);
}

/// So many verifications, one a second; of three the code is used of so many. Who sent how many of them.
async fn verified(couriers: &Couriers, from: u32, count: u32, used_of_three: u32) -> BTreeMap<String, u32> {
    let before = couriers.sent().len();
    for n in from..from + count {
        couriers.service.clock.advance(Duration::from_secs(1));
        let (status, made) = couriers.service.create(&number(n)).await;
        assert_eq!(status, 201, "{made}");
        if n % 3 < used_of_three {
            let code = couriers.sent().pop().unwrap().code();
            let (_, checked) = couriers.service.check(made["id"].as_str().unwrap(), &code).await;
            assert_eq!(checked["status"], "approved", "{checked}");
        }
    }
    // Until all of them had their time.
    couriers.service.clock.advance(Duration::from_secs(360));
    let mut counts = BTreeMap::new();
    couriers.sent().into_iter().skip(before).for_each(|sent| *counts.entry(sent.account).or_default() += 1);
    counts
}

fn beside(channel: &Value) -> Vec<(&str, &str, bool)> {
    let told = channel["costs"].as_array().unwrap().iter();
    let text = |cost: &'_ Value, name: &str| cost[name].as_str().unwrap_or_default().to_owned();
    assert!(told.clone().all(|cost| text(cost, "country") == "US" && text(cost, "currency") == "USD"), "{channel}");
    told.map(|cost| {
        let (connector, beside) = (cost["connector"].as_str().unwrap(), cost["beside"].as_str().unwrap());
        (connector, beside, cost["first"].as_bool().unwrap())
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cheaper_one_takes_over_while_its_codes_are_used_as_much_and_gives_back_when_they_are_not() {
    let couriers = Couriers::start(&["dear", "cheap"]).await;
    let service = &couriers.service;
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let policy = json!({"defaults": limits, "guard": {"mode": "off"}});
    assert_eq!(service.put("/v1/environments/development/policy", policy).await.0, 200);
    priced(service, "dear", "0.05").await;
    priced(service, "cheap", "0.01").await;
    // Both show what they can, in the operator's order.
    route(service, json!({"active": "cheap", "fallback": ["dear"]})).await;
    assert_eq!(verified(&couriers, 0, 70, 3).await, BTreeMap::from([("cheap".to_owned(), 70)]));
    route(service, json!({"active": "dear", "fallback": ["cheap"]})).await;
    assert_eq!(verified(&couriers, 100, 70, 3).await, BTreeMap::from([("dear".to_owned(), 70)]));
    assert_eq!(channel(service).await["costs"], json!([]), "the order decides");

    route(service, json!({"active": "dear", "fallback": ["cheap"], "prefer": "cheapest"})).await;
    let told = channel(service).await;
    assert_eq!(beside(&told), [("dear", "best", false), ("cheap", "as-good", true)], "{told}");
    // Of its codes two of three are used from now on, by people who got one each.
    let counts = verified(&couriers, 200, 90, 2).await;
    assert!(counts["cheap"] >= 80, "one of a hundred goes to the best: {counts:?}");

    let told = channel(service).await;
    assert_eq!(beside(&told), [("dear", "best", true), ("cheap", "worse", false)], "{told}");
    assert_eq!(verified(&couriers, 300, 20, 3).await, BTreeMap::from([("dear".to_owned(), 20)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_preference_is_refused_and_one_that_is_left_out_is_the_order() {
    let service = with_gateways(&["a"]).await;
    let (status, told) = service.put(CHANNEL, json!({"active": "a", "prefer": "dearest"})).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/prefer")), "{told}");
    route(&service, json!({"active": "a", "prefer": "cheapest"})).await;
    assert_eq!(channel(&service).await["prefer"], "cheapest");
    let shown = channel(&service).await;
    route(&service, shown).await;
    assert_eq!(channel(&service).await["prefer"], "cheapest", "what is shown may be sent back");
    route(&service, json!({"active": "a"})).await;
    assert_eq!(channel(&service).await["prefer"], "order");
}
