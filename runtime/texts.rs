//! What a message says and who it says it comes from: templates and senders. Pure; the environment and the connector
//! hold them, delivery uses them.

pub mod sender;
pub mod template;

pub use sender::Sender;
pub use template::{GENERIC, Template, TemplateError, Values};
