//! {{name}}: `POST /v1/messages`. Two functions and a table; the host does the rest.

const cs = @import("countersign");

/// What the form holds, without its secrets: those never come here.
const Config = struct { from: []const u8 };

/// The provider's codes, in the contract's words.
const codes: cs.Codes = .initComptime(.{
    .{ "invalid_number", .invalid_recipient },
    .{ "opted_out", .recipient_blocked },
    .{ "no_credit", .insufficient_funds },
    .{ "unknown_sender", .invalid_config },
});

pub fn send(_: cs.Call, config: []const u8, message: cs.Message) cs.Error!cs.Receipt {
    return reply(try cs.exchange(try request(try cs.parseConfig(Config, config), message)));
}

fn request(config: Config, message: cs.Message) cs.Error!cs.Request {
    return .{
        .method = "POST",
        .url = "https://api.{{id}}.example/v1/messages",
        // A credential of connector.toml: its place is left empty, and the host fills it.
        .credentials = &.{"token"},
        .content = try .json(.{
            .to = message.to,
            .from = message.sender orelse config.from,
            .text = message.text,
            .reference = message.reference,
            .validity_seconds = message.validity_seconds,
        }),
    };
}

const Taken = struct { id: []const u8, segments: ?u32 = null };
const Refused = struct { code: []const u8, message: []const u8 };

fn reply(response: cs.Response) cs.Error!cs.Receipt {
    if (!response.isSuccess()) return refusal(response);
    const taken = try response.json(Taken);
    var receipt = try cs.receipt(.accepted, taken.id);
    receipt.segments = taken.segments;
    return receipt;
}

fn refusal(response: cs.Response) cs.Error {
    // A status tells the kind where the code does not, and whether something may have been sent all the same.
    const by_status, const certainty = cs.kindOfStatus(response.status);
    const refused = response.jsonIf(Refused);
    return cs.fail(.{
        .kind = if (refused) |told| codes.get(told.code) orelse by_status else by_status,
        .certainty = certainty,
        .provider_code = if (refused) |told| told.code else null,
        .text = if (refused) |told| told.message else try cs.print("status {d}", .{response.status}),
        .retry_after_seconds = response.retryAfter(),
    });
}
