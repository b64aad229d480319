//! Connectors in C: the SDK's own records, its reader of JSON, and what an author writes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::json;

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
        let dir = root().join("examples/connectors/c");
        countersign(&["build", dir.to_str().unwrap()]);
        dir.join("twilio-c.wasm")
    })
}

/// The compiler takes it with the SDK's headers, and has nothing to say about it.
fn accepts(source: &Path) {
    let scratch = tempfile::tempdir().unwrap();
    let object = scratch.path().join("object.o");
    compile(&["--target=wasm32-wasi", "-I.", "-c", source.to_str().unwrap(), "-o", object.to_str().unwrap()]);
}

/// `zig cc …` in the SDK's folder; it must succeed without a word.
fn compile(args: &[&str]) {
    let output = Command::new(root().join("target/toolchains/bin/zig"))
        .arg("cc")
        .args(["-std=c23", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"])
        .args(args)
        .current_dir(root().join("connectors/sdk/c"))
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_new_connector_in_c_passes_as_it_is() {
    if !is_there("a new connector in C") {
        return;
    }
    let (_scratch, dir) = new("c");
    checks(&dir, None);
}

#[test]
fn the_example_in_c_passes_what_every_language_passes() {
    if !is_there("the example in C") {
        return;
    }
    checks(example(), Some(&shared_transcripts()));
}

#[test]
fn a_file_in_c_that_exports_nothing_is_told_what_is_missing() {
    if !is_there("a connector in C that exports nothing") {
        return;
    }
    let (_scratch, dir) = new("c");
    std::fs::write(dir.join("connector.c"), "#include \"vendor/sdk/countersign.h\"\n").unwrap();
    let build = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["build", dir.to_str().unwrap()])
        .env("PATH", format!("{}:/usr/bin:/bin", root().join("target/toolchains/bin").display()))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&build.stderr);
    assert!(!build.status.success() && told.contains("`countersign:connector/sms@1.0.0#send`"), "{told}");
    assert!(!dir.join("acme.wasm").exists());
}

#[test]
fn the_same_source_is_the_same_component_in_another_folder() {
    if !is_there("two builds of a connector in C") {
        return;
    }
    let (_first, first) = new("c");
    let (_second, second) = new("c");
    let built = |dir: &Path| {
        countersign(&["build", dir.to_str().unwrap()]);
        std::fs::read(dir.join("acme.wasm")).unwrap()
    };
    let (first, second) = (built(&first), built(&second));
    assert!(first == second, "{} and {} bytes differ", first.len(), second.len());
    assert!(first.len() < 32 << 10, "{} bytes", first.len());
}

#[test]
fn the_sdk_and_what_is_written_with_it_compile_without_a_warning() {
    if !is_there("the C SDK's warnings") {
        return;
    }
    let sources = std::fs::read_dir(root().join("connectors/sdk/c")).unwrap().map(|entry| entry.unwrap().path());
    let mut sources: Vec<PathBuf> = sources.filter(|path| path.extension().is_some_and(|is| is == "c")).collect();
    sources.extend([root().join("examples/connectors/c/connector.c")]);
    for source in sources {
        accepts(&source);
    }
}

/// The records lie as the canonical ABI lays them out: the compiler itself compares.
#[test]
fn every_record_of_the_contract_lies_in_c_as_the_host_reads_it() {
    if !is_there("the C SDK's records") {
        return;
    }
    let mut source = String::from("#include \"countersign.h\"\n#include \"imports.h\"\n");
    for found in layout::of_the_contract() {
        assertions(&mut source, &found);
    }
    for (function, size, payload) in layout::results() {
        let (result, field) = match function.as_str() {
            "http.send" => ("cs_http_result", "response"),
            "credentials.sign" | "credentials.digest" | "credentials.token" => ("cs_marker_result", "marker"),
            "credentials.verify" => ("cs_verify_result", "good"),
            "sms.send" => ("cs_sent", "receipt"),
            "account.check" => ("cs_checked", "standing"),
            "delivery-reports.handle" => ("cs_read", "handled"),
            other => panic!("{other} is new"),
        };
        writeln!(source, "static_assert(sizeof({result}) == {size} && offsetof({result}, {field}) == {payload});")
            .unwrap();
    }
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("layout.c");
    std::fs::write(&file, source).unwrap();
    accepts(&file);
}

fn assertions(source: &mut String, found: &Layout) {
    let name = found.name.replace('-', "_");
    let c = match name.as_str() {
        "field" | "header" | "parameter" => "cs_pair".to_owned(),
        name => format!("cs_{name}"),
    };
    writeln!(source, "static_assert(sizeof({c}) == {}, \"{c}\");", found.size).unwrap();
    let prefix = match name.as_str() {
        "receipt_status" => "RECEIPT_",
        "report_status" => "REPORT_",
        "fault" => "FAULT_",
        "refusal" => "REFUSAL_",
        _ => "",
    };
    let (cases, payload) = match &found.shape {
        Shape::Record(fields) => {
            for (field, at) in fields {
                writeln!(source, "static_assert(offsetof({c}, {field}) == {at}, \"{c}.{field}\");").unwrap();
            }
            return;
        }
        Shape::Enum(cases) => (cases, None),
        Shape::Variant(cases, payload) => (cases, Some(payload)),
    };
    for (number, case) in cases.iter().enumerate() {
        let case = case.replace('-', "_").to_uppercase();
        writeln!(source, "static_assert(CS_{prefix}{case} == {number}, \"CS_{prefix}{case}\");").unwrap();
    }
    if let Some(payload) = payload {
        writeln!(source, "static_assert(offsetof({c}, text) == {payload}, \"{c}\");").unwrap();
    }
}

/// What the author's page shows is no drawing: it builds.
#[test]
fn the_file_that_the_page_for_c_shows_builds() {
    if !is_there("the page for C") {
        return;
    }
    more::what_its_page_shows_builds("c");
}

#[test]
fn the_other_two_exports_in_c_are_recognised_and_answer() {
    if !is_there("an account and reports in C") {
        return;
    }
    more::is_recognised_and_passes("c");
}

#[test]
fn a_hostile_answer_is_a_typed_failure_in_c() {
    if !is_there("hostile answers in C") {
        return;
    }
    hostile::is_told_as_a_failure(example());
}

#[test]
fn what_is_odd_and_still_json_is_read_in_c() {
    if !is_there("odd answers in C") {
        return;
    }
    let deep = |levels: usize| format!(r#"{{"a":{}{},"sid":"SM1"}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1));
    let long = format!(r#"{{"a":"{}","sid":"SM1"}}"#, "\\u00fc".repeat(160_000));
    let scratch = tempfile::tempdir().unwrap();
    for (number, (body, id)) in [
        (r#" { "sid" : "SM1" } "#, "SM1"),
        (r#"{"\u0073\u0069d":"SM\u0031\/\"\\\ud83d\udD10"}"#, "SM1/\"\\🔐"),
        (r#"{"sid":"SM1\ud83d."}"#, "SM1\u{fffd}."),
        (r#"{"sid":"\udd10\ud83d"}"#, "\u{fffd}\u{fffd}"),
        (r#"{"sid":"SM1","sid":"SM2"}"#, "SM2"),
        (r#"{"a":{"sid":"no"},"b":[{"sid":"no"}],"sid":"SM1","c":-0.5e-10}"#, "SM1"),
        (r#"{"sid":"SM1","num_segments":"99999999999","price":"1","price_unit":null}"#, "SM1"),
        (&deep(128), "SM1"),
        (&long, "SM1"),
    ]
    .into_iter()
    .enumerate()
    {
        let expected = json!({"accepted": {"message_ids": [id]}});
        let text = hostile::transcript(&format!("odd {number}"), 201, body.as_bytes(), expected);
        std::fs::write(scratch.path().join(format!("{number}.json")), text).unwrap();
    }
    let deeper = hostile::transcript(
        "one level too deep",
        201,
        deep(129).as_bytes(),
        json!({"failure": {"kind": "invalid-response", "certainty": "unknown"}}),
    );
    std::fs::write(scratch.path().join("deeper.json"), deeper).unwrap();
    checks(example(), Some(scratch.path()));
}

/// Tens of thousands of documents, each ending where memory ends, under the sanitizer for undefined behaviour; and the
/// verdict is that of another reader.
#[test]
fn the_reader_in_c_never_reads_past_the_end_and_judges_as_another_does() {
    if !is_there("the C SDK's reader") {
        return;
    }
    let documents = documents();
    let mut file = Vec::new();
    for document in &documents {
        file.extend(u32::try_from(document.len()).unwrap().to_ne_bytes());
        file.extend(document);
    }
    let scratch = tempfile::tempdir().unwrap();
    let (driver, input) = (scratch.path().join("driver"), scratch.path().join("documents"));
    std::fs::write(&input, file).unwrap();
    let source = root().join("tests/languages/c/driver.c");
    let reader = ["text.c", "encoding.c", "form.c", "json_scan.c", "json_read.c", "json_write.c"];
    let flags = ["-O1", "-g", "-fsanitize=undefined", "-fno-sanitize-recover=all", "-D_GNU_SOURCE", "-I."];
    compile(&[&flags[..], &reader, &[source.to_str().unwrap(), "-o", driver.to_str().unwrap()]].concat());
    let output = Command::new(driver).arg(&input).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    assert_eq!(output.stdout.len(), documents.len());
    for (document, verdict) in documents.iter().zip(output.stdout) {
        let expected = serde_json::from_slice::<serde_json::Value>(document).is_ok();
        assert_eq!(verdict == b'1', expected, "{}", String::from_utf8_lossy(document));
    }
}

/// Documents, each with all that one byte can make of them, and each cut off everywhere.
fn documents() -> Vec<Vec<u8>> {
    let seeds: [&[u8]; 9] = [
        br#"{"sid":"SM1","code":212,"a":[1,-2.5e+3,true,false,null,{}],"":{"b":[]}}"#,
        br#""\u00fc\n\t\"\\\/\b\f\r""#,
        "\"ü€🔐\"".as_bytes(),
        b" [ [ ] , { } , \"\" , 0 ] ",
        b"-0.0E-0",
        b"[[[[[[[[]]]]]]]]",
        br#"{"/":{"~":{"m~n":1}}}"#,
        b"true",
        b"nulls",
    ];
    let mut documents: Vec<Vec<u8>> = hostile::broken().into_iter().map(|(_, body)| body).collect();
    for seed in seeds {
        for at in 0..=seed.len() {
            documents.push(seed[..at].to_vec());
            for byte in *b"{}[]\",:\\/u019.eE+-tn \n\0\x1f\x7f\x80\xbf\xc3\xe2\xed\xf0\xf4\xff" {
                let mut with = seed.to_vec();
                with.insert(at, byte);
                documents.push(with);
                if at < seed.len() {
                    let mut other = seed.to_vec();
                    other[at] = byte;
                    documents.push(other);
                }
            }
        }
    }
    // The other reader has another opinion of half a pair: it refuses one, where this one writes U+FFFD.
    documents.retain(|document| !document.windows(3).any(|three| three.eq_ignore_ascii_case(b"\\ud")));
    documents
}
