use std::time::Duration;

use super::*;
use crate::connector::contract::FailureKind;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_768_478_400_000 + seconds * 1000)
}

fn place(connector: &str, country: &str, area: &str) -> Place {
    Place {
        environment: "production".into(),
        connector: connector.into(),
        revision: 1,
        country: Some(country.into()),
        area: area.into(),
    }
}

fn failed(kind: FailureKind) -> Outcome {
    let certainty = Certainty::NotSent;
    Outcome::Failed(Failure {
        kind,
        certainty,
        provider_code: None,
        text: String::new(),
        retry_after_seconds: None,
        extra: vec![],
    })
}

fn state(health: &Health, spot: &Spot<'_>, now: Timestamp) -> Option<State> {
    health.table.look(spot, now, |entry| entry.breaker.state)
}

fn health() -> Health {
    Health::new(Arc::default())
}

#[test]
fn a_recipients_own_fault_speaks_neither_for_nor_against_a_provider() {
    use FailureKind as K;
    let (health, place) = (health(), place("a", "DE", "+49151"));
    for kind in [K::InvalidRecipient, K::RecipientBlocked, K::ContentRejected, K::FraudBlocked] {
        (0..50).for_each(|_| health.attempted(&place, failed(kind), true, 1, at(0)));
    }
    assert_eq!(state(&health, &place.spot(), at(0)), None);
    (0..10).for_each(|_| health.attempted(&place, failed(K::ProviderUnavailable), true, 1, at(0)));
    assert_eq!(state(&health, &place.spot(), at(0)), Some(State::Open));
}

#[test]
fn a_breaker_opens_in_its_country_only_and_a_new_revision_begins_with_a_clean_sheet() {
    let (health, here) = (health(), place("a", "DE", "+49151"));
    (0..10).for_each(|_| health.attempted(&here, failed(FailureKind::Timeout), true, 1, at(0)));
    assert_eq!(state(&health, &here.spot(), at(1)), Some(State::Open));
    assert_eq!(state(&health, &place("a", "US", "+1415").spot(), at(1)), None);
    assert_eq!(state(&health, &Place { revision: 2, ..here.clone() }.spot(), at(1)), None);
    assert!(!health.table.all_are_well());
    (0..3).for_each(|n| health.attempted(&here, Outcome::Accepted, true, 1, at(30 + n)));
    assert_eq!(state(&health, &here.spot(), at(33)), Some(State::Closed));
    assert!(health.table.all_are_well());
}

#[test]
fn a_report_that_names_a_network_blames_the_network_and_not_the_country() {
    let (health, place) = (health(), place("a", "DE", "+49151"));
    (0..10).for_each(|_| health.reported(&place, Some("Telekom"), false, at(0)));
    assert_eq!(state(&health, &place.spot_at(At::Network("Telekom")), at(0)), Some(State::Open));
    assert_eq!(state(&health, &place.spot(), at(0)), None);
    assert_eq!(health.networks.of("production", "+49151").as_deref(), Some("Telekom"));
    (0..10).for_each(|_| health.reported(&place, None, false, at(0)));
    assert_eq!(state(&health, &place.spot(), at(0)), Some(State::Open));
}

#[test]
fn a_network_that_gets_nothing_demotes_a_connector_for_its_areas_only() {
    let (health, telekom, other) = (health(), place("a", "DE", "+49151"), place("a", "DE", "+49176"));
    health.reported(&other, Some("O2"), true, at(0));
    (0..10).for_each(|_| health.reported(&telekom, Some("Telekom"), false, at(0)));
    assert!(!health.lets_through(&telekom, true, at(1)));
    assert!(health.lets_through(&other, true, at(1)));
    assert!(health.lets_through(&place("b", "DE", "+49151"), true, at(1)), "another connector is not concerned");
}

#[test]
fn a_message_that_would_not_go_to_it_is_no_probe() {
    let (health, place) = (health(), place("a", "DE", "+49151"));
    (0..10).for_each(|_| health.attempted(&place, failed(FailureKind::Timeout), true, 1, at(0)));
    assert!(!health.lets_through(&place, false, at(31)));
    assert!(health.lets_through(&place, true, at(31)));
    assert!(!health.lets_through(&place, true, at(32)), "one message every two seconds");
}

/// Both accept everything; of one of them, one in six gets something. Who gets nothing at all is noticed sooner.
#[test]
fn codes_that_hardly_anybody_uses_demote_a_connector_beside_one_whose_codes_are_used() {
    let (health, good, bad) = (health(), place("good", "DE", "+49151"), place("bad", "DE", "+49151"));
    for n in 0..60 {
        health.attempted(&good, Outcome::Accepted, true, 1, at(n));
        health.attempted(&bad, Outcome::Accepted, true, 1, at(n));
        health.converted(&good, None, at(n), at(n + 20));
        if n % 6 == 0 {
            health.converted(&bad, None, at(n), at(n + 20));
        }
    }
    let later = at(0).plus(Duration::from_secs(600));
    health.attempted(&good, Outcome::Accepted, true, 1, later);
    health.attempted(&bad, Outcome::Accepted, true, 1, later);
    assert_eq!(state(&health, &good.spot(), later), Some(State::Closed));
    assert_eq!(state(&health, &bad.spot(), later), Some(State::Open));
    let why = health.table.look(&bad.spot(), later, |entry| entry.breaker.why.clone()).unwrap();
    assert_eq!(why, "10 of 60 codes were used, where 99 % are");
}

