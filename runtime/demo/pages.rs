//! The pages: pure, so that a preview shows the very same.

use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::codes::Look;
use super::house::{Account, Pending};
use super::shell::{self, Field, field, form, link, notice};
use super::visit::masked;
use super::{Flow, frame, words};
use crate::clock::Timestamp;
use crate::otp::sign_in::Identifier;

/// Whose pages they are, and how they are shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// The environment.
    pub(crate) environment: String,
    /// How it looks.
    pub(crate) look: Look,
    /// Whether nothing of it can be used.
    pub(crate) is_preview: bool,
    /// `light` or `dark`; as the system without.
    pub(crate) theme: Option<&'static str>,
    /// Whether somebody is signed in.
    pub(crate) is_signed_in: bool,
}

/// What was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) to: String,
    pub(super) name: String,
    /// Name of the field, and what is wrong.
    pub(super) wrong: Option<(&'static str, String)>,
    /// What is wrong with no field.
    pub(super) bad: Option<String>,
    /// What was done before.
    pub(super) good: Option<String>,
}

impl Shown {
    /// To be used.
    pub(super) fn of(environment: &str, look: Look, is_signed_in: bool) -> Self {
        Self { environment: environment.to_owned(), look, is_signed_in, ..Self::default() }
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("/demo/{}{path}", self.environment)
    }
}

impl Typed {
    fn error(&self, name: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(wrong, _)| *wrong == name).map(|(_, text)| text.as_str())
    }

    fn notices(&self) -> Markup {
        html! {
            @if let Some(text) = &self.good { (notice("good", text)) }
            @if let Some(text) = &self.bad { (notice("bad", text)) }
        }
    }
}

/// The page of a flow, to look at: nothing of it can be sent.
pub(crate) fn preview(shown: &Shown, flow: Flow) -> Response {
    let shown = Shown { is_preview: true, ..shown.clone() };
    let mut response = begin(&shown, flow, &Typed::default()).into_response();
    frame::dress_preview(response.headers_mut());
    response
}

/// The first page of a flow.
pub(super) fn begin(shown: &Shown, flow: Flow, typed: &Typed) -> Markup {
    let title = words::title(flow, &shown.look.name);
    let experience = &shown.look.experience;
    let by = match flow {
        Flow::SignUp => experience.sign_up.identifier,
        Flow::SignIn => experience.sign_in.identifier,
        Flow::ForgotPassword | Flow::LinkAccount => Identifier::Phone,
    };
    let named = match by {
        Identifier::Email | Identifier::EmailOrPhone => Some(words::EMAIL),
        Identifier::Username => Some(words::USERNAME),
        Identifier::Phone if flow == Flow::SignIn => Some(words::PHONE),
        Identifier::Phone | Identifier::None => None,
    };
    let content = html! {
        h1 { (title) }
        (typed.notices())
        @if by == Identifier::None { (notice("warn", words::NO_ACCOUNTS)) }
        @if by.needs_sms() { (phone(shown, flow, typed)) }
        @if let Some(label) = named { (password(shown, flow, label, by, typed)) }
        (elsewhere(shown, flow))
    };
    shell::document(shown, &title, &content)
}

fn phone(shown: &Shown, flow: Flow, typed: &Typed) -> Markup {
    if !shown.look.experience.is_open(flow.purpose()) {
        return notice("warn", &words::closed(flow));
    }
    let to = Field {
        name: "to",
        label: words::PHONE,
        hint: Some(words::PHONE_HINT),
        error: typed.error("to"),
        value: &typed.to,
        kind: "tel",
        autocomplete: "tel",
        ..Field::default()
    };
    html! {
        p.lead { (words::lead(flow)) }
        (form(shown, &format!("/{}", flow.as_str()), &html! {
            (field("to", &to))
            button.primary { (words::SEND_CODE) }
        }))
    }
}

