//! A sandbox without a service around it, with the cache that all tests share.

use std::sync::Arc;
use std::time::Duration;

use countersign::connector::limits::Limits;
use countersign::connector::sandbox::{Sandbox, SandboxOptions};

use super::service::{cache_dir, compiler};

pub fn sandbox() -> Arc<Sandbox> {
    sandbox_with(|_| {})
}

/// With other options. An interpreter takes a compiler that is itself not optimised minutes.
pub fn sandbox_with(change: impl FnOnce(&mut SandboxOptions)) -> Arc<Sandbox> {
    let mut options = SandboxOptions {
        limits: Limits::default(),
        slots: Some(8),
        cache_dir: cache_dir(),
        compiler: compiler(),
        upload_bytes_max: 32 << 20,
        compile_deadline: Duration::from_secs(600),
        compile_memory_bytes: 2 << 30,
    };
    change(&mut options);
    Sandbox::new(options).unwrap()
}
