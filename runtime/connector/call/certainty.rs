//! What a call came to: the guest's word, corrected by what the host saw. Pure.
//!
//! | the guest | the host saw | outcome |
//! |---|---|---|
//! | receipt | at least one complete answer | receipt |
//! | receipt | no complete answer | `invalid-response`: a success that never happened |
//! | a code is right | no complete answer | the same |
//! | started, without an id | | the same: nobody could check it |
//! | failure, not sent | a request begun without a complete answer | failure, unknown |
//! | failure | otherwise | as it says |
//! | failure | the provider refused us a token, and no request was begun | `authentication-failed`, not sent |
//! | anything with a secret in it | | failure: it was stopped |
//! | trap, limit, deadline | no request begun | failure, not sent |
//! | trap, limit, deadline | a request begun | failure, unknown |

use super::state::{State, Stopped};
use super::told::Told;
use crate::connector::contract::{Certainty, Failure, FailureKind, Pair, Word};

const TEXT_CHARS_MAX: usize = 500;
const CODE_CHARS_MAX: usize = 64;
const EXTRA_MAX: usize = 16;

/// Settle a call.
pub(super) fn settle<T: Told>(answer: wasmtime::Result<Result<T, Failure>>, state: &mut State) -> Result<T, Failure> {
    let answer = match answer {
        Ok(Ok(value)) => searched("its answer", &value.texts(), state).map(|()| Ok(value)),
        Ok(Err(told)) => searched("its failure", &words(&told), state).map(|()| Err(told)),
        Err(error) => Err(error),
    };
    match answer {
        Ok(Ok(value)) if value.is_providers_word(state.export) && state.answered_requests == 0 => {
            drop(value);
            state.word = Word::FalseSuccess;
            let text = "the connector reported a success without having got an answer from its provider";
            Err(failure(FailureKind::InvalidResponse, begun(state), text.to_owned()))
        }
        Ok(Ok(value)) if let Some(text) = value.lacks() => {
            state.word = Word::FalseSuccess;
            Err(failure(FailureKind::InvalidResponse, begun(state), text.to_owned()))
        }
        Ok(Ok(value)) => Ok(value.capped().seen(state.verified)),
        Ok(Err(told)) => Err(correct(told, state)),
        Err(error) => {
            state.word = Word::None;
            Err(ended(&error, state))
        }
    }
}

fn searched(place: &'static str, texts: &[&[u8]], state: &mut State) -> wasmtime::Result<()> {
    texts.iter().try_for_each(|text| state.search(place, text))
}

fn words(told: &Failure) -> Vec<&[u8]> {
    let extra = told.extra.iter().flat_map(|pair| [pair.name.as_bytes(), pair.value.as_bytes()]);
    let code = told.provider_code.iter().map(String::as_bytes);
    code.chain([told.text.as_bytes()]).chain(extra).collect()
}

fn begun(state: &State) -> Certainty {
    if state.open_requests + state.answered_requests > 0 { Certainty::Unknown } else { Certainty::NotSent }
}

