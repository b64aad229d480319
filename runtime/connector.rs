//! Connectors: components that know one provider each, run in a sandbox.
//!
//! From bytes to a send: `inspect` refuses what may not be compiled, `compile` compiles in a child process, `cache`
//! keeps the result, `sandbox` links it once, `call` makes a fresh instance for each call and drops it. Around that:
//! what a component says of itself (`manifest`, `package`, `schema`), what serves (`registry`, `serving`), and how
//! authors test (`transcript`, `check`, `replay`, `stand_in`, `configured`). Only this module knows wasmtime, and only `bindings` the generated types.

mod bindings;
mod cache;
pub mod call;
pub mod check;
mod compile;
mod configured;
pub mod contract;
pub mod digest;
mod inspect;
mod judgement;
pub mod limits;
pub mod loader;
pub mod manifest;
pub mod package;
pub mod reason;
pub mod registry;
pub mod replay;
pub mod sandbox;
pub mod schema;
pub mod serving;
pub mod stand_in;
pub mod transcript;

pub use compile::child as compile_child;
