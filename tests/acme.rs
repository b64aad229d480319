//! ACME against an authority of this test's own: real orders over real sockets, the challenge seen by dialling in.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countersign::config::{AcmeConfig, Config, TlsConfig};
use rustls::pki_types::CertificateDer;

use crate::support::acme::Acme;
use crate::support::service::Service;
use crate::support::tls::{Authority, NAME, handshake, shown};
use crate::support::within;

mod failures;
mod first;
mod renewal;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the authority's certificates are valid.
const LIFE: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The service's configuration for an authority.
fn by(directory: &str, authority: &Authority, dir: &tempfile::TempDir) -> impl FnOnce(&mut Config) + use<> {
    let ca = dir.path().join("authority.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let acme = AcmeConfig {
        terms_agreed: true,
        contact: Some("mailto:admin@example.com".into()),
        directory: directory.parse().unwrap(),
        ca: Some(ca),
        ..AcmeConfig::default()
    };
    move |config| {
        config.server.public_url = Some(format!("https://{NAME}").parse().unwrap());
        config.server.tls = Some(TlsConfig { acme: Some(acme), ..TlsConfig::default() });
    }
}

/// An authority, and a service that it can find.
struct Both {
    authority: Arc<Authority>,
    acme: Acme,
    service: Service,
}

impl Both {
    async fn start() -> Self {
        let authority = Arc::new(Authority::new());
        let acme = Acme::start(&authority, LIFE).await;
        Self::with(authority, acme, tempfile::tempdir().unwrap()).await
    }

    async fn with(authority: Arc<Authority>, acme: Acme, dir: tempfile::TempDir) -> Self {
        let change = by(&acme.directory, &authority, &dir);
        let service = Service::at(dir, change).await;
        acme.finds(service.address(), &service.clock);
        Self { authority, acme, service }
    }

    /// The certificate that a client gets, if its handshake succeeds.
    async fn serves(&self) -> Option<CertificateDer<'static>> {
        let config = self.authority.trusting_at(&self.service.clock);
        Some(shown(&handshake(self.service.address(), config, NAME).await.ok()?))
    }

    /// Wait until a certificate serves that is not that one.
    async fn serves_other_than(&self, old: Option<&CertificateDer<'static>>) -> CertificateDer<'static> {
        within("another certificate", async {
            loop {
                match self.serves().await {
                    Some(found) if Some(&found) != old => return found,
                    _ => tokio::task::yield_now().await,
                }
            }
        })
        .await
    }

    /// Wait until the authority was asked for so many orders.
    async fn asked(&self, orders: usize) {
        within(&format!("order {orders}"), async {
            while self.acme.book(|book| book.asked_at.len()) < orders {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Wait until the service waits for its clock: whatever it did is done.
    async fn rests(&self) {
        within("the service's rest", async {
            while self.service.clock.waiting() == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Move the clock on until a certificate serves that is not that one.
    async fn comes_in_the_end(&self, old: Option<&CertificateDer<'static>>) {
        within("a certificate in the end", async {
            loop {
                self.rests().await;
                match self.serves().await {
                    Some(found) if Some(&found) != old => return,
                    _ => self.service.clock.advance(Duration::from_secs(60)),
                }
            }
        })
        .await;
    }

    /// How long after the first order each of the others was asked for.
    fn waits(&self) -> Vec<Duration> {
        self.acme.book(|book| book.asked_at.iter().map(|at| at.since(book.asked_at[0])).collect())
    }

    fn kept(&self) -> Vec<PathBuf> {
        let folder = std::fs::read_dir(self.service.dir.path().join("data/acme")).unwrap();
        folder.map(|entry| entry.unwrap().path()).collect()
    }
}
