//! What is kept in the data folder: the account's key, and the newest certificate with its key. For one authority each,
//! so that going from a trial directory to the real one begins anew and loses nothing.

use std::io::ErrorKind;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::{AcmeError, Options};
use crate::durable;
use crate::tls::Certificate;

/// The folder.
pub(super) struct Kept {
    folder: PathBuf,
    /// Names the authority in the files' names.
    authority: String,
}

impl Kept {
    pub(super) fn new(options: &Options) -> Self {
        let digest = hex::encode(Sha256::digest(options.directory.as_str()));
        Self { folder: options.folder.clone(), authority: digest.chars().take(16).collect() }
    }

    /// The certificate of an earlier run. One that can't be read is as good as none: another is ordered.
    pub(super) fn certificate(&self) -> Option<Certificate> {
        let path = self.certificate_path();
        let read = std::fs::read(&path).map_err(|error| (error.kind() != ErrorKind::NotFound, error.to_string()));
        let found = read.and_then(|pem| Certificate::from_pem(&pem, &pem).map_err(|error| (true, error.to_string())));
        match found {
            Ok(certificate) => Some(certificate),
            Err((is_told, error)) => {
                if is_told {
                    tracing::warn!(path = %path.display(), error, "the kept certificate can't be used; another is ordered");
                }
                None
            }
        }
    }

    /// Keep a certificate with its key, in one file: either both are there after a power loss, or neither.
    pub(super) fn keep_certificate(&self, pem: &[u8]) -> Result<(), AcmeError> {
        self.keep(self.certificate_path(), pem)
    }

    /// The account as it was kept, if it was. A folder that can't be used is found before the authority is asked.
    pub(super) fn account(&self) -> Result<Option<Vec<u8>>, AcmeError> {
        durable::folder(&self.folder).map_err(|error| AcmeError::Folder(self.folder.clone(), error))?;
        match std::fs::read(self.account_path()) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(AcmeError::Folder(self.account_path(), error)),
        }
    }

    pub(super) fn keep_account(&self, account: &[u8]) -> Result<(), AcmeError> {
        self.keep(self.account_path(), account)
    }

    /// Lay an account aside that the authority no longer knows.
    pub(super) fn lay_account_aside(&self) {
        let path = self.account_path();
        if let Err(error) = std::fs::rename(&path, path.with_extension("json.gone")) {
            tracing::warn!(path = %path.display(), %error, "the account can't be laid aside");
        }
    }

    fn keep(&self, path: PathBuf, content: &[u8]) -> Result<(), AcmeError> {
        let kept = durable::folder(&self.folder).and_then(|()| durable::file(&path, content));
        kept.map_err(|error| AcmeError::Folder(path, error))
    }

    fn certificate_path(&self) -> PathBuf {
        self.folder.join(format!("certificate-{}.pem", self.authority))
    }

    fn account_path(&self) -> PathBuf {
        self.folder.join(format!("account-{}.json", self.authority))
    }
}
