//! The author's kit: from nothing to a connector that is checked and loaded, in whatever language.
//!
//! [`new`] writes a folder that builds and passes `countersign check` as it is, and [`dev`] builds, loads and tries it
//! with each save. What [`new`] writes lies beside it, one folder a language over what all of them share, and in
//! `connectors/sdk/`, one folder a language as well. [`index`] is how a connector gets from its author to an operator, and [`adapt`] makes connectors of another
//! ecosystem's.

pub mod adapt;
pub mod dev;
pub mod index;
pub mod new;

/// The files that the kit gives away, by their path in this repository (`build.rs` puts them here).
fn embedded() -> &'static [(&'static str, &'static [u8])] {
    include!(concat!(env!("OUT_DIR"), "/kit.rs"))
}
