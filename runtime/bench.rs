//! What the sandbox costs: the same connector as a component and as native code, in turn, in one run.
//!
//! | measured | callers | provider | what is in it |
//! |---|---|---|---|
//! | `tight_loop` | one, in this process | answers in this process | a send with no socket: the sandbox and little else |
//! | `loopback` | 64, in this process | a process of its own | a send as it is, over a real connection |
//! | `service` | 64, in the provider's process | a process of its own | the whole service: API, store, delivery, send |
//!
//! The native side is the source of `connectors/twilio`, compiled into this binary (`native`), behind the same host:
//! the same bindings, placing of credentials, way out and deadline. What is counted is this process: its CPU time over
//! all threads, and the time on the wall. Each figure stands beside its baseline; they are medians over pairs of
//! rounds, so that what else the machine does falls on both sides.

mod figures;
mod loopback;
mod native;
mod peer;
mod rig;
mod rounds;
mod service;
mod tight_loop;

use std::path::PathBuf;

pub use figures::Figures;
pub use peer::run as run_peer;

/// Callers at once, where there is more than one.
const CALLERS: u32 = 64;

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Options {
    /// Pairs of rounds.
    pub rounds: u32,
    /// Sends of a round; of the whole service a fifth of them.
    pub sends: u32,
    /// This program, which is also the compiler and the peer.
    pub program: PathBuf,
}

/// Measure.
pub async fn run(options: &Options) -> anyhow::Result<Figures> {
    let rig = rig::Rig::start(&options.program).await?;
    let sandbox = tight_loop::measure(&rig, options).await?;
    let loopback = loopback::measure(&rig, options).await?;
    let service = service::measure(rig, options).await?;
    Ok(Figures::new(sandbox, loopback, service))
}
