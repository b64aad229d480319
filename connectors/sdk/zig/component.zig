//! Makes a component's exports out of what the author's file has: `send`, and `check` and `handle` if they are there.
//! Their names are what makes a module a connector, so nothing else says which of them it has.

const std = @import("std");
const abi = @import("abi.zig");
const contract = @import("contract.zig");
const failure = @import("failure.zig");
const host = @import("host.zig");
const memory = @import("memory.zig");

/// A safety check that fails says which one in the connector's log, and ends the call.
pub const panic = std.debug.FullPanic(struct {
    fn panic(text: []const u8, _: ?usize) noreturn {
        host.log(.critical, text);
        @trap();
    }
}.panic);

/// Export what `connector`, the author's file, has.
pub fn exports(comptime connector: type) void {
    if (!@hasDecl(connector, "send")) {
        @compileError("the connector has no `pub fn send(call: cs.Call, config: []const u8, message: cs.Message) cs.Error!cs.Receipt`");
    }
    const of = Exports(connector);
    @export(&of.send, .{ .name = "countersign:connector/sms@1.0.0#send" });
    if (@hasDecl(connector, "check")) {
        @export(&of.check, .{ .name = "countersign:connector/account@1.0.0#check" });
    }
    if (@hasDecl(connector, "handle")) {
        @export(&of.handle, .{ .name = "countersign:connector/delivery-reports@1.0.0#handle" });
    }
}

const Bytes = [*]const u8;
/// Where something lies that the host wrote.
const Address = usize;

/// An answer, where the host reads it.
fn answer(comptime T: type, outcome: failure.Error!T) Bytes {
    const Result = abi.Result(T, contract.Failure);
    const room = struct {
        var bytes: [abi.sizeOf(Result)]u8 align(8) = @splat(0);
    };
    const result: Result = if (outcome) |ok| .{ .ok = ok } else |failed| .{ .err = failure.of(failed) };
    abi.store(Result, memory.allocator, result, &room.bytes) catch exhausted();
    return &room.bytes;
}

fn exhausted() noreturn {
    @panic("the manifest's memory_mib is used up");
}

/// More than 16 parameters lie in memory.
pub const Given = struct { call: contract.Call, config: []const u8, message: contract.Message };

/// Flat parameters are the canonical ABI's.
fn Exports(comptime connector: type) type {
    return struct {
        fn send(at: Bytes) callconv(.c) Bytes {
            const given = abi.load(Given, memory.allocator, at) catch exhausted();
            return answer(contract.Receipt, connector.send(given.call, given.config, given.message));
        }

        fn check(
            issued_at: u64,
            nonce: Address,
            nonce_len: usize,
            environment: Address,
            environment_len: usize,
            deadline_ms: u32,
            config: Address,
            config_len: usize,
        ) callconv(.c) Bytes {
            const call: contract.Call = .{
                .issued_at = issued_at,
                .nonce = abi.bytes(nonce, nonce_len),
                .environment = abi.bytes(environment, environment_len),
                .deadline_ms = deadline_ms,
            };
            return answer(contract.Standing, connector.check(call, abi.bytes(config, config_len)));
        }

        fn handle(
            issued_at: u64,
            nonce: Address,
            nonce_len: usize,
            environment: Address,
            environment_len: usize,
            deadline_ms: u32,
            config: Address,
            config_len: usize,
            method: Address,
            method_len: usize,
            url: Address,
            url_len: usize,
            headers: Address,
            headers_len: usize,
            body: Address,
            body_len: usize,
        ) callconv(.c) Bytes {
            const call: contract.Call = .{
                .issued_at = issued_at,
                .nonce = abi.bytes(nonce, nonce_len),
                .environment = abi.bytes(environment, environment_len),
                .deadline_ms = deadline_ms,
            };
            const callback: contract.Callback = .{
                .method = abi.bytes(method, method_len),
                .url = abi.bytes(url, url_len),
                .headers = abi.slice(contract.Pair, memory.allocator, headers, headers_len) catch exhausted(),
                .body = abi.bytes(body, body_len),
            };
            return answer(contract.Handled, connector.handle(call, abi.bytes(config, config_len), callback));
        }
    };
}
