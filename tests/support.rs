//! Starting the service (here or as a process) or only its sandbox, its store, the provider that it sends to, proxies,
//! authorities, TLS, the guests, another language, chance.

pub mod acme;
pub mod authority;
pub mod couriers;
pub mod dice;
pub mod disk;
pub mod dns;
pub mod guests;
pub mod handmade;
pub mod identity;
pub mod inside;
pub mod postgres;
pub mod process;
pub mod provider;
pub mod proxy;
pub mod python;
pub mod sandbox;
pub mod senders;
pub mod service;
pub mod tls;
pub mod verifiers;

use std::time::Duration;

/// Every wait has a name and a limit.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(30), future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} took longer than 30 s"),
    }
}

/// Whether what a test needs is there. Where it is not, the test is skipped and says so, with the way to get it; in CI it
/// never is.
pub fn is_there(there: bool, what: &str, needs: &str, get: &str) -> bool {
    assert!(there || std::env::var("CI").as_deref() != Ok("true"), "{what} needs {needs}: {get}");
    if !there {
        // Straight to the terminal: the harness keeps what a passing test prints.
        let line = format!("skipped: {what}. It needs {needs}:\n  {get}\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    }
    there
}
