//! How well the kernel's clock is kept (adjtimex(2)). Only asked, never set.

/// What the kernel knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// Whether a time service keeps it in step.
    pub(super) synchronised: bool,
}

/// None where the kernel does not tell.
#[expect(unsafe_code, reason = "the call has no safe wrapper; it fills a structure of plain numbers that we own")]
pub(super) fn kept() -> Option<Kept> {
    // SAFETY: `timex` is numbers alone, of which all bits zero is a value; `modes = 0` sets nothing.
    let (answer, clock) = unsafe {
        let mut clock: libc::timex = std::mem::zeroed();
        (libc::adjtimex(&raw mut clock), clock)
    };
    (answer >= 0).then_some(Kept { synchronised: answer != libc::TIME_ERROR && clock.status & libc::STA_UNSYNC == 0 })
}
