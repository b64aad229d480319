//! What one call of a connector may use.

/// Limits of a call. The defaults are tight: a send of a Rust connector uses a tenth of any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Wall-clock time, in milliseconds.
    pub send_ms: u64,
    /// Guest CPU time, in milliseconds (epoch ticks of 1 ms).
    pub cpu_ms: u64,
    /// Linear memory.
    pub memory_bytes: u64,
    /// Elements of a table.
    pub table_elements: usize,
    /// Core instances, memories and tables: what toolchains make, not what a hostile component would like.
    pub instances: usize,
    /// Body of an HTTP answer.
    pub response_bytes: u64,
    /// Body of an HTTP request.
    pub request_bytes: usize,
    /// The whole log.
    pub log_bytes: u64,
    /// Lines of the log.
    pub log_lines: usize,
    /// HTTP requests.
    pub requests: u32,
    /// Bytes that one host call may lift out of the guest.
    pub hostcall_bytes: usize,
    /// Live resource handles.
    pub handles: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            send_ms: 10_000,
            cpu_ms: 50,
            memory_bytes: 64 << 20,
            table_elements: 30_000,
            instances: 64,
            response_bytes: 1 << 20,
            request_bytes: 1 << 20,
            log_bytes: 16 << 10,
            log_lines: 200,
            requests: 4,
            hostcall_bytes: 2 << 20,
            handles: 256,
        }
    }
}

/// The largest memory that a manifest can ask for: what a pool's slot reserves.
pub const MEMORY_BYTES_MAX: u64 = 256 << 20;
