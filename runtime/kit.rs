//! The author's kit: from nothing to a connector that is checked and loaded, in whatever language.
//!
//! [`new`] writes a folder that builds and passes `countersign check` as it is. What it writes lies beside it, one
//! folder a language over what all of them share, and in `connectors/sdk/`, one folder a language as well.
//! [`adapt`] makes a connector of another ecosystem's.

pub mod adapt;
pub mod new;

/// The files that the kit gives away, by their path in this repository (`build.rs` puts them here).
fn embedded() -> &'static [(&'static str, &'static [u8])] {
    include!(concat!(env!("OUT_DIR"), "/kit.rs"))
}
