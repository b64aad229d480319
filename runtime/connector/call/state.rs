//! What the host keeps for one call, and the limits that it enforces itself.

use std::fmt;
use std::time::Duration;

use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtxView, WasiView};

use super::lane::Turn;
use super::pace::Meter;
use super::wasi::Wasi;
use super::{Door, scrub};
use crate::connector::contract::{Call, Ending, Exchange, Export, Failure, Leak, LogLine, Report, Word};
use crate::connector::limits::{CORE_INSTANCES_MAX, Limits, MEMORIES_MAX, TABLES_MAX};
use crate::credentials::{Markers, Net};

/// What ended a call before the guest answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    /// Wall clock, in milliseconds.
    Deadline(u64),
    /// Guest CPU time, in milliseconds.
    Cpu(u64),
    /// Linear memory, in bytes.
    Memory(usize),
    /// Elements of a table.
    Table(usize),
    /// A secret in what it gave out.
    Leak(Leak),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline(ms) => write!(f, "the connector did not answer within {ms} ms"),
            Self::Cpu(ms) => write!(f, "the connector used more than its {ms} ms of CPU time"),
            Self::Memory(bytes) => write!(f, "the connector wanted more than its {bytes} bytes of memory"),
            Self::Table(elements) => write!(f, "the connector wanted more than its {elements} table elements"),
            Self::Leak(leak) => write!(f, "{leak}; it was stopped"),
        }
    }
}

/// State of one call.
pub struct State {
    /// None while a component is only tried out: then it reaches nothing.
    pub(super) door: Option<Door>,
    pub(super) export: Export,
    pub(super) call: Call,
    pub(super) limits: Limits,
    pub(super) deadline: tokio::time::Instant,
    pub(super) log: Vec<LogLine>,
    pub(super) log_bytes: u64,
    pub(super) exchanges: Vec<Exchange>,
    /// Requests that were asked for.
    pub(super) requests: u32,
    /// Requests that may have reached the provider and got no complete answer.
    pub(super) open_requests: u32,
    /// Requests that got one.
    pub(super) answered_requests: u32,
    /// Bytes of requests that were sent.
    pub(super) bytes_out: u64,
    /// Bytes of their answers.
    pub(super) bytes_in: u64,
    pub(super) stopped: Option<Stopped>,
    /// Whether the outcome is the guest's own word.
    pub(super) word: Word,
    /// What the guest got in place of signatures.
    pub(super) markers: Markers,
    /// Finds signatures and tokens that were placed in this call.
    pub(super) placed: Net,
    /// What the provider said when the host asked it for a token, if it refused.
    pub(super) login_refused: Option<String>,
    /// Whether a callback's signature was found to be the provider's.
    pub(super) verified: bool,
    /// Whether the call runs on a stack of its own, as a guest's does.
    pub(super) on_own_stack: bool,
    /// In the slow lane, for a guest that computes for long.
    pub(super) turn: Turn,
    /// What it has computed.
    pub(super) meter: Meter,
    /// What it had computed when it last let others go first, in milliseconds.
    pub(super) yielded_ms: u64,
    memory_bytes: usize,
    table_elements: usize,
    table: ResourceTable,
    issued_at: Duration,
    /// Made when a guest first asks for it.
    wasi: Option<Wasi>,
}

impl State {
    pub(super) fn new(door: Option<Door>, export: Export, call: &Call) -> Self {
        let limits = door.as_ref().map(|door| door.limits.clone()).unwrap_or_default();
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self {
            door,
            export,
            call: call.clone(),
            limits,
            deadline: tokio::time::Instant::now(),
            log: Vec::new(),
            log_bytes: 0,
            exchanges: Vec::new(),
            requests: 0,
            open_requests: 0,
            answered_requests: 0,
            bytes_out: 0,
            bytes_in: 0,
            stopped: None,
            word: Word::Own,
            markers: Markers::default(),
            placed: Net::default(),
            login_refused: None,
            verified: false,
            on_own_stack: true,
            turn: Turn::default(),
            meter: Meter::default(),
            yielded_ms: 0,
            memory_bytes: 0,
            table_elements: 0,
            table,
            issued_at: Duration::from_millis(call.issued_at.as_millis()),
            wasi: None,
        }
    }

