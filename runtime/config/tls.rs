//! `[server.tls]`: certificate files, or certificates by ACME.

use std::path::PathBuf;

use serde::Deserialize;
use url::{Host, Url};

use super::ConfigError;

/// `[server.tls]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// Certificate chain in PEM, the service's own first.
    pub certificate: Option<PathBuf>,
    /// Its private key in PEM, not encrypted.
    pub key: Option<PathBuf>,
    /// Certificates fetched and renewed by the service itself.
    pub acme: Option<AcmeConfig>,
}

/// `[server.tls.acme]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcmeConfig {
    /// Whether the operator agrees to the terms of the authority.
    pub terms_agreed: bool,
    /// Names for the certificate; `public_url`'s host unless given.
    pub domains: Vec<String>,
    /// Whom the authority may write to, such as `mailto:admin@example.com`.
    pub contact: Option<String>,
    /// The authority.
    pub directory: Url,
    /// PEM file with the authority that signed the directory's own certificate, where that is not a public one.
    pub ca: Option<PathBuf>,
}

/// Let's Encrypt, production.
const DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// As many names as Let's Encrypt puts into one certificate.
const DOMAINS_MAX: usize = 100;

impl Default for AcmeConfig {
    #[expect(clippy::expect_used, reason = "a constant, and every test that reads a configuration parses it")]
    fn default() -> Self {
        let directory = Url::parse(DIRECTORY).expect("the default directory is a URL");
        Self { terms_agreed: false, domains: Vec::new(), contact: None, directory, ca: None }
    }
}

impl TlsConfig {
    pub(super) fn check(&self, public_host: Option<&str>) -> Result<(), ConfigError> {
        let refuse = |option: &str, detail: &str| Err(ConfigError::value(option, detail));
        match (&self.certificate, &self.key, &self.acme) {
            (Some(_), Some(_), None) => Ok(()),
            (None, None, Some(acme)) => acme.check(public_host),
            (None, None, None) => {
                refuse("server.tls", "needs `certificate` and `key`, or a section `[server.tls.acme]`")
            }
            (_, _, Some(_)) => refuse("server.tls", "takes certificate files or `[server.tls.acme]`, not both"),
            (Some(_), None, None) => refuse("server.tls.key", "is missing: it goes with `server.tls.certificate`"),
            (None, Some(_), None) => refuse("server.tls.certificate", "is missing: it goes with `server.tls.key`"),
        }
    }
}

impl AcmeConfig {
    /// The names for the certificate, as DNS has them: lower case, without a final dot, each once.
    pub fn names(&self, public_host: Option<&str>) -> Result<Vec<String>, ConfigError> {
        let refuse = |detail: String| Err(ConfigError::value("server.tls.acme.domains", detail));
        let public = public_host.map(str::to_owned).filter(|_| self.domains.is_empty());
        let mut names = Vec::new();
        for given in self.domains.iter().cloned().chain(public) {
            let name = match Host::parse(given.trim_end_matches('.')) {
                Ok(Host::Domain(name)) if is_public_name(&name) => name,
                _ => return refuse(format!("`{given}` is not a name that a certificate can be had for")),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match names.len() {
            0 => refuse("name at least one, or set `server.public_url`".into()),
            1..=DOMAINS_MAX => Ok(names),
            _ => refuse(format!("one certificate is for at most {DOMAINS_MAX} names")),
        }
    }

    fn check(&self, public_host: Option<&str>) -> Result<(), ConfigError> {
        let refuse = |option: &str, detail: String| Err(ConfigError::value(option, detail));
        if self.directory.scheme() != "https" {
            return refuse("server.tls.acme.directory", "must be https (RFC 8555 §6.1)".into());
        }
        if !self.terms_agreed {
            let directory = &self.directory;
            let detail = format!("set it to true once you agree to the terms that {directory} names");
            return refuse("server.tls.acme.terms_agreed", detail);
        }
        if self.contact.as_ref().is_some_and(|contact| !contact.starts_with("mailto:") || !contact.contains('@')) {
            return refuse("server.tls.acme.contact", "is written as `mailto:admin@example.com`".into());
        }
        self.names(public_host).map(|_| ())
    }
}

/// Names that the challenge (RFC 8737) can be answered for: no wildcard, more than one label, letters that DNS has.
fn is_public_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(is_label) && !name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(tls: &TlsConfig, host: Option<&str>) -> String {
        tls.check(host).unwrap_err().to_string()
    }

    fn acme(change: impl FnOnce(&mut AcmeConfig)) -> TlsConfig {
        let mut acme = AcmeConfig { terms_agreed: true, ..AcmeConfig::default() };
        change(&mut acme);
        TlsConfig { acme: Some(acme), ..TlsConfig::default() }
    }

    #[test]
    fn tls_needs_both_files_or_acme_and_says_which_option_is_missing() {
        let file = || Some(PathBuf::from("x.pem"));
        assert!(TlsConfig { certificate: file(), key: file(), acme: None }.check(None).is_ok());
        assert!(refused(&TlsConfig { certificate: file(), ..TlsConfig::default() }, None).contains("`server.tls.key`"));
        let only_key = TlsConfig { key: file(), ..TlsConfig::default() };
        assert!(refused(&only_key, None).contains("`server.tls.certificate`"));
        assert!(refused(&TlsConfig::default(), None).contains("server.tls.acme"));
        let both = TlsConfig { certificate: file(), ..acme(|_| {}) };
        assert!(refused(&both, Some("otp.example.com")).contains("not both"));
    }

    #[test]
    fn acme_is_for_the_public_name_unless_others_are_given() {
        let names = |acme: &TlsConfig, host| acme.acme.as_ref().unwrap().names(host);
        assert_eq!(names(&acme(|_| {}), Some("otp.example.com")).unwrap(), ["otp.example.com"]);
        let two = acme(|acme| acme.domains = vec!["A.example.".into(), "bücher.example".into(), "a.example".into()]);
        assert_eq!(names(&two, Some("otp.example.com")).unwrap(), ["a.example", "xn--bcher-kva.example"]);
        for wrong in ["*.example.com", "192.0.2.1", "[::1]", "localhost", "a.localhost", "-a.example", "", "a..b"] {
            let error = refused(&acme(|acme| acme.domains = vec![wrong.to_owned()]), None);
            assert!(error.contains("server.tls.acme.domains"), "{wrong}: {error}");
        }
        assert!(refused(&acme(|_| {}), None).contains("public_url"));
    }

    #[test]
    fn acme_needs_the_operators_word_a_contact_by_mail_and_a_directory_over_tls() {
        let host = Some("otp.example.com");
        assert!(refused(&acme(|acme| acme.terms_agreed = false), host).contains("terms_agreed"));
        assert!(refused(&acme(|acme| acme.contact = Some("admin@example.com".into())), host).contains("contact"));
        let plain = acme(|acme| acme.directory = "http://acme.example/directory".parse().unwrap());
        assert!(refused(&plain, host).contains("server.tls.acme.directory"));
    }
}
