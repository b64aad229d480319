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
    /// No connection, because of the proxy.
    #[error("no connection: {0}")]
    Proxy(ProxyFault),
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

/// What the proxy did. Names neither its address nor its user: a connector reads this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyFault {
    /// It is not there.
    #[error("the proxy can't be reached: {0}")]
    Unreachable(String),
    /// It is not who it should be.
    #[error("the TLS handshake with the proxy failed: {0}")]
    Tls(String),
    /// It said no.
    #[error("{}", refused(*.0))]
    Refused(u16),
    /// It said nothing that can be understood.
    #[error("the proxy broke off: {0}")]
    Broken(String),
}

fn refused(status: u16) -> String {
    let why = match status {
        407 => "does not take the user and password of `egress.proxy`",
        403 => "does not permit this destination",
        502..=504 => "could not reach the destination",
        _ => "refused",
    };
    format!("the proxy {why} (status {status})")
}

impl Fault {
    /// The word for it, without what it tells.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Proxy(_) => "proxy",
            Self::Tls(_) => "tls",
            Self::Timeout { .. } => "timeout",
            Self::TooLarge(_) => "too-large",
            Self::Protocol(_) => "broken",
        }
    }

    /// Whether anything of the request may have reached the provider.
    pub fn began(&self) -> bool {
        match self {
            Self::Denied(_) | Self::Dns(_) | Self::Connect(_) | Self::Proxy(_) | Self::Tls(_) => false,
            Self::Timeout { began } => *began,
            Self::TooLarge(_) | Self::Protocol(_) => true,
        }
    }
}
