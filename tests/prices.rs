//! Price lists of connectors, by the API: what is taken, what is refused, and what a day's money is held by.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::service::{Service, answer, client, number};

const POLICY: &str = "/v1/environments/development/policy";

fn prices(connector: &str) -> String {
    format!("/v1/environments/development/connectors/{connector}/prices")
}

/// Send a table as a spreadsheet's file.
async fn upload(service: &Service, path: &str, table: impl Into<Vec<u8>>) -> (u16, Value) {
    let request = service.request(Method::PUT, path).header("content-type", "text/csv; charset=utf-8");
    answer(request.body(table.into())).await
}

/// The table of a list, as it is downloaded.
async fn table(service: &Service, path: &str) -> (u16, Value) {
    answer(service.request(Method::GET, path).header("accept", "text/csv")).await
}

async fn budget(service: &Service, micros: u64) {
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let guard = json!({"mode": "off", "budget_micros_per_day": micros, "message_micros": 1, "prices": {"US": 2}});
    let (status, told) = service.put(POLICY, json!({"defaults": limits, "guard": guard})).await;
    assert_eq!(status, 200, "{told}");
}

async fn texted(service: &Service, n: u32, characters: usize) -> (u16, Value) {
    let body = json!({"to": number(n), "text": "x".repeat(characters), "purpose": "sign-in"});
    service.post("/v1/messages", body).await
}

