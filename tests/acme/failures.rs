//! Authorities that are down, late, busy, forgetful or wrong.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_down_is_tried_again_until_it_is_there() {
    let authority = Arc::new(Authority::new());
    let down = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = down.local_addr().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let change = by(&format!("https://{address}/directory"), &authority, &dir);
    let service = Service::at(dir, change).await;
    drop(within("the first attempt", down.accept()).await.unwrap());
    drop(down);
    let config = authority.trusting_at(&service.clock);
    assert!(handshake(service.address(), config, NAME).await.is_err());
    let acme = Acme::start_at(address, &authority, LIFE).await;
    acme.finds(service.address(), &service.clock);
    let both = Both { authority, acme, service };
    both.comes_in_the_end(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_authority_is_left_alone_for_as_long_as_it_asks() {
    let authority = Arc::new(Authority::new());
    let acme = Acme::start(&authority, LIFE).await;
    acme.book(|book| book.refusals = vec![(429, "rateLimited", "too many certificates", Some(7200))]);
    let both = Both::with(authority, acme, tempfile::tempdir().unwrap()).await;
    both.asked(1).await;
    both.comes_in_the_end(None).await;
    let waits = both.waits();
    assert!(waits.len() == 2 && waits[1] >= HOUR * 2 && waits[1] < HOUR * 3, "{waits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_nonce_is_replaced_at_once() {
    let authority = Arc::new(Authority::new());
    let acme = Acme::start(&authority, LIFE).await;
    acme.book(|book| book.stale_nonces = 2);
    let both = Both::with(authority, acme, tempfile::tempdir().unwrap()).await;
    both.serves_other_than(None).await;
    assert_eq!(both.acme.book(|book| (book.accounts.len(), book.asked_at.len())), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_the_authority_has_lost_is_made_anew() {
    let both = Both::start().await;
    let first = both.serves_other_than(None).await;
    both.rests().await;
    both.acme.book(|book| book.forgets = true);
    both.service.clock.advance(DAY * 61);
    within("the account laid aside", async {
        while !both.kept().iter().any(|path| path.to_string_lossy().ends_with(".gone")) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    both.rests().await;
    both.acme.book(|book| book.forgets = false);
    both.comes_in_the_end(Some(&first)).await;
    assert_eq!(both.acme.book(|book| book.accounts.len()), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_never_serves() {
    let both = Both::start().await;
    let first = both.serves_other_than(None).await;
    both.rests().await;
    both.acme.book(|book| book.signs_for = Some("evil.example".into()));
    both.service.clock.advance(DAY * 61);
    both.asked(2).await;
    both.rests().await;
    assert_eq!(both.serves().await, Some(first.clone()));
    both.service.clock.advance(HOUR);
    both.asked(3).await;
    both.rests().await;
    assert_eq!(both.serves().await, Some(first.clone()));
    both.acme.book(|book| book.signs_for = None);
    both.comes_in_the_end(Some(&first)).await;
}
