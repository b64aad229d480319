//! Requests and replies.

const std = @import("std");
const contract = @import("contract.zig");
const failure = @import("failure.zig");
const forms = @import("form.zig");
const host = @import("host.zig");
const json_text = @import("json.zig");
const memory = @import("memory.zig");

const Error = failure.Error;
const Pair = contract.Pair;
const allocator = memory.allocator;

/// A request to be sent by the host.
pub const Request = struct {
    method: []const u8,
    url: []const u8,
    headers: []const Pair = &.{},
    content: ?Content = null,
    /// Credentials of the manifest, placed by the host as the request leaves.
    credentials: []const []const u8 = &.{},
    timeout_ms: ?u32 = null,
};

/// A body and its type.
pub const Content = struct {
    type: []const u8,
    body: []const u8,

    /// A struct, slice, number … as JSON; optionals that are null are left out.
    pub fn json(value: anytype) Error!Content {
        const body = try std.json.Stringify.valueAlloc(allocator, value, .{ .emit_null_optional_fields = false });
        return .{ .type = "application/json", .body = body };
    }

    /// An `application/x-www-form-urlencoded` body.
    pub fn form(fields: []const Pair) Error!Content {
        var body: std.ArrayList(u8) = .empty;
        for (fields) |field| {
            if (body.items.len > 0) try body.append(allocator, '&');
            try forms.encode(&body, field.name);
            try body.append(allocator, '=');
            try forms.encode(&body, field.value);
        }
        return .{ .type = "application/x-www-form-urlencoded", .body = body.items };
    }
};

/// The first value of that name, whatever its case.
pub fn header(headers: []const Pair, name: []const u8) ?[]const u8 {
    for (headers) |found| {
        if (std.ascii.eqlIgnoreCase(found.name, name)) return found.value;
    }
    return null;
}

/// A provider's answer.
pub const Response = struct {
    status: u16,
    headers: []const Pair,
    body: []const u8,

    pub fn isSuccess(response: Response) bool {
        return response.status >= 200 and response.status < 300;
    }

    /// The body as JSON, members that `T` has not left out of account. A body that is none may hide a message that was
    /// sent.
    pub fn json(response: Response, comptime T: type) Error!T {
        return response.jsonIf(T) orelse failure.fail(.{
            .kind = .invalid_response,
            .certainty = .unknown,
            .text = "the provider's answer is not the JSON that it documents",
        });
    }

    /// The body as JSON, if it is that.
    pub fn jsonIf(response: Response, comptime T: type) ?T {
        return json_text.parse(T, response.body) catch null;
    }

    /// `Retry-After` in seconds, where it is a number.
    pub fn retryAfter(response: Response) ?u32 {
        const value = header(response.headers, "retry-after") orelse return null;
        return std.fmt.parseInt(u32, std.mem.trim(u8, value, " "), 10) catch null;
    }
};

/// Send a request and wait for the answer. A fault becomes the failure that it means.
pub fn exchange(request: Request) Error!Response {
    var headers: std.ArrayList(Pair) = .empty;
    try headers.appendSlice(allocator, request.headers);
    if (request.content) |content| try headers.append(allocator, .{ .name = "content-type", .value = content.type });
    const sent = try host.send(.{
        .method = request.method,
        .url = request.url,
        .headers = headers.items,
        .body = if (request.content) |content| content.body else "",
        .credentials = request.credentials,
        .timeout_ms = request.timeout_ms,
    });
    return switch (sent) {
        .ok => |answer| .{ .status = answer.status, .headers = answer.headers, .body = answer.body },
        .err => |fault| failure.fail(try meaning(fault)),
    };
}

fn meaning(fault: contract.Fault) Error!contract.Failure {
    return switch (fault) {
        .denied => |why| .{ .kind = .invalid_config, .text = why },
        .dns => |name| unreached("the name `{s}` does not resolve", name),
        .connect => |why| unreached("no connection: {s}", why),
        .tls => |why| unreached("the TLS handshake failed: {s}", why),
        .timeout => .{ .kind = .timeout, .certainty = .unknown, .text = "the provider did not answer in time" },
        .too_large => .{
            .kind = .invalid_response,
            .certainty = .unknown,
            .text = "the provider's answer is too large",
        },
        .protocol, .other => |why| .{
            .kind = .provider_unavailable,
            .certainty = .unknown,
            .text = try std.fmt.allocPrint(allocator, "the connection broke: {s}", .{why}),
        },
    };
}

fn unreached(comptime format: []const u8, why: []const u8) Error!contract.Failure {
    return .{ .kind = .provider_unavailable, .text = try std.fmt.allocPrint(allocator, format, .{why}) };
}
