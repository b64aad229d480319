//! From an author to an operator, through an index in a Git repository: what is signed, what is proven, what is refused.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use axum::response::IntoResponse as _;

use crate::support::dns;
use crate::support::guests::root;
use crate::support::process::{countersign, output, serve};
use crate::support::provider::{Answer, Provider};
use crate::support::service::{answer, client};

/// An author with a key, a connector and an index.
struct Author {
    dir: tempfile::TempDir,
    key: String,
}

impl Author {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("publisher.key");
        let (ok, said) = output(&mut countersign(&["publisher", "new", file.to_str().unwrap()]));
        assert!(ok, "{said}");
        let key = said.lines().next().unwrap().to_owned();
        assert!(key.starts_with("ed25519:"), "{said}");
        std::fs::create_dir(dir.path().join("index")).unwrap();
        Self { dir, key }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A connector's folder: Twilio's under another name, whose build is a copy.
    fn connector(&self) -> PathBuf {
        let folder = self.at("connector");
        std::fs::create_dir_all(folder.join("transcripts")).unwrap();
        let from = root().join("connectors/twilio");
        for file in ["config.schema.json", "README.md", "logo.svg", "transcripts/sent-number.json"] {
            std::fs::copy(from.join(file), folder.join(file)).unwrap();
        }
        let built = root().join("target/guest/wasm32-unknown-unknown/guest/connector_twilio.wasm");
        let manifest = std::fs::read_to_string(from.join("connector.toml")).unwrap();
        let manifest = manifest.replacen("id = \"twilio\"", "id = \"acme\"", 1).replacen(
            "content = ",
            &format!("build = \"cp {} built.wasm\"\noutput = \"built.wasm\"\ncontent = ", built.display()),
            1,
        );
        std::fs::write(folder.join("connector.toml"), manifest).unwrap();
        folder
    }

    fn publish(&self, connector: &Path) -> (bool, String) {
        let (key, index) = (self.at("publisher.key"), self.at("index"));
        output(&mut countersign(&[
            "publish",
            connector.to_str().unwrap(),
            "--at",
            "https://releases.acme.example/acme.wasm",
            "--key-file",
            key.to_str().unwrap(),
            "--index",
            index.to_str().unwrap(),
        ]))
    }

