//! A panic's words would be lost with the trap: this puts them into the connector's log first.

use crate::{Level, log};

/// Set the hook. Cheap; called at the start of every export.
pub fn hook() {
    std::panic::set_hook(Box::new(|info| log(Level::Critical, &info.to_string())));
}
