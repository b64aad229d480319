//! Builds the connectors that come with the binary, and packs them.
//!
//! Why here: a fresh clone needs nothing but `cargo run`, and what was built can't be older than its source. One nested
//! cargo builds all of them into `target/guest`, whatever the outer build is (debug, release, test, clippy), so that
//! each is built once. A connector is found by its folder: nothing is listed anywhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a build script reports by panicking")]
#![allow(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "runtime/connector/package/section.rs"]
#[allow(unreachable_pub, reason = "public where it lives")]
mod section;

/// The guest of all connectors without code (`runtime/connector/package/provider.rs`): built with the others, and no
/// connector itself.
const GENERIC: &str = "connector-generic";
const TARGET: &str = "wasm32-unknown-unknown";
/// The files that a package holds (`runtime/connector/package.rs`).
const FILES: [&str; 4] = ["connector.toml", "config.schema.json", "README.md", "logo.svg"];

struct Guest {
    folder: PathBuf,
    package: String,
}

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    for watched in [
        "connectors",
        "wit",
        "Cargo.lock",
        "runtime/connector/package/section.rs",
        "runtime/kit/new",
        "runtime/kit/adapt",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }
    // `cargo run` hands it to the program as well, which takes no COUNTERSIGN_ variable that it does not know.
    println!("cargo::rustc-env=WASMTIME_VERSION={}", locked_version(&root, "wasmtime"));
    let guests = guests(&root.join("connectors"));
    ensure_target(&root);
    build(&root, &guests);
    pack(&root, &guests);
    give_away(&root);
}

/// Folders of `connectors/` with a manifest and a crate.
fn guests(connectors: &Path) -> Vec<Guest> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(connectors).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.join("connector.toml").is_file() {
            continue;
        }
        let Ok(manifest) = std::fs::read_to_string(folder.join("Cargo.toml")) else { continue };
        let name = manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        found.push(Guest { package: name.expect("a connector's Cargo.toml has a name").to_owned(), folder });
    }
    found.sort_by(|a, b| a.package.cmp(&b.package));
    found
}

/// rustup brings the target that rust-toolchain.toml names; where the toolchain came another way, add it or say how.
fn ensure_target(root: &Path) {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).current_dir(root).output();
    let present = output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir());
    if present {
        return;
    }
    let added = Command::new("rustup").args(["target", "add", TARGET]).current_dir(root).status();
    assert!(
        added.is_ok_and(|status| status.success()),
        "the Wasm target is missing; add it: rustup target add {TARGET}"
    );
}

fn build(root: &Path, guests: &[Guest]) {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap());
    cargo.current_dir(root).args(["build", "--target", TARGET, "--profile", "guest"]);
    // Not the outer target folder, whose lock this build's parent holds.
    cargo.arg("--target-dir").arg(root.join("target/guest"));
    for guest in guests {
        cargo.args(["-p", &guest.package]);
    }
    cargo.args(["-p", GENERIC]);
    // What the outer cargo (or clippy) set for itself would build every guest anew, for the wrong machine.
    for inherited in
        ["CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTC", "CARGO_BUILD_TARGET"]
    {
        cargo.env_remove(inherited);
    }
    // Paths of this machine would make the same source another component on another machine; a send needs little
    // stack, and the smaller an instance's memory, the cheaper its reset.
    let cargo_home =
        std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap_or_default()));
    let flags = format!(
        "--remap-path-prefix={}=/countersign --remap-path-prefix={cargo_home}=/cargo -Clink-arg=-zstack-size=131072",
        root.display()
    );
    cargo.env("RUSTFLAGS", flags);
    let status = cargo.status().expect("cargo can be run");
    assert!(status.success(), "the connectors can't be built");
}

/// Pack each into OUT_DIR, and write the table that `runtime/builtin.rs` includes.
fn pack(root: &Path, guests: &[Guest]) {
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap());
    let mut table = String::from("&[\n");
    for guest in guests {
        let built = format!("{}.wasm", guest.package.replace('-', "_"));
        let wasm = std::fs::read(root.join("target/guest").join(TARGET).join("guest").join(&built)).unwrap();
        let mut files = String::from("{");
        for name in FILES {
            if let Ok(text) = std::fs::read_to_string(guest.folder.join(name)) {
                let comma = if files.len() > 1 { "," } else { "" };
                write!(files, "{comma}{}:{}", quoted(name), quoted(&text)).unwrap();
            }
        }
        files.push('}');
        let packed = out.join(&built);
        std::fs::write(&packed, section::append(&wasm, files.as_bytes())).unwrap();
        let id = guest.folder.file_name().unwrap().to_string_lossy().into_owned();
        writeln!(table, "    ({id:?}, include_bytes!({:?})),", packed.display().to_string()).unwrap();
    }
    table.push(']');
    std::fs::write(out.join("builtin.rs"), table).unwrap();
    let generic = format!("{}.wasm", GENERIC.replace('-', "_"));
    std::fs::copy(root.join("target/guest").join(TARGET).join("guest").join(generic), out.join("generic.wasm"))
        .unwrap();
}

/// A JSON string (RFC 8259 §7). A build script with a JSON library would compile it twice.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => write!(out, "\\u{:04x}", u32::from(control)).unwrap(),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

fn locked_version(root: &Path, package: &str) -> String {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = \"")).expect("it is in the lock file");
    after.split('"').next().unwrap().to_owned()
}

/// What the author's kit writes into his folder.
const GIVEN_AWAY: [&str; 6] =
    ["runtime/kit/new", "runtime/kit/adapt/logto", "connectors/sdk", "wit", "rust-toolchain.toml", ".cargo"];

/// The table of those files that `runtime/kit.rs` includes.
fn give_away(root: &Path) {
    let mut files = Vec::new();
    for given in GIVEN_AWAY {
        collect(&root.join(given), &mut files);
    }
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        let path = file.strip_prefix(root).unwrap().display().to_string();
        writeln!(table, "    ({path:?}, include_bytes!({:?})),", file.display().to_string()).unwrap();
    }
    table.push(']');
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR").unwrap()).join("kit.rs"), table).unwrap();
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_path_buf());
        return;
    }
    for entry in std::fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        // What Python leaves beside what it reads.
        if entry.file_name() != "__pycache__" {
            collect(&entry.path(), files);
        }
    }
}
