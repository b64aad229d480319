//! Connectors in Zig: the SDK's own records, and what an author writes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use super::layout::{Layout, Shape};
use super::{checks, countersign, hostile, layout, more, new, shared_transcripts, toolchain};
use crate::support::guests::root;

fn is_there(what: &str) -> bool {
    toolchain(what, "bin/zig")
}

/// The example, packed: built once, since tests run beside one another.
fn example() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let dir = root().join("examples/connectors/zig");
        countersign(&["build", dir.to_str().unwrap()]);
        dir.join("twilio-zig.wasm")
    })
}

/// `zig …` in a folder.
fn zig(dir: &Path, args: &[&str]) -> Output {
    Command::new(root().join("target/toolchains/bin/zig")).args(args).current_dir(dir).output().unwrap()
}

#[test]
fn a_new_connector_in_zig_passes_as_it_is() {
    if !is_there("a new connector in Zig") {
        return;
    }
    let (_scratch, dir) = new("zig");
    checks(&dir, None);
}

#[test]
fn the_example_in_zig_passes_what_every_language_passes() {
    if !is_there("the example in Zig") {
        return;
    }
    checks(example(), Some(&shared_transcripts()));
}

/// What the author's page shows is no drawing: it builds.
#[test]
fn the_file_that_the_page_for_zig_shows_builds() {
    if !is_there("the page for Zig") {
        return;
    }
    more::what_its_page_shows_builds("zig");
}

#[test]
fn the_other_two_exports_in_zig_are_recognised_and_answer() {
    if !is_there("an account and reports in Zig") {
        return;
    }
    more::is_recognised_and_passes("zig");
}

#[test]
fn a_hostile_answer_is_a_typed_failure_in_zig() {
    if !is_there("hostile answers in Zig") {
        return;
    }
    hostile::is_told_as_a_failure(example());
}

#[test]
fn the_same_source_in_zig_is_the_same_component_in_another_folder() {
    if !is_there("two builds of a connector in Zig") {
        return;
    }
    let (_first, first) = new("zig");
    let (_second, second) = new("zig");
    let built = |dir: &Path| {
        countersign(&["build", dir.to_str().unwrap()]);
        std::fs::read(dir.join("acme.wasm")).unwrap()
    };
    let (first, second) = (built(&first), built(&second));
    assert!(first == second, "{} and {} bytes differ", first.len(), second.len());
    assert!(first.len() < 128 << 10, "{} bytes", first.len());
}

#[test]
fn what_is_written_in_zig_is_formatted_as_zig_is() {
    if !is_there("the format of what is written in Zig") {
        return;
    }
    for dir in ["connectors/sdk/zig", "examples/connectors/zig", "runtime/kit/new/zig"] {
        let output = zig(&root().join(dir), &["fmt", "--check", "."]);
        assert!(output.status.success(), "{dir}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// The SDK computes from Zig's types where things lie: the same as the contract's own tools do.
#[test]
fn every_record_of_the_contract_lies_in_zig_as_the_host_reads_it() {
    if !is_there("the Zig SDK's records") {
        return;
    }
    let (_scratch, dir) = new("zig");
    let sdk = dir.join("vendor/sdk");
    let mut source = String::from(
        "const std = @import(\"std\");\nconst abi = @import(\"abi.zig\");\nconst contract = @import(\"contract.zig\");\n\
         const host = @import(\"host.zig\");\nconst component = @import(\"component.zig\");\n\
         fn same(what: []const u8, here: usize, there: usize) void {\n    if (here != there) @compileError(what);\n}\n\
         comptime {\n    @setEvalBranchQuota(100_000);\n",
    );
    for found in layout::of_the_contract() {
        assertions(&mut source, &found);
    }
    for (function, size, payload) in layout::results() {
        let result = match function.as_str() {
            "http.send" => "host.Sent",
            "credentials.sign" | "credentials.digest" | "credentials.token" => "host.Marker",
            "credentials.verify" => "host.Verdict",
            "sms.send" => "abi.Result(contract.Receipt, contract.Failure)",
            "account.check" => "abi.Result(contract.Standing, contract.Failure)",
            "delivery-reports.handle" => "abi.Result(contract.Handled, contract.Failure)",
            other => panic!("{other} is new"),
        };
        writeln!(source, "    same(\"{function}\", abi.sizeOf({result}), {size});").unwrap();
        writeln!(source, "    same(\"{function}'s value\", abi.payloadOf({result}), {payload});").unwrap();
    }
    source.push_str("}\n");
    std::fs::write(sdk.join("layout.zig"), source).unwrap();
    let output = zig(&sdk, &["build-obj", "-target", "wasm32-freestanding", "-fno-emit-bin", "layout.zig"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn assertions(source: &mut String, found: &Layout) {
    let zig = match found.name.as_str() {
        "field" | "header" | "parameter" => "contract.Pair".to_owned(),
        "request" => "host.Request".to_owned(),
        "send-arguments" => "component.Given".to_owned(),
        name => format!("contract.{}", camel(name)),
    };
    writeln!(source, "    same(\"{zig}\", abi.sizeOf({zig}), {});", found.size).unwrap();
    let (cases, tag) = match &found.shape {
        Shape::Record(fields) => {
            for (field, at) in fields {
                writeln!(source, "    same(\"{zig}.{field}\", abi.offsetOf({zig}, \"{field}\"), {at});").unwrap();
            }
            return;
        }
        Shape::Enum(cases) => (cases, zig),
        Shape::Variant(cases, payload) => {
            writeln!(source, "    same(\"{zig}'s value\", abi.payloadOf({zig}), {payload});").unwrap();
            (cases, format!("std.meta.Tag({zig})"))
        }
    };
    for (number, case) in cases.iter().enumerate() {
        let case = case.replace('-', "_");
        writeln!(source, "    same(\"{case}\", @intFromEnum(@field({tag}, \"{case}\")), {number});").unwrap();
    }
}

/// `failure-kind` is `FailureKind`.
fn camel(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

#[test]
fn a_file_without_send_is_told_what_to_write() {
    if !is_there("a file without `send` in Zig") {
        return;
    }
    let (_scratch, dir) = new("zig");
    std::fs::write(dir.join("connector.zig"), "pub fn sent() void {}\n").unwrap();
    let output = Command::new("sh")
        .args(["vendor/sdk/build.sh", "connector.zig"])
        .env("PATH", format!("{}:/usr/bin:/bin", root().join("target/toolchains/bin").display()))
        .current_dir(&dir)
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("has no `pub fn send(call: cs.Call"), "{output:?}");
}
