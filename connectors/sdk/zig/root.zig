//! The root of a component: the SDK's exports of the author's file.

const cs = @import("countersign");

pub const panic = cs.component.panic;

comptime {
    cs.component.exports(@import("connector"));
}
