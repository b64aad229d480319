//! Why there is no answer, and whether anything may have reached the provider: the certainty of an outcome stands on it.

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// We did not send it; says what would have to be allowed.
    #[error("{0}")]
    Denied(String),
    /// The name does not resolve.
    #[error("the name `{0}` does not resolve")]
    Dns(String),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// The TLS handshake failed.
    #[error("the TLS handshake failed: {0}")]
    Tls(String),
    /// No complete answer in time.
    #[error("no complete answer in time")]
    Timeout {
        /// Whether a request may have left.
        began: bool,
    },
    /// The answer was larger than is taken.
    #[error("the answer was larger than {0} bytes")]
    TooLarge(usize),
    /// The connection broke, or the answer was not HTTP.
    #[error("the connection broke: {0}")]
    Protocol(String),
}

impl Fault {
    /// Whether anything of the request may have reached the provider.
    pub fn began(&self) -> bool {
        match self {
            Self::Denied(_) | Self::Dns(_) | Self::Connect(_) | Self::Tls(_) => false,
            Self::Timeout { began } => *began,
            Self::TooLarge(_) | Self::Protocol(_) => true,
        }
    }
}
