//! What the console shows of sends: figures over time and by revision, and the log with its filters, pages and export.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::service::{answer, number};

const STATISTICS: &str = "/v1/environments/development/statistics";

/// A message to the `n`th number.
async fn send(couriers: &Couriers, n: u32, purpose: &str) -> Value {
    let body = json!({"to": number(n), "code": "123456", "purpose": purpose, "subject": format!("=user-{n}")});
    couriers.service.post("/v1/messages", body).await.1
}

async fn ids(couriers: &Couriers, query: &str) -> Vec<String> {
    let (status, told) = couriers.service.get(&format!("/v1/messages?{query}")).await;
    assert_eq!(status, 200, "{told}");
    told["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_tell_how_sends_ended_hour_by_hour_and_in_all() {
    let couriers = Couriers::start(&["a", "b"]).await;
    send(&couriers, 1, "sign-in").await;
    let callback = couriers.sent().remove(0).callback;
    assert_eq!(couriers.report(&callback, json!([{"status": "delivered"}])).await.0, 200);
    couriers.service.clock.advance(Duration::from_secs(3600));
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    send(&couriers, 2, "recover").await;
    let (status, told) = couriers.service.get(STATISTICS).await;
    assert_eq!(status, 200, "{told}");
    let totals = &told["totals"];
    let shown =
        ["attempts", "delivered", "accepted", "refused", "undelivered", "unknown", "sending"].map(|w| &totals[w]);
    assert_eq!(shown.map(|count| count.as_u64().unwrap()), [3, 1, 1, 1, 0, 0, 0], "{told}");
    assert!(totals["p50_ms"].is_u64() && totals["p99_ms"].is_u64(), "{told}");
    let series = told["series"].as_array().unwrap();
    assert!((24..=25).contains(&series.len()), "a day, and no hour is left out: {told}");
    let last: Vec<_> = series.iter().rev().take(2).map(|part| part["attempts"].as_u64().unwrap()).collect();
    assert_eq!(last, [2, 1], "{told}");
    for (query, attempts) in [("connector=b", 1), ("connector=gone", 0), ("purpose=recover", 2), ("country=us", 3)] {
        let (_, told) = couriers.service.get(&format!("{STATISTICS}?{query}&step=day")).await;
        assert_eq!(told["totals"]["attempts"], attempts, "{query}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_stand_side_by_side_and_what_a_connector_sent_is_told_by_purpose() {
    let couriers = Couriers::start(&["a"]).await;
    send(&couriers, 1, "sign-in").await;
    let again = json!({"component": "courier", "config": {"account": "a2"}});
    let (status, saved) = couriers.service.set_up("a", again).await;
    assert!(status < 300, "{saved}");
    send(&couriers, 2, "sign-in").await;
    send(&couriers, 3, "recover").await;
    couriers.answers("a2", json!({"kind": "invalid-recipient", "certainty": "not-sent"}));
    send(&couriers, 4, "recover").await;
    let address = "/v1/environments/development/connectors/a/statistics";
    let (status, told) = couriers.service.get(address).await;
    assert_eq!(status, 200, "{told}");
    let of = |index: usize| {
        let figures = &told["revisions"][index];
        ["revision", "attempts", "accepted", "refused", "sending"].map(|word| figures[word].as_u64().unwrap())
    };
    assert_eq!((of(0), of(1)), ([2, 3, 2, 1, 0], [1, 1, 1, 0, 0]), "{told}");
    assert_eq!(told["revisions"][1]["success_rate"], json!(1.0));
    let by_purpose = json!([{"purpose": "sign-in", "sent": 2}, {"purpose": "recover", "sent": 1}]);
    assert_eq!((&told["sent"], &told["by_purpose"]), (&json!(3), &by_purpose), "{told}");
    assert_eq!(couriers.service.get(&address.replace("/a/", "/gone/")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_figures_can_t_be_of_is_told_with_its_field() {
    let couriers = Couriers::start(&["a"]).await;
    for query in ["from=2030-01-01T00:00:00Z", "from=2020-01-01T00:00:00Z"] {
        let (status, told) = couriers.service.get(&format!("{STATISTICS}?{query}")).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/from")), "{told}");
    }
    for query in ["step=week", "from=yesterday", "what=1"] {
        assert_eq!(couriers.service.get(&format!("{STATISTICS}?{query}")).await.0, 400, "{query}");
    }
    assert_eq!(couriers.service.get("/v1/environments/nowhere/statistics").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_filtered_and_paged_in_both_directions() {
    let couriers = Couriers::start(&["a", "b"]).await;
    for n in 0..5 {
        send(&couriers, n, "sign-in").await;
    }
    let from = couriers.service.clock.now().plus(Duration::from_secs(1));
    couriers.service.clock.advance(Duration::from_secs(60));
    couriers.answers("a", json!({"kind": "invalid-recipient", "certainty": "not-sent"}));
    let refused = send(&couriers, 7, "recover").await["message"].as_str().map(str::to_owned);
    let all = ids(&couriers, "").await;
    assert_eq!((all.len(), refused.is_none_or(|id| id == all[0])), (6, true));
    for (query, found) in [
        ("status=refused,unknown", &all[..1]),
        ("status=accepted,refused", &all[..]),
        ("purpose=recover", &all[..1]),
        ("country=US", &all[..]),
        ("country=NZ", &[]),
        ("connector=a", &all[..]),
        ("connector=gone", &[]),
        (&format!("from={from}"), &all[..1]),
        (&format!("to={from}"), &all[1..]),
        (&format!("connector=a&to={from}"), &all[1..]),
        ("status=&country=", &all[..]),
    ] {
        assert_eq!(ids(&couriers, query).await, found, "{query}");
    }
    let page = async |query: &str| couriers.service.get(&format!("/v1/messages?limit=2&{query}")).await.1;
    let first = page("").await;
    assert_eq!(first["prev"], Value::Null);
    let second = page(&format!("cursor={}", first["next"].as_str().unwrap())).await;
    assert_eq!((&second["items"][0]["id"], &second["items"][1]["id"]), (&json!(all[2]), &json!(all[3])));
    let back = page(&format!("newer={}", second["prev"].as_str().unwrap())).await;
    assert_eq!((&back["items"], &back["prev"], &back["next"]), (&first["items"], &Value::Null, &first["next"]));
    let third = page(&format!("cursor={}", second["next"].as_str().unwrap())).await;
    assert_eq!((third["items"].as_array().unwrap().len(), &third["next"]), (2, &Value::Null));
    for (query, pointer) in
        [("status=gone", "/status"), ("cursor=x", "/cursor"), ("from=now", "/from"), ("format=xml", "/format")]
    {
        let (status, told) = couriers.service.get(&format!("/v1/messages?{query}")).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (400, &json!(pointer)), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_exported_as_a_table_that_no_spreadsheet_runs() {
    let couriers = Couriers::start(&["a"]).await;
    for n in 0..3 {
        send(&couriers, n, "sign-in").await;
    }
    for (query, accepts) in [("format=csv&limit=1", "*/*"), ("", "text/csv"), ("format=csv&purpose=recover", "*/*")] {
        let request = couriers.service.request(Method::GET, &format!("/v1/messages?{query}"));
        let answer = request.header("accept", accepts).send().await.unwrap();
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
        assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("messages-development.csv"));
        let text = answer.text().await.unwrap();
        let rows: Vec<_> = text.split_terminator("\r\n").collect();
        assert!(rows[0].starts_with("id,verification,status,"), "{text}");
        if query.contains("recover") {
            assert_eq!(rows.len(), 1);
            continue;
        }
        assert_eq!(rows.len(), 4, "all messages of the filter, whatever `limit` says: {text}");
        assert!(rows[1].contains(",'=user-2,") && rows[1].contains(",'+1"), "{text}");
        assert!(!text.contains(&number(2)), "a full number");
    }
    let json = couriers.service.request(Method::GET, "/v1/messages?format=json").header("accept", "text/csv");
    assert_eq!(answer(json).await.1["items"].as_array().unwrap().len(), 3);
}
