//! Numbers that are locked after too many wrong codes, and their release.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell;
use crate::console::visit::Visit;
use crate::console::words::policy as words;
use crate::keys::Role;
use crate::otp::{Lock, OtpError};

pub(super) async fn section(parts: &Parts, visit: &Visit, env: &str) -> Result<Markup, Refusal> {
    let locks = parts.otp.locks(env).await.map_err(|error| ApiError::otp(error, visit.now))?;
    let denied = visit.denied(Role::Operate);
    let row = |lock: &Lock| {
        vec![
            html! { (lock.to.as_deref().unwrap_or(words::NUMBER_GONE)) },
            html! { @match lock.until { Some(until) => (shell::time(until, visit.now)), None => (words::UNTIL_RELEASED) } },
            html! {
                form method="post" action={ "/console/environments/" (env) "/locks/release" } {
                    input type="hidden" name="lock" value=(lock.id);
                    (shell::button("small", "_release", "1", &words::release(lock.to.as_deref()), None, denied.as_deref()))
                }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = locks.iter().map(row).collect();
    let content = html! {
        p.hint { (words::LOCKS_LEAD) }
        @if rows.is_empty() { p { (words::NO_LOCK) } } @else { (shell::table(words::LOCKS, &words::LOCK_COLUMNS, &rows)) }
    };
    Ok(shell::section(words::LOCKS, &content))
}

pub(super) async fn release(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Operate)?;
    let lock = posted.word("lock").unwrap_or_default().to_owned();
    visit.noting.target(Lock::told(&lock));
    let (shared, place) = (Arc::clone(&parts), env.clone());
    let released = whole::<_, ApiError>(async move {
        match shared.otp.release(&place, &lock).await {
            // It ended, or somebody else released it: it is as whoever pressed the button wants it.
            Ok(()) | Err(OtpError::NotFound(_)) => Ok(()),
            Err(error) => Err(ApiError::otp(error, shared.clock.now())),
        }
    });
    released.await?;
    Ok(Redirect::to(&format!("/console/environments/{env}/policy?done=released")).into_response())
}
