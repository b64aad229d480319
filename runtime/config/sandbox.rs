//! `[sandbox]`

use serde::Deserialize;

use crate::machine::Wanted;

/// `[sandbox]`: what one call of a connector may use. A manifest can ask for less or more, up to these.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SandboxConfig {
    /// Calls in flight at once; more wait. Follows the memory unless set.
    pub slots: Option<u32>,
    /// Guest CPU time of a call, in milliseconds.
    pub cpu_ms: u64,
    /// Linear memory of an instance, in MiB.
    pub memory_mib: u64,
    /// HTTP answer handed to a connector, in KiB.
    pub response_kib: u64,
    /// Log of a call, in KiB.
    pub log_kib: u64,
    /// HTTP requests of a call.
    pub requests: u32,
    /// Size of an uploaded component, in MiB.
    pub upload_mib: u64,
    /// CPU time to compile one, in seconds; on the wall it may take ten times as long.
    pub compile_seconds: u64,
    /// Memory to compile one, in MiB. Follows the memory unless set.
    pub compile_memory_mib: Option<u64>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            slots: None,
            cpu_ms: 50,
            memory_mib: 64,
            response_kib: 1024,
            log_kib: 16,
            requests: 4,
            upload_mib: 32,
            compile_seconds: 60,
            compile_memory_mib: None,
        }
    }
}

impl SandboxConfig {
    /// What is set of what would follow the machine's memory.
    pub fn wanted(&self) -> Wanted {
        Wanted { slots: self.slots, compile_memory_mib: self.compile_memory_mib, upload_mib: self.upload_mib }
    }
}
