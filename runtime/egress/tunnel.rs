//! A connection through an HTTP proxy: `CONNECT` (RFC 9110 §9.3.6), for everything, so that the proxy sees an address
//! and a port and nothing of a request.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::fault::ProxyFault;
use crate::secret::Secret;

/// More than any proxy says before it connects.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// Ask the proxy at the other end of `wire` for a connection to `authority`. From then on the wire is that connection.
pub(super) async fn open<W: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut W,
    authority: &str,
    authorization: Option<&Secret<String>>,
) -> Result<(), ProxyFault> {
    let authorization =
        authorization.map_or(String::new(), |value| format!("proxy-authorization: {}\r\n", value.expose()));
    let head = Secret::new(format!("CONNECT {authority} HTTP/1.1\r\nhost: {authority}\r\n{authorization}\r\n"));
    let broken = |error: std::io::Error| ProxyFault::Broken(error.to_string());
    wire.write_all(head.expose().as_bytes()).await.map_err(broken)?;
    wire.flush().await.map_err(broken)?;
    let answer = head_of(wire).await?;
    match status(&answer) {
        Some(200..=299) => Ok(()),
        Some(status) => Err(ProxyFault::Refused(status)),
        None => Err(ProxyFault::Broken("it does not speak HTTP".into())),
    }
}

/// Everything up to the empty line, byte by byte: what follows is the provider's. The head is short, and comes once a
/// connection.
async fn head_of<W: AsyncRead + Unpin>(wire: &mut W) -> Result<Vec<u8>, ProxyFault> {
    let mut head = Vec::with_capacity(256);
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        if head.len() == HEAD_BYTES_MAX {
            return Err(ProxyFault::Broken(format!("its answer has more than {HEAD_BYTES_MAX} bytes")));
        }
        let byte = wire.read_u8().await.map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => ProxyFault::Broken("it closed the connection".into()),
            _ => ProxyFault::Broken(error.to_string()),
        })?;
        head.push(byte);
    }
    Ok(head)
}

/// `HTTP/1.x NNN`.
fn status(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(b"HTTP/1.")?;
    let (code, after) = rest.get(2..)?.split_at_checked(3)?;
    let ends = rest.get(1) == Some(&b' ') && after.first().is_some_and(u8::is_ascii_whitespace);
    let digits = code.iter().all(u8::is_ascii_digit) && ends;
    std::str::from_utf8(code).ok().filter(|_| digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a proxy read, and what was made of its answer.
    async fn asked(answer: &[u8], authorization: Option<&str>) -> (String, Result<(), ProxyFault>) {
        let (mut ours, mut theirs) = tokio::io::duplex(64 << 10);
        theirs.write_all(answer).await.unwrap();
        theirs.shutdown().await.unwrap();
        let secret = authorization.map(Secret::from);
        let opened = open(&mut ours, "192.0.2.1:443", secret.as_ref()).await;
        drop(ours);
        let mut read = String::new();
        theirs.read_to_string(&mut read).await.unwrap();
        (read, opened)
    }

    #[tokio::test]
    async fn the_proxy_is_asked_for_an_authority_and_told_who_asks() {
        let (read, opened) = asked(b"HTTP/1.0 200 Connection established\r\nvia: x\r\n\r\n", Some("Basic eA==")).await;
        assert_eq!(opened, Ok(()));
        assert_eq!(
            read,
            "CONNECT 192.0.2.1:443 HTTP/1.1\r\nhost: 192.0.2.1:443\r\nproxy-authorization: Basic eA==\r\n\r\n"
        );
        assert!(!asked(b"HTTP/1.1 200\r\n\r\n", None).await.0.contains("authorization"));
    }

    #[tokio::test]
    async fn a_refusal_is_told_by_its_status_and_nonsense_as_such() {
        for status in [407, 403, 502, 301, 100] {
            let answer = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: 2\r\n\r\nno");
            assert_eq!(asked(answer.as_bytes(), None).await.1, Err(ProxyFault::Refused(status)));
        }
        for answer in [&b""[..], b"HTTP/1.1 200 OK", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"\n\n"] {
            assert!(matches!(asked(answer, None).await.1, Err(ProxyFault::Broken(_))), "{answer:?}");
        }
        let flood = vec![b'x'; HEAD_BYTES_MAX + 10];
        assert!(matches!(asked(&flood, None).await.1, Err(ProxyFault::Broken(_))));
    }
}
