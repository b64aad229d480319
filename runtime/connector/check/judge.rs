//! What a component made of a fault, judged. Pure.

use std::collections::BTreeMap;

use super::standard::{RETRY_AFTER, Standard};
use super::verdict::Finding;
use crate::connector::contract::{Certainty, CodeVerdict, Failure, Receipt, Report, Word};
use crate::connector::manifest::Success;

const TRAP_HINT: &str = "turn whatever an answer can do to your code into a failure: a parser that throws, a text that is \
not UTF-8, a field that is not there";

/// What `send` made of a standard fault.
pub(super) fn send(standard: &Standard, report: &Report<Receipt>, asked: &[String], success: Success) -> Finding {
    let (check, name) = (standard.check, standard.name);
    let fault = |text: String| Finding::fault(check, format!("{name}: {text}"));
    if let Some(leak) = &report.leak {
        return fault(leak.to_string());
    }
    if let Some(twice) = repeated(asked) {
        return fault(format!("it asked again by itself: {twice}"))
            .hint("send once and say what came of it: whether to try again is the host's decision, which knows the deadline and the other connectors");
    }
    match (&report.result, report.word) {
        (Err(failure), Word::None) => ended(check, name, failure),
        (_, Word::FalseSuccess) => {
            fault("it reported a success, and no provider had answered; the host made a failure of it".to_owned())
                .hint("a receipt only for an answer that says yes")
        }
        (Ok(receipt), _) => accepted(standard, receipt, success),
        (Err(failure), word) => failed(standard, failure, word),
    }
}

/// What `check` made of an answer that says nothing of a code; none where it is right.
pub(super) fn check(name: &str, report: &Report<CodeVerdict>, asked: &[String]) -> Option<Finding> {
    let fault = |text: String| Finding::fault("check", format!("check of a code, {name}: {text}"));
    if let Some(leak) = &report.leak {
        return Some(fault(leak.to_string()));
    }
    if let Some(twice) = repeated(asked) {
        return Some(fault(format!("it asked again by itself: {twice}")).hint("a check is counted: ask once"));
    }
    match (&report.result, report.word) {
        (Ok(CodeVerdict::Approved), _) => Some(
            fault("it approved a code that no provider approved".to_owned())
                .hint("`approved` only where the answer says so in so many words"),
        ),
        (_, Word::FalseSuccess) => Some(
            fault("it approved a code without an answer; the host made a failure of it".to_owned())
                .hint("`approved` only where the answer says so in so many words"),
        ),
        (Err(failure), Word::None) => Some(ended("check", &format!("check of a code, {name}"), failure)),
        (Err(_), Word::FalseCertainty) => Some(
            fault("it said not-sent, which the host had to make unknown".to_owned())
                .hint("`unknown` wherever the provider may have seen the code"),
        ),
        _ => None,
    }
}

/// What is not wrong of a check, and not right either.
pub(super) fn careless(name: &str, report: &Report<CodeVerdict>, code: &str) -> Option<Finding> {
    if report.log.iter().any(|line| line.text.contains(code)) {
        let text = "check of a code: it writes what a person typed into its log";
        return Some(Finding::warning("check", text).hint("a log says what happened, not what was typed"));
    }
    let verdict = report.result.as_ref().ok().filter(|verdict| **verdict != CodeVerdict::Other)?;
    let text = format!("check of a code, {name}: it said `{}`, which the answer does not", verdict.as_str());
    Some(Finding::warning("check", text).hint(
        "a failure for whatever is not the provider's word on the code: a person would lose one of his checks by it",
    ))
}

/// A call that ended in a trap, by a limit or by the deadline.
pub(super) fn ended(check: &str, name: &str, failure: &Failure) -> Finding {
    Finding::fault(check, format!("{name}: no failure of its own; {}", failure.text)).hint(TRAP_HINT)
}

/// The same request twice: what was asked about, and how often.
fn repeated(asked: &[String]) -> Option<String> {
    let mut counted: BTreeMap<&str, u32> = BTreeMap::new();
    asked.iter().for_each(|request| *counted.entry(request).or_default() += 1);
    let (request, count) = counted.into_iter().max_by_key(|(_, count)| *count)?;
    (count > 1).then(|| format!("{request}, {count} times"))
}

