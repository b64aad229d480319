//! People and their sessions.

use crate::keys::Role;
use crate::store::SignedInBy;

pub(in crate::console) const TITLE: &str = "People";
pub(in crate::console) const LEAD: &str = "Who may use this console, and where they are signed in.";
pub(in crate::console) const NONE: &str =
    "Nobody is on the list yet. Whoever signs in with a key shows up in logs under the key's name, not his own.";
pub(in crate::console) const USERS: &str = "Users";
pub(in crate::console) const NAME: &str = "Name";
pub(in crate::console) const EMAIL: &str = "E-mail";
pub(in crate::console) const EMAIL_HINT: &str = "Where the identity provider knows this person.";
pub(in crate::console) const ROLES: &str = "Roles";
pub(in crate::console) const STATE: &str = "State";
pub(in crate::console) const ADDED: &str = "Added";
pub(in crate::console) const ACTIVE: &str = "Active";
pub(in crate::console) const DISABLED: &str = "Disabled";
pub(in crate::console) const DISABLE: &str = "Disabled: can't sign in, and is signed out everywhere";
pub(in crate::console) const MORE_ROLES: &str =
    "With a role more, the person is signed out where a link let them in, and needs a new link.";
pub(in crate::console) const ADD: &str = "Add a person";
pub(in crate::console) const INVITE: &str = "Add and make a link";
pub(in crate::console) const SAVE: &str = "Save";
pub(in crate::console) const SAVED: &str = "Saved.";
pub(in crate::console) const SETTINGS: &str = "Settings";
pub(in crate::console) const LINK: &str = "Link that signs in";
pub(in crate::console) const LINK_TEXT: &str = "For a person who can't sign in at the identity provider.";
pub(in crate::console) const MAKE_LINK: &str = "Make a link";
pub(in crate::console) const LINK_MADE: &str =
    "Send this link. It signs the person in once, within 24 hours, and is not shown again.";
pub(in crate::console) const SESSIONS: &str = "Signed in";
pub(in crate::console) const NO_SESSIONS: &str = "Signed in nowhere.";
pub(in crate::console) const WHO: &str = "Who";
pub(in crate::console) const HOW: &str = "With";
pub(in crate::console) const BROWSER: &str = "Browser";
pub(in crate::console) const UNKNOWN: &str = "unknown";
pub(in crate::console) const SINCE: &str = "Since";
pub(in crate::console) const SEEN: &str = "Last seen";
pub(in crate::console) const ACTION: &str = "Action";
pub(in crate::console) const THIS_ONE: &str = "this one";
pub(in crate::console) const END: &str = "End session";
pub(in crate::console) const ENDED: &str = "The session is ended.";
pub(in crate::console) const DELETE: &str = "Delete";
pub(in crate::console) const DELETE_USER: &str = "Delete this person";
pub(in crate::console) const DELETED: &str = "The person is deleted.";
pub(in crate::console) const KEEP: &str = "Keep";

pub(in crate::console) fn delete_title(name: &str) -> String {
    format!("Delete {name}")
}

pub(in crate::console) fn delete_text(name: &str) -> String {
    format!("{name} is signed out everywhere at once. What logs say of this person stays.")
}

/// What a role may do.
pub(in crate::console) fn role(role: Role) -> &'static str {
    match role {
        Role::Upload => "upload and delete components",
        Role::Configure => "set up connectors, texts, limits, keys and people",
        Role::Operate => "send codes, activate and roll back, unlock",
        Role::Viewer => "read everything, change nothing",
    }
}

pub(in crate::console) fn how(how: SignedInBy) -> &'static str {
    match how {
        SignedInBy::Key => "Key",
        SignedInBy::Link => "Link",
        SignedInBy::Oidc => "Identity provider",
    }
}
