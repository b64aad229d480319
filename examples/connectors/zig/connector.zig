//! Twilio, Programmable Messaging: `POST /2010-04-01/Accounts/{sid}/Messages.json`.
//! https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource

const std = @import("std");
const cs = @import("countersign");

const Config = struct { account_sid: []const u8, from: []const u8 };

/// Longest validity that Twilio takes, in seconds.
const validity_max = 36_000;

/// https://www.twilio.com/docs/api/errors
const codes: cs.Codes = .initComptime(.{
    .{ "14107", .rate_limited },
    .{ "20003", .authentication_failed },
    .{ "20005", .authentication_failed },
    .{ "20404", .invalid_config },
    .{ "20429", .rate_limited },
    .{ "20500", .provider_unavailable },
    .{ "20503", .provider_unavailable },
    .{ "21211", .invalid_recipient },
    .{ "21212", .invalid_config },
    .{ "21214", .invalid_recipient },
    .{ "21217", .invalid_recipient },
    .{ "21265", .invalid_recipient },
    .{ "21266", .invalid_config },
    .{ "21408", .unsupported_destination },
    .{ "21601", .invalid_config },
    .{ "21602", .content_rejected },
    .{ "21603", .invalid_config },
    .{ "21604", .invalid_recipient },
    .{ "21606", .invalid_config },
    .{ "21608", .unsupported_destination },
    .{ "21610", .recipient_blocked },
    .{ "21611", .rate_limited },
    .{ "21612", .unsupported_destination },
    .{ "21614", .invalid_recipient },
    .{ "21617", .content_rejected },
    .{ "21619", .content_rejected },
    .{ "21635", .invalid_recipient },
    .{ "21654", .content_rejected },
    .{ "21659", .invalid_config },
    .{ "21660", .invalid_config },
    .{ "21701", .invalid_config },
    .{ "21703", .invalid_config },
    .{ "21704", .invalid_config },
    .{ "21705", .invalid_config },
    .{ "21712", .invalid_config },
    .{ "30001", .rate_limited },
    .{ "30002", .authentication_failed },
    .{ "30003", .other },
    .{ "30004", .recipient_blocked },
    .{ "30005", .invalid_recipient },
    .{ "30006", .invalid_recipient },
    .{ "30007", .content_rejected },
    .{ "30034", .invalid_config },
    .{ "30450", .fraud_blocked },
    .{ "30453", .fraud_blocked },
    .{ "60410", .fraud_blocked },
    .{ "63038", .quota_exceeded },
});

pub fn send(_: cs.Call, config: []const u8, message: cs.Message) cs.Error!cs.Receipt {
    return reply(try cs.exchange(try request(try cs.parseConfig(Config, config), message)));
}

fn request(config: Config, message: cs.Message) cs.Error!cs.Request {
    // A sender for this recipient beats the configuration's; a messaging service has a field of its own.
    const sender = message.sender orelse config.from;
    const from = if (std.mem.startsWith(u8, sender, "MG")) "MessagingServiceSid" else "From";
    const validity = std.math.clamp(message.validity_seconds, 1, validity_max);
    var form: std.ArrayList(cs.Pair) = .empty;
    try form.appendSlice(cs.allocator, &.{
        .{ .name = "To", .value = message.to },
        .{ .name = "Body", .value = message.text },
        .{ .name = "ValidityPeriod", .value = try cs.print("{d}", .{validity}) },
        .{ .name = from, .value = sender },
    });
    if (message.callback_url) |url| try form.append(cs.allocator, .{ .name = "StatusCallback", .value = url });
    return .{
        .method = "POST",
        .url = try cs.print("https://api.twilio.com/2010-04-01/Accounts/{s}/Messages.json", .{config.account_sid}),
        .credentials = &.{"account"},
        .content = try .form(form.items),
    };
}

const Created = struct {
    sid: []const u8,
    status: ?[]const u8 = null,
    num_segments: ?[]const u8 = null,
    price: ?[]const u8 = null,
    price_unit: ?[]const u8 = null,
};

const Refused = struct { code: ?u32 = null, message: ?[]const u8 = null };

const Status = enum { queued, accepted, scheduled };

fn reply(response: cs.Response) cs.Error!cs.Receipt {
    if (!response.isSuccess()) return refusal(response);
    const created = try response.json(Created);
    const queued = std.meta.stringToEnum(Status, created.status orelse "") != null;
    var receipt = try cs.receipt(if (queued) .queued else .accepted, created.sid);
    // Twilio writes the number as a text, and 0 where it does not know it yet.
    const segments = std.fmt.parseInt(u32, created.num_segments orelse "", 10) catch 0;
    if (segments > 0) receipt.segments = segments;
    if (created.price) |amount| {
        if (created.price_unit) |currency| receipt.price = .{ .amount = amount, .currency = currency };
    }
    return receipt;
}

fn refusal(response: cs.Response) cs.Error {
    const by_status, const certainty = cs.kindOfStatus(response.status);
    var told: cs.Failure = .{
        .kind = by_status,
        .certainty = certainty,
        .text = try cs.print("Twilio answered with status {d}", .{response.status}),
        .retry_after_seconds = response.retryAfter(),
    };
    const refused = response.jsonIf(Refused) orelse return cs.fail(told);
    // Twilio refuses before it sends: a word of its own is a clear no. Only its own trouble (5xx) leaves a doubt.
    if (response.status < 500) told.certainty = .not_sent;
    if (refused.message) |message| told.text = message;
    if (refused.code) |number| {
        const code = try cs.print("{d}", .{number});
        told.kind = codes.get(code) orelse by_status;
        told.provider_code = code;
    }
    return cs.fail(told);
}
