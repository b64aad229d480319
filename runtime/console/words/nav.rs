//! The navigation.

pub(in crate::console) const OVERVIEW: &str = "Overview";
pub(in crate::console) const CONNECTORS: &str = "Connectors";
pub(in crate::console) const TEXTS: &str = "Texts";
pub(in crate::console) const MESSAGES: &str = "Messages";
pub(in crate::console) const INBOX: &str = "Inbox";
pub(in crate::console) const EXPERIENCE: &str = "Sign-in experience";
pub(in crate::console) const POLICY: &str = "Limits";
pub(in crate::console) const GUARD: &str = "Fraud guard";
pub(in crate::console) const COSTS: &str = "Costs";
pub(in crate::console) const WEBHOOKS: &str = "Webhooks";
pub(in crate::console) const ENVIRONMENTS: &str = "Environments";
pub(in crate::console) const COMPONENTS: &str = "Components";
pub(in crate::console) const KEYS: &str = "Keys";
pub(in crate::console) const PEOPLE: &str = "People";
pub(in crate::console) const AUDIT: &str = "Audit log";
pub(in crate::console) const ABOUT: &str = "About";
pub(in crate::console) const SHORTCUTS: &str = "Keyboard shortcuts";
pub(in crate::console) const KEYS_SEARCH: &str = "Search on this page";
pub(in crate::console) const KEYS_SAVE: &str = "Save the form that you are in";
pub(in crate::console) const KEYS_EDITOR: &str = "List the problems of a JSON editor";
pub(in crate::console) const KEYS_HELP: &str = "Show this list";
pub(in crate::console) const CLOSE: &str = "Close";
