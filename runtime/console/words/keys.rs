//! Keys.

pub(in crate::console) const TITLE: &str = "Keys";
pub(in crate::console) const LEAD: &str =
    "An environment's key sends and checks codes there. An admin key does what its roles allow, everywhere.";
pub(in crate::console) const NAME: &str = "Name";
pub(in crate::console) const PREFIX: &str = "Begins with";
pub(in crate::console) const NO_PREFIX: &str = "not known";
pub(in crate::console) const NAME_HINT: &str = "What the key is for, such as \"shop backend\".";
pub(in crate::console) const FOR: &str = "For";
pub(in crate::console) const MADE: &str = "Made";
pub(in crate::console) const USED: &str = "Last used";
pub(in crate::console) const NEVER: &str = "never";
pub(in crate::console) const STATE: &str = "State";
pub(in crate::console) const VALID: &str = "Valid";
pub(in crate::console) const REVOKED: &str = "Revoked";
pub(in crate::console) const ACTION: &str = "Action";
pub(in crate::console) const ADMIN: &str = "Admin key, with these roles";
pub(in crate::console) const CREATE: &str = "Create a key";
pub(in crate::console) const CREATE_KEY: &str = "Create key";
pub(in crate::console) const CREATED: &str = "The key is made. Copy it now: it is not shown again.";
pub(in crate::console) const REVOKE: &str = "Revoke";
pub(in crate::console) const REVOKE_KEY: &str = "Revoke key";
pub(in crate::console) const KEEP: &str = "Keep it";
pub(in crate::console) const DONE: &str = "The key is revoked.";
pub(in crate::console) const NO_KEY: &str = "there is no valid key of this id";

pub(in crate::console) fn environment(name: &str) -> String {
    format!("Environment {name}")
}

pub(in crate::console) fn revoke_title(name: &str) -> String {
    format!("Revoke {name}")
}

pub(in crate::console) const REVOKE_TEXT: &str = "Whatever sends this key is refused from its next request on, and whoever signed in with it is signed out. A revoked key does not come back.";
