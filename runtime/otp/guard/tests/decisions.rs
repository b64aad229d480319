//! What is done about it: modes, lists, the budget, and the document.

use super::super::rules::{Allow, Line};
use super::*;

#[test]
fn a_recording_stops_what_enforcing_would_and_sends_it() {
    let run = |mode| {
        let mut lab = Lab::new(true);
        lab.rules.mode = mode;
        (0..40).map(|nth| lab.ask("DE", &of_block(nth)).0).collect::<Vec<_>>()
    };
    let (recorded, enforced) = (run(Mode::Record), run(Mode::Enforce));
    let stopped = |all: &[Judgement]| all.iter().map(|judgement| judgement.stopped).collect::<Vec<_>>();
    assert_eq!(stopped(&recorded), stopped(&enforced));
    assert!(recorded.iter().all(|judgement| judgement.refused.is_none()));
    assert_eq!(recorded[30].fired[0].mode, Mode::Record);
    assert_eq!(enforced.iter().filter(|judgement| judgement.refused.is_none()).count(), 5);
    assert!(run(Mode::Off).iter().all(|judgement| judgement.fired.is_empty()));
}

#[test]
fn a_rule_alone_can_be_recorded_or_be_off() {
    for (mode, fires) in [(Mode::Record, true), (Mode::Off, false)] {
        let mut lab = Lab::new(true);
        lab.rules.prefix.mode = mode;
        (0..9).for_each(|nth| assert_eq!(lab.refused("DE", &of_block(nth)), None));
        let judgement = lab.ask("DE", &of_block(9)).0;
        assert_eq!(judgement.fired.iter().any(|fired| fired.rule == Rule::Prefix), fires);
    }
}

#[test]
fn whoever_is_on_the_allow_list_passes_and_counts() {
    let mut lab = Lab::new(true);
    lab.client = Some(7);
    let allow = |countries: &[&str], prefixes: &[&str], clients: &[&str]| Allow {
        countries: countries.iter().map(|text| (*text).to_owned()).collect(),
        prefixes: prefixes.iter().map(|text| (*text).to_owned()).collect(),
        clients: clients.iter().map(|text| text.parse().unwrap()).collect(),
    };
    let lists = [
        (allow(&["DE"], &[], &[]), Allowed::Countries),
        (allow(&[], &["+4917"], &[]), Allowed::Prefixes),
        (allow(&[], &[], &["192.0.2.0/24"]), Allowed::Clients),
    ];
    for (nth, (list, why)) in lists.into_iter().enumerate() {
        lab.rules.allow = list;
        for n in 0..8 {
            let judgement = lab.ask("DE", &of_block(nth as u64 * 10 + n)).0;
            assert_eq!((judgement.refused, judgement.allowed), (None, Some(why)));
        }
    }
    lab.rules.allow = Allow::default();
    let fired = lab.ask("DE", &of_block(99)).0.refused.unwrap();
    assert_eq!((fired.rule, fired.seen), (Rule::Prefix, 25));
}

#[test]
fn the_budget_holds_for_everybody_to_the_last_message_that_fits() {
    let mut lab = Lab::new(true);
    lab.rules.mode = Mode::Record;
    lab.rules.allow.countries = vec!["DE".to_owned()];
    lab.rules.budget_micros_per_day = Some(240_000);
    let asked: Vec<_> = (0..4).map(|nth| lab.refused("DE", &of_block(nth))).collect();
    assert_eq!(asked, [None, None, None, Some(Rule::Budget)]);
    let retry_at = lab.ask("DE", &of_block(5)).0.refused.unwrap().retry_at;
    assert_eq!(retry_at, Timestamp::from_millis(NOON + DAY_MS / 2));
    lab.at = retry_at.as_millis();
    assert_eq!(lab.refused("DE", &of_block(6)), None);
}