/// As above, but of the one whose codes nobody uses nobody tells anything.
#[test]
fn a_connector_of_whose_codes_nobody_tells_is_not_blamed_for_silence() {
    let (health, good, silent) = (health(), place("good", "DE", "+49151"), place("silent", "DE", "+49151"));
    for n in 0..60 {
        health.attempted(&good, Outcome::Accepted, true, 1, at(n));
        health.attempted(&silent, Outcome::Accepted, false, 1, at(n));
        health.converted(&good, None, at(n), at(n + 20));
    }
    let later = at(0).plus(Duration::from_secs(600));
    health.attempted(&silent, Outcome::Accepted, false, 1, later);
    assert_eq!(state(&health, &silent.spot(), later), Some(State::Closed));
    (0..10).for_each(|_| health.reported(&silent, None, false, later));
    assert_eq!(state(&health, &silent.spot(), later), Some(State::Open), "reports are what it is judged by");
}

/// Each code is used before the report comes that it could not be delivered.
#[test]
fn reports_that_used_codes_refute_demote_nobody() {
    let (health, place) = (health(), place("a", "DE", "+49151"));
    for n in 0..40 {
        health.attempted(&place, Outcome::Accepted, true, 1, at(n * 60));
        health.converted(&place, None, at(n * 60), at(n * 60 + 10));
        health.reported(&place, None, false, at(n * 60 + 20));
        health.refuted(&place, at(n * 60 + 20));
        assert_eq!(state(&health, &place.spot(), at(n * 60 + 20)), Some(State::Closed));
    }
    assert!(!health.believes(&place, at(40 * 60)));
    assert!(health.believes(&place, at(120 * 60)));
    (0..10).for_each(|_| health.reported(&place, None, false, at(120 * 60)));
    assert_eq!(state(&health, &place.spot(), at(120 * 60)), Some(State::Open));
}

#[test]
fn what_is_remembered_is_bounded() {
    let health = health();
    for n in 0..20_000u64 {
        let place = Place { revision: n, ..place("a", "DE", "+49151") };
        health.attempted(&place, Outcome::Accepted, true, 1, at(n));
    }
    let mut count = 0;
    health.table.each("production", at(30_000), |_| count += 1);
    assert!(count <= 16 * 512, "{count}");
}

#[test]
fn a_swap_leaves_nothing_behind_for_good() {
    let health = health();
    for revision in 1..=2000 {
        let place = Place { revision, ..place("acme", "US", "+1415") };
        health.attempted(&place, Outcome::Accepted, true, 10, at(revision));
    }
    let known = |revision| {
        let spot = Spot { environment: "production", connector: "acme", revision, at: At::Country(Some("US")) };
        health.table.look(&spot, at(3000), |_| ()).is_some()
    };
    assert_eq!((1..=2000).filter(|revision| known(*revision)).collect::<Vec<_>>(), [1997, 1998, 1999, 2000]);
}

#[test]
fn an_ailing_revision_that_is_forgotten_ails_no_more() {
    let health = health();
    for revision in 1..=20 {
        let place = Place { revision, ..place("acme", "US", "+1415") };
        (0..50).for_each(|n| {
            health.attempted(&place, failed(FailureKind::ProviderUnavailable), true, 10, at(revision * 100 + n));
        });
    }
    assert_eq!(health.table.ailing(), 4);
}

/// Ten a second, of which six of ten are used after 8 s; from a moment on, none.
#[test]
fn a_provider_that_goes_silent_is_demoted_within_a_minute_and_not_by_late_uses_restored() {
    let (health, place) = (health(), place("a", "DE", "+49151"));
    let ms = |ms: u64| at(0).plus(Duration::from_millis(ms));
    let mut open = None;
    for n in 0..1200_u64 {
        let now = ms(n * 100);
        if n >= 80 && n - 80 < 600 && n % 10 < 6 {
            health.converted(&place, None, ms((n - 80) * 100), now);
        }
        health.attempted(&place, Outcome::Accepted, true, 5, now);
        if open.is_none() && state(&health, &place.spot(), now) == Some(State::Open) {
            open = Some(n);
        }
    }
    let lost = open.unwrap() - 600;
    assert!(lost <= 600, "a minute is 600 codes: {lost}");
    // On probation: what was sent before is used at last.
    let later = ms(open.unwrap() * 100 + 30_500);
    (0..5).for_each(|_| health.converted(&place, None, ms(60_000), later));
    assert_ne!(state(&health, &place.spot(), later), Some(State::Closed));
    (0..3).for_each(|_| health.converted(&place, None, later, later.plus(Duration::from_secs(9))));
    assert_eq!(state(&health, &place.spot(), later.plus(Duration::from_secs(9))), Some(State::Closed));
}

#[test]
fn a_provider_that_answers_nothing_is_demoted_before_the_first_attempt_runs_out_of_time() {
    let (health, place) = (health(), place("a", "DE", "+49151"));
    let ms = |ms: u64| at(0).plus(Duration::from_millis(ms));
    let opened = (0..100).find(|n| {
        health.began(&place, ms(n * 200));
        state(&health, &place.spot(), ms(n * 200)) == Some(State::Open)
    });
    assert_eq!(opened, Some(19), "five a second: five of them have waited for 3 s after 3.8 s");
    let other = Place { connector: "b".into(), ..place.clone() };
    for n in 0..100 {
        health.began(&other, ms(n * 200));
        health.ended(&other, ms(n * 200), true, ms(n * 200 + 150));
    }
    assert_eq!(state(&health, &other.spot(), ms(20_000)), Some(State::Closed));
}
