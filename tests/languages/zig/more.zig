
// Behind what `countersign new` wrote: the other two exports.

const Balance = struct { balance: cs.Decimal };

pub fn check(_: cs.Call, _: []const u8) cs.Error!cs.Standing {
    const response = try cs.exchange(.{
        .method = "GET",
        .url = "https://api.acme.example/v1/balance",
        .credentials = &.{"balance"},
    });
    if (!response.isSuccess()) return refusal(response);
    const told = try response.json(Balance);
    return .{ .balance = .{ .amount = told.balance.text, .currency = "USD" } };
}

pub fn handle(_: cs.Call, _: []const u8, callback: cs.Callback) cs.Error!cs.Handled {
    const std = @import("std");
    const hex = cs.header(callback.headers, "X-Signature") orelse "";
    const room = try cs.allocator.alloc(u8, hex.len / 2);
    const signature = std.fmt.hexToBytes(room, hex) catch "";
    if (!try cs.signing.verify("callback", callback.body, signature)) {
        return cs.fail(.{ .kind = .authentication_failed, .text = "not signed by Acme" });
    }
    var report: cs.Report = .{ .status = .delivered };
    for (try cs.fromForm(callback.body)) |field| {
        if (std.mem.eql(u8, field.name, "id")) report.message_ids = try cs.allocator.dupe([]const u8, &.{field.value});
        if (std.mem.eql(u8, field.name, "text")) report.text = field.value;
        if (std.mem.eql(u8, field.name, "code")) {
            report.status = .undelivered;
            report.provider_code = field.value;
            report.kind = codes.get(field.value);
        }
    }
    cs.log(.info, "read a report");
    return .{ .reports = try cs.allocator.dupe(cs.Report, &.{report}) };
}
