//! The records of wit/connector.wit as Zig has them: slices, optionals, enums. What each field means stands there.
//! tests/languages/zig.rs compares every size, offset and number with it.

/// A header, a field of an open list, or a parameter of a template.
pub const Pair = struct { name: []const u8, value: []const u8 };

pub const Call = struct {
    issued_at: u64,
    nonce: []const u8,
    environment: []const u8,
    deadline_ms: u32,
};

pub const Money = struct { amount: []const u8, currency: []const u8 };

pub const FailureKind = enum {
    invalid_config,
    authentication_failed,
    insufficient_funds,
    invalid_recipient,
    unsupported_destination,
    recipient_blocked,
    content_rejected,
    rate_limited,
    quota_exceeded,
    fraud_blocked,
    provider_unavailable,
    timeout,
    invalid_response,
    other,
};

pub const Certainty = enum { not_sent, unknown };

/// Certainly not sent, unless it says otherwise.
pub const Failure = struct {
    kind: FailureKind,
    certainty: Certainty = .not_sent,
    provider_code: ?[]const u8 = null,
    text: []const u8,
    retry_after_seconds: ?u32 = null,
    extra: []const Pair = &.{},
};

pub const Message = struct {
    to: []const u8,
    calling_code: []const u8,
    country: ?[]const u8,
    purpose: []const u8,
    locale: []const u8,
    reference: []const u8,
    validity_seconds: u32,
    sender: ?[]const u8,
    text: []const u8,
    template_id: ?[]const u8,
    template_locale: ?[]const u8,
    parameters: []const Pair,
    callback_url: ?[]const u8,
    client_ip: ?[]const u8,
    extra: []const Pair,
};

pub const ReceiptStatus = enum { accepted, queued, other };

pub const Receipt = struct {
    status: ReceiptStatus = .accepted,
    message_ids: []const []const u8,
    segments: ?u32 = null,
    price: ?Money = null,
    extra: []const Pair = &.{},
};

pub const Standing = struct {
    name: ?[]const u8 = null,
    balance: ?Money = null,
    extra: []const Pair = &.{},
};

pub const Callback = struct {
    method: []const u8,
    url: []const u8,
    headers: []const Pair,
    body: []const u8,
};

pub const ReportStatus = enum { accepted, sent, delivered, undelivered, expired, rejected, other };

pub const Report = struct {
    message_ids: []const []const u8 = &.{},
    reference: ?[]const u8 = null,
    status: ReportStatus,
    at: ?u64 = null,
    kind: ?FailureKind = null,
    provider_code: ?[]const u8 = null,
    text: ?[]const u8 = null,
    network: ?[]const u8 = null,
    segments: ?u32 = null,
    price: ?Money = null,
    extra: []const Pair = &.{},
};

pub const Answer = struct {
    status: u16 = 204,
    content_type: []const u8 = "text/plain",
    body: []const u8 = "",
};

pub const Handled = struct { reports: []const Report, answer: Answer = .{} };

pub const Response = struct {
    status: u16,
    headers: []const Pair,
    body: []const u8,
};

pub const Fault = union(enum) {
    denied: []const u8,
    dns: []const u8,
    connect: []const u8,
    tls: []const u8,
    timeout,
    too_large,
    protocol: []const u8,
    other: []const u8,
};

pub const Refusal = union(enum) {
    unknown_name,
    wrong_kind: []const u8,
    not_here,
    other: []const u8,
};

pub const Level = enum { debug, info, warning, critical };
