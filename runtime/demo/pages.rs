//! The pages: pure, so that a preview shows the very same.

mod begin;
mod code;

use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

pub(super) use self::begin::begin;
pub(super) use self::code::{code, stranger};
use super::codes::Look;
use super::house::Account;
use super::shell::{self, Field, field, form, link, notice};
use super::visit::masked;
use super::{Flow, frame, words};

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
    pub(super) fn of(environment: &str, look: Look) -> Self {
        Self { environment: environment.to_owned(), look, ..Self::default() }
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
