//! What the host gives: HTTP, credentials by name, a log. Flat parameters are the canonical ABI's. A component imports
//! only what it calls.

const abi = @import("abi.zig");
const contract = @import("contract.zig");
const memory = @import("memory.zig");

const Pair = contract.Pair;
const Bytes = [*]const u8;

const http = struct {
    extern "countersign:connector/http@1.0.0" fn send(
        method: Bytes,
        method_len: usize,
        url: Bytes,
        url_len: usize,
        headers: Bytes,
        headers_len: usize,
        body: Bytes,
        body_len: usize,
        credentials: Bytes,
        credentials_len: usize,
        timeout: bool,
        timeout_ms: u32,
        result: [*]u8,
    ) void;
};

const credentials = struct {
    extern "countersign:connector/credentials@1.0.0" fn sign(Bytes, usize, Bytes, usize, [*]u8) void;
    extern "countersign:connector/credentials@1.0.0" fn digest(Bytes, usize, Bytes, usize, [*]u8) void;
    extern "countersign:connector/credentials@1.0.0" fn token(Bytes, usize, Bytes, usize, [*]u8) void;
    extern "countersign:connector/credentials@1.0.0" fn verify(Bytes, usize, Bytes, usize, Bytes, usize, [*]u8) void;
};

const journal = struct {
    extern "countersign:connector/log@1.0.0" fn write(u32, Bytes, usize) void;
};

pub const Request = struct {
    method: []const u8,
    url: []const u8,
    headers: []const Pair,
    body: []const u8,
    credentials: []const []const u8,
    timeout_ms: ?u32,
};

pub const Sent = abi.Result(contract.Response, contract.Fault);
pub const Marker = abi.Result([]const u8, contract.Refusal);
pub const Verdict = abi.Result(bool, contract.Refusal);

/// Room for a result, where the host writes it.
fn Room(comptime T: type) type {
    return struct { bytes: [abi.sizeOf(T)]u8 align(8) = undefined };
}

pub fn send(request: Request) abi.Error!Sent {
    var room: Room(Sent) = .{};
    http.send(
        request.method.ptr,
        request.method.len,
        request.url.ptr,
        request.url.len,
        try abi.list(Pair, memory.allocator, request.headers),
        request.headers.len,
        request.body.ptr,
        request.body.len,
        try abi.list([]const u8, memory.allocator, request.credentials),
        request.credentials.len,
        request.timeout_ms != null,
        request.timeout_ms orelse 0,
        &room.bytes,
    );
    return abi.load(Sent, memory.allocator, &room.bytes);
}

pub fn sign(name: []const u8, data: []const u8) abi.Error!Marker {
    var room: Room(Marker) = .{};
    credentials.sign(name.ptr, name.len, data.ptr, data.len, &room.bytes);
    return abi.load(Marker, memory.allocator, &room.bytes);
}

pub fn digest(name: []const u8, values: []const Pair) abi.Error!Marker {
    var room: Room(Marker) = .{};
    credentials.digest(name.ptr, name.len, try abi.list(Pair, memory.allocator, values), values.len, &room.bytes);
    return abi.load(Marker, memory.allocator, &room.bytes);
}

pub fn token(name: []const u8, claims: []const Pair) abi.Error!Marker {
    var room: Room(Marker) = .{};
    credentials.token(name.ptr, name.len, try abi.list(Pair, memory.allocator, claims), claims.len, &room.bytes);
    return abi.load(Marker, memory.allocator, &room.bytes);
}

pub fn verify(name: []const u8, data: []const u8, signature: []const u8) abi.Error!Verdict {
    var room: Room(Verdict) = .{};
    credentials.verify(name.ptr, name.len, data.ptr, data.len, signature.ptr, signature.len, &room.bytes);
    return abi.load(Verdict, memory.allocator, &room.bytes);
}

pub fn log(level: contract.Level, text: []const u8) void {
    journal.write(@intFromEnum(level), text.ptr, text.len);
}
