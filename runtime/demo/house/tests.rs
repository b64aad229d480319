use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_768_478_400_000 + seconds * 1000)
}

#[test]
fn a_session_ends_when_it_is_not_used_and_its_old_token_is_worth_nothing() {
    let mut house = House::default();
    let first = house.begin(None, Session::default(), at(0));
    let second = house.begin(Some(&first), Session { account: Some(1), ..Session::default() }, at(1));
    assert!(house.session(&first, at(2)).is_none());
    assert_eq!(house.session(&second, at(2)).unwrap().account, Some(1));
    assert!(house.session(&second, at(2 + 12 * 3600)).is_some());
    assert!(house.session(&second, at(3 + 24 * 3600)).is_none());
}

#[test]
fn accounts_and_sessions_are_few() {
    let mut house = House::default();
    let first = house.begin(None, Session::default(), at(0));
    for _ in 0..SESSIONS_MAX {
        house.begin(None, Session::default(), at(1));
    }
    assert!(house.session(&first, at(2)).is_none());
    assert_eq!(house.sessions.len(), SESSIONS_MAX);
    for n in 0..=ACCOUNTS_MAX {
        house.add(Account { name: Some(format!("n{n}")), ..Account::default() });
    }
    assert_eq!((house.of_name("n0"), house.of_name("N1"), house.accounts.len()), (None, Some(2), ACCOUNTS_MAX));
}

#[test]
fn after_five_wrong_passwords_in_a_row_a_name_waits() {
    let mut house = House::default();
    for _ in 0..WRONG_MAX {
        assert!(house.must_wait("ada", at(0)).is_none());
        house.tried("ada", at(0));
    }
    assert_eq!(house.must_wait("ada", at(1)), Some(59));
    assert!(house.must_wait("bob", at(1)).is_none() && house.must_wait("ada", at(61)).is_none());
    house.was_right("ada");
    assert!(house.must_wait("ada", at(1)).is_none());
}

#[test]
fn who_tries_many_names_at_once_gets_no_name_past_the_count() {
    let mut house = House::default();
    for n in 0..WRONG_KEPT_MAX {
        house.tried(&format!("n{n}"), at(0));
    }
    assert_eq!(house.must_wait("ada", at(1)), Some(60));
    assert!(house.must_wait("n0", at(1)).is_none(), "who is counted already goes on");
    assert!(house.must_wait("ada", at(60)).is_none());
}
