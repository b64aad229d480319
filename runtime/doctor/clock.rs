//! The clock: signatures with a date, tokens with a life and codes with an end all trust it.

mod kernel;

use super::Finding;
use kernel::Kept;

const CHECK: &str = "clock";
const OFF_MS_FAIL: u64 = 30_000;
const OFF_MS_WARN: u64 = 2_000;

/// What somebody else's clock said.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// By how much ours is ahead, in milliseconds.
    pub(super) ahead_ms: i64,
    /// By how much that may be wrong: a Date has whole seconds, and the answer was under way.
    pub(super) give_or_take_ms: u64,
    /// Who said it.
    pub(super) by: String,
}

/// Judge it by what a provider's answer told, if one was asked, and by what the kernel knows.
pub(super) fn examine(told: Option<Told>) -> Finding {
    judge(told, kernel::kept())
}

fn judge(told: Option<Told>, kept: Option<Kept>) -> Finding {
    let fix = "let a time service keep it: timedatectl set-ntp true, or chrony; in a container, on its host";
    let Some(told) = told else {
        return match kept {
            Some(Kept { synchronised: true, .. }) => Finding::ok(CHECK, "kept by a time service"),
            Some(_) => Finding::warn(CHECK, "kept by no time service, as far as the kernel knows", fix),
            None => Finding::warn(CHECK, "nobody could be asked for the time", fix),
        };
    };
    let off = told.ahead_ms.unsigned_abs().saturating_sub(told.give_or_take_ms);
    let side = if told.ahead_ms > 0 { "ahead of" } else { "behind" };
    let seen = format!("{}.{} s {side} {}", off / 1000, off % 1000 / 100, told.by);
    match off {
        OFF_MS_FAIL.. => Finding::fail(CHECK, format!("{seen}: providers refuse what is signed by it"), fix),
        OFF_MS_WARN.. => Finding::warn(CHECK, seen, fix),
        _ => {
            let kept = match kept {
                Some(Kept { synchronised: true, .. }) => ", and kept by a time service",
                _ => "",
            };
            Finding::ok(CHECK, format!("in step with {}{kept}", told.by))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    fn told(ahead_ms: i64) -> Option<Told> {
        Some(Told { ahead_ms, give_or_take_ms: 600, by: "api.example.com".into() })
    }

    #[test]
    fn two_seconds_warn_and_thirty_fail_on_either_side() {
        let judged = |ahead_ms| judge(told(ahead_ms), None).status;
        assert_eq!((judged(0), judged(2_500), judged(-2_500)), (Status::Ok, Status::Ok, Status::Ok));
        assert_eq!((judged(2_700), judged(-2_700)), (Status::Warn, Status::Warn));
        assert_eq!((judged(31_000), judged(-31_000)), (Status::Fail, Status::Fail));
        assert!(judge(told(-31_000), None).seen.contains("behind api.example.com"));
    }

    #[test]
    fn without_anybody_to_ask_the_kernel_is_believed() {
        let kept = |synchronised| Some(Kept { synchronised });
        assert_eq!(judge(None, kept(true)).status, Status::Ok);
        assert_eq!(judge(None, kept(false)).status, Status::Warn);
        assert_eq!(judge(None, None).status, Status::Warn);
        assert_eq!(judge(told(0), kept(false)).status, Status::Ok, "a clock that is right is right");
    }
}
