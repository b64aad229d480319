//! What the host keeps for one call, and the limits that it enforces itself.

use std::fmt;
use std::time::Duration;

use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtxView, WasiView};

use super::Door;
use super::lane::Turn;
use super::wasi::Wasi;
use crate::connector::contract::{Call, Exchange, Export, Failure, LogLine, Report};
use crate::connector::limits::Limits;

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
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline(ms) => write!(f, "the connector did not answer within {ms} ms"),
            Self::Cpu(ms) => write!(f, "the connector used more than its {ms} ms of CPU time"),
            Self::Memory(bytes) => write!(f, "the connector wanted more than its {bytes} bytes of memory"),
            Self::Table(elements) => write!(f, "the connector wanted more than its {elements} table elements"),
        }
    }
}

/// State of one call.
pub struct State {
    /// None while a component is only tried out: then it reaches nothing.
    pub(super) door: Option<Door>,
    pub(super) export: Export,
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
    pub(super) cpu_ms: u64,
    pub(super) stopped: Option<Stopped>,
    /// In the slow lane, for a guest that computes for long.
    pub(super) turn: Turn,
    memory_bytes: u64,
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
            limits,
            deadline: tokio::time::Instant::now(),
            log: Vec::new(),
            log_bytes: 0,
            exchanges: Vec::new(),
            requests: 0,
            open_requests: 0,
            answered_requests: 0,
            cpu_ms: 0,
            stopped: None,
            turn: Turn::default(),
            memory_bytes: 0,
            table,
            issued_at: Duration::from_millis(call.issued_at.as_millis()),
            wasi: None,
        }
    }

    /// Replace what must not be read, and escape what a terminal would obey.
    pub(super) fn scrub(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        if let Some(door) = &self.door {
            let secrets = door.keyring.masks().into_iter().map(str::to_owned);
            for hidden in door.mask.iter().cloned().chain(secrets).filter(|hidden| hidden.len() >= 4) {
                clean = clean.replace(&hidden, "•••");
            }
        }
        clean.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
    }

    /// One line for the log, as far as there is room.
    pub(super) fn write_log(&mut self, level: &'static str, text: &str) {
        let room = self.limits.log_bytes.saturating_sub(self.log_bytes);
        if self.log.len() >= self.limits.log_lines || room == 0 {
            return;
        }
        let cut = text.floor_char_boundary(usize::try_from(room).unwrap_or(usize::MAX).min(text.len()));
        let text = self.scrub(text.get(..cut).unwrap_or_default());
        self.log_bytes += text.len().max(1) as u64;
        self.log.push(LogLine { level, text });
    }

    pub(super) fn into_report<T>(mut self, result: Result<T, Failure>, elapsed_ms: u64) -> Report<T> {
        if let Some(printed) = self.wasi.take().map(|wasi| wasi.printed()) {
            for line in String::from_utf8_lossy(&printed).lines().filter(|line| !line.is_empty()) {
                self.write_log("info", line);
            }
        }
        Report {
            result,
            exchanges: self.exchanges,
            log: self.log,
            elapsed_ms,
            cpu_ms: self.cpu_ms,
            memory_bytes: self.memory_bytes,
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
impl ResourceLimiter for State {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let limit = usize::try_from(self.limits.memory_bytes).unwrap_or(usize::MAX);
        if desired > limit {
            self.stopped = Some(Stopped::Memory(limit));
            return Err(wasmtime::Error::msg("memory"));
        }
        self.memory_bytes = self.memory_bytes.max(desired as u64);
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.limits.table_elements {
            self.stopped = Some(Stopped::Table(self.limits.table_elements));
            return Err(wasmtime::Error::msg("table"));
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.limits.instances
    }

    fn tables(&self) -> usize {
        self.limits.instances
    }

    fn memories(&self) -> usize {
        self.limits.instances
    }
}