/// A success is right only where the manifest says that the status alone is one, and nothing is made up then.
fn accepted(standard: &Standard, receipt: &Receipt, success: Success) -> Finding {
    let (check, name) = (standard.check, standard.name);
    let by_status = success == Success::Status && standard.is_good_status();
    if by_status && receipt.message_ids.is_empty() {
        return Finding::ok(check, format!("{name}: accepted, as `success = \"status\"` says"));
    }
    let fault = Finding::fault(check, format!("{name}: it reported a success"));
    match (by_status, standard.is_good_status(), receipt.message_ids.is_empty()) {
        (true, ..) => fault.hint("an answer without an id gives a receipt without one"),
        (false, true, true) => fault.hint(
            "look for what the provider writes when it says yes; if its status alone says so (a webhook), \
             `success = \"status\"` in connector.toml declares that",
        ),
        (false, true, false) => {
            fault.hint("take the message's id from the answer, and fail with `invalid-response` where it is not there")
        }
        (false, false, _) => fault.hint("look at the status before anything else"),
    }
}

fn failed(standard: &Standard, failure: &Failure, word: Word) -> Finding {
    let (check, name) = (standard.check, standard.name);
    let said = format!("{}, {}", failure.kind.as_str(), certainty(failure.certainty));
    if word == Word::FalseCertainty {
        return Finding::fault(check, format!("{name}: it said not-sent, which the host had to make unknown"))
            .hint(format!("certainty `unknown`: {}", standard.why));
    }
    if let Some(right) = standard.certainty.filter(|right| *right != failure.certainty) {
        let text = format!("{name}: it said {said}; {} is right", certainty(right));
        return Finding::fault(check, text).hint(standard.why);
    }
    if !standard.kinds.contains(&failure.kind) {
        let right: Vec<_> = standard.kinds.iter().map(|kind| kind.as_str()).collect();
        let text = format!("{name}: it said {said}, which the answer does not support");
        return Finding::fault(check, text).hint(format!("one of {}", right.join(", ")));
    }
    match failure.retry_after_seconds {
        Some(RETRY_AFTER) if standard.asks_to_wait() => {
            Finding::ok(check, format!("{name}: {said}, retry after {RETRY_AFTER} s"))
        }
        told if standard.asks_to_wait() => {
            let told = told.map_or("nothing".to_owned(), |seconds| format!("{seconds} s"));
            let text = format!("{name}: {said}, but of {RETRY_AFTER} s to wait it told {told}");
            Finding::warning(check, text).hint(
                "give the header's seconds as `retry-after-seconds`: the host then waits as long as the provider asks",
            )
        }
        _ => Finding::ok(check, format!("{name}: {said}")),
    }
}

