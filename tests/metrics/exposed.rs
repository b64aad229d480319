//! What is served, to whom, and what no label tells.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn no_label_tells_a_number_a_code_or_an_id() {
    let couriers = Couriers::start(&["a", "b"]).await;
    permits(&couriers.service, json!({"mode": "enforce"})).await;
    let id = created(&couriers, TO).await;
    let sent = couriers.sent().remove(0);
    let report = json!([{"status": "undelivered", "network": "carrier-of-4155550123", "text": "+14155550123 is off"}]);
    assert_eq!(couriers.report(&sent.callback, report).await.0, 200);
    couriers.sends(2).await;
    for n in 0..9 {
        couriers.service.create(&number(n)).await;
    }
    couriers.service.check(&id, &sent.code()).await;
    couriers.service.get(&format!("/v1/messages?to={TO}")).await;
    couriers.service.get(&format!("/v2/Services/VA00000000000000000000000000000000/Verifications/{TO}")).await;
    let told = scraped(&couriers.service).await;
    let token = sent.callback.rsplit('/').next().unwrap();
    let private = [&TO[1..], &TO[2..8], "141520", &id, &sent.code(), &sent.reference, token, "carrier", "is off"];
    for (name, labels) in told.samples.keys() {
        for value in labels.values().filter(|value| value.parse::<f64>().is_err() || !name.ends_with("_bucket")) {
            assert!(!private.iter().any(|private| value.contains(private)), "{name}: {value}");
            let digits = value.chars().filter(char::is_ascii_digit).count();
            assert!(digits <= 6, "{name}: {value}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_caller_makes_no_series() {
    let service = Service::start().await;
    assert_eq!(service.create(TO).await.0, 201);
    let strange = client();
    let round = async |n: u32| {
        let fake = format!("fake-{n}");
        for path in
            [format!("/{fake}"), format!("/v1/{fake}"), format!("/console/{fake}"), format!("/v1/messages/{fake}/x")]
        {
            service.get(&path).await;
        }
        service.get(&format!("/v1/environments/{fake}/connectors/{fake}")).await;
        service.get(&format!("/v1/verifications/{fake}")).await;
        service.post(&format!("/callbacks/development/{fake}/{fake}"), json!([])).await;
        service.post(&format!("/callbacks/{fake}/{fake}/{fake}"), json!([])).await;
        service.post(&format!("/hooks/development/{fake}/{fake}"), json!({})).await;
        service.post("/v1/verifications", json!({"to": TO, "purpose": fake})).await;
        service.check(&fake, "123456").await;
        let elsewhere = service.request(Method::POST, "/v1/verifications").header("countersign-environment", &fake);
        answer(elsewhere.json(&json!({"to": TO, "purpose": "sign-in"}))).await;
        let method = Method::from_bytes(format!("FAKE{n}").as_bytes()).unwrap();
        let _ = strange.request(method, format!("{}/v1/messages", service.url)).send().await;
    };
    // As many as it takes until he is told to wait; a scrape is counted as well.
    for n in 0..40 {
        round(n).await;
    }
    scraped(&service).await;
    let before: Vec<_> = scraped(&service).await.samples.into_keys().collect();
    for n in 40..80 {
        round(n).await;
    }
    let told = scraped(&service).await;
    let after: Vec<_> = told.samples.keys().cloned().collect();
    assert_eq!(after, before, "whatever he names, there are no more");
    assert!(told.samples.keys().all(|(_, labels)| labels.values().all(|value| !value.to_lowercase().contains("fake"))));
    assert!(told.sum("countersign_http_requests_total", &[("route", "unmatched")]) >= 80.0);
    assert_eq!(told.sum("countersign_http_requests_total", &[("method", "other")]), 80.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_elsewhere_it_takes_an_admin_key_and_here_none() {
    let local = Service::start().await;
    let ask = |service: &Service, method: Method| client().request(method, format!("{}/metrics", service.url));
    let here = ask(&local, Method::GET).send().await.unwrap();
    assert_eq!(here.status(), 200);
    assert_eq!(here.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert!(here.text().await.unwrap().contains("\n# TYPE process_cpu_seconds_total counter\n"));
    let head = ask(&local, Method::HEAD).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.text().await.unwrap().len()), (200, 0));
    assert_eq!(ask(&local, Method::POST).send().await.unwrap().status(), 405);
    let forwarded = ask(&local, Method::GET).header("x-forwarded-for", "203.0.113.9");
    assert_eq!(answer(forwarded).await.1["type"], "/problems/unauthorized");

    let open = Service::with(|config| config.server.listen = ([0, 0, 0, 0], 0).into()).await;
    let (status, told) = answer(ask(&open, Method::GET)).await;
    assert_eq!((status, &told["type"]), (401, &json!("/problems/unauthorized")));
    assert_eq!(answer(ask(&open, Method::GET).bearer_auth("cs_admin_guessed")).await.0, 401);
    let (_, made) = open.post("/v1/keys", json!({"name": "shop", "environment": "development"})).await;
    let (status, told) = answer(ask(&open, Method::GET).bearer_auth(made["key"].as_str().unwrap())).await;
    assert_eq!((status, &told["type"]), (403, &json!("/problems/forbidden")), "{told}");
    let (_, made) = open.post("/v1/keys", json!({"name": "prometheus", "roles": ["viewer"]})).await;
    for key in [made["key"].as_str().unwrap(), ADMIN_KEY] {
        assert_eq!(answer(ask(&open, Method::GET).bearer_auth(key)).await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_all_that_is_served_and_nothing_else() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    permits(service, json!({})).await;
    let id = created(&couriers, TO).await;
    let sent = couriers.sent().remove(0);
    service.check(&id, &sent.code()).await;
    let delivered = json!([{"status": "delivered", "network": "24007"}]);
    assert_eq!(couriers.report(&sent.callback, delivered).await.0, 200);
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    for n in 0..9 {
        created(&couriers, &number(n)).await;
    }
    let captcha =
        json!({"kind": "siteverify", "url": "https://captcha.example/verify", "secret": "s", "when": "always"});
    let path = "/v1/environments/development/attestation";
    assert_eq!(service.put(path, captcha).await.0, 200);
    assert_eq!(service.create(&number(9)).await.0, 403);
    service.put(POLICY, json!({"destinations": {"blocked": ["US"]}})).await;
    assert!(service.create(TO).await.0 >= 400);
    // A swap; what is known of networks is known of the other one's revision.
    let again = json!({"component": "courier", "config": {"account": "b2"}});
    assert!(service.set_up("b", again).await.0 < 300);
    // Answered once: its own counters stand in the next answer.
    scraped(service).await;
    let told = scraped(service).await;
    let served: Vec<&str> = told.families.keys().map(String::as_str).collect();
    let mut listed: Vec<&str> = names::ALL.iter().map(|named| named.name).collect();
    listed.sort_unstable();
    assert_eq!(served, listed);
    for named in names::ALL {
        let (kind, help) = &told.families[named.name];
        assert_eq!((kind.as_str(), help.as_str()), (named.shape.as_str(), format!("{}.", named.help).as_str()));
        let labels = named.labels.iter().map(|label| (*label).to_owned()).collect();
        assert_eq!(told.labels_of(named.name), labels, "{}", named.name);
    }
}