    /// One line for the log, as far as there is room.
    pub(super) fn write_log(&mut self, level: &'static str, text: &str) {
        let room = self.limits.log_bytes.saturating_sub(self.log_bytes);
        if self.log.len() >= self.limits.log_lines || room == 0 {
            return;
        }
        let cut = text.floor_char_boundary(usize::try_from(room).unwrap_or(usize::MAX).min(text.len()));
        let text = scrub::clean(text.get(..cut).unwrap_or_default(), self.hidden());
        self.log_bytes += text.len().max(1) as u64;
        self.log.push(LogLine { level, text });
    }

    /// What a toolchain's runtime printed is the guest's word as well.
    pub(super) fn search_printed(&mut self) -> wasmtime::Result<()> {
        match self.wasi.as_ref().map(Wasi::printed) {
            Some(printed) => self.search("what it printed", &printed),
            None => Ok(()),
        }
    }

    fn ending(&self) -> Ending {
        match (&self.stopped, self.word) {
            (Some(Stopped::Deadline(_)), _) => Ending::Deadline,
            (Some(Stopped::Cpu(_)), _) => Ending::Cpu,
            (Some(Stopped::Memory(_)), _) => Ending::Memory,
            (Some(Stopped::Table(_)), _) => Ending::Table,
            (Some(Stopped::Leak(_)), _) => Ending::Secret,
            (None, Word::None) => Ending::Trap,
            (None, _) => Ending::Answered,
        }
    }

    pub(super) fn into_report<T>(mut self, result: Result<T, Failure>, elapsed_ms: u64) -> Report<T> {
        if let Some(printed) = self.wasi.take().map(|wasi| wasi.printed()) {
            for line in String::from_utf8_lossy(&printed).lines().filter(|line| !line.is_empty()) {
                let line = self.mask_text(line);
                self.write_log("info", &line);
            }
        }
        let leak = match &self.stopped {
            Some(Stopped::Leak(leak)) => Some(leak.clone()),
            _ => None,
        };
        Report {
            result,
            word: self.word,
            ending: self.ending(),
            exchanges: self.exchanges,
            log: self.log,
            elapsed_ms,
            cpu_ms: self.meter.spent_ms(),
            cpu_us: self.meter.spent_us(),
            memory_bytes: self.memory_bytes as u64,
            bytes_out: self.bytes_out,
            bytes_in: self.bytes_in,
            segments: None,
            leak,
            injected: None,
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self.wasi.get_or_insert_with(|| Wasi::at(self.issued_at));
        WasiCtxView { ctx: &mut wasi.ctx, table: &mut self.table }
    }
}

/// Growing beyond a limit is the end of the call, not an answer to the guest: an allocator that is told "no" spins.
/// What counts is the sum, or a limit would be multiplied by having many memories.
impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let limit = usize::try_from(self.limits.memory_bytes).unwrap_or(usize::MAX);
        let sum = self.memory_bytes.saturating_add(desired.saturating_sub(current));
        if sum > limit {
            self.stopped = Some(Stopped::Memory(limit));
            return Err(wasmtime::Error::msg("memory"));
        }
        // Where the memory's own type forbids it, nothing is taken, and the guest is told so.
        let permitted = maximum.is_none_or(|maximum| desired <= maximum);
        if permitted {
            self.memory_bytes = sum;
        }
        Ok(permitted)
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let sum = self.table_elements.saturating_add(desired.saturating_sub(current));
        if sum > self.limits.table_elements {
            self.stopped = Some(Stopped::Table(self.limits.table_elements));
            return Err(wasmtime::Error::msg("table"));
        }
        let permitted = maximum.is_none_or(|maximum| desired <= maximum);
        if permitted {
            self.table_elements = sum;
        }
        Ok(permitted)
    }

    // The same as the pool's, for machines where there is no pool.
    fn instances(&self) -> usize {
        CORE_INSTANCES_MAX as usize
    }

    fn tables(&self) -> usize {
        TABLES_MAX as usize
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX as usize
    }
}
