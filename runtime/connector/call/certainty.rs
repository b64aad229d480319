//! What a call came to: the guest's word, corrected by what the host saw. Pure.
//!
//! | the guest | the host saw | outcome |
//! |---|---|---|
//! | receipt | at least one complete answer | receipt |
//! | receipt | no complete answer | `invalid-response`: a success that never happened |
//! | failure, not sent | a request begun without a complete answer | failure, unknown |
//! | failure | otherwise | as it says |
//! | trap, limit, deadline | no request begun | failure, not sent |
//! | trap, limit, deadline | a request begun | failure, unknown |

use super::state::{State, Stopped};
use crate::connector::contract::{Certainty, Export, Failure, FailureKind, Money, Pair, Receipt, Standing};

const TEXT_CHARS_MAX: usize = 500;
const CODE_CHARS_MAX: usize = 64;
const EXTRA_MAX: usize = 16;
const IDS_MAX: usize = 20;
const ID_CHARS_MAX: usize = 128;

/// Settle a call.
pub(super) fn settle<T>(answer: wasmtime::Result<Result<T, Failure>>, state: &State) -> Result<T, Failure> {
    match answer {
        Ok(Ok(value)) if state.export == Export::Sms && state.answered_requests == 0 => {
            drop(value);
            let text = "the connector reported a success without having got an answer from its provider";
            Err(failure(FailureKind::InvalidResponse, begun(state), text.to_owned()))
        }
        Ok(Ok(value)) => Ok(value),
        Ok(Err(told)) => Err(correct(told, state)),
        Err(error) => Err(ended(&error, state)),
    }
}

fn begun(state: &State) -> Certainty {
    if state.open_requests + state.answered_requests > 0 { Certainty::Unknown } else { Certainty::NotSent }
}

fn correct(told: Failure, state: &State) -> Failure {
    let certainty = if state.open_requests > 0 { Certainty::Unknown } else { told.certainty };
    let text = cut(&state.scrub(&told.text), TEXT_CHARS_MAX);
    let provider_code = told.provider_code.map(|code| cut(&state.scrub(&code), CODE_CHARS_MAX));
    let extra = told.extra.into_iter().take(EXTRA_MAX).map(|pair| Pair {
        name: cut(&state.scrub(&pair.name), CODE_CHARS_MAX),
        value: cut(&state.scrub(&pair.value), TEXT_CHARS_MAX),
    });
    Failure { certainty, text, provider_code, extra: extra.collect(), ..told }
}

fn ended(error: &wasmtime::Error, state: &State) -> Failure {
    let kind = match state.stopped {
        Some(Stopped::Deadline(_)) => FailureKind::Timeout,
        _ => FailureKind::Other,
    };
    let text = match (&state.stopped, error.downcast_ref::<wasmtime::Trap>()) {
        (Some(stopped), _) => stopped.to_string(),
        (None, Some(trap)) => format!("the connector trapped: {trap}"),
        (None, None) => {
            format!("the connector was stopped: {}", cut(&state.scrub(&error.root_cause().to_string()), TEXT_CHARS_MAX))
        }
    };
    failure(kind, begun(state), text)
}

fn failure(kind: FailureKind, certainty: Certainty, text: String) -> Failure {
    Failure { kind, certainty, provider_code: None, text, retry_after_seconds: None, extra: Vec::new() }
}

/// What is kept of a receipt: a provider's ids are short, and its answer is untrusted.
pub(super) fn cap_receipt(receipt: Receipt) -> Receipt {
    Receipt {
        message_ids: receipt.message_ids.into_iter().take(IDS_MAX).map(|id| cut(&clean(&id), ID_CHARS_MAX)).collect(),
        price: receipt.price.map(cap_money),
        extra: cap_extra(receipt.extra),
        ..receipt
    }
}

/// What is kept of an account's standing.
pub(super) fn cap_standing(standing: Standing) -> Standing {
    Standing {
        name: standing.name.map(|name| cut(&clean(&name), ID_CHARS_MAX)),
        balance: standing.balance.map(cap_money),
        extra: cap_extra(standing.extra),
    }
}