    /// Change what the index says, as whoever keeps it could.
    fn edit(&self, change: impl FnOnce(String) -> String) {
        let file = self.at("index/acme.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, change(text)).unwrap();
    }

    /// A release that lies on a server of its own, and the name server that proves its key.
    async fn published() -> (Self, Provider, SocketAddr) {
        let author = Self::new();
        let folder = author.connector();
        let (ok, said) = author.publish(&folder);
        assert!(ok, "{said}");
        let record = format!("v=countersign1; key={}", author.key);
        assert!(said.contains(&format!("_countersign.twilio.com. TXT \"{record}\"")), "{said}");
        let wasm = std::fs::read(folder.join("acme.wasm")).unwrap();
        let releases = Provider::start().await;
        releases.answers(Answer::By(Arc::new(move |_| wasm.clone().into_response())));
        author.edit(|text| text.replace("https://releases.acme.example", &releases.url));
        let names = HashMap::from([("_countersign.twilio.com".to_owned(), vec!["v=spf1 -all".to_owned(), record])]);
        let resolver = dns::serve(names).await;
        (author, releases, resolver)
    }

    async fn install(&self, resolver: SocketAddr, more: &[&str]) -> (bool, String) {
        let (index, out) = (self.at("index"), self.at("fetched.wasm"));
        let _ = std::fs::remove_file(&out);
        let resolver = resolver.to_string();
        let (index, file) = (index.to_str().unwrap().to_owned(), out.to_str().unwrap().to_owned());
        let mut args = vec!["install", "acme", "--index", &index, "--resolver", &resolver, "--out", &file];
        args.extend(more);
        let mut command = countersign(&args);
        let (ok, said) = tokio::task::spawn_blocking(move || output(&mut command)).await.unwrap();
        assert_eq!(ok, out.exists(), "what is refused is not written: {said}");
        (ok, said)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_goes_from_its_author_through_a_git_index_into_a_running_service() {
    let (author, _releases, resolver) = Author::published().await;
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=acme", "-c", "user.email=acme@acme.example"];
        let done = Command::new("git").args(identity).args(args).current_dir(author.at("index")).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "acme.toml"]);
    git(&["commit", "--quiet", "-m", "Publish acme"]);
    let dir = tempfile::tempdir().unwrap();
    let running = serve(dir.path(), &[]);
    let key = running.key.clone().unwrap();
    let index = format!("file://{}", author.at("index").display());
    let resolver = resolver.to_string();
    let mut command = countersign(&[
        "install",
        "acme",
        "--index",
        &index,
        "--resolver",
        &resolver,
        "--url",
        &running.url,
        "--key",
        &key,
    ]);
    let (ok, said) = tokio::task::spawn_blocking(move || output(&mut command)).await.unwrap();
    assert!(ok && said.contains("proven by the DNS of twilio.com") && said.contains("uploaded"), "{said}");
    let (status, component) =
        answer(client().get(format!("{}/v1/components/acme", running.url)).bearer_auth(key)).await;
    assert_eq!((status, component["id"].as_str()), (200, Some("acme")), "{component}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_whom_the_provider_does_not_name_needs_the_operators_word() {
    let (author, _releases, _) = Author::published().await;
    let nobody = dns::serve(HashMap::new()).await;
    let (ok, said) = author.install(nobody, &[]).await;
    assert!(!ok && said.contains("_countersign.twilio.com") && said.contains("there is none"), "{said}");
    assert!(said.contains(&format!("--trust {}", author.key)), "{said}");
    let other = format!("v=countersign1; key={}", Author::new().key);
    let other = dns::serve(HashMap::from([("_countersign.twilio.com".to_owned(), vec![other.clone()])])).await;
    let (ok, said) = author.install(other, &[]).await;
    assert!(!ok && said.contains("another key"), "{said}");
    let (ok, said) = author.install(nobody, &["--trust", &author.key]).await;
    assert!(ok && said.contains("a key that you trust"), "{said}");
    let (ok, said) = author.install(nobody, &["--unproven"]).await;
    assert!(ok && said.contains("not proven"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_who_keeps_the_index_nor_who_keeps_the_file_can_change_a_release() {
    let (author, releases, resolver) = Author::published().await;
    let whole = std::fs::read_to_string(author.at("index/acme.toml")).unwrap();
    releases.answers(Answer::By(Arc::new(|_| b"\0asm\x0d\0\x01\0".to_vec().into_response())));
    let (ok, said) = author.install(resolver, &[]).await;
    assert!(!ok && said.contains("is not what was published"), "{said}");
    let digest = whole.split('"').find(|part| part.starts_with("sha256:")).unwrap().to_owned();
    author.edit(|text| text.replace(&digest, &format!("sha256:{}", "0".repeat(64))));
    let (ok, said) = author.install(resolver, &[]).await;
    assert!(!ok && said.contains("signature"), "{said}");
    let asked = releases.requests().len();
    author.edit(|_| whole.replace("version = \"1.0.0\"", "version = \"1.0.1\""));
    let (ok, said) = author.install(resolver, &[]).await;
    assert!(!ok && said.contains("signature"), "{said}");
    author.edit(|_| whole.replace(&author.key, &Author::new().key));
    let (ok, said) = author.install(resolver, &[]).await;
    assert!(!ok && said.contains("signature"), "{said}");
    assert_eq!(releases.requests().len(), asked, "what is not signed is not fetched");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_meant_is_refused_and_named() {
    let (author, _releases, resolver) = Author::published().await;
    let (ok, said) = author.install(resolver, &["--version", "9.9.9"]).await;
    assert!(!ok && said.contains("9.9.9") && said.contains("1.0.0"), "{said}");
    author.edit(|text| text.replace("\nurl = ", "\nurrl = "));
    let (ok, said) = author.install(resolver, &[]).await;
    assert!(!ok && said.contains("urrl") && said.contains("acme.toml"), "{said}");
    let install =
        |name: &str, index: &str| output(&mut countersign(&["install", name, "--index", index, "-o", "/dev/null"]));
    let (ok, said) = install("../acme", author.at("index").to_str().unwrap());
    assert!(!ok && said.contains("../acme"), "{said}");
    let (ok, said) = install("acme", "--upload-pack=touch /tmp/x");
    assert!(!ok && !said.contains("git can't"), "{said}");
    std::fs::remove_file(author.at("index/acme.toml")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", author.at("index/acme.toml")).unwrap();
    let (ok, said) = install("acme", author.at("index").to_str().unwrap());
    assert!(!ok && said.contains("is no file") && !said.contains("root:"), "{said}");
    let (ok, said) = install("acme", "ext::sh -c true");
    assert!(!ok && said.contains("an index is a folder"), "{said}");
}

#[test]
fn only_what_passes_is_published_and_a_version_keeps_its_bytes() {
    let author = Author::new();
    let folder = author.connector();
    let sent = folder.join("transcripts/sent-number.json");
    let right = std::fs::read_to_string(&sent).unwrap();
    std::fs::write(&sent, right.replace("SM11111111111111111111111111111111\"\n      ]", "another\"\n      ]"))
        .unwrap();
    let (ok, said) = author.publish(&folder);
    assert!(!ok && said.contains("does not pass") && !author.at("index/acme.toml").exists(), "{said}");
    std::fs::write(&sent, right).unwrap();
    assert!(author.publish(&folder).0);
    let first = std::fs::read_to_string(author.at("index/acme.toml")).unwrap();
    assert!(author.publish(&folder).0, "the same again is no mistake");
    std::fs::write(folder.join("README.md"), "# Other words").unwrap();
    let (ok, said) = author.publish(&folder);
    assert!(!ok && said.contains("raise `version`"), "{said}");
    assert_eq!(std::fs::read_to_string(author.at("index/acme.toml")).unwrap(), first);
    let manifest = std::fs::read_to_string(folder.join("connector.toml")).unwrap();
    std::fs::write(folder.join("connector.toml"), manifest.replacen("1.0.0", "1.1.0", 1)).unwrap();
    let (ok, said) = author.publish(&folder);
    let both = std::fs::read_to_string(author.at("index/acme.toml")).unwrap();
    assert!(ok && both.contains("\"1.0.0\"") && both.contains("\"1.1.0\""), "{said}\n{both}");
    let secret = std::fs::read_to_string(author.at("publisher.key")).unwrap();
    assert!(!both.contains(secret.trim()) && !said.contains(secret.trim()));
}
