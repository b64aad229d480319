//! Builds nothing yet.
fn main() {
    println!("cargo::rustc-env=COUNTERSIGN_WASMTIME_VERSION=48.0.8");
}
