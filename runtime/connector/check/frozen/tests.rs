use super::*;
use crate::connector::check::scene::Scene;
use crate::connector::check::verdict::Level;
use crate::connector::manifest;

fn scenes() -> (Scene, Scene) {
    let text = "id='x'\nname='X'\nversion='1.0.0'\ncontract='1.0.0'\nchannel='sms'\nsummary='s'\n";
    let first = Scene::candidates(&manifest::parse(text).unwrap()).remove(0);
    let second = first.later();
    (first, second)
}

fn exchange(url: &str, header: &str, body: &str) -> Vec<Exchange> {
    let headers = vec![crate::connector::contract::Pair { name: "x-date".into(), value: header.into() }];
    vec![Exchange { method: "POST".into(), url: url.into(), headers, body: body.into(), ..Exchange::default() }]
}

/// Two requests with these words in a header, in a body and in a query.
fn levels(first: &str, second: &str) -> [(Level, Level); 3] {
    let (early, late) = scenes();
    let judged = |one: Vec<Exchange>, other: Vec<Exchange>| {
        let (one, other) = (Made { scene: &early, exchanges: &one }, Made { scene: &late, exchanges: &other });
        (clock(&one, &other, "the README").level, randomness(&one, &other, "the README").level)
    };
    let query = |text: &str| format!("https://a.example/send?t={}", text.replace(':', "%3A").replace(' ', "%20"));
    [
        judged(exchange("https://a.example/", first, ""), exchange("https://a.example/", second, "")),
        judged(
            exchange("https://a.example/", "", &format!("{{\"t\": \"{first}\"}}")),
            exchange("https://a.example/", "", &format!("{{\"t\": \"{second}\"}}")),
        ),
        judged(exchange(&query(first), "", ""), exchange(&query(second), "", "")),
    ]
}

#[test]
fn a_moment_that_stays_the_same_is_a_clock_that_stands_still() {
    for moment in [
        "2025-11-24T00:13:13Z",
        "2025-11-24 00:13",
        "Mon, 24 Nov 2025 00:13:13 GMT",
        "20251124T001313Z",
        "20251124001313",
        "1763943193",
        "1763943193000",
        "1970-01-01T00:00:00.000Z",
    ] {
        for (clock, _) in levels(moment, moment) {
            assert_eq!(clock, Level::Fault, "{moment}");
        }
    }
}

#[test]
fn a_moment_that_is_the_calls_or_follows_it_is_none() {
    for (first, second) in [
        ("2027-02-03T04:05:06Z", "2033-11-24T19:38:27Z"),
        ("2027-02-03T12:05:06+08:00", "2033-11-25T03:38:27+08:00"),
        ("Wed, 03 Feb 2027 04:05:06 GMT", "Thu, 24 Nov 2033 19:38:27 GMT"),
        ("20270203T040506Z/20270203/eu", "20331124T193827Z/20331124/eu"),
        ("1801627506", "2016473907"),
        ("1801627506789", "2016473907123"),
        // Thirty days after the call, each time.
        ("2027-03-05T04:05:06Z", "2033-12-24T19:38:27Z"),
    ] {
        for (clock, _) in levels(first, second) {
            assert_eq!(clock, Level::Ok, "{first}");
        }
    }
}

#[test]
fn a_moment_of_another_clock_is_not_the_calls() {
    for (clock, _) in levels("2026-11-29T09:00:00Z", "2026-11-29T09:00:01Z") {
        assert_eq!(clock, Level::Fault);
    }
}

#[test]
fn versions_phone_numbers_and_what_stands_in_the_readme_are_no_clocks() {
    let (early, late) = scenes();
    let made = |url: &str, body: &str| exchange(url, "", body);
    for (url, body) in [
        ("https://a.example/2010-04-01/Messages.json", ""),
        ("https://a.example/?Action=Send&Version=2017-05-25", ""),
        ("https://a.example/?api-version=2021-03-07", ""),
        ("https://a.example/", "X-TC-Version: 2021-01-11"),
        ("https://a.example/", "to=+14155550123&from=4155550100"),
        ("https://a.example/", "since 2020-02-02T02:02:02Z"),
    ] {
        let (one, other) = (made(url, body), made(url, body));
        let (one, other) = (Made { scene: &early, exchanges: &one }, Made { scene: &late, exchanges: &other });
        let found = clock(&one, &other, "since 2020-02-02T02:02:02Z");
        assert_eq!(found.level, Level::Ok, "{url} {body}: {found:?}");
    }
    for (clock, _) in levels("Credential=AK/20251124/eu", "Credential=AK/20251124/eu") {
        assert_eq!(clock, Level::Warning, "a day alone may be a constant");
    }
}

#[test]
fn what_looks_random_and_stays_the_same_is_randomness_that_stands_still() {
    for token in [
        "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "id-6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "9f86d081884c7d65",
        "0.8444218515250481",
    ] {
        for (_, random) in levels(token, token) {
            assert_eq!(random, Level::Fault, "{token}");
        }
    }
    for (_, random) in levels("kJ8sQ2mZx0aB7nLpT4", "kJ8sQ2mZx0aB7nLpT4") {
        assert_eq!(random, Level::Warning);
    }
}

#[test]
fn what_differs_or_comes_from_elsewhere_is_none() {
    for (first, second) in [
        ("6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "0a9619ff-8b86-4d01-b42d-00cf4fc964f0"),
        (
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        ("application-x-www-form-urlencoded", "application-x-www-form-urlencoded"),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"),
        ("20270203040506789", "20331124193827123"),
    ] {
        for (_, random) in levels(first, second) {
            assert_eq!(random, Level::Ok, "{first}");
        }
    }
    assert!(tokens::is_known("9f86d081884c7d65", "app_id = \"9f86d081884c7d65\""));
    assert!(tokens::is_known(
        &hex::encode(sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix("AC00"))),
        "\"AC00\""
    ));
}
