//! What this service is: versions, limits, licences.

pub(in crate::console) const LEAD: &str = "What runs here, and what a connector may use unless more is granted.";
pub(in crate::console) const VERSIONS: &str = "Versions";
pub(in crate::console) const VERSION: &str = "Countersign";
pub(in crate::console) const ENGINE: &str = "Sandbox";
pub(in crate::console) const INSTANCE: &str = "This start";
pub(in crate::console) const LISTENS: &str = "Listens on";
pub(in crate::console) const PUBLIC: &str = "Public address";
pub(in crate::console) const NO_PUBLIC: &str = "not set: providers can't report deliveries";
pub(in crate::console) const API: &str = "API";
pub(in crate::console) const LIMITS: &str = "Limits of a call";
pub(in crate::console) const SEND: &str = "A send may take";
pub(in crate::console) const CALL: &str = "With its failovers";
pub(in crate::console) const CPU: &str = "CPU time";
pub(in crate::console) const MEMORY: &str = "Memory";
pub(in crate::console) const RESPONSE: &str = "An answer";
pub(in crate::console) const LOG: &str = "Its log";
pub(in crate::console) const REQUESTS: &str = "Requests";
pub(in crate::console) const UPLOAD: &str = "An upload";
pub(in crate::console) const COMPILE: &str = "Compiling may take";
pub(in crate::console) const LICENCES: &str = "Licences";
pub(in crate::console) const OWN: &str = "Countersign is licensed under Apache-2.0 or MIT, as you choose.";
pub(in crate::console) const SCRIPTS: &str = "Scripts of others in these pages";
