//! Where a code is typed, and what a right one may lead to.

use maud::{Markup, html};

use super::{Shown, Typed};
use crate::clock::Timestamp;
use crate::demo::house::Pending;
use crate::demo::shell::{self, Field, field, form, link, notice};
use crate::demo::visit::masked;
use crate::demo::{Flow, words};

/// Where a code is typed.
pub(in crate::demo) fn code(shown: &Shown, pending: &Pending, typed: &Typed, now: Timestamp) -> Markup {
    let digits = shown.look.digits(pending.flow.purpose());
    let hint = (!pending.any_length).then(|| words::digits(digits));
    let of = Field {
        name: "code",
        label: words::CODE,
        hint: hint.as_deref(),
        error: typed.error("code"),
        kind: "text",
        autocomplete: "one-time-code",
        digits: Some(if pending.any_length { (4, 10) } else { (digits, digits) }),
        focus: true,
        ..Field::default()
    };
    let waits = pending.resend_after > now;
    let seconds = pending.resend_after.since(now).as_millis().div_ceil(1000);
    let content = html! {
        h1 { (words::CODE_TITLE) }
        @if pending.is_unsent { (notice("bad", words::UNSENT)) } @else { p.lead { (words::sent_to(&masked(&pending.to))) } }
        (typed.notices())
        @if let Some(inbox) = &shown.look.inbox {
            p.inbox { (words::INBOX_WHY) " " a href=(inbox) target="_blank" rel="noopener" { (words::INBOX) } }
        }
        (form(shown, "/code", &html! { (field("code", &of)) button.primary { (words::CONTINUE) } }))
        (form(shown, "/code/resend", &html! {
            button data-wait=[waits.then_some(seconds)] aria-describedby=[waits.then_some("resend-hint")] { (words::RESEND) }
            @if waits { p.hint #resend-hint { (words::resend_from(pending.resend_after)) } }
        }))
        (form(shown, "/code/cancel", &html! { button.plain { (words::OTHER_NUMBER) } }))
    };
    shell::document(shown, words::CODE_TITLE, &content)
}

/// The number is his, and nobody's account has it.
pub(in crate::demo) fn stranger(shown: &Shown, flow: Flow) -> Markup {
    let experience = &shown.look.experience;
    let may = experience.sign_up.identifier.needs_sms() && experience.is_open(Flow::SignUp.purpose());
    let content = html! {
        h1 { (words::STRANGER_TITLE) }
        p.lead { (words::STRANGER) }
        @if may { (form(shown, "/create", &html! { button.primary { (words::SIGN_UP) } })) }
        @else { (notice("warn", words::NO_SIGN_UP)) }
        div.elsewhere { p { (link(shown, &format!("/{}", flow.as_str()), words::OTHER_NUMBER)) } }
    };
    shell::document(shown, words::STRANGER_TITLE, &content)
}
