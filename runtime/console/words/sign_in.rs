//! Signing in and out.

pub(in crate::console) const TITLE: &str = "Sign in";
pub(in crate::console) const KEY: &str = "Admin key";
pub(in crate::console) const KEY_HINT: &str = "It begins with cs_admin_. The first start of the service shows it.";
pub(in crate::console) const NO_KEY: &str = "No key at hand?";
pub(in crate::console) const NO_KEY_TEXT: &str = "Where the service runs, this prints a link that signs you in once:";
pub(in crate::console) const COMMAND: &str = "countersign console";
pub(in crate::console) const SIGN_IN: &str = "Sign in";
pub(in crate::console) const SIGNING_IN: &str = "Signing in…";
pub(in crate::console) const SIGNED_OUT: &str = "You are signed out.";
pub(in crate::console) const KEY_MISSING: &str = "give an admin key";
pub(in crate::console) const LINK_TEXT: &str = "This link signs you in once. Then it works no more.";
pub(in crate::console) const LINK_SPENT: &str = "This link works no more";
pub(in crate::console) const LINK_SPENT_TEXT: &str =
    "It was used already, or its time is over. Ask for another one, or sign in with a key.";
pub(in crate::console) const WITH_A_KEY: &str = "Sign in with a key";
pub(in crate::console) const TOO_OFTEN: &str =
    "too many wrong keys or links from this address; nobody signs in from there for a while";
pub(in crate::console) const NOT_SIGNED_IN: &str = "You are not signed in";
pub(in crate::console) const AGAIN: &str = "Try again";
pub(in crate::console) const NO_PROVIDER: &str = "no identity provider is set up here";
pub(in crate::console) const OR: &str = "Or with a key";

/// The button that leads to the identity provider.
pub(in crate::console) fn with(provider: &str) -> String {
    format!("Sign in with {provider}")
}
