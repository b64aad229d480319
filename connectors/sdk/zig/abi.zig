//! The canonical ABI for wasm32, from Zig's own types: how a value lies in memory that the host wrote or will read.
//! Structs are records, optionals are options, tagged unions are variants, slices are lists and strings.

const std = @import("std");

pub const Error = std.mem.Allocator.Error;

/// A result of the contract.
pub fn Result(comptime Ok: type, comptime Err: type) type {
    return union(enum) { ok: Ok, err: Err };
}

pub fn sizeOf(comptime T: type) usize {
    return switch (@typeInfo(T)) {
        .void => 0,
        .bool, .@"enum" => 1,
        .int => @sizeOf(T),
        .pointer => 8,
        .optional => |optional| aligned(alignOf(T) + sizeOf(optional.child), alignOf(T)),
        .@"struct" => |record| {
            if (record.fields.len == 0) return 0;
            const last = record.fields[record.fields.len - 1];
            return aligned(offsetOf(T, last.name) + sizeOf(last.type), alignOf(T));
        },
        .@"union" => |variant| {
            var largest: usize = 0;
            for (variant.fields) |field| largest = @max(largest, sizeOf(field.type));
            return aligned(payloadOf(T) + largest, alignOf(T));
        },
        else => @compileError("the contract has no " ++ @typeName(T)),
    };
}

pub fn alignOf(comptime T: type) usize {
    return switch (@typeInfo(T)) {
        .void, .bool, .@"enum" => 1,
        .int => @sizeOf(T),
        .pointer => 4,
        .optional => |optional| alignOf(optional.child),
        inline .@"struct", .@"union" => |container| {
            var largest: usize = 1;
            for (container.fields) |field| largest = @max(largest, alignOf(field.type));
            return largest;
        },
        else => @compileError("the contract has no " ++ @typeName(T)),
    };
}

/// Where a record's field lies in it.
pub fn offsetOf(comptime T: type, comptime name: []const u8) usize {
    var at: usize = 0;
    for (@typeInfo(T).@"struct".fields) |field| {
        at = aligned(at, alignOf(field.type));
        if (std.mem.eql(u8, field.name, name)) return at;
        at += sizeOf(field.type);
    }
    @compileError(@typeName(T) ++ " has no " ++ name);
}

/// Where the value of a variant or option lies, behind its number.
pub fn payloadOf(comptime T: type) usize {
    return alignOf(T);
}

fn aligned(at: usize, alignment: usize) usize {
    return (at + alignment - 1) / alignment * alignment;
}

fn word(at: [*]const u8) usize {
    return std.mem.readInt(u32, at[0..4], .little);
}

/// A value that the host wrote. Texts stay where they are; lists of records are made anew.
pub fn load(comptime T: type, allocator: std.mem.Allocator, at: [*]const u8) Error!T {
    switch (@typeInfo(T)) {
        .void => return {},
        .bool => return at[0] != 0,
        .int => return std.mem.readInt(T, at[0..@sizeOf(T)], .little),
        .@"enum" => return @enumFromInt(at[0]),
        .optional => |optional| {
            return if (at[0] == 0) null else try load(optional.child, allocator, at + comptime payloadOf(T));
        },
        .pointer => |pointer| return slice(pointer.child, allocator, word(at), word(at + 4)),
        .@"struct" => |record| {
            var value: T = undefined;
            inline for (record.fields) |field| {
                @field(value, field.name) = try load(field.type, allocator, at + comptime offsetOf(T, field.name));
            }
            return value;
        },
        .@"union" => |variant| {
            inline for (variant.fields, 0..) |field, number| {
                if (at[0] == number) {
                    return @unionInit(T, field.name, try load(field.type, allocator, at + comptime payloadOf(T)));
                }
            }
            unreachable;
        },
        else => comptime unreachable,
    }
}

/// Text that the host wrote. An empty one may be anywhere, at 0 too.
pub fn bytes(address: usize, len: usize) []const u8 {
    if (len == 0) return "";
    const first: [*]const u8 = @ptrFromInt(address);
    return first[0..len];
}

/// The items of a list that the host wrote.
pub fn slice(comptime T: type, allocator: std.mem.Allocator, address: usize, len: usize) Error![]const T {
    if (T == u8) return bytes(address, len);
    if (len == 0) return &.{};
    const items: [*]const u8 = @ptrFromInt(address);
    const made = try allocator.alloc(T, len);
    for (made, 0..) |*item, index| item.* = try load(T, allocator, items + index * comptime sizeOf(T));
    return made;
}

/// A value for the host to read.
pub fn store(comptime T: type, allocator: std.mem.Allocator, value: T, at: [*]u8) Error!void {
    switch (@typeInfo(T)) {
        .void => {},
        .bool => at[0] = @intFromBool(value),
        .int => std.mem.writeInt(T, at[0..@sizeOf(T)], value, .little),
        .@"enum" => at[0] = @intFromEnum(value),
        .optional => |optional| {
            at[0] = @intFromBool(value != null);
            if (value) |there| try store(optional.child, allocator, there, at + comptime payloadOf(T));
        },
        .pointer => |pointer| {
            std.mem.writeInt(u32, at[0..4], try list(pointer.child, allocator, value), .little);
            std.mem.writeInt(u32, at[4..8], @intCast(value.len), .little);
        },
        .@"struct" => |record| inline for (record.fields) |field| {
            try store(field.type, allocator, @field(value, field.name), at + comptime offsetOf(T, field.name));
        },
        .@"union" => switch (value) {
            inline else => |payload, tag| {
                at[0] = @intFromEnum(tag);
                try store(@TypeOf(payload), allocator, payload, at + comptime payloadOf(T));
            },
        },
        else => comptime unreachable,
    }
}

/// Where a list's items lie in memory. Zig points an empty slice anywhere, and the host wants even that in bounds.
pub fn list(comptime T: type, allocator: std.mem.Allocator, items: []const T) Error!usize {
    if (items.len == 0) return 0;
    if (T == u8) return @intFromPtr(items.ptr);
    const size = comptime sizeOf(T);
    const room = try allocator.alignedAlloc(u8, .fromByteUnits(8), items.len * size);
    for (items, 0..) |item, index| try store(T, allocator, item, room.ptr + index * size);
    return @intFromPtr(room.ptr);
}
