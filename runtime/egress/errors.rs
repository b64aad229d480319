//! What an error of the client's libraries means. What comes out names hosts, never a query.

use std::error::Error as StdError;

use hyper_util::client::legacy;

use super::Fault;

/// Why there was no answer.
pub(super) fn fault(error: &legacy::Error) -> Fault {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = source {
        if let Some(fault) = cause.downcast_ref::<Fault>() {
            return fault.clone();
        }
        source = cause.source();
    }
    if error.is_connect() { Fault::Connect(root(error)) } else { Fault::Protocol(root(error)) }
}

/// The innermost cause.
pub(super) fn root(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// rustls hides its error inside an I/O error, which may be inside another: neither is a source of the other.
pub(super) fn tls(error: &std::io::Error) -> Option<String> {
    let inner = error.get_ref()?;
    let found = inner.downcast_ref::<rustls::Error>().map(ToString::to_string);
    found.or_else(|| inner.downcast_ref::<std::io::Error>().and_then(tls))
}
