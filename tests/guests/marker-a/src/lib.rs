//! A good sender that tells the provider which component it is.

include!("sender.rs");
