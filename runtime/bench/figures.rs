//! What was measured: a table for people, JSON for programs.

use std::fmt;

use serde::Serialize;

use super::CALLERS;
use super::rounds::Comparison;
use crate::connector::sandbox::Sandbox;

/// Everything that was measured in one run.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// One caller, no socket: the sandbox itself.
    pub sandbox: Comparison,
    /// Many callers, over loopback.
    pub loopback_64: Comparison,
    /// The whole service.
    pub service: Comparison,
    /// Where it ran.
    pub machine: Machine,
    /// What runs components.
    pub engine: String,
}

/// The machine and the build.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// Threads that run at once.
    pub processors: usize,
    /// The processor's name.
    pub model: String,
    /// The kernel's version.
    pub kernel: String,
    /// Whether this binary is optimised; figures of one that is not mean nothing.
    pub optimised: bool,
}

impl Figures {
    pub(super) fn new(sandbox: Comparison, loopback: Comparison, service: Comparison) -> Self {
        let engine = format!("wasmtime {}", Sandbox::engine_version());
        Self { sandbox, loopback_64: loopback, service, machine: Machine::this(), engine }
    }
}

impl Machine {
    fn this() -> Self {
        let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let cpu = read("/proc/cpuinfo");
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Self {
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            model: model.map_or(std::env::consts::ARCH, |(_, model)| model.trim()).to_owned(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            optimised: !cfg!(debug_assertions),
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { processors, model, kernel, optimised } = &self.machine;
        writeln!(f, "{}, {processors} × {model}, Linux {kernel}", self.engine)?;
        if !optimised {
            writeln!(f, "not optimised: these figures mean nothing (use --release)")?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "{:<34}{:>12}{:>14}{:>12}{:>14}{:>12}",
            "", "native/s", "component/s", "ratio", "native µs", "added µs"
        )?;
        row(f, "a send, tight loop", &self.sandbox)?;
        row(f, &format!("a send, loopback, {CALLERS} at once"), &self.loopback_64)?;
        row(f, &format!("whole service, {CALLERS} at once"), &self.service)?;
        let Comparison { rounds, .. } = self.sandbox;
        write!(f, "\nµs: CPU time of the service for one send. Medians over {rounds} pairs of rounds.")
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, compared: &Comparison) -> fmt::Result {
    writeln!(
        f,
        "{name:<34}{:>12.0}{:>14.0}{:>12.2}{:>14.1}{:>12.1}",
        compared.native.sends_per_second,
        compared.component.sends_per_second,
        compared.throughput_ratio_to_native,
        compared.native.cpu_us_per_send,
        compared.cpu_us_per_send_added,
    )
}
