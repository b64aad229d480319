//! Environments, and promotion from one to another.

pub(in crate::console) const LEAD: &str = "Each has connectors, texts, limits and keys of its own. What was tested in one is promoted to another in one step.";
pub(in crate::console) const NAME: &str = "Name";
pub(in crate::console) const KIND: &str = "Kind";
pub(in crate::console) const SHOWN_AS: &str = "Shown to people as";
pub(in crate::console) const SHOWN_HINT: &str = "Stands for {{ app }} in texts.";
pub(in crate::console) const ACTIVE: &str = "Active connector";
pub(in crate::console) const NO_ACTIVE: &str = "none: no code can be sent";
pub(in crate::console) const NEW: &str = "New environment";
pub(in crate::console) const CREATE: &str = "Create environment";
pub(in crate::console) const KIND_HINT: &str = "Fixed once it is made. Only development has the inbox.";
pub(in crate::console) const NAME_HINT: &str = "Lower-case letters, digits and hyphens.";
pub(in crate::console) const SAVED: &str = "Saved. It holds from the next message on.";
pub(in crate::console) const CREATED: &str = "The environment was made.";
pub(in crate::console) const DELETED: &str = "The environment was deleted.";
pub(in crate::console) const RENAME: &str = "Save the name";
pub(in crate::console) const OPEN: &str = "Open";
pub(in crate::console) const PROMOTE: &str = "Promote";
pub(in crate::console) const TO: &str = "To";
pub(in crate::console) const ONLY_ONE: &str = "There is no other environment to promote to.";
pub(in crate::console) const TO_CONNECTORS: &str = "Look at the connectors";
pub(in crate::console) fn only_the_inbox(from: &str, to: &str) -> String {
    format!(
        "Only the inbox is active in {from}, and it never leaves there. Set up the connector that is to send in {to}, try it, and make it the active one."
    )
}
pub(in crate::console) fn nobody_active(from: &str) -> String {
    format!("No connector is active in {from}. What is promoted is what was tested: set one up first.")
}
pub(in crate::console) const READY: &str = "Nothing is in the way. It takes effect at once, all of it together.";
pub(in crate::console) fn all_the_same(to: &str) -> String {
    format!("There is nothing to promote: {to} has all of it already.")
}

pub(in crate::console) const NOT_READY: &str = "This is in the way:";
pub(in crate::console) const SECRET_HINT: &str = "Given only to the target. Leave empty to keep the one that it has.";
pub(in crate::console) const SECRET_NEEDED: &str = "Given only to the target. It has none that could be kept.";
pub(in crate::console) const SAME: &str = "There already, the same";
pub(in crate::console) const COPY_SECRETS: &str = "Copy the secrets from here, sealed anew for the target";
pub(in crate::console) const ASKS: &str = "It asks for:";
pub(in crate::console) const APPROVE: &str = "Approve this";
pub(in crate::console) const CHECK_AGAIN: &str = "Check again";
pub(in crate::console) const PROMOTING: &str = "Promoting…";
pub(in crate::console) const NOTHING_STORED: &str = "Nothing was promoted.";
pub(in crate::console) const WHAT: &str = "What";
pub(in crate::console) const BECOMES: &str = "Becomes";
pub(in crate::console) const BEFORE: &str = "Now";
pub(in crate::console) const AFTER: &str = "Then";
pub(in crate::console) const WHERE: &str = "Where";
pub(in crate::console) const CHANNEL: &str = "Who sends";
pub(in crate::console) const FALLBACK: &str = "then";
pub(in crate::console) const NOBODY: &str = "nobody";
pub(in crate::console) const DELETE: &str = "Delete environment";
pub(in crate::console) const KEEP: &str = "Keep it";
pub(in crate::console) const CONFIRM: &str = "Type the name to confirm";
pub(in crate::console) const WRONG_NAME: &str = "This is not its name; nothing was deleted.";

pub(in crate::console) fn from(name: &str) -> String {
    format!("Promote from {name}")
}

pub(in crate::console) fn promote_now(to: &str) -> String {
    format!("Promote to {to}")
}

pub(in crate::console) fn secret_needed(label: &str, to: &str, can_copy: bool) -> String {
    let copy = if can_copy { ", or tick “Copy the secrets from here” below" } else { "" };
    format!("{to} has no {label} yet: type it{copy}.")
}

pub(in crate::console) fn secret_rebound(label: &str, to: &str) -> String {
    format!("Type {label} again: the one that {to} has would go where nobody approved it to go.")
}

pub(in crate::console) fn approval_needed(connector: &str) -> String {
    format!("{connector}: approve what it asks for.")
}

pub(in crate::console) fn promoted(to: &str) -> String {
    format!("Promoted: {to} serves it now.")
}

pub(in crate::console) fn delete_lead(name: &str, connectors: usize) -> String {
    let what = match connectors {
        0 => "It has no connector.".to_owned(),
        1 => "Its connector goes, and sign-in codes stop there at once.".to_owned(),
        many => format!("Its {many} connectors go, and sign-in codes stop there at once."),
    };
    format!("{what} Texts, limits, keys, verifications and the message log of {name} go with it. This can't be undone.")
}

pub(in crate::console) fn action(action: crate::setup::Action) -> &'static str {
    match action {
        crate::setup::Action::Created => "is new there",
        crate::setup::Action::Changed => "changes",
        crate::setup::Action::Unchanged => "is there already, the same",
        crate::setup::Action::Kept => "stays as it is there",
    }
}

pub(in crate::console) fn fate(fate: crate::setup::Fate) -> &'static str {
    match fate {
        crate::setup::Fate::Kept => "its own stays",
        crate::setup::Fate::Given => "given here",
        crate::setup::Fate::Copied => "copied",
        crate::setup::Fate::Removed => "removed",
        crate::setup::Fate::Needed => "needed",
        crate::setup::Fate::Rebound => "needed again: it would go somewhere new",
    }
}
