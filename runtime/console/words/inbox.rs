//! The development phone.

pub(in crate::console) const LEAD: &str =
    "Every SMS that an inbox connector of a development environment sent. In memory only: a restart empties it.";
pub(in crate::console) const EMPTY: &str = "Nothing yet. Send a code: sign up in the demo, or call the API.";
pub(in crate::console) const DEMO: &str = "Open the demo";
pub(in crate::console) const MESSAGES: &str = "Messages";
pub(in crate::console) const FROM: &str = "from";
pub(in crate::console) const PAUSE: &str = "Pause";
pub(in crate::console) const ONLY_DEVELOPMENT: &str = "only environments of kind development have an inbox";
