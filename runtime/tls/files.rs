//! A certificate from files, and the eye on them.
//!
//! Files are compared by content: a changed time says nothing, and whoever exchanges them by links or by renaming keeps
//! it. Between the writing of one and of the other they don't match: then the old certificate serves on, and the next
//! look finds both.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;
use zeroize::Zeroizing;

use super::{Certificate, CertificateError, Serving};
use crate::clock::{Clock, Timestamp};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(5);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Larger files are no certificates, and not worth the memory.
const BYTES_MAX: u64 = 1 << 20;

const CERTIFICATE: &str = "server.tls.certificate";
const KEY: &str = "server.tls.key";

/// Why files can't serve. Names the option.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file can't be read.
    #[error("`{option}`: can't read `{path}`: {source}", path = path.display())]
    Read {
        /// The option that names it.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("`{option}`: `{path}` {source}", path = path.display())]
    Content {
        /// The option that names it.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CertificateError,
    },
    /// A certificate that no client takes, where the one that serves is still taken.
    #[error("`{CERTIFICATE}`: the certificate in `{path}` is not valid now, and the one that serves is", path = .0.display())]
    NotValid(PathBuf),
}

/// Two files that belong together.
pub struct Files {
    certificate: PathBuf,
    key: PathBuf,
    clock: Clock,
    /// What the newest look found, good or bad: each content is judged, and told of, once.
    seen: [u8; 32],
    /// When the end of the certificate was told of.
    told_end: Option<Timestamp>,
}

impl Files {
    /// Read both. At a start there is nothing to fall back to, so whatever is wrong ends it.
    pub fn open(certificate: PathBuf, key: PathBuf, clock: Clock) -> Result<(Self, Arc<Serving>), FilesError> {
        let mut files = Self { certificate, key, clock, seen: [0; 32], told_end: None };
        let (chain, secret) = files.read()?;
        files.seen = digest(&chain, &secret);
        let found = files.judge(&chain, &secret)?;
        if !found.is_valid_at(files.clock.now()) {
            tracing::warn!(not_before = %found.not_before, not_after = %found.not_after, "the certificate is not valid now; clients will refuse it");
        }
        Ok((files, Serving::certificate(found)))
    }

    /// Look at the files now and then, and at once after SIGHUP, for as long as the future is polled.
    pub async fn watch(mut self, serving: Arc<Serving>) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut asked = signal(SignalKind::hangup())
            .inspect_err(|error| tracing::warn!(%error, "SIGHUP can't be listened for"))
            .ok();
        loop {
            let was_asked = tokio::select! {
                _ = tick.tick() => false,
                Some(()) = next(&mut asked) => true,
            };
            match self.look(&serving) {
                Ok(Some(now)) => tracing::info!(not_after = %now.not_after, "a new certificate serves"),
                Ok(None) if was_asked => tracing::info!("the certificate files have not changed"),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "the new certificate can't serve; the old one serves on"),
            }
            self.tell_end(&serving);
        }
    }

    fn tell_end(&mut self, serving: &Serving) {
        let (now, Some(certificate)) = (self.clock.now(), serving.now()) else { return };
        if is_worth_a_word(certificate.not_after, now, self.told_end) {
            self.told_end = Some(now);
            tracing::warn!(not_after = %certificate.not_after, "the certificate ends soon, and its files hold no newer one");
        }
    }

    /// The new certificate, if there is one.
    fn look(&mut self, serving: &Serving) -> Result<Option<Certificate>, FilesError> {
        // A missing file is told once as well: it looks like an empty one until it is back.
        let (chain, secret, failed) = match self.read() {
            Ok((chain, secret)) => (chain, secret, None),
            Err(error) => (Vec::new(), Zeroizing::default(), Some(error)),
        };
        let found = digest(&chain, &secret);
        if found == self.seen {
            return Ok(None);
        }
        self.seen = found;
        if let Some(error) = failed {
            return Err(error);
        }
        let new = self.judge(&chain, &secret)?;
        let now = self.clock.now();
        if !new.is_valid_at(now) && serving.now().is_some_and(|old| old.is_valid_at(now)) {
            return Err(FilesError::NotValid(self.certificate.clone()));
        }
        serving.exchange(new.clone());
        Ok(Some(new))
    }

    fn read(&self) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), FilesError> {
        let chain = read(&self.certificate).map_err(|source| FilesError::Read {
            option: CERTIFICATE,
            path: self.certificate.clone(),
            source,
        })?;
        let key = read(&self.key).map_err(|source| FilesError::Read { option: KEY, path: self.key.clone(), source })?;
        Ok((chain, Zeroizing::new(key)))
    }

    fn judge(&self, chain: &[u8], key: &[u8]) -> Result<Certificate, FilesError> {
        Certificate::from_pem(chain, key).map_err(|source| {
            let (option, path) =
                if source.is_of_the_key() { (KEY, &self.key) } else { (CERTIFICATE, &self.certificate) };
            FilesError::Content { option, path: path.clone(), source }
        })
    }
}

/// In a certificate's last week, once a day.
fn is_worth_a_word(not_after: Timestamp, now: Timestamp, told: Option<Timestamp>) -> bool {
    now.plus(DAY * 7) > not_after && told.is_none_or(|told| now.since(told) >= DAY)
}

async fn next(asked: &mut Option<tokio::signal::unix::Signal>) -> Option<()> {
    match asked {
        Some(asked) => asked.recv().await,
        None => std::future::pending().await,
    }
}

fn read(path: &PathBuf) -> std::io::Result<Vec<u8>> {
    let length = std::fs::metadata(path)?.len();
    if length > BYTES_MAX {
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "it is too large"));
    }
    std::fs::read(path)
}

/// Lengths apart, so that nothing can move from one file into the other unseen.
fn digest(chain: &[u8], key: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix(chain.len().to_le_bytes()).chain_update(chain).chain_update(key).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_told_of_once_a_day_in_its_last_week() {
        let end = Timestamp::from_millis(1_768_478_400_000);
        let at = |days: u32| end.minus(DAY * days);
        assert!(!is_worth_a_word(end, at(8), None));
        assert!(is_worth_a_word(end, at(6), None));
        assert!(!is_worth_a_word(end, at(6), Some(at(6))));
        assert!(is_worth_a_word(end, at(5), Some(at(6))));
        assert!(is_worth_a_word(end, end.plus(DAY), Some(at(1))), "and after its end");
    }
}
