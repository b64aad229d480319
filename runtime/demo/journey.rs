//! From a number to a right code, and what follows from it.

use axum::response::{IntoResponse as _, Redirect, Response};

use super::codes::{Ask, Proof, Refused};
use super::house::{Account, Pending, Proven, Session};
use super::pages::{self, Typed};
use super::visit::{Guest, Stop};
use super::{Flow, words};
use crate::api::error::ApiError;
use crate::console::posted::Posted;
use crate::otp::{Checked, VerificationView};
use crate::secret::Secret;
use crate::store::{MessageStatus, VerificationStatus};

/// Characters of what is typed; beyond it, it is nothing that anybody has.
const TYPED_MAX: usize = 254;

/// The account, or the way to it.
pub(super) async fn home(guest: Guest) -> Response {
    match guest.account() {
        Some((_, account)) => guest.page(200, &pages::account(&guest.shown(), &account, &told(&guest.query))),
        None => Redirect::to(&guest.at(&format!("/{}", Flow::SignIn.as_str()))).into_response(),
    }
}

/// What the address says was done.
fn told(query: &str) -> Typed {
    let query = Posted::parse(query.as_bytes());
    let good = query.get("done").and_then(words::done).map(str::to_owned);
    let bad = query.get("failed").and_then(words::failed).map(str::to_owned);
    Typed { good, bad, ..Typed::default() }
}

/// The first page of a flow.
pub(super) async fn begin_page(guest: Guest) -> Result<Response, Stop> {
    let flow = named(&guest)?;
    if flow == Flow::LinkAccount && guest.account().is_none() {
        return Ok(guest.go("/sign-in?failed=first"));
    }
    Ok(guest.page(200, &pages::begin(&guest.shown(), flow, &told(&guest.query))))
}

pub(super) fn named(guest: &Guest) -> Result<Flow, Stop> {
    guest.flow.ok_or_else(|| ApiError::not_found(words::NO_PAGE).into())
}

/// What was typed into a field.
pub(super) fn typed(posted: &Posted, name: &str) -> String {
    posted.word(name).unwrap_or_default().chars().take(TYPED_MAX).collect()
}

/// A number: a code goes to it, whoever has an account.
pub(super) async fn begin(guest: Guest, posted: Posted) -> Result<Response, Stop> {
    let flow = named(&guest)?;
    let experience = &guest.look.experience;
    let by_phone = match flow {
        Flow::SignUp => experience.sign_up.identifier.needs_sms(),
        Flow::SignIn => experience.sign_in.identifier.needs_sms(),
        Flow::ForgotPassword => true,
        Flow::LinkAccount if guest.account().is_none() => return Ok(guest.go("/sign-in?failed=first")),
        Flow::LinkAccount => true,
    };
    if !by_phone {
        return Err(ApiError::not_found(words::NO_SIGN_UP).into());
    }
    let to = typed(&posted, "to");
    let again = |status: u16, wrong, bad| {
        let typed = Typed { to: to.clone(), wrong, bad, ..Typed::default() };
        guest.page(status, &pages::begin(&guest.shown(), flow, &typed))
    };
    if to.is_empty() {
        let status = ApiError::field("/to", words::TYPE_NUMBER).problem().status;
        return Ok(again(status, Some(("to", words::TYPE_NUMBER.to_owned())), None));
    }
    let ask = Ask { to: to.clone(), purpose: flow.purpose(), locale: guest.locale.clone(), client: guest.client };
    match guest.demo.codes.create(&guest.environment, ask).await {
        Ok(made) => {
            let pending = pending(flow, made);
            let session = Session { pending: Some(pending), proven: None, ..guest.session.clone() };
            Ok(guest.go_with("/code", session))
        }
        Err(refused) if refused.kind == "invalid-number" => {
            let text = sentence(refused.detail.trim_start_matches("/to: "));
            Ok(again(refused.status, Some(("to", text)), None))
        }
        Err(refused) => Ok(again(refused.status, None, Some(words::refused(&refused, guest.now)))),
    }
}

