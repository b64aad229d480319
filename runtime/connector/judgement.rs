//! The judgement of an upload before anything of it is compiled, off the threads that serve.
//!
//! The threat: parsing and validating is work that grows with what was uploaded and can't be interrupted. Thirty
//! megabytes take a good part of a second, and a runtime's thread that does it answers nobody meanwhile.

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::digest::Digest;
use super::inspect::{Bounds, inspect};
use super::package::Package;
use super::reason::Reason;

/// An upload that may be compiled.
#[derive(Debug)]
pub struct Judged {
    /// What it says of itself.
    pub package: Package,
    /// What it is.
    pub digest: Digest,
    /// Interfaces of the contract that it exports, by name.
    pub exports: Vec<String>,
}

/// Judge it: every reason to refuse it that can be found without compiling. The turn goes with the work, which goes on
/// when whoever uploaded it has hung up.
pub(super) async fn judge(
    wasm: Bytes,
    bounds: Bounds,
    turn: Option<OwnedSemaphorePermit>,
) -> Result<Judged, Vec<Reason>> {
    let work = move || {
        let _turn = turn;
        let exports = inspect(&wasm, &bounds)?.interfaces();
        let package = Package::extract(&wasm)?;
        let reasons = package.lint();
        if reasons.is_empty() { Ok(Judged { package, digest: Digest::of(&wasm), exports }) } else { Err(reasons) }
    };
    let failed = |_| Err(vec![Reason::new("invalid", "it could not be judged")]);
    tokio::task::spawn_blocking(work).await.unwrap_or_else(failed)
}
