//! Whether the WebAssembly engine that is compiled in has a hole that is known. Connectors are strangers' code: the engine
//! is the wall.
//!
//! The table is read by people, at a release: a scheduled `cargo deny check advisories` tells of what came later.

use semver::Version;

use super::Finding;
use crate::connector::sandbox::Sandbox;

const CHECK: &str = "engine";

/// When the table was last compared with its sources: github.com/bytecodealliance/wasmtime/security/advisories and
/// rustsec.org/packages/wasmtime.html.
const COMPARED: &str = "2026-11-24";

/// An advisory, and the first release of the 48 line without it.
struct Advisory {
    id: &'static str,
    fixed: Version,
    what: &'static str,
}

const ADVISORIES: &[Advisory] = &[
    Advisory {
        id: "CVE-2026-115384",
        fixed: Version::new(48, 0, 4),
        what: "stack overflow through asynchronous callbacks",
    },
    Advisory { id: "CVE-2026-104855", fixed: Version::new(48, 0, 4), what: "an interruption inside a bulk operation" },
    Advisory { id: "CVE-2026-115889", fixed: Version::new(48, 0, 5), what: "a miscompilation that leaves the sandbox" },
    Advisory { id: "CVE-2026-115893", fixed: Version::new(48, 0, 5), what: "the same on aarch64, by a jump table" },
    Advisory { id: "CVE-2026-119140", fixed: Version::new(48, 0, 6), what: "a guest that ends the host by yielding" },
    Advisory {
        id: "RUSTSEC-2026-0358",
        fixed: Version::new(48, 0, 6),
        what: "a guest that ends the host as it starts",
    },
    // RUSTSEC-2026-0570 (fixed in 48.0.9) is left out: only builds without the feature `gc` have it, and ours has that.
];

/// Judge the one that is compiled in.
pub(super) fn examine() -> Finding {
    judge(Sandbox::engine_version())
}

fn judge(version: &str) -> Finding {
    let Ok(parsed) = Version::parse(version) else {
        return Finding::warn(
            CHECK,
            format!("wasmtime {version}, which is no version"),
            "build with a released engine",
        );
    };
    let open: Vec<&Advisory> = ADVISORIES.iter().filter(|advisory| parsed < advisory.fixed).collect();
    let Some(floor) = open.iter().map(|advisory| &advisory.fixed).max() else {
        return Finding::ok(CHECK, format!("wasmtime {version}, without an advisory that was known on {COMPARED}"));
    };
    let names: Vec<String> = open.iter().map(|advisory| format!("{} ({})", advisory.id, advisory.what)).collect();
    let fix = format!("run a release that is built with wasmtime {floor} or later");
    Finding::fail(CHECK, format!("wasmtime {version} has holes that are known: {}", names.join(", ")), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    #[test]
    fn the_engine_that_is_compiled_in_has_no_known_hole() {
        assert_eq!(examine().status, Status::Ok, "{:?}", examine());
    }

    #[test]
    fn an_older_engine_fails_with_the_names_of_its_holes_and_the_version_that_has_none() {
        let old = judge("48.0.4");
        assert_eq!(old.status, Status::Fail);
        assert!(old.seen.contains("CVE-2026-115889") && !old.seen.contains("CVE-2026-115384"), "{old:?}");
        assert!(old.fix.unwrap().contains("48.0.6"));
        assert_eq!(judge("49.0.2").status, Status::Ok);
        assert_eq!(judge("main").status, Status::Warn);
    }
}
