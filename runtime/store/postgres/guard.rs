//! The guard's counters and receipts, in the transaction of the send that they are of.

mod adding;
mod judged;
mod kept;
mod noted;
mod old;
mod recorded;
mod sends;
mod tally;

pub(super) use judged::ask;
pub(super) use kept::{
    Kept, ask_receipt, ask_receipts_of, count_used, kept, kept_of, note_used, write_moved, write_used,
};
pub(super) use old::forget;
pub(super) use tally::{ask_day, day};
