//! What a message says and who it says it comes from: texts, endings, senders. Pure; the environment and the connector
//! hold them, delivery composes messages of them, and the same function shows what they come to before they are saved.

pub mod compose;
pub mod ending;
pub mod fault;
pub mod lint;
pub mod locale;
pub mod marks;
pub mod render;
pub mod segments;
pub mod sender;
pub mod shared;
pub mod template;

pub use compose::{Composed, Sources, Wanted, compose};
pub use ending::{Autofill, Ending};
pub use fault::TextError;
pub use marks::{Cheaper, Mark};
pub use render::Values;
pub use segments::{Count, Encoding};
pub use sender::Sender;
pub use shared::Shared;
pub use template::{GENERIC, Template};

/// Purposes that a sign-in needs; any other name is a purpose too.
pub const PURPOSES: &[&str] = &[
    "sign-in",
    "register",
    "forgot-password",
    "link-account",
    "mfa-verification",
    "mfa-setup",
    "permission-validation",
    "organization-invitation",
    GENERIC,
];

/// The form of a purpose, as a fault tells it.
pub const PURPOSE_FORM: &str = "has 1 to 64 lower-case letters, digits and hyphens, such as `sign-in`";

/// Whether it has the form of a purpose: lower-case letters, digits and hyphens.
pub fn is_purpose(text: &str) -> bool {
    let fits = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    fits && starts && text.len() <= 64
}
