//! Signatures, made by the host. What comes back is a marker: write it where the manifest says that the credential
//! goes, name the credential in the request, and the host puts the real value there. Neither a key nor a signature is
//! ever in here.

const std = @import("std");
const contract = @import("contract.zig");
const failure = @import("failure.zig");
const host = @import("host.zig");
const memory = @import("memory.zig");

const Error = failure.Error;

/// For a credential of kind `hmac`: a marker for the signature over `data`.
pub fn sign(credential: []const u8, data: []const u8) Error![]const u8 {
    return switch (try host.sign(credential, data)) {
        .ok => |marker| marker,
        .err => |refusal| refused(credential, refusal),
    };
}

/// For a credential of kind `digest`: a marker for the hash over the manifest's template, filled with these values.
pub fn digest(credential: []const u8, values: []const contract.Pair) Error![]const u8 {
    return switch (try host.digest(credential, values)) {
        .ok => |marker| marker,
        .err => |refusal| refused(credential, refusal),
    };
}

/// For a credential of kind `jwt`: a marker for a token with these claims. The host adds iat, nbf, exp and jti.
pub fn token(credential: []const u8, claims: []const contract.Pair) Error![]const u8 {
    return switch (try host.token(credential, claims)) {
        .ok => |marker| marker,
        .err => |refusal| refused(credential, refusal),
    };
}

/// In delivery reports: is this the provider's signature over `data`? Raw bytes: decode base64 or hexadecimal first.
pub fn verify(credential: []const u8, data: []const u8, signature: []const u8) Error!bool {
    return switch (try host.verify(credential, data, signature)) {
        .ok => |good| good,
        .err => |refusal| refused(credential, refusal),
    };
}

/// Whether the operator set a credential that the connector can do without.
pub fn isSet(credential: []const u8) Error!bool {
    // A kind that does not sign refuses too, but in other words.
    return switch (try host.sign(credential, "")) {
        .ok => true,
        .err => |refusal| refusal != .unknown_name,
    };
}

/// Each of these is a fault of manifest, configuration or connector; nothing was asked of the provider.
fn refused(credential: []const u8, refusal: contract.Refusal) Error {
    const allocator = memory.allocator;
    const format = std.fmt.allocPrint;
    const text = switch (refusal) {
        .unknown_name => try format(allocator, "there is no credential `{s}` with this configuration", .{credential}),
        .wrong_kind => |kind| try format(allocator, "the credential `{s}` is of kind `{s}`", .{ credential, kind }),
        .not_here => try format(allocator, "the credential `{s}` can't be used in this export", .{credential}),
        .other => |why| try format(allocator, "the credential `{s}` can't be used: {s}", .{ credential, why }),
    };
    return failure.fail(.{ .kind = .invalid_config, .text = text });
}
