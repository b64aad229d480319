//! The contract's words in our own types (`wit/connector.wit` says what each means). `bindings.rs` converts between
//! these and the generated ones, so that nothing else depends on the generator.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::connector::transcript::WireFault;
use crate::credentials::QUARANTINE_BYTES_MIN;

mod callback;
mod verification;

pub use callback::{Answer, Callback, DeliveryReport, Handled, ReportStatus};
pub use verification::{CheckRequest, CodeVerdict, StartRequest, Started};

/// What every export is told about the call itself.
#[derive(Clone, Debug)]
pub struct Call {
    /// Now, as the host sees it.
    pub issued_at: Timestamp,
    /// 32 lower-case hexadecimal digits, fresh for each call.
    pub nonce: String,
    /// Name of the environment.
    pub environment: String,
}

/// One named value: a template's parameter, or an entry of an `extra` list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One SMS as a connector is asked to send it. Holds the number and the text in clear: `Debug` shows neither.
#[derive(Clone)]
pub struct Message {
    /// E.164 with `+`.
    pub to: String,
    /// Digits only.
    pub calling_code: String,
    /// ISO 3166-1 alpha-2, where the number tells.
    pub country: Option<String>,
    /// Why it is sent.
    pub purpose: String,
    /// BCP 47.
    pub locale: String,
    /// Unique for (message, connector), the same on a retry.
    pub reference: String,
    /// What is left of the code's life, in seconds.
    pub validity_seconds: u32,
    /// Sender for this recipient, where the operator set one.
    pub sender: Option<String>,
    /// Rendered text.
    pub text: String,
    /// Registered template's id at the provider.
    pub template_id: Option<String>,
    /// Language under which it is registered.
    pub template_locale: Option<String>,
    /// The template's values, in order.
    pub parameters: Vec<Pair>,
    /// Where the provider may report delivery.
    pub callback_url: Option<String>,
    /// The end user's IP address.
    pub client_ip: Option<String>,
    /// Regulatory ids and the like.
    pub extra: Vec<Pair>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("reference", &self.reference)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// An amount in a currency, as the provider told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Decimal.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// How far the provider took the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptStatus {
    /// Accepted for sending.
    Accepted,
    /// Waiting in the provider's queue.
    Queued,
    /// Accepted in some other way.
    Other,
}

/// The provider took the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// How far.
    pub status: ReceiptStatus,
    /// The provider's ids.
    pub message_ids: Vec<String>,
    /// SMS parts as the provider counts them.
    pub segments: Option<u32>,
    /// What it costs, where the provider says.
    pub price: Option<Money>,
    /// More.
    pub extra: Vec<Pair>,
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "wit/connector.wit describes each case; a second text would drift")]
pub enum FailureKind {
    InvalidConfig,
    AuthenticationFailed,
    InsufficientFunds,
    InvalidRecipient,
    UnsupportedDestination,
    RecipientBlocked,
    ContentRejected,
    RateLimited,
    QuotaExceeded,
    FraudBlocked,
    ProviderUnavailable,
    Timeout,
    InvalidResponse,
    Other,
}

impl<T> Report<T> {
    /// The same of another answer.
    pub fn map<U>(self, made: impl FnOnce(T) -> U) -> Report<U> {
        let Self { result, word, ending, exchanges, log, elapsed_ms, cpu_ms, .. } = self;
        let Self { cpu_us, memory_bytes, bytes_out, bytes_in, segments, leak, injected, .. } = self;
        let result = result.map(made);
        Report {
            result,
            word,
            ending,
            exchanges,
            log,
            elapsed_ms,
            cpu_ms,
            cpu_us,
            memory_bytes,
            bytes_out,
            bytes_in,
            segments,
            leak,
            injected,
        }
    }

    /// Of a call that never reached the connector: nothing was sent.
    pub fn unsent(text: String) -> Self {
        let failure = Failure {
            kind: FailureKind::InvalidConfig,
            certainty: Certainty::NotSent,
            provider_code: None,
            text,
            retry_after_seconds: None,
            extra: Vec::new(),
        };
        let (exchanges, log) = (Vec::new(), Vec::new());
        Self {
            result: Err(failure),
            word: Word::None,
            ending: Ending::NotBegun,
            exchanges,
            log,
            elapsed_ms: 0,
            cpu_ms: 0,
            cpu_us: 0,
            memory_bytes: 0,
            bytes_out: 0,
            bytes_in: 0,
            segments: None,
            leak: None,
            injected: None,
        }
    }

    /// Of a call that met an injected fault: whoever reads of it must not look for it at the provider.
    pub fn with_injected(mut self, injected: Option<String>) -> Self {
        if let (Some(fault), Err(failure)) = (&injected, &mut self.result) {
            failure.text = format!("injected fault ({fault}): {}", failure.text);
        }
        Self { injected, ..self }
    }
}

impl FailureKind {
    /// The contract's word for it, such as `invalid-recipient`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidConfig => "invalid-config",
            Self::AuthenticationFailed => "authentication-failed",
            Self::InsufficientFunds => "insufficient-funds",
            Self::InvalidRecipient => "invalid-recipient",
            Self::UnsupportedDestination => "unsupported-destination",
            Self::RecipientBlocked => "recipient-blocked",
            Self::ContentRejected => "content-rejected",
            Self::RateLimited => "rate-limited",
            Self::QuotaExceeded => "quota-exceeded",
            Self::FraudBlocked => "fraud-blocked",
            Self::ProviderUnavailable => "provider-unavailable",
            Self::Timeout => "timeout",
            Self::InvalidResponse => "invalid-response",
            Self::Other => "other",
        }
    }
}

