//! Certificate files: bad ones at the start, and ones that are exchanged while the service runs.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_exchanged_certificate_serves_the_next_handshake_and_no_connection_is_dropped() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (_service, address) = service(&authority, dir.path()).await;
    let config = || authority.speaking(rustls::ALL_VERSIONS, &["http/1.1"]);
    let mut standing = handshake(address, config(), NAME).await.unwrap();
    let old = shown(&standing);
    let new = authority.issue(NAME);
    new.write(dir.path());
    within("the new certificate", async {
        while shown(&handshake(address, config(), NAME).await.unwrap()) != new.der {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let request = format!("GET /v1/keys HTTP/1.1\r\nhost: {NAME}\r\nauthorization: Bearer {ADMIN_KEY}\r\n\r\n");
    standing.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    within("an answer on the old connection", standing.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    assert_eq!(shown(&standing), old);
}

#[test]
fn files_that_cannot_serve_are_refused_at_the_start_by_the_name_of_their_option() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (good, other) = (authority.issue(NAME), authority.issue(NAME));
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let broken = "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n";
    let chain_of_others = format!("{}{}", authority.pem(), good.chain_pem);
    for (certificate, key, option, says) in [
        (None, Some(&*good.key_pem), "server.tls.certificate", "can't read"),
        (Some(&*good.chain_pem), None, "server.tls.key", "can't read"),
        (Some(""), Some(&good.key_pem), "server.tls.certificate", "holds no PEM certificate"),
        (Some("hello"), Some(&good.key_pem), "server.tls.certificate", "holds no PEM certificate"),
        (Some(&good.key_pem), Some(&good.chain_pem), "server.tls.certificate", "holds no PEM certificate"),
        (Some(&good.chain_pem[..300]), Some(&good.key_pem), "server.tls.certificate", "PEM"),
        (Some(&good.chain_pem), Some(&good.chain_pem), "server.tls.key", "holds no private key"),
        (Some(&good.chain_pem), Some(encrypted), "server.tls.key", "encrypted"),
        (Some(&good.chain_pem), Some(broken), "server.tls.key", "not a private key"),
        (Some(&good.chain_pem), Some(&other.key_pem), "server.tls.key", "not the key of the first certificate"),
        (Some(&chain_of_others), Some(&good.key_pem), "server.tls.key", "not the key of the first certificate"),
    ] {
        let files = [("certificate.pem", certificate), ("key.pem", key)].map(|(name, content)| {
            let path = dir.path().join(name);
            let _ = std::fs::remove_file(&path);
            content.inspect(|content| std::fs::write(&path, content).unwrap());
            path
        });
        let (ok, said) = output(
            beside(dir.path(), &["serve", "--listen", "127.0.0.1:0"])
                .env("COUNTERSIGN_SERVER__TLS__CERTIFICATE", &files[0])
                .env("COUNTERSIGN_SERVER__TLS__KEY", &files[1]),
        );
        assert!(!ok && said.contains(&format!("`{option}`")) && said.contains(says), "{option} {says}: {said}");
        assert!(!said.contains(good.key_pem.lines().nth(1).unwrap()), "no key is shown: {said}");
        assert!(!dir.path().join("data").exists(), "nothing was made");
    }
}

/// A process whose log is read line by line.
struct Logged {
    child: Child,
    log: tokio::io::Lines<BufReader<tokio::process::ChildStderr>>,
}

impl Logged {
    fn signal(&self) {
        let hang_up = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap();
        assert!(hang_up.success());
    }

    async fn says(&mut self, what: &str) -> String {
        let says = async {
            loop {
                let line = self.log.next_line().await.unwrap().expect("the log goes on");
                if line.contains(what) {
                    return line;
                }
            }
        };
        within(&format!("the log's word on `{what}`"), says).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_new_file_keeps_the_old_certificate_and_the_log_says_so() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let first = authority.issue(NAME);
    let (certificate, key) = first.write(dir.path());
    let mut child = beside(dir.path(), &["serve", "--listen", "127.0.0.1:0"])
        .env("COUNTERSIGN_SERVER__TLS__CERTIFICATE", &certificate)
        .env("COUNTERSIGN_SERVER__TLS__KEY", &key)
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let address = crate::support::process::address(&mut child);
    let address: SocketAddr = address.strip_prefix("https://").unwrap().parse().unwrap();
    let stderr = tokio::process::ChildStderr::from_std(child.stderr.take().unwrap()).unwrap();
    let mut running = Logged { child, log: BufReader::new(stderr).lines() };
    let serves = async || shown(&handshake(address, authority.trusting(), NAME).await.unwrap());
    assert_eq!(serves().await, first.der);
    // The listener answers once the service runs; only then is the signal listened for.
    std::fs::write(&certificate, "half a certif").unwrap();
    running.says("holds no PEM certificate").await;
    assert_eq!(serves().await, first.der);
    let other = authority.issue(NAME);
    std::fs::write(&certificate, &other.chain_pem).unwrap();
    running.signal();
    let line = running.says("not the key of the first certificate").await;
    assert!(line.contains("the old one serves on") && line.contains("server.tls.key"), "{line}");
    let expired = authority.issue_with(NAME, |params| params.not_after = rcgen::date_time_ymd(2001, 1, 1));
    expired.write(dir.path());
    running.signal();
    running.says("is not valid now").await;
    assert_eq!(serves().await, first.der);
    other.write(dir.path());
    running.signal();
    running.says("a new certificate serves").await;
    assert_eq!(serves().await, other.der);
    running.signal();
    running.says("have not changed").await;
    drop(Running { child: running.child, url: String::new(), key: None });
}
