//! Packages that want more than they are given: what can't be adapted is refused and says why, and what was adapted is
//! held to what it was seen to do.

use super::*;

/// A package with this body of `sendMessage`, in a folder of its own.
fn package_that(scratch: &Path, key: &str, send: &str) -> PathBuf {
    let folder = scratch.join("package");
    std::fs::create_dir_all(folder.join("lib")).unwrap();
    std::fs::write(folder.join("package.json"), r#"{"name": "connector-odd", "version": "1.0.0", "type": "module"}"#)
        .unwrap();
    let code = format!(
        "import {{ got }} from 'got';
         export default async ({{ getConfig }}) => ({{
           type: 'Sms',
           metadata: {{ id: 'odd', name: {{ en: 'Odd' }}, formItems: [{{ key: '{key}', label: 'X', type: 'Text', required: true }}] }},
           sendMessage: async ({{ to }}) => {{ const config = await getConfig('odd'); {send} }},
         }});"
    );
    std::fs::write(folder.join("index.js"), code).unwrap();
    folder
}

#[test]
fn what_can_not_be_bound_is_refused_and_named() {
    if installed("packages that can't be adapted").is_none() {
        return;
    }
    for (key, send, word) in [
        ("apiToken", "return got.post('https://a.example/', { json: { text: 'x' + config.apiToken } });", "apiToken"),
        ("apiToken", "return got.post('https://a.example/', { json: { list: [config.apiToken] } });", "apiToken"),
        ("apiToken", "return got.post('https://a.example/', { json: { to } });", "goes nowhere"),
        ("apiToken", "return got.post('http://a.example/', { headers: { 'x-key': config.apiToken } });", "without TLS"),
        ("apiToken", "return 1;", "makes no request"),
        ("apiToken", "throw new Error('not today');", "not today"),
        ("apiToken", "return process.env;", "process"),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("adapted");
        let error = adapt(&package_that(scratch.path(), key, send), &dir, &[]).unwrap_err();
        assert!(error.contains(word), "{send}: {error}");
        assert!(!dir.exists(), "nothing is left of what was refused");
    }
}

#[test]
fn a_field_that_sounds_secret_is_read_only_by_the_operators_word() {
    if installed("a field that sounds secret and is none").is_none() {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let send = "return got.post('https://a.example/', { json: { text: 'x' + config.tokenName } });";
    let package = package_that(scratch.path(), "tokenName", send);
    let dir = scratch.path().join("adapted");
    assert!(adapt(&package, &dir, &[]).unwrap_err().contains("--public"));
    adapt(&package, &dir, &["--public", "tokenName"]).unwrap();
    let manifest = std::fs::read_to_string(dir.join("connector.toml")).unwrap();
    assert!(manifest.contains("public = [\"tokenName\"]") && manifest.contains("secrets = []"), "{manifest}");
    assert!(adapt(&package, &dir, &[]).unwrap_err().contains("not empty"), "a folder is never written over");
}

#[test]
fn what_is_no_package_is_refused_before_npm_is_asked() {
    for wrong in ["--global", "https://evil.example/x.tgz", "file:x", "git+ssh://evil.example/x"] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_countersign")).args(["adapt", "logto", "--", wrong]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("neither a folder"), "{wrong}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_held_to_what_it_was_seen_to_do() {
    if installed("a hostile package, adapted").is_none() {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("adapted");
    let hostile = root().join("tests/adapt/hostile");
    adapt(&hostile, &dir, &[]).unwrap();
    for file in ["README.md", "logo.svg"] {
        let text = std::fs::read_to_string(dir.join(file)).unwrap();
        assert!(!text.contains("root:"), "a package's files are those inside its folder: {text}");
    }
    let component = std::fs::read(dir.join("logto-hostile-sms.wasm")).unwrap();
    let verdict = wire::run(&component, &hostile.join("transcripts")).await;
    assert!(verdict.passed(), "{verdict}");
}
