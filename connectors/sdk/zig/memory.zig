//! Memory that is taken and never given back: an instance serves one call and is dropped after it.

const std = @import("std");

var arena: std.heap.ArenaAllocator = .init(std.heap.wasm_allocator);

/// For everything, the host's arguments included. What it gives stays until the call ends; `free` may be left out.
pub const allocator = arena.allocator();

/// By this the host puts what it passes into our memory.
fn realloc(old: ?[*]u8, old_len: usize, alignment: usize, len: usize) callconv(.c) [*]u8 {
    const made = allocator.rawAlloc(len, .fromByteUnits(alignment), @returnAddress()) orelse
        @panic("the manifest's memory_mib is used up");
    const kept = @min(old_len, len);
    if (old) |before| @memcpy(made[0..kept], before[0..kept]);
    return made;
}

comptime {
    @export(&realloc, .{ .name = "cabi_realloc" });
}
