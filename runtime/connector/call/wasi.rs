//! What a guest gets whose toolchain asks WASI: the call's own time, random bytes, and a place for what it prints.
//! Nothing else: no folder, no environment, no argument, no socket, no name look-up.
//!
//! Made when it is first asked for: most connectors import the contract alone.

use std::time::Duration;

use bytes::Bytes;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{HostWallClock, WasiCtx};

/// Standard output and error of toolchains that print: more than this traps.
const OUTPUT_BYTES_MAX: usize = 64 << 10;

pub(super) struct Wasi {
    pub(super) ctx: WasiCtx,
    output: MemoryOutputPipe,
}

/// The call's time stands still, so that a test can fix it.
struct IssuedAt(Duration);

impl HostWallClock for IssuedAt {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

impl Wasi {
    pub(super) fn at(issued_at: Duration) -> Self {
        let output = MemoryOutputPipe::new(OUTPUT_BYTES_MAX);
        let ctx = WasiCtx::builder()
            .wall_clock(IssuedAt(issued_at))
            .stdout(output.clone())
            .stderr(output.clone())
            .max_random_size(64 << 10)
            .allow_tcp(false)
            .allow_udp(false)
            .build();
        Self { ctx, output }
    }

    /// What the guest printed.
    pub(super) fn printed(&self) -> Bytes {
        self.output.contents()
    }
}