/// The cost of a message's first attempt.
async fn cost(service: &Service, message: &Value) -> Value {
    let (_, shown) = service.get(&format!("/v1/messages/{}", message.as_str().unwrap())).await;
    shown["attempts"][0]["cost"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_days_money_holds_by_the_list_of_who_is_asked_and_the_parts_of_the_text() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    budget(service, 350_000).await;
    let list = json!({"currency": "EUR", "prices": [
        {"destination": "*", "price": "9"}, {"destination": "US", "price": "5"}, {"destination": "+1415", "price": "0.1"},
        {"destination": "+141", "price": "7"},
    ]});
    assert_eq!(service.put(&prices("a"), list).await, (200, json!({"currency": "EUR", "rows": 4})));
    let (status, told) = texted(service, 0, 161).await;
    assert_eq!(status, 201, "{told}");
    assert_eq!(cost(service, &told["id"]).await, json!({"micros": 200_000, "currency": "EUR", "by": "list"}));
    let (status, made) = service.create(&number(1)).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(cost(service, &made["delivery"]["message"]).await["micros"], 100_000, "the longest digits decide");
    let (status, refused) = service.create(&number(2)).await;
    assert_eq!((status, &refused["rule"]), (429, &json!("budget")), "{refused}");
    // Cheaper prices hold at once; without a list, what the policy says.
    let cheaper = json!({"currency": "EUR", "prices": [{"destination": "US", "price": "0.05"}]});
    assert_eq!(service.put(&prices("a"), cheaper).await.0, 200);
    assert_eq!(service.create(&number(3)).await.0, 201);
    assert_eq!(service.create(&number(4)).await.0, 429);
    assert_eq!(service.call(Method::DELETE, &prices("a"), Value::Null).await.0, 204);
    assert_eq!(service.create(&number(5)).await.0, 429, "nothing is left of the day's money");
    service.clock.advance(Duration::from_secs(24 * 3600));
    let (status, made) = service.create(&number(6)).await;
    assert_eq!((status, cost(service, &made["delivery"]["message"]).await), (201, Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_the_list_lacks_costs_what_the_policy_says() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    budget(service, 4).await;
    let list = json!({"currency": "USD", "prices": [{"destination": "DE", "price": "1000"}]});
    assert_eq!(service.put(&prices("a"), list).await.0, 200);
    let mut told = Vec::new();
    for n in 0..3 {
        told.push(texted(service, n, 500).await.0);
    }
    assert_eq!(told, [201, 201, 429], "a message to the US is 2, whatever its length");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheets_table_is_taken_and_given_back() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    let german = "\u{feff}\"Country\";\"Price\"\r\n\"DE\";\"0,0750\"\r\n*;0,5\r\n";
    let path = format!("{}?currency=EUR", prices("a"));
    assert_eq!(upload(service, &path, german).await, (200, json!({"currency": "EUR", "rows": 2})));
    let expected = json!({"currency": "EUR", "prices": [
        {"destination": "*", "price": "0.5"}, {"destination": "DE", "price": "0.075"},
    ]});
    assert_eq!(service.get(&prices("a")).await, (200, expected.clone()));
    let own = "destination,price,currency\n+4915,0.07,USD\n\"DE\",0.08,USD\n";
    assert_eq!(upload(service, &prices("a"), own).await, (200, json!({"currency": "USD", "rows": 2})));
    let (status, shown) = table(service, &prices("a")).await;
    assert_eq!((status, &shown), (200, &json!("destination,price,currency\r\nDE,0.08,USD\r\n4915,0.07,USD\r\n")));
    assert_eq!(upload(service, &prices("a"), shown.as_str().unwrap()).await.0, 200, "what is given is taken");
    let (status, sent_back) = service.put(&prices("a"), expected.clone()).await;
    assert_eq!(status, 200, "{sent_back}");
    assert_eq!(service.get(&prices("a")).await.1, expected);
    let (_, audit) = service.get("/v1/audit?action=prices.save").await;
    let entry = &audit["items"][0];
    assert_eq!((&entry["target"], &entry["detail"]), (&json!("a"), &json!({"currency": "EUR", "rows": 2})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_list_names_line_and_field_and_nothing_is_saved() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    let list = json!({"currency": "EUR", "prices": [{"destination": "DE", "price": "0.1"}]});
    assert_eq!(service.put(&prices("a"), list.clone()).await.0, 200);
    let faults = |told: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        told["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| (text(&fault["pointer"]), text(&fault["detail"])))
            .collect()
    };
    let path = format!("{}?currency=EUR", prices("a"));
    let (status, told) = upload(service, &path, "country,price\nDE,0.1\nFR,free\nGB,0.2\nDE,0.3\n").await;
    let found = faults(&told);
    assert_eq!((status, found.len()), (422, 2), "{told}");
    assert_eq!((found[0].0.as_str(), found[1].0.as_str()), ("/prices/1/price", "/prices/3/destination"));
    assert!(
        found[0].1.starts_with("line 3: the price") && found[1].1.starts_with("line 5: the destination"),
        "{found:?}"
    );
    let digits = "1".repeat(31);
    for hostile in [
        "-1",
        "NaN",
        "Infinity",
        "1e3",
        "1E400",
        &digits,
        "١",
        "０.１",
        "0.1 EUR",
        "0.0000001",
        "",
        " ",
        "\u{0}1",
        "0x1F",
        "1,5",
    ] {
        let rows = json!([{"destination": "*", "price": hostile}]);
        let (status, told) = service.put(&prices("a"), json!({"currency": "EUR", "prices": rows})).await;
        assert_eq!((status, faults(&told)[0].0.as_str()), (422, "/prices/0/price"), "{hostile}: {told}");
    }
    for (body, pointer) in [
        (json!({"currency": "EUR", "prices": []}), "/prices"),
        (json!({"currency": "eur", "prices": [{"destination": "*", "price": "1"}]}), "/currency"),
        (json!({"currency": "XYZ", "prices": [{"destination": "*", "price": "1"}]}), "/currency"),
        (json!({"currency": "EUR", "prices": [{"destination": "de", "price": "1"}]}), "/prices/0/destination"),
        (json!({"currency": "EUR", "prices": [{"destination": "+0", "price": "1"}]}), "/prices/0/destination"),
        (json!({"currency": "EUR", "prices": [{"destination": "٤٩", "price": "1"}]}), "/prices/0/destination"),
        (json!({"currency": "EUR", "prices": [{"destination": "*", "price": 0.1}]}), "/prices/0/price"),
        (json!({"currency": "EUR", "prices": [{"destination": "*", "price": "1", "name": "x"}]}), "/prices/0/name"),
        (json!({"currency": "EUR"}), ""),
    ] {
        let (status, told) = service.put(&prices("a"), body).await;
        assert_eq!(status, 422, "{told}");
        assert!(pointer.is_empty() || faults(&told)[0].0 == pointer, "{pointer}: {told}");
    }
    for table in [&b"country,price\nDE,\xff\n"[..], b"", b"country,price\n\"DE,1\n", b"PK\x03\x04\x00\x00", b"\0\0\0\0"]
    {
        let (status, told) = upload(service, &path, table).await;
        assert_eq!(status, 422, "{told}");
    }
    assert_eq!(upload(service, &prices("a"), "country,price\nDE,1\n").await.1["errors"][0]["pointer"], "/currency");
    let rows = format!("prefix,price\n{}", "4915,1\n".repeat(20_001));
    let (status, told) = upload(service, &path, rows).await;
    assert_eq!(status, 422);
    assert!(told["errors"][0]["detail"].as_str().unwrap().contains("more than 20000 rows"), "{told}");
    assert_eq!(upload(service, &path, " ".repeat((1 << 20) + 1)).await.0, 413);
    let other = service.request(Method::PUT, &path).header("content-type", "application/vnd.ms-excel").body("x");
    assert_eq!(answer(other).await.0, 415);
    assert_eq!(service.get(&prices("a")).await.1, list, "nothing of it was saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_one_environment_have_one_currency() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    let list = |currency: &str| json!({"currency": currency, "prices": [{"destination": "*", "price": "0.1"}]});
    assert_eq!(service.put(&prices("a"), list("EUR")).await.0, 200);
    let (status, told) = service.put(&prices("b"), list("USD")).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/currency")), "{told}");
    assert!(told["errors"][0]["detail"].as_str().unwrap().contains("must be EUR, as in the list of `a`"), "{told}");
    assert_eq!(service.get(&prices("b")).await.0, 404);
    assert_eq!(service.put(&prices("a"), list("USD")).await.0, 200, "a list alone may have another");
    assert_eq!(service.put(&prices("b"), list("USD")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_outlives_a_restart_and_not_its_connector() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let list = json!({"currency": "EUR", "prices": [{"destination": "*", "price": "0.1"}]});
    for connector in ["a", "b"] {
        assert_eq!(couriers.service.put(&prices(connector), list.clone()).await.0, 200);
    }
    let service = Service::at(couriers.service.stop().await, |_| ()).await;
    budget(&service, 150_000).await;
    assert_eq!(service.get(&prices("a")).await.1, list);
    assert_eq!(service.create(&number(1)).await.0, 201);
    assert_eq!(service.create(&number(2)).await.0, 429);
    let connector = "/v1/environments/development/connectors/b?force=true";
    assert_eq!(service.call(Method::DELETE, connector, Value::Null).await.0, 204);
    assert_eq!(service.get(&prices("b")).await.0, 404);
    assert_eq!(service.put(&prices("b"), list.clone()).await.0, 404);
    let (status, saved) = service.set_up("b", json!({"component": "courier", "config": {"account": "b"}})).await;
    assert!(status < 300, "{saved}");
    assert_eq!(service.get(&prices("b")).await.0, 404, "one of the same name has no prices of the old one");
    assert_eq!(service.call(Method::DELETE, &prices("b"), Value::Null).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_look_changes_no_price() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    let list = json!({"currency": "EUR", "prices": [{"destination": "*", "price": "0.1"}]});
    assert_eq!(service.put(&prices("a"), list.clone()).await.0, 200);
    let (status, key) = service.post("/v1/keys", json!({"name": "reader", "roles": ["viewer"]})).await;
    assert_eq!(status, 201, "{key}");
    let call = async |method: Method, path: &str| {
        let request = client().request(method, format!("{}{path}", service.url)).json(&list);
        answer(request.bearer_auth(key["key"].as_str().unwrap())).await.0
    };
    assert_eq!(call(Method::PUT, &prices("a")).await, 403);
    assert_eq!(call(Method::DELETE, &prices("a")).await, 403);
    assert_eq!(call(Method::GET, &prices("a")).await, 200);
    assert_eq!(call(Method::GET, "/v1/environments/development/bill").await, 200);
}
