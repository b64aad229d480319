//! What counts for and against a message.

use super::*;
use crate::store::counters::Key;

#[test]
fn a_block_of_numbers_has_a_credit_of_five_and_used_codes_renew_it() {
    let mut lab = Lab::new(true);
    let receipts: Vec<_> = (0..5).map(|nth| lab.ask("DE", &of_block(nth)).1).collect();
    assert_eq!(lab.refused("DE", &of_block(5)), Some(Rule::Prefix));
    lab.used(&receipts[0]);
    assert_eq!(lab.refused("DE", &of_block(6)), None);
}

#[test]
fn neither_midnight_nor_a_week_renews_the_credit_of_a_block() {
    for (told, days) in [(true, [1, 2, 7, 13]), (false, [1, 2, 5, 6])] {
        let mut lab = Lab::new(told);
        (0..5).for_each(|nth| assert_eq!(lab.refused("DE", &of_block(nth)), None));
        for days in days {
            lab.at = NOON + days * DAY_MS;
            assert_eq!(lab.refused("DE", &of_block(100 + days)), Some(Rule::Prefix), "told {told}, day {days}");
        }
        lab.at = NOON + 15 * DAY_MS;
        assert_ne!(lab.refused("DE", &of_block(999)), Some(Rule::Prefix));
    }
}

#[test]
fn a_number_that_used_a_code_passes_in_an_overdrawn_block() {
    let mut lab = Lab::new(true);
    let (_, receipt) = lab.ask("DE", &of_block(0));
    lab.used(&receipt);
    (1..9).for_each(|nth| drop(lab.ask("DE", &of_block(nth))));
    assert_eq!(lab.refused("DE", &of_block(9)), Some(Rule::Prefix));
    assert_eq!(lab.refused("DE", &of_block(0)), None);
}

#[test]
fn who_asks_three_times_and_uses_one_code_owes_nothing() {
    let mut lab = Lab::new(true);
    for nth in 0..20 {
        let all: Vec<_> = (0..3).map(|_| lab.ask("DE", &of_block(nth))).collect();
        assert!(all.iter().all(|(judgement, _)| judgement.refused.is_none()), "person {nth}");
        all.iter().for_each(|(_, receipt)| lab.used(receipt));
    }
}

#[test]
fn a_code_that_is_used_after_midnight_counts_where_its_message_did() {
    let mut lab = Lab::new(true);
    let (_, receipt) = lab.ask("DE", &of_block(0));
    lab.at += DAY_MS;
    lab.used(&receipt);
    let prefix = Key { scope: Scope::Prefix, key: "+491709999".to_owned() };
    let rows = &lab.memory.rows()[&(prefix, Span::Day)];
    assert_eq!(
        rows.iter().map(|(bucket, tally)| (*bucket, tally.unproven())).collect::<Vec<_>>(),
        [(NOON / DAY_MS, 0)]
    );
}

#[test]
fn an_attack_on_forty_strange_countries_loses_less_than_five_dollars_before_it_is_refused() {
    for told in [true, false] {
        let mut lab = Lab::lived_in(told);
        lab.micros = 300_000;
        let countries: Vec<String> =
            (0..40u8).map(|n| format!("{}{}", char::from(b'A' + n / 26), char::from(b'A' + n % 26))).collect();
        let asked = (0..400usize).map(|n| (&countries[n % 40], format!("{}{:07}", 30 + n % 40, n * 104_729)));
        let sent = asked.filter(|(country, digits)| lab.refused(country, digits).is_none()).count();
        assert!((1..=16).contains(&sent), "told {told}: {sent}");
    }
}

#[test]
fn a_flood_of_the_main_country_is_held_off_and_known_numbers_pass() {
    for told in [true, false] {
        let mut lab = Lab::lived_in(told);
        let mut sent = 0;
        for n in 0..2000u64 {
            lab.at += 5_000;
            sent += u64::from(lab.refused("DE", &format!("49160{:04}{:04}", n % 50, n)).is_none());
        }
        assert!(sent <= 100, "told {told}: {sent}");
        assert_eq!(lab.refused("DE", &someone(1)), None, "told {told}");
    }
}

#[test]
fn an_advertisement_brings_ten_times_as_many_and_nobody_is_refused() {
    for told in [true, false] {
        let mut lab = Lab::lived_in(told);
        for n in 0..120u64 {
            lab.at += 30_000;
            let (judgement, receipt) = lab.ask("DE", &someone(2000 + n));
            assert_eq!(judgement.refused, None, "told {told}, person {n}");
            if n % 4 > 0 && told {
                lab.used(&receipt);
            }
        }
    }
}

#[test]
fn hidden_numbers_prove_themselves_by_coming_back_and_in_a_strange_country_not_within_a_week() {
    let mut lab = Lab::lived_in(false);
    let known = |lab: &Lab, country: &str, digits: &str| {
        lab.with(country, digits, |asked| {
            let mut counts = Counts::default();
            reads(asked).iter().for_each(|read| counts.put(read, lab.memory.read(read)));
            Sight::new(asked, &counts, &lab.rules).known
        })
    };
    lab.ask("DE", "491511111111");
    lab.ask("TJ", "992901111111");
    assert!(!known(&lab, "DE", "491511111111"), "not on the same day");
    lab.at += DAY_MS;
    assert!(known(&lab, "DE", "491511111111"));
    assert!(!known(&lab, "TJ", "992901111111"));
    lab.at += 7 * DAY_MS;
    assert!(known(&lab, "TJ", "992901111111"));
}

#[test]
fn traffic_without_outcomes_has_an_account_of_its_own() {
    let mut lab = Lab::new(false);
    (0..5).for_each(|nth| drop(lab.ask("DE", &of_block(nth))));
    assert_eq!(lab.refused("DE", &of_block(5)), Some(Rule::Prefix));
    lab.told = true;
    assert_eq!(lab.refused("DE", &of_block(6)), None);
}
