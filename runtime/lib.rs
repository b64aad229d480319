//! Countersign: one-time passwords whose SMS providers are sandboxed WebAssembly components.
pub mod clock;
pub mod connector;
pub mod credentials;
pub mod delivery;
pub mod egress;
pub mod otp;
pub mod phone;
pub mod random;
pub mod secret;
pub mod store;
pub mod texts;
