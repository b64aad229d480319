//! Starting the service (here or as a process), the provider that it sends to, proxies, authorities, TLS, the guests, another
//! language, chance.

pub mod acme;
pub mod authority;
pub mod couriers;
pub mod dice;
pub mod disk;
pub mod guests;
pub mod handmade;
pub mod process;
pub mod provider;
pub mod proxy;
pub mod python;
pub mod senders;
pub mod service;
pub mod tls;

use std::time::Duration;

/// Every wait has a name and a limit.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(30), future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} took longer than 30 s"),
    }
}
