//! The same as `marker-a` to the letter but for its name, which it tells the provider.

include!("../../marker-a/src/sender.rs");
