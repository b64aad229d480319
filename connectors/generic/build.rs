//! Leaves the guest a core module: a component's data can't be added to, and `countersign build` adds a provider's and
//! makes the component then.
#![allow(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").as_deref() == Ok("wasm") {
        println!("cargo::rustc-link-arg-cdylib=--skip-wit-component");
    }
}
