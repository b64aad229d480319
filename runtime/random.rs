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

/// Where the nonces of calls come from: 32 lower-case hexadecimal digits each.
#[derive(Clone, Debug, Default)]
pub enum Nonces {
    /// The operating system: production.
    #[default]
    Random,
    /// The same for each call: for a test that compares what was signed.
    Fixed(String),
}

impl Nonces {
    /// The next call's nonce.
    pub fn next(&self) -> String {
        match self {
            Self::Random => hex::<16>(),
            Self::Fixed(nonce) => nonce.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_draws_are_equal() {
        assert_ne!(super::hex::<16>(), super::hex::<16>());
        assert_eq!(super::hex::<16>().len(), 32);
    }
}
