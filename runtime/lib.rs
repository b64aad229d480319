//! Countersign: one-time passwords whose SMS providers are sandboxed WebAssembly components.
//!
//! A code's journey, top to bottom; each layer knows only those below it:
//!
//! 1. [`api`] reads a request, calls one use case, writes the answer;
//! 2. [`otp`] decides whether a code may be sent or is right, and derives it;
//! 3. [`delivery`] asks the active connector, and the next one if that certainly failed;
//! 4. [`connector`] runs a component in its sandbox, a fresh instance for each call;
//! 5. [`credentials`] places, signs and fetches what the requests need, and [`egress`] is the only way out.
//!
//! [`hooks`] stand beside the API: identity servers that make their own codes send them through there. So does
//! [`console`], which shows people what the API tells programs: [`people`] says who may use it, and [`audit`] keeps who did
//! what. The application is told what happened by [`webhooks`]. [`demo`] is a small application on top, and the preview of a sign-in experience.
//!
//! Beside it, [`mod@twilio`] says all of this in the words of Twilio's own API, and [`setup`] uploads components, saves
//! revisions and swaps what serves: one atomic pointer in [`connector::registry`]. [`log`] reads back what was sent, and
//! [`statistics`] counts it; [`prices`] say what it costs, and [`bill`] what it cost. Beneath lies [`store`]: whole
//! transactions in the words of the domain, on what [`durable`] makes sure is on disk; [`keep`] takes it away as a
//! backup, and brings it back. [`kit`] is the connector author's. The listener's certificates are in [`tls`], and [`acme`] fetches them. [`mod@bench`]
//! measures what the sandbox costs, [`metrics`] counts what happens for whoever watches, [`traces`] tells step by step, and [`doctor`] says what is wrong with an installation, from what [`machine`] and
//! [`instance`] tell.
//!
//! # Invariants
//!
//! - `otp` knows no HTTP and no connector's name; `delivery` sees a connector, never the engine.
//! - Only `connector/` imports wasmtime, and only `connector/bindings.rs` the generated types.
//! - Only `egress/` opens outbound sockets; an empty list of hosts permits nothing.
//! - Only `credentials/` and `egress/` see a connector's secret's bytes; a guest never does.
//! - Only `api/error.rs` names a status code, and `twilio/fault.rs` those of Twilio's errors; only `config.rs` reads
//!   the environment.
//! - Time is an argument or comes from a [`clock::Clock`]; no code or full number reaches a log.

pub mod acme;
pub mod actor;
pub mod api;
pub mod app;
pub mod audit;
pub mod bench;
pub mod bill;
pub mod builtin;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connector;
pub mod console;
pub mod credentials;
pub mod delivery;
pub mod demo;
pub mod doctor;
pub mod drill;
pub mod durable;
pub mod egress;
pub mod hooks;
pub mod inbox;
pub mod instance;
pub mod json;
pub mod keep;
pub mod keys;
pub mod kit;
pub mod lanes;
pub mod log;
pub mod machine;
pub mod metrics;
pub mod nodes;
pub mod otp;
pub mod people;
pub mod phone;
pub mod prices;
pub mod random;
pub mod secret;
pub mod setup;
pub mod statistics;
pub mod store;
pub mod texts;
pub mod tls;
pub mod traces;
pub mod twilio;
pub mod webhooks;
