//! Passwords of demo accounts: PBKDF2 with a random salt, and few at once, as each costs a core a while.

use std::num::NonZeroU32;
use std::sync::Arc;

use ring::pbkdf2;
use tokio::sync::Semaphore;

use crate::random;
use crate::secret::Secret;

/// OWASP's figure for PBKDF2-HMAC-SHA256.
const ROUNDS: NonZeroU32 = match NonZeroU32::new(600_000) {
    Some(rounds) => rounds,
    None => NonZeroU32::MIN,
};
const AT_ONCE: usize = 2;
/// Bytes of a password: a longer one would only be work.
pub(super) const BYTES_MAX: usize = 256;
/// Characters (NIST SP 800-63B-4 §3.1.1.2 asks for 15 where nothing else is asked for; this is a demo).
pub(super) const CHARS_MIN: usize = 8;

/// A password, as it is kept.
#[derive(Clone)]
pub(super) struct Password {
    salt: [u8; 16],
    hash: [u8; 32],
}

/// Where passwords are hashed.
pub(super) struct Mill(Semaphore);

impl Default for Mill {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Mill {
    /// As it will be kept.
    pub(super) async fn keep(self: &Arc<Self>, password: Secret<String>) -> Option<Password> {
        self.run(move || {
            let mut kept = Password { salt: random::bytes(), hash: [0; 32] };
            pbkdf2::derive(
                pbkdf2::PBKDF2_HMAC_SHA256,
                ROUNDS,
                &kept.salt,
                password.expose().as_bytes(),
                &mut kept.hash,
            );
            kept
        })
        .await
    }

    /// Whether it is that one. Without one it takes as long, so that nobody can tell.
    pub(super) async fn is_right(self: &Arc<Self>, password: Secret<String>, kept: Option<Password>) -> bool {
        let answer = self.run(move || {
            let is_there = kept.is_some();
            let kept = kept.unwrap_or(Password { salt: [0; 16], hash: [0; 32] });
            let given = password.expose().as_bytes();
            let verified = pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, &kept.salt, given, &kept.hash);
            verified.is_ok() && is_there
        });
        answer.await.unwrap_or(false)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _place = self.0.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let mill = Arc::new(Mill::default());
        let kept = mill.keep(Secret::new("correct horse".into())).await;
        assert!(mill.is_right(Secret::new("correct horse".into()), kept.clone()).await);
        assert!(!mill.is_right(Secret::new("correct horsf".into()), kept).await);
        assert!(!mill.is_right(Secret::new(String::new()), None).await);
    }
}
