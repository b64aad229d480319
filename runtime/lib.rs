//! Countersign: one-time passwords whose SMS providers are sandboxed WebAssembly components.

pub mod clock;
pub mod connector;
pub mod secret;