fn correct(told: Failure, state: &mut State) -> Failure {
    if let Some(refused) = state.login_refused.as_ref().filter(|_| begun(state) == Certainty::NotSent) {
        return failure(FailureKind::AuthenticationFailed, Certainty::NotSent, state.scrub(refused));
    }
    let certainty = if state.open_requests > 0 { Certainty::Unknown } else { told.certainty };
    if certainty != told.certainty {
        state.word = Word::FalseCertainty;
    }
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

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::connector::contract::{Call, CodeVerdict, Export, Receipt};

    fn state(open: u32, answered: u32, stopped: Option<Stopped>) -> State {
        let call = Call { issued_at: Timestamp::from_millis(0), nonce: String::new(), environment: String::new() };
        let mut state = State::new(None, Export::Sms, &call);
        (state.open_requests, state.answered_requests, state.stopped) = (open, answered, stopped);
        state
    }

    fn receipt() -> Receipt {
        let status = crate::connector::contract::ReceiptStatus::Accepted;
        Receipt { status, message_ids: vec!["m".into()], segments: None, price: None, extra: Vec::new() }
    }

    fn said(certainty: Certainty) -> wasmtime::Result<Result<Receipt, Failure>> {
        Ok(Err(failure(FailureKind::RateLimited, certainty, "x\u{1b}[31m".repeat(200))))
    }

    #[test]
    fn whose_word_it_is_is_kept_beside_the_outcome() {
        let word = |answer: wasmtime::Result<Result<Receipt, Failure>>, open, answered| {
            let mut state = state(open, answered, None);
            let _ = settle(answer, &mut state);
            state.word
        };
        assert_eq!(word(Ok(Ok(receipt())), 0, 1), Word::Own);
        assert_eq!(word(Ok(Ok(receipt())), 0, 0), Word::FalseSuccess);
        assert_eq!(word(said(Certainty::NotSent), 0, 1), Word::Own);
        assert_eq!(word(said(Certainty::Unknown), 1, 0), Word::Own);
        assert_eq!(word(said(Certainty::NotSent), 1, 0), Word::FalseCertainty);
        assert_eq!(word(Err(wasmtime::Error::msg("x")), 0, 0), Word::None);
    }

    #[test]
    fn a_success_without_an_answer_is_not_believed() {
        let told = settle(Ok(Ok(receipt())), &mut state(0, 0, None)).unwrap_err();
        assert_eq!((told.kind, told.certainty), (FailureKind::InvalidResponse, Certainty::NotSent));
        assert_eq!(settle(Ok(Ok(receipt())), &mut state(1, 0, None)).unwrap_err().certainty, Certainty::Unknown);
        assert_eq!(settle(Ok(Ok(receipt())), &mut state(0, 1, None)), Ok(receipt()));
    }

    #[test]
    fn a_code_that_no_provider_was_asked_about_is_not_right() {
        let verdict = |verdict, answered| {
            let mut state = state(0, answered, None);
            state.export = Export::Verification;
            settle(Ok(Ok(verdict)), &mut state).map_err(|told| told.kind)
        };
        assert_eq!(verdict(CodeVerdict::Approved, 0), Err(FailureKind::InvalidResponse));
        assert_eq!(verdict(CodeVerdict::Approved, 1), Ok(CodeVerdict::Approved));
        assert_eq!(verdict(CodeVerdict::Gone, 0), Ok(CodeVerdict::Gone));
    }

    #[test]
    fn a_guest_that_says_not_sent_is_corrected_by_an_open_request() {
        assert_eq!(settle(said(Certainty::NotSent), &mut state(0, 1, None)).unwrap_err().certainty, Certainty::NotSent);
        assert_eq!(settle(said(Certainty::NotSent), &mut state(1, 0, None)).unwrap_err().certainty, Certainty::Unknown);
        assert_eq!(settle(said(Certainty::Unknown), &mut state(0, 0, None)).unwrap_err().certainty, Certainty::Unknown);
    }

    #[test]
    fn what_ends_a_call_is_certain_only_if_nothing_was_begun() {
        let ended = |open, answered, stopped| {
            settle::<Receipt>(Err(wasmtime::Error::msg("x")), &mut state(open, answered, stopped)).unwrap_err()
        };
        let deadline = ended(0, 0, Some(Stopped::Deadline(5)));
        assert_eq!((deadline.kind, deadline.certainty), (FailureKind::Timeout, Certainty::NotSent));
        assert_eq!(ended(1, 0, Some(Stopped::Cpu(5))).certainty, Certainty::Unknown);
        assert_eq!(ended(0, 1, None).certainty, Certainty::Unknown);
    }

    #[test]
    fn a_refused_login_is_the_reason_as_long_as_nothing_was_begun() {
        let mut refused = state(0, 0, None);
        refused.login_refused = Some("refused with status 401".into());
        let told = settle(said(Certainty::NotSent), &mut refused).unwrap_err();
        assert_eq!((told.kind, told.certainty), (FailureKind::AuthenticationFailed, Certainty::NotSent));
        refused.answered_requests = 1;
        assert_eq!(settle(said(Certainty::NotSent), &mut refused).unwrap_err().kind, FailureKind::RateLimited);
    }

    #[test]
    fn what_a_guest_says_is_cut_and_cannot_drive_a_terminal() {
        let told = settle(said(Certainty::NotSent), &mut state(0, 0, None)).unwrap_err();
        assert_eq!(told.text.chars().count(), TEXT_CHARS_MAX);
        assert!(!told.text.contains('\u{1b}'));
    }
}
