//! The demo: a small real application on top of one-time passwords. People sign up, sign in, reset a forgotten password
//! and link their number to an account, as the environment's sign-in experience says.
//!
//! It is one application with two ways to its codes ([`Codes`]): the service's own use cases, where the binary serves it
//! at `/demo/{env}` for environments of kind development, and the API, where `examples/demo.rs` serves it elsewhere. The
//! console shows its pages as the preview of a sign-in experience (`preview`).
//!
//! Promises: nobody learns whether somebody else has an account, as everything that tells it is said after a code was
//! right, and to the number's owner alone; no page shows a code; all that it knows is in memory, bounded, and gone with
//! the process. It works without JavaScript.

mod account;
mod alone;
mod codes;
mod frame;
mod here;
mod house;
mod journey;
mod pages;
mod password;
mod shell;
mod visit;
mod words;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

pub use alone::serve;
pub use codes::{Ask, Codes, Look, Proof, Refused};
pub(crate) use here::Here;
use house::House;
pub(crate) use pages::{Shown, preview};

use crate::clock::Clock;

/// Environments whose accounts are kept at once.
const HOUSES_MAX: usize = 100;

/// What someone does in the demo. Each is a purpose of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Begin an account.
    SignUp,
    /// Come back to it.
    SignIn,
    /// Come back without the password, and set another one.
    ForgotPassword,
    /// Add a number to the account.
    LinkAccount,
}

/// The address of the browser, for limits. Whoever serves the demo puts it into each request.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

/// What the handlers hold.
#[derive(Clone)]
pub(crate) struct Demo {
    codes: Arc<dyn Codes>,
    clock: Clock,
    houses: Arc<Mutex<HashMap<String, House>>>,
    passwords: Arc<password::Mill>,
    is_tls: bool,
}

impl Flow {
    /// All of them, in the order in which people meet them.
    pub const ALL: [Self; 4] = [Self::SignUp, Self::SignIn, Self::ForgotPassword, Self::LinkAccount];

    /// Its word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::SignIn => "sign-in",
            Self::ForgotPassword => "forgot-password",
            Self::LinkAccount => "link-account",
        }
    }

    /// The purpose of its codes.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::SignUp => "register",
            Self::SignIn | Self::ForgotPassword | Self::LinkAccount => self.as_str(),
        }
    }

    /// Of its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flow| flow.as_str() == word)
    }
}

impl Demo {
    /// The accounts and sessions of an environment.
    fn house<T>(&self, environment: &str, then: impl FnOnce(&mut House) -> T) -> T {
        let mut houses: MutexGuard<'_, HashMap<String, House>> =
            self.houses.lock().unwrap_or_else(PoisonError::into_inner);
        if houses.len() >= HOUSES_MAX && !houses.contains_key(environment) {
            houses.clear();
        }
        then(houses.entry(environment.to_owned()).or_default())
    }
}

/// The demo at `/demo/{env}`, and its files. `is_tls` says whether browsers come by TLS: then its cookie is sent by
/// nothing else.
pub fn router<S: Clone + Send + Sync + 'static>(codes: Arc<dyn Codes>, clock: Clock, is_tls: bool) -> Router<S> {
    let demo = Demo { codes, clock, houses: Arc::default(), passwords: Arc::default(), is_tls };
    let pages = Router::new()
        .route("/demo/{env}", get(journey::home))
        .route("/demo/{env}/code", get(journey::code_page).post(journey::prove))
        .route("/demo/{env}/code/resend", post(journey::resend))
        .route("/demo/{env}/code/cancel", post(journey::cancel))
        .route("/demo/{env}/create", post(account::create))
        .route("/demo/{env}/new-password", get(account::new_password_page).post(account::new_password))
        .route("/demo/{env}/sign-out", post(account::sign_out))
        .route("/demo/{env}/{flow}", get(journey::begin_page).post(journey::begin))
        .route("/demo/{env}/{flow}/password", post(account::by_password))
        .layer(axum::middleware::from_fn(frame::frame))
        .with_state(demo);
    pages
        .route("/assets/demo/{version}/demo.css", get(|| async { file("text/css; charset=utf-8", shell::STYLE) }))
        .route(
            "/assets/demo/{version}/demo.js",
            get(|| async { file("text/javascript; charset=utf-8", shell::SCRIPT) }),
        )
        .route("/assets/demo/accent/{colour}", get(shell::accent))
}

/// The answer to whoever may not use it: it says who may.
pub(crate) fn closed() -> Response {
    frame::dressed(visit::closed())
}

/// A file under an address that changes with what it says.
fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], text)
}
