//! Randomness from the operating system, for ids, keys and nonces.

/// `N` random bytes. The operating system gives them or the process can't go on: nothing of this service is safe
/// without them.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the operating system gives no randomness");
        std::process::abort();
    }
    bytes
}

/// `N` random bytes as lower-case hexadecimal.
pub fn hex<const N: usize>() -> String {
    hex::encode(bytes::<N>())
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_draws_are_equal() {
        assert_ne!(super::hex::<16>(), super::hex::<16>());
        assert_eq!(super::hex::<16>().len(), 32);
    }
}
