//! From a provider's words to the contract's.

const std = @import("std");
const contract = @import("contract.zig");

const Failure = contract.Failure;
const FailureKind = contract.FailureKind;

/// `Failed` says that `fail` has kept why.
pub const Error = error{ Failed, OutOfMemory };

/// A provider's codes and what they mean:
/// `const codes: cs.Codes = .initComptime(.{ .{ "21211", .invalid_recipient } });`
pub const Codes = std.StaticStringMap(FailureKind);

/// Why the call failed: one is enough, since an instance serves one call.
var why: Failure = undefined;

/// End the call with this failure: `return cs.fail(.{ .kind = .timeout, .text = "…" })`.
pub fn fail(failure: Failure) error{Failed} {
    why = failure;
    return error.Failed;
}

/// What an export answers for an error.
pub fn of(failed: Error) Failure {
    return switch (failed) {
        error.Failed => why,
        // Not known to be unsent: it may have happened after the request.
        error.OutOfMemory => .{ .kind = .other, .certainty = .unknown, .text = "the manifest's memory_mib is used up" },
    };
}

/// What an HTTP status means where the provider's answer says no more, and what is then known of the message: a
/// gateway's 5xx may come after the provider took it, a 503 says that nobody did.
pub fn kindOfStatus(status: u16) struct { FailureKind, contract.Certainty } {
    return switch (status) {
        401, 403 => .{ .authentication_failed, .not_sent },
        402 => .{ .insufficient_funds, .not_sent },
        408 => .{ .timeout, .unknown },
        429 => .{ .rate_limited, .not_sent },
        400, 404...407, 409...428, 430...499 => .{ .invalid_config, .not_sent },
        503 => .{ .provider_unavailable, .not_sent },
        500...502, 504...599 => .{ .provider_unavailable, .unknown },
        else => .{ .invalid_response, .unknown },
    };
}
