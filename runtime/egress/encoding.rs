//! An answer that is encoded although nobody asked for it.
//!
//! The threat: a secret that a provider echoes inside a compressed body would pass every mask, and the guest could
//! undo the compression itself. So the host undoes it, within the size that it takes, and takes no encoding that it
//! does not know.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::{GzDecoder, ZlibDecoder};

use super::Fault;

/// The body as it was before it was encoded (RFC 9110 §8.4.1), of at most `bytes_max` bytes.
pub(super) fn decoded(encodings: &[String], body: Bytes, bytes_max: usize) -> Result<Bytes, Fault> {
    let mut names = encodings.iter().flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let Some(name) = names.find(|name| !matches!(name.as_str(), "" | "identity")) else { return Ok(body) };
    if names.any(|name| !matches!(name.as_str(), "" | "identity")) {
        return Err(Fault::Protocol("the answer is encoded more than once".into()));
    }
    // An answer without a body may still name what it would be encoded by.
    if body.is_empty() {
        return Ok(body);
    }
    match name.as_str() {
        "gzip" | "x-gzip" => read(GzDecoder::new(&body[..]), bytes_max),
        "deflate" => read(ZlibDecoder::new(&body[..]), bytes_max),
        _ => Err(Fault::Protocol("the answer is encoded in a way that nobody asked for".into())),
    }
}

fn read(decoder: impl std::io::Read, bytes_max: usize) -> Result<Bytes, Fault> {
    let mut body = Vec::new();
    let taken = decoder.take(bytes_max as u64 + 1).read_to_end(&mut body);
    taken.map_err(|_| Fault::Protocol("the answer's encoding is broken".into()))?;
    if body.len() > bytes_max { Err(Fault::TooLarge(bytes_max)) } else { Ok(body.into()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(body: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap().into()
    }

    fn named(name: &str, body: Bytes) -> Result<Bytes, Fault> {
        decoded(&[name.to_owned()], body, 1000)
    }

    #[test]
    fn what_is_compressed_is_read_as_it_was() {
        assert_eq!(named("gzip", gzip(b"hello")).unwrap(), "hello");
        assert_eq!(named("identity", "plain".into()).unwrap(), "plain");
        assert_eq!(decoded(&[], "plain".into(), 1000).unwrap(), "plain");
    }

    #[test]
    fn a_bomb_ends_at_the_size_that_is_taken() {
        assert_eq!(named("GZIP", gzip(&[0; 1_000_000])).unwrap_err(), Fault::TooLarge(1000));
    }

    #[test]
    fn what_the_host_can_not_read_the_guest_does_not_get() {
        for name in ["br", "zstd", "gzip, gzip"] {
            assert!(matches!(named(name, gzip(b"x")), Err(Fault::Protocol(_))), "{name}");
        }
        assert!(matches!(named("gzip", "broken".into()), Err(Fault::Protocol(_))));
    }
}
