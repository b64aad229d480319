//! The configuration's limits, in the sandbox's words.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::Config;
use crate::connector::limits::Limits;
use crate::connector::sandbox::SandboxOptions;
use crate::machine::Sizes;

/// What the sandbox may take of this machine.
pub(super) fn sandbox(config: &Config, sizes: &Sizes, compiler: PathBuf) -> SandboxOptions {
    let sandbox = &config.sandbox;
    SandboxOptions {
        limits: of(config),
        slots: Some(sizes.slots),
        cache_dir: config.cache_dir(),
        compiler,
        upload_bytes_max: sandbox.upload_mib << 20,
        compile_deadline: Duration::from_secs(sandbox.compile_seconds),
        compile_memory_bytes: sizes.compile_bytes,
    }
}

/// What a call of a connector may use, unless more is granted.
pub(super) fn of(config: &Config) -> Limits {
    let sandbox = &config.sandbox;
    Limits {
        send_ms: config.delivery.send_ms,
        cpu_ms: sandbox.cpu_ms,
        memory_bytes: sandbox.memory_mib << 20,
        response_bytes: sandbox.response_kib << 10,
        log_bytes: sandbox.log_kib << 10,
        requests: sandbox.requests,
        ..Default::default()
    }
}
