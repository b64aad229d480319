//! A bound of the ids of messages: it spares a query the partitions of all that is older.

use super::super::counts::HOUR_MS;

/// How far apart the clocks are of those who make ids, with much to spare.
const APART_MS: i64 = HOUR_MS;

/// Below this is no message that was made later than so many milliseconds before whatever this id is of. An id begins
/// with its time, as a UUID of version 7 does; of one that is no such id nothing is known, and nothing is below the
/// answer.
pub(in crate::store::postgres) fn messages_since(id: &str, earlier_ms: i64) -> String {
    let bound = made_at(id).map(|at| at.saturating_sub(earlier_ms).saturating_sub(APART_MS).max(0));
    bound.map_or_else(String::new, |at| format!("msg_{at:012x}"))
}

fn made_at(id: &str) -> Option<i64> {
    let (_, uuid) = id.split_once('_')?;
    let is_seventh =
        uuid.len() == 32 && uuid.bytes().all(|digit| digit.is_ascii_hexdigit()) && uuid.get(12..13)? == "7";
    is_seventh.then_some(())?;
    i64::from_str_radix(uuid.get(..12)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_an_hour_before_is_above_the_bound() {
        let (old, new) = ("msg_0199a0000000700080000000000000ff", "msg_0199a036ee807000800000000000000f");
        assert_eq!(made_at(new).unwrap() - made_at(old).unwrap(), HOUR_MS);
        assert!(messages_since(new, HOUR_MS).as_str() < old);
        assert!(messages_since("vrf_0199a036ee807000800000000000000f", 0).as_str() <= old);
        assert!(messages_since(new, 24 * HOUR_MS) < messages_since(new, HOUR_MS));
    }

    #[test]
    fn of_an_id_without_a_time_nothing_is_known() {
        for id in ["", "msg_1", "msg", "msg_0199a036ee804000800000000000000f", "msg_0199a036ee80700080000000000000zz"] {
            assert_eq!(messages_since(id, 0), "", "{id}");
        }
        assert_eq!(messages_since("msg_0199a036ee807000800000000000000f", i64::MAX), "msg_000000000000");
    }
}
