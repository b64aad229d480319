//! Components: the registry of uploads.

use crate::console::words::common::count;

pub(in crate::console) const LEAD: &str = "The code that connectors run: sandboxed WebAssembly that reaches only the hosts that it names, and never sees a secret.";
pub(in crate::console) const UPLOAD: &str = "Upload a component";
pub(in crate::console) const FILE: &str = "Packed component (.wasm)";
pub(in crate::console) const FILE_HINT: &str =
    "As `countersign build` makes it. Nothing serves before you set a connector up with it.";
pub(in crate::console) const DROP: &str = "Drop the file here, or choose it";
pub(in crate::console) const SEND: &str = "Upload and judge";
pub(in crate::console) const SENDING: &str = "Uploading…";
pub(in crate::console) const SENT: &str = "Sent";
pub(in crate::console) const WORKING: &str = "Judging and compiling it";
pub(in crate::console) const CANCEL: &str = "Cancel";
pub(in crate::console) const NO_FILE: &str = "Choose a file first";
pub(in crate::console) const REFUSED: &str = "It was refused; nothing was stored.";
pub(in crate::console) const UPLOADED: &str = "Uploaded";
pub(in crate::console) const BUILT_IN: &str = "Built in";
pub(in crate::console) const NONE_UPLOADED: &str =
    "Nothing was uploaded yet. The built-in components below are there already.";
pub(in crate::console) const SEARCH: &str = "Search";
pub(in crate::console) const NONE_FOUND: &str = "No component has these words.";
pub(in crate::console) const SET_UP: &str = "Set up a connector";
pub(in crate::console) const VERSION: &str = "Version";
pub(in crate::console) const VERSIONS: &str = "Versions";
pub(in crate::console) const NAME: &str = "Component";
pub(in crate::console) const SUMMARY: &str = "What it is";
pub(in crate::console) const CAME: &str = "Came";
pub(in crate::console) const HOSTS: &str = "Hosts it may ask for";
pub(in crate::console) const EXPORTS: &str = "Exports";
pub(in crate::console) const FEATURES: &str = "Can do";
pub(in crate::console) const DIGEST: &str = "SHA-256";
pub(in crate::console) const SIZE: &str = "Size";
pub(in crate::console) const COMPILED_IN: &str = "Compiled in";
pub(in crate::console) const INSTANCE: &str = "Instance made in";
pub(in crate::console) const VERIFIED: &str = "Verified";
pub(in crate::console) const USED_BY: &str = "Used by";
pub(in crate::console) const UNUSED: &str = "No connector uses this version.";
pub(in crate::console) const VERDICT: &str = "Verdict";
pub(in crate::console) const JUDGED: &str = "Judged before it was stored";
pub(in crate::console) const PASSED: &str = "No fault was found";
pub(in crate::console) const FAULTS: &str = "Faults were found";
pub(in crate::console) const STILL_USABLE: &str =
    "It was stored and can be set up: what is found here refuses nothing, but look at it before it serves.";
pub(in crate::console) const SERVES_NOTHING: &str = "It serves nothing yet.";
pub(in crate::console) const TRY: &str = "Try it";
pub(in crate::console) const TRYING: &str = "Trying…";
pub(in crate::console) const TRY_LEAD: &str =
    "Runs it against a stand-in that answers with a provider's usual faults. It reaches nobody.";
pub(in crate::console) const NOT_RUN: &str = "It can't be run any more.";
pub(in crate::console) const PACKAGE: &str = "Package";
pub(in crate::console) const PROVIDER_FAULTS: &str = "A provider's faults";
pub(in crate::console) const TRAPS: &str = "Its toolchain's traps";
pub(in crate::console) const FINDING: &str = "Looked at";
pub(in crate::console) const RESULT: &str = "Result";
pub(in crate::console) const FOUND: &str = "Found";
pub(in crate::console) const COSTS: &str = "What it costs here";
pub(in crate::console) const DELETE: &str = "Delete this version";
pub(in crate::console) const KEEP: &str = "Keep it";
pub(in crate::console) const NOTHING_STOPS: &str =
    "Nothing stops: no connector uses this version, now or in an earlier revision.";
pub(in crate::console) const USED: &str =
    "It can't be deleted: these connectors would stop, or could not be rolled back any more.";
pub(in crate::console) const FREE_IT: &str =
    "A connector needs it as long as one of its revisions does. Delete the connector first.";
pub(in crate::console) const UPLOAD_AGAIN: &str = "The same file can be uploaded again later.";
pub(in crate::console) const DELETE_IN_USE: &str =
    "Revisions of connectors need it; it can be deleted when they are gone.";
pub(in crate::console) const DELETE_BUILT_IN: &str = "It came with the program and stays.";
pub(in crate::console) const DELETED: &str = "The version was deleted.";
pub(in crate::console) const CREDENTIALS: &str = "Credentials it asks to use";
pub(in crate::console) const OK: &str = "fine";
pub(in crate::console) const WARNING: &str = "look";
pub(in crate::console) const FAULT: &str = "fault";

pub(in crate::console) fn versions(number: usize) -> String {
    if number == 1 { "1 version".to_owned() } else { format!("{number} versions") }
}

pub(in crate::console) fn left(id: &str, version: Option<&str>) -> String {
    match version {
        Some(version) => format!("Whoever names only {id} gets version {version} then."),
        None => format!("It is the only version: no connector can be set up with {id} then."),
    }
}

pub(in crate::console) fn stored(name: &str, is_new: bool) -> String {
    if is_new {
        format!("{name} was judged, compiled and stored.")
    } else {
        format!("{name} was here already, byte for byte.")
    }
}

pub(in crate::console) fn kilobytes(bytes: u64) -> String {
    format!("{} kB", count(bytes.div_ceil(1000)))
}

pub(in crate::console) fn costs(send_us: u64, instance_us: u64, memory_kib: u64) -> String {
    format!(
        "{} µs of CPU a send, {} µs to make an instance, {} KiB of memory at most",
        count(send_us),
        count(instance_us),
        count(memory_kib)
    )
}