/// A name and a password: beside the number, or in its place.
fn password(shown: &Shown, flow: Flow, label: &str, by: Identifier, typed: &Typed) -> Markup {
    let is_new = flow == Flow::SignUp;
    let (kind, autocomplete) = match by {
        Identifier::Phone => ("tel", "tel"),
        Identifier::Email | Identifier::EmailOrPhone => ("email", if is_new { "email" } else { "username" }),
        Identifier::Username | Identifier::None => ("text", "username"),
    };
    let name = Field {
        name: "name",
        label,
        kind,
        autocomplete,
        error: typed.error("name"),
        value: &typed.name,
        ..Field::default()
    };
    let content = html! {
        (form(shown, &format!("/{}/password", flow.as_str()), &html! {
            (field("name", &name))
            (password_field(is_new, typed.error("password")))
            button.primary[by != Identifier::Phone] { (if is_new { words::SIGN_UP } else { words::SIGN_IN }) }
        }))
        @if is_new && kind == "email" { p.hint { (words::EMAIL_NOTE) } }
    };
    html! {
        @if by == Identifier::Phone {
            details open[!typed.name.is_empty()] { summary { (words::WITH_PASSWORD) } (content) }
        } @else {
            @if by == Identifier::EmailOrPhone { p.or { span { (words::OR) } } }
            (content)
        }
    }
}

fn password_field(is_new: bool, error: Option<&str>) -> Markup {
    let of = Field {
        name: "password",
        label: if is_new { words::NEW_PASSWORD } else { words::PASSWORD },
        hint: is_new.then_some(words::NEW_PASSWORD_HINT),
        error,
        kind: "password",
        autocomplete: if is_new { "new-password" } else { "current-password" },
        ..Field::default()
    };
    field("password", &of)
}

fn elsewhere(shown: &Shown, flow: Flow) -> Markup {
    html! {
        div.elsewhere { @match flow {
            Flow::SignUp => { p { (words::HAVE_ACCOUNT) " " (link(shown, "/sign-in", words::SIGN_IN)) } }
            Flow::SignIn => {
                p { (link(shown, "/forgot-password", words::FORGOT)) }
                p { (words::NO_ACCOUNT) " " (link(shown, "/sign-up", words::SIGN_UP)) }
            }
            Flow::ForgotPassword => { p { (link(shown, "/sign-in", words::SIGN_IN)) } }
            Flow::LinkAccount => { p { (link(shown, "", words::ACCOUNT)) } }
        } }
    }
}

/// Where a code is typed.
pub(super) fn code(shown: &Shown, pending: &Pending, typed: &Typed, now: Timestamp) -> Markup {
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
pub(super) fn stranger(shown: &Shown, flow: Flow) -> Markup {
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

/// Where a new password is typed.
pub(super) fn new_password(shown: &Shown, typed: &Typed) -> Markup {
    let content = html! {
        h1 { (words::SET_PASSWORD) }
        (typed.notices())
        (form(shown, "/new-password", &html! {
            (password_field(true, typed.error("password")))
            button.primary { (words::SAVE_PASSWORD) }
        }))
    };
    shell::document(shown, words::SET_PASSWORD, &content)
}

/// Whoever is signed in.
pub(super) fn account(shown: &Shown, account: &Account, typed: &Typed) -> Markup {
    let has_phone = account.phone.is_some();
    let has_password = account.password.is_some();
    let content = html! {
        h1 { (words::ACCOUNT) }
        (typed.notices())
        dl {
            @if let Some(name) = &account.name {
                div { dt { (if name.contains('@') { words::EMAIL } else { words::USERNAME }) } dd { (name) } }
            }
            div { dt { (words::PHONE) } dd { @match &account.phone { Some(number) => { (masked(number)) } None => { (words::NOT_SET) } } } }
            div { dt { (words::PASSWORD) } dd { (if has_password { words::IS_SET } else { words::NOT_SET }) } }
        }
        div.elsewhere {
            p { (link(shown, "/link-account", if has_phone { words::CHANGE_NUMBER } else { words::LINK })) }
            p { (link(shown, "/new-password", if has_password { words::CHANGE_PASSWORD } else { words::SET_PASSWORD })) }
        }
        (form(shown, "/sign-out", &html! { button { (words::SIGN_OUT) } }))
    };
    shell::document(shown, words::ACCOUNT, &content)
}
