//! What the host gives: HTTP, credentials by name, a log. Flat parameters are the canonical ABI's. A component imports
//! only what it calls.

const abi = @import("abi.zig");
const contract = @import("contract.zig");
const memory = @import("memory.zig");

const Pair = contract.Pair;
/// Where something lies.
const Address = usize;

const http = struct {
    extern "countersign:connector/http@1.0.0" fn send(
        method: Address,
        method_len: usize,
        url: Address,
        url_len: usize,
        headers: Address,
        headers_len: usize,
        body: Address,
        body_len: usize,
        credentials: Address,
        credentials_len: usize,
        timeout: bool,
        timeout_ms: u32,
        result: [*]u8,
    ) void;
};

const credentials = struct {
    extern "countersign:connector/credentials@1.0.0" fn sign(Address, usize, Address, usize, [*]u8) void;
    extern "countersign:connector/credentials@1.0.0" fn digest(Address, usize, Address, usize, [*]u8) void;
    extern "countersign:connector/credentials@1.0.0" fn token(Address, usize, Address, usize, [*]u8) void;
    extern "countersign:connector/credentials@1.0.0" fn verify(Address, usize, Address, usize, Address, usize, [*]u8) void;
};

const journal = struct {
    extern "countersign:connector/log@1.0.0" fn write(u32, Address, usize) void;
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
    return struct {
        bytes: [abi.sizeOf(T)]u8 align(8) = undefined,

        fn load(room: *const @This()) abi.Error!T {
            return abi.load(T, memory.allocator, &room.bytes);
        }
    };
}

/// Where a list that is passed lies.
fn at(comptime T: type, items: []const T) abi.Error!Address {
    return abi.list(T, memory.allocator, items);
}

pub fn send(request: Request) abi.Error!Sent {
    var room: Room(Sent) = .{};
    http.send(
        try at(u8, request.method),
        request.method.len,
        try at(u8, request.url),
        request.url.len,
        try at(Pair, request.headers),
        request.headers.len,
        try at(u8, request.body),
        request.body.len,
        try at([]const u8, request.credentials),
        request.credentials.len,
        request.timeout_ms != null,
        request.timeout_ms orelse 0,
        &room.bytes,
    );
    return room.load();
}

pub fn sign(name: []const u8, data: []const u8) abi.Error!Marker {
    var room: Room(Marker) = .{};
    credentials.sign(try at(u8, name), name.len, try at(u8, data), data.len, &room.bytes);
    return room.load();
}

pub fn digest(name: []const u8, values: []const Pair) abi.Error!Marker {
    var room: Room(Marker) = .{};
    credentials.digest(try at(u8, name), name.len, try at(Pair, values), values.len, &room.bytes);
    return room.load();
}

pub fn token(name: []const u8, claims: []const Pair) abi.Error!Marker {
    var room: Room(Marker) = .{};
    credentials.token(try at(u8, name), name.len, try at(Pair, claims), claims.len, &room.bytes);
    return room.load();
}

pub fn verify(name: []const u8, data: []const u8, signature: []const u8) abi.Error!Verdict {
    var room: Room(Verdict) = .{};
    credentials.verify(
        try at(u8, name),
        name.len,
        try at(u8, data),
        data.len,
        try at(u8, signature),
        signature.len,
        &room.bytes,
    );
    return room.load();
}

pub fn log(level: contract.Level, text: []const u8) void {
    journal.write(@intFromEnum(level), if (text.len == 0) 0 else @intFromPtr(text.ptr), text.len);
}
