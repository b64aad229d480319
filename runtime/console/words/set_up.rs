//! Setting up a connector.

pub(in crate::console) const SAVE: &str = "Save and done";
pub(in crate::console) const SAVE_DRAFT: &str = "Save as draft";
pub(in crate::console) const SAVING: &str = "Saving…";
pub(in crate::console) const SAVED: &str = "Saved. It serves from the next message on.";
pub(in crate::console) const DRAFTED: &str = "Saved as a draft. It does not serve yet.";
pub(in crate::console) const README: &str = "About this connector";
pub(in crate::console) const NO_README: &str = "Its author wrote nothing about it.";
pub(in crate::console) const COMPONENT: &str = "Component";
pub(in crate::console) const COMPONENT_HINT: &str =
    "Which provider, in which version. What you typed is kept where the other one has the same fields.";
pub(in crate::console) const USE_COMPONENT: &str = "Use this one";
pub(in crate::console) const NAME: &str = "Name";
pub(in crate::console) const NAME_HINT: &str =
    "How you call it here: lower-case letters, digits, - and _. It can't be changed later.";
pub(in crate::console) const NAME_TAKEN: &str =
    "There is a connector of this name. Choose another one, or open that one to change it.";
pub(in crate::console) const REACHES: &str = "Reaches";
pub(in crate::console) const GRANTED: &str = "Was allowed to";
pub(in crate::console) const VERSION: &str = "Version";
pub(in crate::console) const CONFIGURATION: &str = "Configuration";
pub(in crate::console) const AS_FORM: &str = "Edit as a form";
pub(in crate::console) const AS_JSON: &str = "Edit as JSON";
pub(in crate::console) const JSON_HINT: &str = "The whole configuration. A stored secret shows as {\"set\": true}; leave it so to keep it, write null to remove it.";
pub(in crate::console) const TEMPLATES: &str = "Texts";
pub(in crate::console) const TEMPLATES_HINT: &str = "Texts of this connector alone, and ids of registered templates. For the same purpose and language they go before the environment's; without any, the connector uses the environment's.";
pub(in crate::console) const SENDERS: &str = "Senders";
pub(in crate::console) const SENDERS_HINT: &str = "Senders for some countries. A JSON list of {\"countries\": [\"US\"], \"sender\": \"…\"}; empty uses the configuration's.";
pub(in crate::console) const ACTIVATE: &str = "Make it the active connector of this environment";
pub(in crate::console) const APPROVAL: &str = "What it asks for";
pub(in crate::console) const APPROVAL_LEAD: &str =
    "This component did not come with Countersign. Read what it asks for, and allow it only if you trust its author.";
pub(in crate::console) const APPROVE: &str = "Allow all of this";
pub(in crate::console) const NOT_SAVED: &str = "Nothing was saved.";
pub(in crate::console) const SECRETS_LOST: &str =
    "Secrets that you typed are not shown again: type them once more before you save.";
pub(in crate::console) const TEST: &str = "Test";
pub(in crate::console) const TEST_LEAD: &str =
    "Sends a real message with what you typed here, saved or not. The code in it is of no use to anybody.";
pub(in crate::console) const TO: &str = "Phone number";
pub(in crate::console) const TO_HINT: &str = "In international form, such as +14155550123.";
pub(in crate::console) const PURPOSE: &str = "Purpose";
pub(in crate::console) const LOCALE: &str = "Language";
pub(in crate::console) const SEND_TEST: &str = "Send test";
pub(in crate::console) const SENDING: &str = "Sending…";
pub(in crate::console) const CHECK: &str = "Check credentials";
pub(in crate::console) const CHECKING: &str = "Checking…";
pub(in crate::console) const RESULT: &str = "Result";
pub(in crate::console) const NOT_TESTED: &str = "Nothing was sent: the set-up has faults.";
pub(in crate::console) const ACCEPTED: &str = "The provider took the message.";
pub(in crate::console) const REFUSED: &str = "The provider did not take the message. Nothing was sent.";
pub(in crate::console) const UNKNOWN: &str = "Nobody knows if the message was sent.";
pub(in crate::console) const CODE_BY_PROVIDER: &str =
    "This provider makes the code itself; no verification here waits for it.";
pub(in crate::console) const PROVIDER_IDS: &str = "Provider's id";
pub(in crate::console) const KIND: &str = "Kind of failure";
pub(in crate::console) const CERTAINTY: &str = "Certainty";
pub(in crate::console) const CODE: &str = "Provider's code";
pub(in crate::console) const TEXT: &str = "Provider's words";
pub(in crate::console) const ELAPSED: &str = "Took";
pub(in crate::console) const CPU: &str = "CPU time";
pub(in crate::console) const MEMORY: &str = "Memory";
pub(in crate::console) const LOG: &str = "What the connector logged";
pub(in crate::console) const REQUEST: &str = "Request";
pub(in crate::console) const ANSWER: &str = "Answer";
pub(in crate::console) const NO_ANSWER: &str = "No answer";
pub(in crate::console) const CREDENTIALS_GOOD: &str = "The provider accepts the credentials.";
pub(in crate::console) const CREDENTIALS_BAD: &str = "The provider does not accept the credentials.";
pub(in crate::console) const ACCOUNT: &str = "Account";
pub(in crate::console) const BALANCE: &str = "Balance";

/// Heading of a new one.
pub(in crate::console) fn new(name: &str) -> String {
    format!("Set up {name}")
}

/// Somebody saved in between.
pub(in crate::console) fn stale(current: u64) -> String {
    format!(
        "Somebody saved revision {current} while you were typing. What you typed is still here and not saved. Saving again puts it in the place of revision {current}."
    )
}

/// A link to that revision.
pub(in crate::console) fn look_at(revision: u64) -> String {
    format!("Look at revision {revision}")
}

/// One exchange with the provider.
pub(in crate::console) fn exchange(number: usize) -> String {
    format!("Exchange {number}")
}

/// Milliseconds.
pub(in crate::console) fn ms(ms: u64) -> String {
    format!("{ms} ms")
}

/// Bytes as MiB.
pub(in crate::console) fn mib(bytes: u64) -> String {
    format!("{}.{} MiB", bytes >> 20, ((bytes % (1 << 20)) * 10) >> 20)
}

pub(in crate::console) const DIFFERS: &str = "What saving again would change of theirs";

pub(in crate::console) fn replaces(old: &str) -> String {
    format!(
        "It takes the place of {old}, which serves until you save. Then {old} stays saved, and nothing goes through it."
    )
}
