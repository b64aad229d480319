//! The first certificate, and what is kept of it.

use std::net::SocketAddr;

use super::*;
use crate::support::acme::look::offering;
use crate::support::proxy::Proxy;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_certificate_is_fetched_by_the_service_itself_and_kept_for_its_user_alone() {
    let authority = Arc::new(Authority::new());
    let acme = Acme::start(&authority, LIFE).await;
    let dir = tempfile::tempdir().unwrap();
    let change = by(&acme.directory, &authority, &dir);
    let both = Both { service: Service::at(dir, change).await, authority, acme };
    assert_eq!(both.serves().await, None, "the authority waits, and meanwhile a handshake ends cleanly");
    both.acme.finds(both.service.address(), &both.service.clock);
    let first = both.serves_other_than(None).await;
    let (accounts, contact) = both.acme.book(|book| (book.accounts.len(), book.accounts[0].contact.clone()));
    assert_eq!((accounts, contact), (1, serde_json::json!(["mailto:admin@example.com"])));
    assert_eq!(both.serves().await, Some(first), "it serves on");
    let challenge = handshake(both.service.address(), offering(&["acme-tls/1"]), NAME).await;
    assert!(challenge.is_err(), "the challenge is answered as long as it lasts");
    both.rests().await;
    assert_eq!(both.kept().len(), 2, "the account and the certificate");
    for path in both.kept() {
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    let folder = std::fs::metadata(both.service.dir.path().join("data/acme")).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_names_are_proven_each_and_come_in_one_certificate() {
    let authority = Arc::new(Authority::new());
    let acme = Acme::start(&authority, LIFE).await;
    let dir = tempfile::tempdir().unwrap();
    let change = by(&acme.directory, &authority, &dir);
    let service = Service::at(dir, |config| {
        change(config);
        let acme = config.server.tls.as_mut().unwrap().acme.as_mut().unwrap();
        acme.domains = vec!["Otp.Example.com".into(), "codes.example.net".into()];
    })
    .await;
    acme.finds(service.address(), &service.clock);
    let both = Both { authority, acme, service };
    both.serves_other_than(None).await;
    let config = both.authority.trusting_at(&both.service.clock);
    assert!(handshake(both.service.address(), config, "codes.example.net").await.is_ok());
    let config = both.authority.trusting_at(&both.service.clock);
    assert!(handshake(both.service.address(), config, "other.example.net").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_uses_what_is_kept_and_orders_only_what_is_missing() {
    let both = Both::start().await;
    let first = both.serves_other_than(None).await;
    // It serves a moment before it is kept.
    both.rests().await;
    let (authority, acme) = (both.authority, both.acme);
    let again = Both::with(authority, acme, both.service.stop().await).await;
    assert_eq!(again.serves().await, Some(first.clone()), "at the very first handshake");
    let (authority, acme) = (again.authority, again.acme);
    let dir = again.service.stop().await;
    let seen = acme.book(|book| (book.accounts.len(), book.asked_at.len()));
    assert_eq!(seen, (1, 1), "nothing was asked of the authority");
    let change = by(&acme.directory, &authority, &dir);
    let service = Service::at(dir, |config| {
        change(config);
        config.server.tls.as_mut().unwrap().acme.as_mut().unwrap().domains =
            vec![NAME.into(), "new.example.com".into()];
    })
    .await;
    acme.finds(service.address(), &service.clock);
    let both = Both { authority, acme, service };
    both.serves_other_than(Some(&first)).await;
    assert_eq!(both.acme.book(|book| (book.accounts.len(), book.asked_at.len())), (1, 2), "a name more");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_is_reached_through_the_proxy_that_everything_goes_through() {
    // A name that only the proxy knows (RFC 2606).
    const AUTHORITY: &str = "acme.invalid";
    let authority = Arc::new(Authority::new());
    let acme = Acme::named(AUTHORITY, SocketAddr::from(([127, 0, 0, 1], 0)), &authority, LIFE).await;
    let proxy = Proxy::start(None, None).await;
    let named = format!("{AUTHORITY}:{}", acme.listens.port());
    proxy.knows(&named, acme.listens);
    let dir = tempfile::tempdir().unwrap();
    let change = by(&acme.directory, &authority, &dir);
    let service = Service::at(dir, |config| {
        change(config);
        config.egress.proxy = Some(format!("http://{}", proxy.address).parse().unwrap());
        config.egress.proxy_resolves = true;
        config.egress.connect_ms = 20_000;
    })
    .await;
    acme.finds(service.address(), &service.clock);
    let both = Both { authority, acme, service };
    both.serves_other_than(None).await;
    assert_eq!(proxy.asked()[0], named);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_not_who_the_operator_named_gets_nothing() {
    let (authority, other) = (Arc::new(Authority::new()), Authority::new());
    let acme = Acme::start(&authority, LIFE).await;
    let dir = tempfile::tempdir().unwrap();
    let change = by(&acme.directory, &other, &dir);
    let service = Service::at(dir, change).await;
    acme.finds(service.address(), &service.clock);
    let both = Both { authority, acme, service };
    both.rests().await;
    assert_eq!(both.serves().await, None);
    assert_eq!(both.acme.book(|book| (book.accounts.len(), book.asked_at.len())), (0, 0));
}

#[tokio::test]
async fn a_file_without_the_directorys_authority_is_refused_at_the_start() {
    for (content, says) in [(None, "can't read"), (Some("hello"), "holds no PEM certificate")] {
        let dir = tempfile::tempdir().unwrap();
        let ca = dir.path().join("authority.pem");
        content.inspect(|content| std::fs::write(&ca, content).unwrap());
        let mut config = Config::default();
        config.data.dir = dir.path().join("data");
        let acme = AcmeConfig { domains: vec![NAME.into()], ca: Some(ca), terms_agreed: true, ..AcmeConfig::default() };
        config.server.tls = Some(TlsConfig { acme: Some(acme), ..TlsConfig::default() });
        let refused = countersign::app::App::new(config).await.err().map(|error| format!("{error:#}")).unwrap();
        assert!(refused.contains("server.tls.acme.ca") && refused.contains(says), "{refused}");
    }
}
