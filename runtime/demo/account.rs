//! Accounts without a code: names and passwords, and what a right code has allowed.

use axum::response::Response;

use super::Flow;
use super::house::{Account, Proven, Session};
use super::journey::{named, typed};
use super::pages::{self, Typed};
use super::password::{BYTES_MAX, CHARS_MIN};
use super::visit::{Guest, Stop};
use super::words;
use crate::api::error::ApiError;
use crate::console::posted::Posted;
use crate::otp::sign_in::Identifier;
use crate::phone::PhoneNumber;
use crate::secret::Secret;

const USERNAME_MAX: usize = 64;

/// A name and a password: an account begins, or its owner comes back.
pub(super) async fn by_password(guest: Guest, posted: Posted) -> Result<Response, Stop> {
    let flow = named(&guest)?;
    let experience = &guest.look.experience;
    let by = match flow {
        Flow::SignUp => experience.sign_up.identifier,
        Flow::SignIn => experience.sign_in.identifier,
        Flow::ForgotPassword | Flow::LinkAccount => Identifier::None,
    };
    let takes =
        if flow == Flow::SignIn { by != Identifier::None } else { !matches!(by, Identifier::None | Identifier::Phone) };
    if !takes {
        return Err(ApiError::not_found(words::NO_PAGE).into());
    }
    let name = typed(&posted, "name");
    let password = Secret::new(posted.get("password").unwrap_or_default().to_owned());
    let done = match flow {
        Flow::SignUp => sign_up(&guest, by, &name, password).await,
        _ => sign_in(&guest, by, &name, password).await,
    };
    let word = if flow == Flow::SignUp { "welcome" } else { "signed-in" };
    Ok(match done {
        Ok(id) => guest.go_with(&format!("?done={word}"), Session { account: Some(id), ..Session::default() }),
        Err(Wrong { field, error, text }) => {
            let typed = Typed { name, wrong: Some((field, text)), ..Typed::default() };
            guest.page(error.problem().status, &pages::begin(&guest.shown(), flow, &typed))
        }
    })
}

struct Wrong {
    field: &'static str,
    error: ApiError,
    text: String,
}

fn wrong(field: &'static str, text: &str) -> Wrong {
    Wrong { field, error: ApiError::field(field, text), text: text.to_owned() }
}

async fn sign_up(guest: &Guest, by: Identifier, name: &str, password: Secret<String>) -> Result<u64, Wrong> {
    let is_name = !name.is_empty() && name.chars().count() <= USERNAME_MAX && !name.contains([' ', '@', '+']);
    let is_email = name.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !host.contains('@') && !name.contains(char::is_whitespace)
    });
    match by {
        Identifier::Username if !is_name => return Err(wrong("name", words::NO_USERNAME)),
        Identifier::Email | Identifier::EmailOrPhone if !is_email => return Err(wrong("name", words::NO_EMAIL)),
        _ => {}
    }
    is_password(&password)?;
    let kept = guest.demo.passwords.keep(password).await;
    let account = Account { name: Some(name.to_owned()), password: kept, ..Account::default() };
    let made = guest.demo.house(&guest.environment, |house| match house.of_name(name) {
        Some(_) => None,
        None => Some(house.add(account)),
    });
    made.ok_or_else(|| wrong("name", words::TAKEN))
}

async fn sign_in(guest: &Guest, by: Identifier, name: &str, password: Secret<String>) -> Result<u64, Wrong> {
    let number = if by.needs_sms() { PhoneNumber::parse(name).ok().map(|to| to.e164().to_owned()) } else { None };
    let key = number.clone().unwrap_or_else(|| name.to_lowercase());
    let waits = guest.demo.house(&guest.environment, |house| {
        let waits = house.must_wait(&key, guest.now);
        if waits.is_none() {
            house.tried(&key, guest.now);
        }
        waits
    });
    if let Some(seconds) = waits {
        let text = words::wait_password(seconds);
        return Err(Wrong { field: "password", error: ApiError::throttled(&text, seconds), text });
    }
    let found = guest.demo.house(&guest.environment, |house| {
        let id = number.as_deref().and_then(|number| house.of_number(number)).or_else(|| house.of_name(name));
        id.and_then(|id| Some((id, house.account(id)?.password.clone())))
    });
    let kept = found.as_ref().and_then(|(_, password)| password.clone());
    let is_short = password.expose().len() <= BYTES_MAX;
    let is_right = is_short && guest.demo.passwords.is_right(password, kept).await;
    match found {
        Some((id, _)) if is_right => {
            guest.demo.house(&guest.environment, |house| house.was_right(&key));
            Ok(id)
        }
        // The same for a name that nobody has.
        _ => Err(wrong("password", words::WRONG_PASSWORD)),
    }
}

fn is_password(password: &Secret<String>) -> Result<(), Wrong> {
    let text = password.expose();
    let fits = text.chars().count() >= CHARS_MIN && text.len() <= BYTES_MAX;
    if fits { Ok(()) } else { Err(wrong("password", words::BAD_PASSWORD)) }
}

/// An account for the number that was proven at sign-in.
pub(super) async fn create(guest: Guest) -> Response {
    let experience = &guest.look.experience;
    let may = experience.sign_up.identifier.needs_sms() && experience.is_open(Flow::SignUp.purpose());
    let Some(Proven::Stranger(number)) = guest.session.proven.clone().filter(|_| may) else { return guest.go("") };
    let id = guest.demo.house(&guest.environment, |house| {
        let found = house.of_number(&number);
        found.unwrap_or_else(|| house.add(Account { phone: Some(number), ..Account::default() }))
    });
    guest.go_with("?done=welcome", Session { account: Some(id), ..Session::default() })
}

/// Whose password may be set: by a right code, or by being signed in.
fn whose(guest: &Guest) -> Option<u64> {
    match guest.session.proven {
        Some(Proven::Reset(id)) => Some(id),
        _ => guest.account().map(|(id, _)| id),
    }
}

/// Where a new password is typed.
pub(super) async fn new_password_page(guest: Guest) -> Response {
    match whose(&guest) {
        Some(_) => guest.page(200, &pages::new_password(&guest.shown(), &Typed::default())),
        None => guest.go(""),
    }
}

/// A new password.
pub(super) async fn new_password(guest: Guest, posted: Posted) -> Response {
    let Some(id) = whose(&guest) else { return guest.go("") };
    let password = Secret::new(posted.get("password").unwrap_or_default().to_owned());
    if let Err(Wrong { field, error, text }) = is_password(&password) {
        let typed = Typed { wrong: Some((field, text)), ..Typed::default() };
        return guest.page(error.problem().status, &pages::new_password(&guest.shown(), &typed));
    }
    let kept = guest.demo.passwords.keep(password).await;
    guest.demo.house(&guest.environment, |house| {
        if let Some(account) = house.account_mut(id) {
            account.password = kept;
        }
    });
    guest.go_with("?done=password", Session { account: Some(id), ..Session::default() })
}

/// The end of a session.
pub(super) async fn sign_out(guest: Guest) -> Response {
    guest.leave("/sign-in?done=signed-out")
}