pub(super) fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::NotSent => "not-sent",
        Certainty::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::check::standard::STANDARD;
    use crate::connector::check::verdict::Level;
    use crate::connector::contract::{FailureKind as K, ReceiptStatus};

    fn standard(check: &str) -> &'static Standard {
        STANDARD.iter().find(|standard| standard.check == check).unwrap()
    }

    fn report(result: Result<Receipt, Failure>, word: Word) -> Report<Receipt> {
        Report { result, word, ..Report::unsent(String::new()) }
    }

    fn said(kind: K, certainty: Certainty) -> Result<Receipt, Failure> {
        let text = "x".to_owned();
        Err(Failure { kind, certainty, provider_code: None, text, retry_after_seconds: None, extra: Vec::new() })
    }

    fn receipt(ids: &[&str]) -> Result<Receipt, Failure> {
        let message_ids = ids.iter().map(|id| (*id).to_owned()).collect();
        Ok(Receipt { status: ReceiptStatus::Accepted, message_ids, segments: None, price: None, extra: Vec::new() })
    }

    fn level(check: &str, result: Result<Receipt, Failure>, success: Success) -> Level {
        send(standard(check), &report(result, Word::Own), &["POST a/b".to_owned()], success).level
    }

    #[test]
    fn an_answer_that_says_nothing_approves_no_code() {
        let of = |result, word| {
            let report = Report { result, word, ..Report::unsent(String::new()) };
            check("x", &report, &[]).map(|found| found.level)
        };
        let failure = || said(K::InvalidResponse, Certainty::Unknown).map(|_| CodeVerdict::Other);
        assert_eq!(of(Ok(CodeVerdict::Approved), Word::Own), Some(Level::Fault));
        assert_eq!(of(failure(), Word::FalseSuccess), Some(Level::Fault));
        assert_eq!(of(failure(), Word::None), Some(Level::Fault));
        assert_eq!(of(failure(), Word::Own), None);
    }

    #[test]
    fn the_table_has_one_word_for_each_fault() {
        for (index, standard) in STANDARD.iter().enumerate() {
            let first = STANDARD.iter().position(|other| other.check == standard.check);
            assert_eq!(first, Some(index), "{}", standard.check);
            assert!(!standard.kinds.is_empty(), "{}", standard.check);
        }
    }

    #[test]
    fn what_is_known_of_the_message_has_to_be_right() {
        use Certainty::{NotSent, Unknown};
        for (check, kind, right) in [
            ("no-answer", K::Timeout, Unknown),
            ("reset", K::ProviderUnavailable, Unknown),
            ("too-many", K::RateLimited, NotSent),
            ("server-error", K::ProviderUnavailable, Unknown),
            ("empty-body", K::InvalidResponse, Unknown),
            ("utf-16-refusal", K::Other, NotSent),
        ] {
            let wrong = if right == NotSent { Unknown } else { NotSent };
            assert_eq!(level(check, said(kind, right), Success::Body), Level::Ok, "{check}");
            assert_eq!(level(check, said(kind, wrong), Success::Body), Level::Fault, "{check}");
            assert_eq!(level(check, said(K::RecipientBlocked, right), Success::Body), Level::Fault, "{check}");
        }
        for either in [NotSent, Unknown] {
            assert_eq!(level("unavailable-page", said(K::ProviderUnavailable, either), Success::Body), Level::Ok);
        }
    }

    #[test]
    fn a_status_is_a_success_only_where_the_manifest_says_so_and_no_id_is_made_up() {
        assert_eq!(level("empty-body", receipt(&[]), Success::Body), Level::Fault);
        assert_eq!(level("empty-body", receipt(&[]), Success::Status), Level::Ok);
        assert_eq!(level("empty-body", receipt(&["made up"]), Success::Status), Level::Fault);
        assert_eq!(level("server-error", receipt(&[]), Success::Status), Level::Fault);
    }

    #[test]
    fn the_hosts_word_is_never_taken_for_the_components() {
        let corrected = report(said(K::ProviderUnavailable, Certainty::Unknown), Word::FalseCertainty);
        let found = send(standard("reset"), &corrected, &[], Success::Body);
        assert!(found.level == Level::Fault && found.text.contains("the host had to make unknown"), "{found:?}");
        let ended = report(said(K::Timeout, Certainty::Unknown), Word::None);
        assert_eq!(send(standard("no-answer"), &ended, &[], Success::Body).level, Level::Fault);
    }

    #[test]
    fn asking_again_and_not_telling_how_long_to_wait_are_named() {
        let again = ["POST a/b".to_owned(), "POST a/b".to_owned()];
        let right = || report(said(K::Timeout, Certainty::Unknown), Word::Own);
        assert!(send(standard("no-answer"), &right(), &again, Success::Body).text.contains("2 times"));
        let steps = ["GET a/account".to_owned(), "POST a/b".to_owned()];
        assert_eq!(send(standard("no-answer"), &right(), &steps, Success::Body).level, Level::Ok);
        let limited = said(K::RateLimited, Certainty::NotSent);
        assert_eq!(level("too-many-retry-after", limited.clone(), Success::Body), Level::Warning);
        let waits = limited.map_err(|told| Failure { retry_after_seconds: Some(RETRY_AFTER), ..told });
        assert_eq!(level("too-many-retry-after", waits, Success::Body), Level::Ok);
    }
}