fn pending(flow: Flow, made: VerificationView) -> Pending {
    Pending {
        flow,
        verification: made.id,
        to: made.to,
        resend_after: made.resend_after,
        is_unsent: made.delivery.status == MessageStatus::Refused,
        any_length: made.delivery.code_by_provider,
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Where the code is typed.
pub(super) async fn code_page(guest: Guest) -> Response {
    match &guest.session.pending {
        Some(pending) => guest.page(200, &pages::code(&guest.shown(), pending, &Typed::default(), guest.now)),
        None => after(&guest),
    }
}

/// What a right code has led to, or the start.
fn after(guest: &Guest) -> Response {
    match &guest.session.proven {
        Some(Proven::Stranger(_)) => guest.page(200, &pages::stranger(&guest.shown(), Flow::SignIn)),
        Some(Proven::Reset(_)) => guest.go("/new-password"),
        None => guest.go(""),
    }
}

/// A code.
pub(super) async fn prove(guest: Guest, posted: Posted) -> Response {
    let Some(pending) = guest.session.pending.clone() else { return after(&guest) };
    let code = typed(&posted, "code");
    let wrong = |text: String| {
        let status = ApiError::field("/code", text.clone()).problem().status;
        let typed = Typed { wrong: Some(("code", text)), ..Typed::default() };
        guest.page(status, &pages::code(&guest.shown(), &pending, &typed, guest.now))
    };
    if code.is_empty() {
        return wrong(words::TYPE_CODE.to_owned());
    }
    // For whom and what for: a code of another verification proves nothing here.
    let proof = Proof { code: Secret::new(code), to: pending.to.clone(), purpose: pending.flow.purpose() };
    match guest.demo.codes.check(&guest.environment, &pending.verification, proof).await {
        Ok(Checked { approved: true, .. }) => proven(&guest, pending),
        Ok(Checked { status: VerificationStatus::Pending, attempts_left, .. }) => {
            wrong(words::wrong_code(attempts_left))
        }
        Ok(_) => over(&guest, &pending),
        Err(refused) if matches!(refused.kind.as_str(), "not-pending" | "not-found") => over(&guest, &pending),
        Err(refused) => refused_code(&guest, &pending, &refused),
    }
}

fn refused_code(guest: &Guest, pending: &Pending, refused: &Refused) -> Response {
    let typed = Typed { bad: Some(words::refused(refused, guest.now)), ..Typed::default() };
    guest.page(refused.status, &pages::code(&guest.shown(), pending, &typed, guest.now))
}

/// No code of this verification will ever be right again.
fn over(guest: &Guest, pending: &Pending) -> Response {
    let typed = Typed { bad: Some(words::OVER.to_owned()), ..Typed::default() };
    let status = ApiError::conflict("not-pending", words::OVER).problem().status;
    guest.page(status, &pages::begin(&guest.shown(), pending.flow, &typed))
}

/// Once more, by the service's own limits.
pub(super) async fn resend(guest: Guest) -> Response {
    let Some(before) = guest.session.pending.clone() else { return after(&guest) };
    match guest.demo.codes.resend(&guest.environment, &before.verification).await {
        Ok(sent) => {
            let session = Session { pending: Some(pending(before.flow, sent)), ..guest.session.clone() };
            guest.go_with("/code", session)
        }
        Err(refused) if matches!(refused.kind.as_str(), "not-pending" | "not-found") => over(&guest, &before),
        Err(refused) => refused_code(&guest, &before, &refused),
    }
}

/// Another number.
pub(super) async fn cancel(guest: Guest) -> Response {
    let flow = guest.session.pending.as_ref().map_or(Flow::SignIn, |pending| pending.flow);
    let session = Session { pending: None, proven: None, ..guest.session.clone() };
    guest.go_with(&format!("/{}", flow.as_str()), session)
}

/// The number is his. Only now is anything said that depends on who has an account.
fn proven(guest: &Guest, pending: Pending) -> Response {
    let number = pending.to;
    let of_number = guest.demo.house(&guest.environment, |house| house.of_number(&number));
    let signed_in = |account| Session { account: Some(account), ..Session::default() };
    match (pending.flow, of_number) {
        (Flow::SignIn, Some(account)) => guest.go_with("?done=signed-in", signed_in(account)),
        (Flow::SignUp, Some(account)) => guest.go_with("?done=again", signed_in(account)),
        (Flow::SignUp, None) => {
            let account = Account { phone: Some(number), ..Account::default() };
            let id = guest.demo.house(&guest.environment, |house| house.add(account));
            guest.go_with("?done=welcome", signed_in(id))
        }
        (Flow::ForgotPassword, Some(account)) => {
            guest.go_with("/new-password", Session { proven: Some(Proven::Reset(account)), ..Session::default() })
        }
        (Flow::SignIn | Flow::ForgotPassword, None) => {
            guest.go_with("/code", Session { proven: Some(Proven::Stranger(number)), ..Session::default() })
        }
        (Flow::LinkAccount, found) => link(guest, number, found),
    }
}

fn link(guest: &Guest, number: String, found: Option<u64>) -> Response {
    let Some((id, _)) = guest.account() else { return guest.go("/sign-in?failed=first") };
    let session = Session { account: Some(id), ..Session::default() };
    if found.is_some_and(|other| other != id) {
        return guest.go_with("?failed=taken", session);
    }
    guest.demo.house(&guest.environment, |house| {
        if let Some(account) = house.account_mut(id) {
            account.phone = Some(number);
        }
    });
    guest.go_with("?done=linked", session)
}
