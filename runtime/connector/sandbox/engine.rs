//! The engine: one for the process, tuned as measured, with everything off that a connector does not need.

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy};

use crate::connector::limits::{CORE_INSTANCES_MAX, MEMORIES_MAX, MEMORY_BYTES_MAX, TABLES_MAX};

/// What compiler and runtime must agree on.
fn config() -> Config {
    let mut config = Config::new();
    // Cranelift: Winch, the quick compiler, had escapes of its own in 2026, and saves nothing here.
    config.strategy(Strategy::Cranelift).cranelift_opt_level(OptLevel::Speed);
    config.epoch_interruption(true);
    config.concurrency_support(false);
    // No module that was uploaded has two memories (`inspect` refuses it), but what joins the parts of a component has:
    // JavaScript's toolchain makes components of several.
    config.wasm_memory64(false).wasm_multi_memory(true).wasm_relaxed_simd(false).wasm_tail_call(false);
    config.wasm_exceptions(false).wasm_gc(false).wasm_function_references(false).wasm_wide_arithmetic(false);
    config.wasm_component_model(true);
    // Core dumps, which would hold a number and a text, are not even compiled in (feature `coredump`).
    config.max_wasm_stack(512 << 10).async_stack_size(2 << 20);
    config
}

/// The compiler child's: a pooling engine would not fit into its memory limit, and compiles no differently.
pub fn for_compiling() -> wasmtime::Result<Engine> {
    Engine::new(&config())
}

/// The runtime's, and the instances that it has room for: pooled where the address space permits it. Some machines have
/// little (`ulimit -v`, kernels with 39 bits of it), and a smaller pool is better there than none.
pub(super) fn for_running(slots: u32) -> wasmtime::Result<(Engine, u32)> {
    let mut room = slots;
    loop {
        let mut pooled = config();
        pooled.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(room)));
        match Engine::new(&pooled) {
            Ok(engine) => return Ok((engine, room)),
            Err(error) if room <= ROOM_MIN => {
                tracing::warn!(%error, "no address space for a pool of {room} instances; making each on demand, which is slower");
                return Ok((for_compiling()?, slots));
            }
            Err(error) => {
                tracing::warn!(%error, "no address space for a pool of {room} instances; trying half as many");
                room /= 2;
            }
        }
    }
}

/// A pool of fewer would be in the way rather than of use.
const ROOM_MIN: u32 = 8;

/// Each memory reserves 4 GiB of addresses: with this many, half of what a process has.
const MEMORIES_TOTAL_MAX: u32 = 16_000;

/// Room for `slots` components that each have all that a component may have: one that takes the most of everything
/// leaves its neighbours what is theirs. What nobody touches costs address space, and no memory.
fn pool(slots: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.max_core_instances_per_component(CORE_INSTANCES_MAX);
    pool.max_memories_per_component(MEMORIES_MAX).max_tables_per_component(TABLES_MAX);
    pool.total_component_instances(slots).total_stacks(slots);
    pool.total_core_instances(slots.saturating_mul(CORE_INSTANCES_MAX));
    pool.total_memories(slots.saturating_mul(MEMORIES_MAX).min(MEMORIES_TOTAL_MAX));
    pool.total_tables(slots.saturating_mul(TABLES_MAX));
    pool.table_elements(30_000).max_memory_size(usize::try_from(MEMORY_BYTES_MAX).unwrap_or(usize::MAX));
    // Keeping what an instance touched, and resetting only that, halved the cost of a send (kernel 6.7 and later).
    pool.linear_memory_keep_resident(512 << 10).table_keep_resident(16 << 10).pagemap_scan(Enabled::Auto);
    // What was touched stays resident in up to so many: 32 MiB at most, and a thirty-second of the memory that
    // the places were made for.
    pool.max_unused_warm_slots((slots / 2).clamp(1, 64));
    pool
}

/// Calls of connectors in flight at once, where the machine permits it and nothing else is asked for.
pub const SLOTS: u32 = 1_000;

/// How many instances fit: a pool needs two mappings a slot and four more for each instance in flight, and the kernel
/// permits `vm.max_map_count` of them (65,530 unless changed).
pub fn slots(wanted: Option<u32>) -> u32 {
    let text = std::fs::read_to_string("/proc/sys/vm/max_map_count").unwrap_or_default();
    let mappings: u32 = text.trim().parse().unwrap_or(65_530);
    let fit = mappings.saturating_sub(5_000) / 6;
    wanted.unwrap_or(SLOTS).min(fit).max(1)
}
