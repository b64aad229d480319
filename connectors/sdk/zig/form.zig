//! How text is written in forms and URLs.

const std = @import("std");
const contract = @import("contract.zig");
const failure = @import("failure.zig");
const memory = @import("memory.zig");

const Error = failure.Error;
const Pair = contract.Pair;
const allocator = memory.allocator;

/// As the WHATWG has it: a space is `+`, and `*` stays where `~` does not.
pub fn encode(body: *std.ArrayList(u8), text: []const u8) Error!void {
    for (text) |byte| switch (byte) {
        'a'...'z', 'A'...'Z', '0'...'9', '*', '-', '.', '_' => try body.append(allocator, byte),
        ' ' => try body.append(allocator, '+'),
        else => try body.print(allocator, "%{X:0>2}", .{byte}),
    };
}

/// The fields of such a body, as a callback has them.
pub fn fromForm(body: []const u8) Error![]const Pair {
    var fields: std.ArrayList(Pair) = .empty;
    var parts = std.mem.tokenizeScalar(u8, body, '&');
    while (parts.next()) |part| {
        const name, const value = if (std.mem.indexOfScalar(u8, part, '=')) |at|
            .{ part[0..at], part[at + 1 ..] }
        else
            .{ part, "" };
        try fields.append(allocator, .{ .name = try decode(name), .value = try decode(value) });
    }
    return fields.items;
}

fn decode(text: []const u8) Error![]const u8 {
    const made = try allocator.dupe(u8, text);
    std.mem.replaceScalar(u8, made, '+', ' ');
    // What escapes make need not be UTF-8, and the host takes nothing else as text.
    return utf8(std.Uri.percentDecodeInPlace(made));
}

/// Bytes as UTF-8, with U+FFFD in place of what is none. The host takes no other text, and ends the call for it.
pub fn utf8(bytes: []const u8) Error![]const u8 {
    if (std.unicode.utf8ValidateSlice(bytes)) return bytes;
    return std.fmt.allocPrint(allocator, "{f}", .{std.unicode.fmtUtf8(bytes)});
}

/// Everything but `A-Z a-z 0-9 - . _ ~` as `%XX`: for a segment of a path, or a name or value of a query.
pub fn percentEncode(text: []const u8) Error![]const u8 {
    var made: std.ArrayList(u8) = .empty;
    for (text) |byte| switch (byte) {
        'a'...'z', 'A'...'Z', '0'...'9', '-', '.', '_', '~' => try made.append(allocator, byte),
        else => try made.print(allocator, "%{X:0>2}", .{byte}),
    };
    return made.items;
}
