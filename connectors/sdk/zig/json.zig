//! Reading JSON into an author's own types.

const std = @import("std");
const memory = @import("memory.zig");

/// `T` of the text; members that it has not are left out of account.
pub fn parse(comptime T: type, text: []const u8) std.json.ParseError(std.json.Scanner)!T {
    const options: std.json.ParseOptions = .{ .ignore_unknown_fields = true, .allocate = .alloc_if_needed };
    return std.json.parseFromSliceLeaky(T, memory.allocator, text, options);
}

/// A number as it is written, or a text: for amounts, which no binary fraction holds exactly.
pub const Decimal = struct {
    text: []const u8,

    pub fn jsonParse(allocator: std.mem.Allocator, source: anytype, options: std.json.ParseOptions) !Decimal {
        return switch (try source.nextAlloc(allocator, options.allocate.?)) {
            inline .number, .allocated_number, .string, .allocated_string => |text| .{ .text = text },
            else => error.UnexpectedToken,
        };
    }
};
