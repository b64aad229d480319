use super::*;
use crate::prices::Currency;

/// One whose codes are used as often soon as at all.
fn one(micros: u64, sent: u64, used: u64) -> Candidate {
    let price = Some(Price { micros, currency: Currency::shaped("USD").unwrap() });
    Candidate { price, record: Record { sent, used, soon: used }, is_well: true }
}

fn told(all: &[Candidate]) -> (Vec<usize>, Vec<Beside>) {
    let Choice { order, beside, .. } = cheapest(all);
    (order, beside)
}

#[test]
fn the_cheapest_of_those_that_are_as_good_is_asked_first() {
    use Beside::{AsGood, Best, Unproven, Worse};
    let all = [one(50, 1000, 800), one(40, 1000, 795), one(20, 1000, 700), one(30, 1000, 800), one(10, 20, 20)];
    assert_eq!(told(&all), (vec![3, 1, 0, 2, 4], vec![Best, AsGood, Worse, AsGood, Unproven]));
}

#[test]
fn what_is_used_late_is_worse_though_it_is_used_at_last() {
    let slow = Candidate { record: Record { sent: 1000, used: 800, soon: 500 }, ..one(10, 0, 0) };
    assert_eq!(told(&[one(50, 1000, 800), slow]), (vec![0, 1], vec![Beside::Best, Beside::Worse]));
}

#[test]
fn too_few_codes_prove_nothing_whatever_they_say() {
    // Of sixty all were used: one of twenty might still not be.
    for (sent, used, expected) in
        [(49, 49, Beside::Unproven), (60, 60, Beside::AsGood), (100, 80, Beside::Unproven), (1000, 800, Beside::AsGood)]
    {
        let best = if sent == used { one(50, 400, 400) } else { one(50, 2000, 1600) };
        assert_eq!(told(&[best, one(10, sent, used)]).1, [Beside::Best, expected], "{used} of {sent}");
    }
}

#[test]
fn nobody_comes_first_who_is_dearer_than_whom_the_operator_put_there() {
    assert_eq!(told(&[one(20, 1000, 700), one(50, 1000, 800)]), (vec![0, 1], vec![Beside::Worse, Beside::Best]));
    let cheaper = [one(20, 1000, 700), one(50, 1000, 800), one(10, 1000, 800)];
    assert_eq!(told(&cheaper).0, [2, 0, 1], "one that is better and cheaper does");
}

#[test]
fn without_a_price_or_any_proof_the_order_stands_as_it_was_set() {
    let free = Candidate { price: None, ..one(0, 1000, 800) };
    let choice = cheapest(&[free, one(40, 1000, 800), one(30, 1000, 800)]);
    assert_eq!((choice.order, choice.by_price), (vec![0, 1, 2], false), "nobody knows whether others are cheaper");
    assert_eq!(told(&[one(40, 1000, 800), free, one(30, 1000, 800)]).0, [2, 0, 1], "who has no price is asked last");
    let choice = cheapest(&[one(40, 10, 10), one(30, 10, 10)]);
    assert_eq!((choice.order, choice.by_price), (vec![0, 1], false));
    let euro = Price { micros: 1, currency: Currency::shaped("EUR").unwrap() };
    let foreign = Candidate { price: Some(euro), ..one(1, 1000, 800) };
    assert_eq!(told(&[one(40, 1000, 800), foreign]).0, [0, 1], "there are no exchange rates here");
    assert_eq!(told(&[]).0, Vec::<usize>::new());
}

#[test]
fn one_that_ails_is_no_measure_and_keeps_the_place_where_it_is_tried_again() {
    let ails = Candidate { is_well: false, ..one(10, 1000, 950) };
    let all = [one(50, 1000, 800), one(40, 1000, 790), ails];
    let choice = cheapest(&all);
    assert_eq!(choice.order, [2, 1, 0], "it is demoted later, but for its probes");
    assert_eq!(choice.beside, [Beside::Best, Beside::AsGood, Beside::AsGood]);
    assert!((0..OF).step_by(997).all(|thrown| explored(&all, &choice, thrown) != Some(2)));
}

#[test]
fn few_messages_go_to_the_unproven_and_none_to_whoever_is_worse_or_would_not_be_cheaper() {
    let all = [one(50, 1000, 800), one(40, 1000, 800), one(10, 1000, 500), one(20, 0, 0), one(45, 0, 0), one(30, 0, 0)];
    let choice = cheapest(&all);
    let mut counts = [0_u64; 6];
    for thrown in 0..OF {
        if let Some(at) = explored(&all, &choice, thrown) {
            counts[at] += 1;
        }
    }
    assert_eq!(counts, [10_000, 0, 0, 25_000, 0, 25_000], "of a million");
}

#[test]
fn intervals_are_those_of_the_literature() {
    // Newcombe 1998, table II, case (a): 56 of 70 against 48 of 80, at 95 % of two sides.
    let (low, high) = wilson(81, 263);
    assert!(low > 0.26 && low < 0.264 && high > 0.355 && high < 0.359, "{low} {high}");
    let (least, most) = difference((56, 70), (48, 80));
    assert!(least > 0.07 && least < 0.08 && most > 0.31 && most < 0.32, "{least} {most}");
}
