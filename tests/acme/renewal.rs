//! Renewal by the clock.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::support::service::ADMIN_KEY;

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_renewed_at_two_thirds_of_its_life_and_no_connection_is_dropped() {
    let both = Both::start().await;
    let first = both.serves_other_than(None).await;
    both.rests().await;
    let mut config = both.authority.trusting_at(&both.service.clock);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut standing = handshake(both.service.address(), config, NAME).await.unwrap();
    both.service.clock.advance(DAY * 59);
    assert_eq!(both.serves().await, Some(first.clone()), "too young");
    both.service.clock.advance(DAY * 2);
    let second = both.serves_other_than(Some(&first)).await;
    both.rests().await;
    let request = format!("GET /v1/keys HTTP/1.1\r\nhost: {NAME}\r\nauthorization: Bearer {ADMIN_KEY}\r\n\r\n");
    standing.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    within("an answer on the old connection", standing.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    both.service.clock.advance(DAY * 61);
    both.serves_other_than(Some(&second)).await;
    assert_eq!(both.waits()[1..], [DAY * 61, DAY * 122]);
    assert_eq!(both.acme.book(|book| book.accounts.len()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_fails_leaves_the_certificate_and_comes_again_later_each_time() {
    let both = Both::start().await;
    let first = both.serves_other_than(None).await;
    both.rests().await;
    // The name leads elsewhere for a while: nobody is there to prove it.
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    both.acme.finds(nowhere, &both.service.clock);
    both.service.clock.advance(DAY * 61);
    both.asked(2).await;
    for (order, minutes) in [(3, 2), (4, 4), (5, 8)] {
        both.rests().await;
        assert_eq!(both.serves().await, Some(first.clone()));
        let wait = Duration::from_secs(minutes * 60);
        both.service.clock.advance(wait - Duration::from_secs(1));
        assert_eq!(both.serves().await, Some(first.clone()));
        assert_eq!(both.waits().len(), order - 1, "not yet");
        // By chance it is up to a quarter longer.
        both.service.clock.advance(wait / 4 + Duration::from_secs(1));
        both.asked(order).await;
    }
    both.rests().await;
    both.acme.finds(both.service.address(), &both.service.clock);
    both.comes_in_the_end(Some(&first)).await;
}
