//! What one call gave, whoever says so.

use super::{Certainty, Exchange, Failure, FailureKind, Leak, LogLine};

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
