//! How often a number may be written to, and how often its code may be guessed. Pure.
//!
//! The threat: guessing over many verifications, and running up somebody's bill or patience. So wrong codes count
//! against the number, whatever verification they were for; a new code resets nothing (NIST SP 800-63B-4 §3.1.3.2).
//! They count against the pair of number and subject (or address) first, with a back-off: a stranger who guesses
//! somebody's number slows himself down before he locks the owner out.

use std::time::Duration;

use super::policy::Rules;
use crate::clock::Timestamp;
use crate::store::{Failures, Limited, Sends};

/// Wrong codes of a pair until it has to wait.
const BACK_OFF_AFTER: u32 = 10;
const BACK_OFF_MAX: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// May a message go to this number, for this client, now?
pub fn send(rules: &Rules, sends: &Sends, now: Timestamp) -> Result<(), Limited> {
    locked(&sends.failures, now)?;
    if let Some(last) = sends.last
        && now < last.plus(rules.cooldown)
    {
        return Err(Limited { rule: "cooldown", retry_at: last.plus(rules.cooldown) });
    }
    if sends.in_last_hour >= rules.sends_per_hour {
        let retry_at = sends.oldest_in_last_hour.unwrap_or(now).plus(HOUR);
        return Err(Limited { rule: "hourly-cap", retry_at });
    }
    if rules.sends_per_hour_per_client.is_some_and(|cap| sends.of_client >= cap) {
        return Err(Limited { rule: "client-cap", retry_at: sends.oldest_of_client.unwrap_or(now).plus(HOUR) });
    }
    if rules.sends_per_day_to_country.is_some_and(|cap| sends.to_country >= cap) {
        let oldest = sends.oldest_to_country.unwrap_or(now);
        return Err(Limited { rule: "country-cap", retry_at: oldest.plus(DAY).plus(HOUR) });
    }
    Ok(())
}

/// May a code be checked now?
pub fn check(number: &Failures, pair: &Failures, now: Timestamp) -> Result<(), Limited> {
    locked(number, now)?;
    match pair.blocked_until {
        Some(until) if now < until => Err(Limited { rule: "back-off", retry_at: until }),
        _ => Ok(()),
    }
}

fn locked(number: &Failures, now: Timestamp) -> Result<(), Limited> {
    match number.blocked_until {
        Some(until) if now < until => Err(Limited { rule: "locked", retry_at: until }),
        _ => Ok(()),
    }
}

/// What a wrong code does to the number: at the limit it is locked, and its count begins anew after the lock.
pub fn wrong_for_number(rules: &Rules, number: &Failures, now: Timestamp) -> Failures {
    let consecutive = number.consecutive.saturating_add(1);
    if consecutive >= rules.failures_max {
        return Failures {
            consecutive: 0,
            blocked_until: Some(rules.lock.map_or(Timestamp::NEVER, |lock| now.plus(lock))),
        };
    }
    Failures { consecutive, blocked_until: None }
}

/// What a wrong code does to the pair: from the tenth on it waits 2ⁿ seconds.
pub fn wrong_for_pair(pair: &Failures, now: Timestamp) -> Failures {
    let consecutive = pair.consecutive.saturating_add(1);
    let over = consecutive.checked_sub(BACK_OFF_AFTER);
    let wait = over.map(|n| Duration::from_secs(1u64.checked_shl(n).unwrap_or(u64::MAX)).min(BACK_OFF_MAX));
    Failures { consecutive, blocked_until: wait.map(|wait| now.plus(wait)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::policy::Policy;

    const NOW: Timestamp = Timestamp::from_millis(10_000_000);

    fn rules() -> Rules {
        Policy::default().rules("sign-in", false)
    }

    #[test]
    fn create_and_resend_share_one_cooldown() {
        let sends = Sends { last: Some(NOW), in_last_hour: 1, oldest_in_last_hour: Some(NOW), ..Sends::default() };
        let limited = send(&rules(), &sends, NOW.plus(Duration::from_secs(29))).unwrap_err();
        assert_eq!((limited.rule, limited.retry_at), ("cooldown", NOW.plus(Duration::from_secs(30))));
        assert_eq!(send(&rules(), &sends, NOW.plus(Duration::from_secs(30))), Ok(()));
    }

    #[test]
    fn the_hourly_cap_opens_when_its_oldest_message_is_an_hour_old() {
        let oldest = NOW.minus(Duration::from_secs(1800));
        let sends =
            Sends { last: Some(oldest), in_last_hour: 5, oldest_in_last_hour: Some(oldest), ..Sends::default() };
        let limited = send(&rules(), &sends, NOW).unwrap_err();
        assert_eq!((limited.rule, limited.retry_at), ("hourly-cap", NOW.plus(Duration::from_secs(1800))));
    }

    #[test]
    fn a_client_waits_until_the_oldest_of_its_messages_is_an_hour_old() {
        let (oldest, rules) = (NOW.minus(Duration::from_secs(600)), rules());
        let sends = |of_client| Sends { of_client, oldest_of_client: Some(oldest), ..Sends::default() };
        assert_eq!(send(&rules, &sends(59), NOW), Ok(()));
        let limited = send(&rules, &sends(60), NOW).unwrap_err();
        assert_eq!((limited.rule, limited.retry_at), ("client-cap", NOW.plus(Duration::from_secs(3000))));
        assert_eq!(send(&Rules { sends_per_hour_per_client: None, ..rules }, &sends(10_000), NOW), Ok(()));
    }

    #[test]
    fn a_country_waits_until_the_oldest_hour_that_counts_is_a_day_old() {
        let rules = Rules { sends_per_day_to_country: Some(100), ..rules() };
        let oldest = NOW.minus(Duration::from_secs(3 * 3600));
        let sends = |to_country| Sends { to_country, oldest_to_country: Some(oldest), ..Sends::default() };
        assert_eq!(send(&rules, &sends(99), NOW), Ok(()));
        let limited = send(&rules, &sends(100), NOW).unwrap_err();
        assert_eq!((limited.rule, limited.retry_at), ("country-cap", oldest.plus(DAY).plus(HOUR)));
        assert_eq!(send(&super::tests::rules(), &sends(100_000), NOW), Ok(()));
    }

    #[test]
    fn the_hundredth_wrong_code_locks_the_number_and_the_count_begins_anew_after_it() {
        let almost = Failures { consecutive: 99, blocked_until: None };
        let after = wrong_for_number(&rules(), &almost, NOW);
        assert_eq!(after, Failures { consecutive: 0, blocked_until: Some(NOW.plus(HOUR)) });
        assert_eq!(check(&after, &Failures::default(), NOW).unwrap_err().rule, "locked");
        let sends = Sends { failures: after, ..Sends::default() };
        assert_eq!(send(&rules(), &sends, NOW).unwrap_err().rule, "locked");
        assert_eq!(check(&after, &Failures::default(), NOW.plus(HOUR)), Ok(()));
    }

    #[test]
    fn a_pair_waits_longer_with_each_wrong_code_from_the_tenth_on() {
        let mut pair = Failures::default();
        let mut waits = Vec::new();
        for _ in 0..25 {
            pair = wrong_for_pair(&pair, NOW);
            waits.push(pair.blocked_until.map_or(0, |until| until.since(NOW).as_secs()));
        }
        assert_eq!(waits[..13], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(waits[24], 900, "at most 15 minutes");
        assert_eq!(check(&Failures::default(), &pair, NOW).unwrap_err().rule, "back-off");
    }
}
