//! Clients that open a connection and dawdle, or never meant TLS.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn who_dawdles_in_the_handshake_or_before_a_request_is_left_while_others_are_served() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (_service, address) = service(&authority, dir.path()).await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut dribbling = TcpStream::connect(address).await.unwrap();
    // The record says 512 bytes, of which some come.
    dribbling.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]).await.unwrap();
    let config = || authority.speaking(rustls::ALL_VERSIONS, &["h2"]);
    let mut no_preface = handshake(address, config(), NAME).await.unwrap();
    let mut half_a_preface = handshake(address, config(), NAME).await.unwrap();
    half_a_preface.write_all(b"PRI * HT").await.unwrap();
    assert!(handshake(address, authority.trusting(), NAME).await.is_ok());
    let mut bytes = Vec::new();
    let end = "the end of a connection that says nothing";
    within(end, silent.read_to_end(&mut bytes)).await.unwrap();
    // What was sent and never read may make it a reset rather than an end.
    let _ = within(end, dribbling.read_to_end(&mut bytes)).await;
    let _ = within(end, no_preface.read_to_end(&mut bytes)).await;
    let _ = within(end, half_a_preface.read_to_end(&mut bytes)).await;
    assert!(handshake(address, authority.trusting(), NAME).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_waits_for_no_handshake() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (service, address) = service(&authority, dir.path()).await;
    let waiting = TcpStream::connect(address).await.unwrap();
    assert!(handshake(address, authority.trusting(), NAME).await.is_ok(), "both were accepted");
    let begun = std::time::Instant::now();
    service.stop().await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?}", begun.elapsed());
    drop(waiting);
}