/// What is known about the message when something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Certainly not sent.
    NotSent,
    /// It may have been sent.
    Unknown,
}

/// A call that did not succeed. `text` and `provider_code` come from outside and were scrubbed and shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub kind: FailureKind,
    /// What is known about the message.
    pub certainty: Certainty,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The provider's words, or the host's.
    pub text: String,
    /// How long the provider asks to wait.
    pub retry_after_seconds: Option<u32>,
    /// More.
    pub extra: Vec<Pair>,
}

/// What an account check told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// What the provider calls the account.
    pub name: Option<String>,
    /// What is left on it.
    pub balance: Option<Money>,
    /// More.
    pub extra: Vec<Pair>,
}

/// Which export a call is for. A credential's binding names the exports that it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Export {
    /// Sending.
    Sms,
    /// Checking the account.
    Account,
    /// Reading a provider's callback.
    DeliveryReports,
    /// Starting verifications, and checking their codes.
    Verification,
}

impl Export {
    /// The contract's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Account => "account",
            Self::DeliveryReports => "delivery-reports",
            Self::Verification => "verification",
        }
    }
}

/// One line of a connector's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// `debug`, `info`, `warning` or `critical`.
    pub level: &'static str,
    /// What the connector wrote, cut to the limit.
    pub text: String,
}

/// One HTTP exchange as a test shows it: the request as the connector made it, with a label wherever the host placed
/// a credential, and what came back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// Upper case.
    pub method: String,
    /// As the connector wrote it.
    pub url: String,
    /// As the connector wrote them; a placed credential shows as `‹credential NAME›`.
    pub headers: Vec<Pair>,
    /// As the connector wrote it, lossily as UTF-8 and cut at 64 KiB.
    pub body: String,
    /// Names of the credentials that the host placed.
    pub credentials: Vec<String>,
    /// The answer's status, if there was an answer.
    pub status: Option<u16>,
    /// The answer's headers.
    pub response_headers: Vec<Pair>,
    /// The answer's body, lossily as UTF-8 and cut at 64 KiB.
    pub response_body: String,
    /// Why there was no answer.
    pub fault: Option<String>,
    /// The same in a transcript's words; none where nothing left the sandbox.
    #[serde(skip)]
    pub wire_fault: Option<WireFault>,
    /// Whether the host made it, for a token: then it shows neither what it asked nor what came.
    #[serde(skip)]
    pub by_host: bool,
    /// Wall-clock time of the exchange.
    pub elapsed_ms: u64,
}

/// A secret that a component gave out: in a request, a log line, a receipt or a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The field that holds it, or the credential that it was made for.
    pub secret: String,
    /// Its length in bytes.
    pub bytes: usize,
    /// Where it stood.
    pub place: &'static str,
}

impl Leak {
    /// Whether its revision must not serve any more: a secret of this length does not stand anywhere by chance.
    pub fn quarantines(&self) -> bool {
        self.bytes >= QUARANTINE_BYTES_MIN
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the connector gave out the secret `{}` in {}", self.secret, self.place)
    }
}

/// Whose word the outcome of a call is: the host corrects a component by what it saw on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Word {
    /// The component's own.
    #[default]
    Own,
    /// It reported a success, and no provider had answered.
    FalseSuccess,
    /// It said `not-sent` of a request that had left and got no answer.
    FalseCertainty,
    /// It said nothing: a trap, a limit or the deadline ended the call.
    None,
}

/// What ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The component's answer, whatever that was.
    Answered,
    /// It never began: there was nothing that could be asked, or nothing to ask it.
    NotBegun,
    /// A trap, or the end of what the engine gives a call.
    Trap,
    /// The wall clock.
    Deadline,
    /// Its CPU time.
    Cpu,
    /// Its memory.
    Memory,
    /// The elements of its tables.
    Table,
    /// A secret in what it gave out.
    Secret,
}

impl Ending {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NotBegun => "not-begun",
            Self::Trap => "trap",
            Self::Deadline => "deadline",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Table => "table",
            Self::Secret => "secret",
        }
    }
}

/// Everything that one call of a connector gave.
#[derive(Clone, Debug)]
pub struct Report<T> {
    /// What the call came to; the certainty is already corrected by what the host saw on the wire.
    pub result: Result<T, Failure>,
    /// Whether that is what the component said.
    pub word: Word,
    /// What ended it.
    pub ending: Ending,
    /// What went over the wire.
    pub exchanges: Vec<Exchange>,
    /// What the connector logged.
    pub log: Vec<LogLine>,
    /// Wall-clock time of the whole call.
    pub elapsed_ms: u64,
    /// CPU time of the guest, and of the host where it answers at once.
    pub cpu_ms: u64,
    /// The same, in microseconds.
    pub cpu_us: u64,
    /// The most linear memory that the guest had, all its memories together.
    pub memory_bytes: u64,
    /// Bytes of its requests that left or may have left: address, headers, body.
    pub bytes_out: u64,
    /// Bytes of the answers that came: headers, body.
    pub bytes_in: u64,
    /// SMS parts that the host counted in the text that it gave to be sent.
    pub segments: Option<u32>,
    /// A secret that the component gave out; then the call has failed.
    pub leak: Option<Leak>,
    /// A fault that an operator injected and that the call met.
    pub injected: Option<String>,
}
