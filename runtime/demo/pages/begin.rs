//! The first page of a flow: a number, a name and a password, or both.

use maud::{Markup, html};

use super::{Shown, Typed, password_field};
use crate::demo::shell::{self, Field, field, form, link, notice};
use crate::demo::{Flow, words};
use crate::otp::sign_in::Identifier;

/// The first page of a flow.
pub(in crate::demo) fn begin(shown: &Shown, flow: Flow, typed: &Typed) -> Markup {
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