#[test]
fn authgears_rules_are_noted_at_its_numbers() {
    let mut lab = Lab::new(true);
    lab.client = Some(1);
    lab.rules.mode = Mode::Record;
    let first = |lab: &mut Lab, rule| {
        (1..60u64).find(|n| {
            let judgement = lab.ask("DE", &someone(*n)).0;
            judgement.fired.iter().any(|fired| fired.rule == rule)
        })
    };
    assert_eq!(first(&mut lab, Rule::CountryHour), Some(4), "3 in an hour");
    let mut lab = Lab { rules: lab.rules, client: Some(1), ..Lab::new(true) };
    assert_eq!(first(&mut lab, Rule::ClientHour), Some(6), "5 in an hour");
    let mut lab = Lab { rules: lab.rules, client: Some(1), ..Lab::new(true) };
    assert_eq!(first(&mut lab, Rule::ClientDay), Some(11), "10 in a day");
    let mut lab = Lab { rules: lab.rules, client: None, ..Lab::new(true) };
    assert_eq!(first(&mut lab, Rule::CountryDay), Some(21), "20 in a day");
    let mut lab = Lab { rules: lab.rules, client: Some(1), ..Lab::new(true) };
    let of = |n: usize| format!("{}0000{n:04}", 40 + n);
    let countries = ["DE", "GB", "FR", "IT"].into_iter().enumerate();
    let fired = countries.map(|(n, country)| {
        let judgement = lab.ask(country, &of(n)).0;
        judgement.fired.iter().any(|fired| fired.rule == Rule::ClientCountries)
    });
    assert_eq!(fired.collect::<Vec<_>>(), [false, false, false, true]);
}

#[test]
fn a_send_reads_a_dozen_ranges_and_no_row_tells_a_number() {
    let mut lab = Lab::new(false);
    lab.client = Some(9);
    let number = "491701234567";
    assert!(lab.with("DE", number, |asked| reads(asked).len()) <= 12);
    let (_, receipt) = lab.ask("DE", number);
    assert!(lab.memory.rows().keys().all(|(key, _)| !key.key.contains(number)));
    let text = serde_json::to_string(&receipt).unwrap();
    assert!(!text.contains(number), "{text}");
    assert_eq!(serde_json::from_str::<Receipt>(&text).unwrap(), receipt);
}

#[test]
fn rules_are_a_document_whose_faults_are_named() {
    let rules: GuardRules = serde_json::from_str("{}").unwrap();
    assert_eq!(rules, GuardRules::default());
    assert_eq!(rules.validate(), Ok(()));
    assert_eq!(serde_json::from_str::<GuardRules>(&serde_json::to_string(&rules).unwrap()).unwrap(), rules);
    assert!(serde_json::from_str::<GuardRules>(r#"{"perfix": {}}"#).is_err());
    let line = Line { mode: Mode::Off, messages: 0, micros: 1 };
    let faulty = GuardRules {
        prefix: line,
        volume_percent: 99,
        prices: [("QQ".to_owned(), 1), ("DE".to_owned(), 1)].into(),
        expected_countries: vec!["DE".to_owned(), "de".to_owned()],
        allow: Allow { prefixes: vec!["+".to_owned()], ..Allow::default() },
        ..rules
    };
    let faults: Vec<_> = faulty.validate().unwrap_err();
    let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    let expected = ["/volume_percent", "/prefix/messages", "/prices/QQ", "/expected_countries/1", "/allow/prefixes/0"];
    assert_eq!(pointers, expected);
    assert_eq!(faults[0].detail, "must be from 100 to 1000");
}

#[test]
fn the_largest_values_break_nothing() {
    let mut lab = Lab::new(true);
    lab.micros = u64::MAX;
    let receipts: Vec<_> = ["4", "", "49", "491701234567890"].iter().map(|digits| lab.ask("DE", digits).1).collect();
    receipts.iter().for_each(|receipt| lab.used(receipt));
    lab.at = u64::MAX;
    lab.ask("DE", "491701234567");
    lab.at = 0;
    lab.ask("DE", "491701234567");
}
