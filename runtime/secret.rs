//! A value that must not be seen: `Debug` masks it, nothing serialises it, and its bytes are zeroed when it goes.

use std::fmt;

use zeroize::Zeroize;

/// Wraps a secret. Only `credentials/`, `egress/` and the code that derives keys call [`Secret::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Take charge of a secret.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The secret itself. Keep the borrow short, and put nothing of it where it could be read later.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        let secret = Secret::new("canary-0123456789".to_owned());
        assert!(!format!("{secret:?} {:?}", Some(&secret)).contains("canary"));
    }
}
