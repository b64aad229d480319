//! What one call of a connector may use.

/// Limits of a call. The defaults are tight: a send of a Rust connector uses a tenth of any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Wall-clock time, in milliseconds.
    pub send_ms: u64,
    /// Wall-clock time to wait for one HTTP answer, in milliseconds; none: as long as the call has.
    pub answer_ms: Option<u64>,
    /// Guest CPU time, in milliseconds.
    pub cpu_ms: u64,
    /// Linear memory, all memories together.
    pub memory_bytes: u64,
    /// Elements of all tables together.
    pub table_elements: usize,
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
            answer_ms: None,
            cpu_ms: 50,
            memory_bytes: 64 << 20,
            table_elements: 30_000,
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

/// Core instances of a component. What toolchains make has four, what is composed of several has more.
pub const CORE_INSTANCES_MAX: u32 = 64;
/// Memories of a component: one, unless it is composed of several.
pub const MEMORIES_MAX: u32 = 4;
/// Tables of a component: two for each memory, and some to spare.
pub const TABLES_MAX: u32 = 16;