fn cap_money(money: Money) -> Money {
    Money { amount: cut(&clean(&money.amount), CODE_CHARS_MAX), currency: cut(&clean(&money.currency), CODE_CHARS_MAX) }
}

fn cap_extra(extra: Vec<Pair>) -> Vec<Pair> {
    let pair = |pair: Pair| Pair {
        name: cut(&clean(&pair.name), CODE_CHARS_MAX),
        value: cut(&clean(&pair.value), TEXT_CHARS_MAX),
    };
    extra.into_iter().take(EXTRA_MAX).map(pair).collect()
}

/// Nothing that a terminal or a log would obey. Cut first: what is kept is short, and what was told may be megabytes.
fn clean(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::connector::contract::Call;

    fn state(open: u32, answered: u32, stopped: Option<Stopped>) -> State {
        let call = Call { issued_at: Timestamp::from_millis(0), nonce: String::new(), environment: String::new() };
        let mut state = State::new(None, Export::Sms, &call);
        (state.open_requests, state.answered_requests, state.stopped) = (open, answered, stopped);
        state
    }

    fn said(certainty: Certainty) -> wasmtime::Result<Result<(), Failure>> {
        Ok(Err(failure(FailureKind::RateLimited, certainty, "x\u{1b}[31m".repeat(200))))
    }

    #[test]
    fn a_success_without_an_answer_is_not_believed() {
        let told = settle(Ok(Ok(())), &state(0, 0, None)).unwrap_err();
        assert_eq!((told.kind, told.certainty), (FailureKind::InvalidResponse, Certainty::NotSent));
        assert_eq!(settle(Ok(Ok(())), &state(1, 0, None)).unwrap_err().certainty, Certainty::Unknown);
        assert_eq!(settle(Ok(Ok(())), &state(0, 1, None)), Ok(()));
    }

    #[test]
    fn a_guest_that_says_not_sent_is_corrected_by_an_open_request() {
        assert_eq!(settle(said(Certainty::NotSent), &state(0, 1, None)).unwrap_err().certainty, Certainty::NotSent);
        assert_eq!(settle(said(Certainty::NotSent), &state(1, 0, None)).unwrap_err().certainty, Certainty::Unknown);
        assert_eq!(settle(said(Certainty::Unknown), &state(0, 0, None)).unwrap_err().certainty, Certainty::Unknown);
    }

    #[test]
    fn what_ends_a_call_is_certain_only_if_nothing_was_begun() {
        let ended = |open, answered, stopped| {
            settle::<()>(Err(wasmtime::Error::msg("x")), &state(open, answered, stopped)).unwrap_err()
        };
        let deadline = ended(0, 0, Some(Stopped::Deadline(5)));
        assert_eq!((deadline.kind, deadline.certainty), (FailureKind::Timeout, Certainty::NotSent));
        assert_eq!(ended(1, 0, Some(Stopped::Cpu(5))).certainty, Certainty::Unknown);
        assert_eq!(ended(0, 1, None).certainty, Certainty::Unknown);
    }

    #[test]
    fn what_is_kept_of_a_receipt_and_of_a_standing_is_short() {
        let long = || "x\u{1b}".repeat(100_000);
        let money = || Some(Money { amount: long(), currency: long() });
        let extra = || vec![Pair { name: long(), value: long() }; 100];
        let receipt = Receipt {
            status: crate::connector::contract::ReceiptStatus::Accepted,
            message_ids: vec![long(); 100],
            segments: None,
            price: money(),
            extra: extra(),
        };
        let kept = format!("{:?}", cap_receipt(receipt));
        let standing = format!("{:?}", cap_standing(Standing { name: Some(long()), balance: money(), extra: extra() }));
        assert!(kept.len() < 30_000 && standing.len() < 30_000, "{} {}", kept.len(), standing.len());
        assert!(!kept.contains("u{1b}") && !standing.contains("u{1b}"));
    }

    #[test]
    fn what_a_guest_says_is_cut_and_cannot_drive_a_terminal() {
        let told = settle(said(Certainty::NotSent), &state(0, 0, None)).unwrap_err();
        assert_eq!(told.text.chars().count(), TEXT_CHARS_MAX);
        assert!(!told.text.contains('\u{1b}'));
    }
}
