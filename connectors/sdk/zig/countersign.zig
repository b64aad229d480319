//! Writing a connector in Zig: build the request, read the reply, and a table of the provider's codes.
//!
//! Secrets never come here: name a credential of connector.toml in `Request.credentials` and leave its place in the
//! request empty. There is no clock: use `call.issued_at`. An instance lives for one call, so nothing has to be freed.

const std = @import("std");
const contract = @import("contract.zig");
const failure = @import("failure.zig");
const form = @import("form.zig");
const host = @import("host.zig");
const http = @import("http.zig");
const json = @import("json.zig");
const memory = @import("memory.zig");

pub const component = @import("component.zig");
pub const signing = @import("signing.zig");

pub const Answer = contract.Answer;
pub const Call = contract.Call;
pub const Callback = contract.Callback;
pub const Certainty = contract.Certainty;
pub const Failure = contract.Failure;
pub const FailureKind = contract.FailureKind;
pub const Handled = contract.Handled;
pub const Level = contract.Level;
pub const Message = contract.Message;
pub const Money = contract.Money;
pub const Pair = contract.Pair;
pub const Receipt = contract.Receipt;
pub const ReceiptStatus = contract.ReceiptStatus;
pub const Report = contract.Report;
pub const ReportStatus = contract.ReportStatus;
pub const Standing = contract.Standing;

pub const Codes = failure.Codes;
pub const Error = failure.Error;
pub const fail = failure.fail;
pub const kindOfStatus = failure.kindOfStatus;

pub const Content = http.Content;
pub const Request = http.Request;
pub const Response = http.Response;
pub const exchange = http.exchange;
pub const header = http.header;

pub const Decimal = json.Decimal;
pub const fromForm = form.fromForm;
pub const percentEncode = form.percentEncode;
pub const utf8 = form.utf8;

pub const allocator = memory.allocator;
/// The connector's own log. Never numbers, codes or texts.
pub const log = host.log;

/// Text by a format of `std.fmt`.
pub fn print(comptime format: []const u8, values: anytype) Error![]const u8 {
    return std.fmt.allocPrint(allocator, format, values);
}

/// The configuration. The host has judged it by the schema already: a fault here is one of schema or connector.
pub fn parseConfig(comptime T: type, config: []const u8) Error!T {
    return json.parse(T, config) catch |why| fail(.{
        .kind = .invalid_config,
        .text = try print("the configuration does not fit: {t}", .{why}),
    });
}

/// A receipt with one id, as most providers give it.
pub fn receipt(status: ReceiptStatus, id: []const u8) Error!Receipt {
    return .{ .status = status, .message_ids = try allocator.dupe([]const u8, &.{id}) };
}
