//! nginx itself, with the example as it is but for its port, its certificate and where the service is.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::FAILURES;
use crate::support::guests::{self, root};
use crate::support::service::{ADMIN_KEY, Service, TO, answer};
use crate::support::tls::{Authority, NAME};
use crate::support::{is_there, within};

/// Whether nginx is here.
fn is_here() -> bool {
    let here = Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    is_there(here, "the example of nginx", "nginx", "apt-get install nginx-light")
}

struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Replace what is there once.
fn put(text: &mut String, here: &str, new: &str) {
    assert_eq!(text.matches(here).count(), 1, "{here}");
    *text = text.replace(here, new);
}

/// Start it before `upstream`, in a folder of its own.
async fn start(dir: &Path, authority: &Authority, upstream: SocketAddr) -> Nginx {
    let (certificate, key) = authority.issue(NAME).write(dir);
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut site = std::fs::read_to_string(root().join("examples/proxy/nginx.conf")).unwrap();
    put(&mut site, "listen 443 ssl", &format!("listen {address} ssl"));
    put(&mut site, "/etc/nginx/otp.example.com.pem", certificate.to_str().unwrap());
    put(&mut site, "/etc/nginx/otp.example.com.key", key.to_str().unwrap());
    put(&mut site, "http://127.0.0.1:8080", &format!("http://{upstream}"));
    let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", dir.join(kind).display()))
        .concat();
    let log = dir.join("nginx.log");
    let whole = format!(
        "daemon off; master_process off; pid {}/nginx.pid; error_log {log} info;\nevents {{}}\nhttp {{\naccess_log off;\n{folders}{site}}}\n",
        dir.display(),
        log = log.display(),
    );
    let config = dir.join("nginx.conf");
    std::fs::write(&config, whole).unwrap();
    let mut command = Command::new("nginx");
    command.args(["-p", dir.to_str().unwrap(), "-e", log.to_str().unwrap(), "-c", config.to_str().unwrap()]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let ready = async {
        while tokio::net::TcpStream::connect(address).await.is_err() {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", std::fs::read_to_string(&log).unwrap_or_default());
            tokio::task::yield_now().await;
        }
    };
    within("nginx's start", ready).await;
    Nginx { child, address }
}

/// A client at another address than the proxy's.
fn from(authority: &Authority, nginx: &Nginx, address: &str) -> reqwest::Client {
    let client = reqwest::Client::builder().tls_backend_preconfigured(authority.trusting());
    let client = client.resolve(NAME, nginx.address).local_address(address.parse::<IpAddr>().unwrap());
    client.no_proxy().build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_with_the_example_passes_requests_uploads_and_whose_they_are() {
    if !is_here() {
        return;
    }
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let service = Service::with(|config| {
        config.server.public_url = Some(format!("https://{NAME}").parse().unwrap());
        config.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let nginx = start(dir.path(), &authority, service.address()).await;
    let url = |path: &str| format!("https://{NAME}:{}{path}", nginx.address.port());
    let (one, other) = (from(&authority, &nginx, "127.0.0.2"), from(&authority, &nginx, "127.0.0.3"));

    let made = one.post(url("/v1/verifications")).bearer_auth(ADMIN_KEY).json(&json!({"to": TO})).send();
    let made = within("an answer", made).await.unwrap();
    assert_eq!(made.headers()["strict-transport-security"], "max-age=31536000");
    assert_eq!((made.status().as_u16(), made.version()), (201, reqwest::Version::HTTP_2));

    // More than nginx takes unless it is told.
    let large = vec![0; 3 << 20];
    let upload = |body: Vec<u8>| {
        let request = one.post(url("/v1/components")).bearer_auth(ADMIN_KEY);
        answer(request.header("content-type", "application/wasm").body(body))
    };
    let (status, refused) = upload(large).await;
    assert_eq!((status, &refused["type"]), (422, &json!("/problems/invalid-component")), "{refused}");
    assert_eq!(upload(guests::marker("marker-a")).await.0, 201);

    let inbox = within("an answer", one.get(url("/inbox")).send()).await.unwrap();
    assert_eq!(inbox.status(), 403, "codes are shown to this machine alone");

    for attempt in 0..FAILURES {
        let forged = format!("203.0.113.{attempt}");
        let request = one.get(url("/v1/messages")).bearer_auth("cs_admin_wrong").header("x-forwarded-for", forged);
        assert_eq!(within("an answer", request.send()).await.unwrap().status(), 401);
    }
    let ask = async |client: &reqwest::Client| {
        within("an answer", client.get(url("/v1/messages")).bearer_auth(ADMIN_KEY).send()).await.unwrap().status()
    };
    assert_eq!((ask(&one).await.as_u16(), ask(&other).await.as_u16()), (429, 200));
}
