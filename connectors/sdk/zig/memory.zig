//! Memory that is taken and never given back: an instance serves one call and is dropped after it.

const std = @import("std");

var arena: std.heap.ArenaAllocator = .init(std.heap.wasm_allocator);

/// For everything, the host's arguments included. What it gives stays until the call ends; `free` may be left out.
pub const allocator = arena.allocator();

/// By this the host puts what it passes into our memory.
fn realloc(old: [*]u8, old_len: usize, alignment: usize, len: usize) callconv(.{ .wasm_mvp = .{} }) [*]u8 {
    if (len <= old_len and old_len > 0) return old;
    const made = allocator.rawAlloc(len, .fromByteUnits(alignment), @returnAddress()) orelse
        @panic("the manifest's memory_mib is used up");
    @memcpy(made[0..old_len], old[0..old_len]);
    return made;
}

comptime {
    @export(&realloc, .{ .name = "cabi_realloc" });
}
