//! Which connector is asked, and which one next. Pure: no clock, no chance but the message's own id, no I/O.
//!
//! 1. `rules`: who may send this message, in order, as the operator wrote it;
//! 2. `order`: who is asked first, given who was asked before and who fails lately;
//! 3. `after`: whether another one is asked after a failure;
//! 4. `so_far`: the same, where a message has attempts behind it;
//! 5. `reported`: what a provider's final report says of the provider, and whether the message goes on.

mod after;
mod chance;
mod order;
mod reported;
mod rules;
mod so_far;

pub(in crate::delivery) use after::another_may_do_better;
pub use after::{LIFE_LEFT_MIN, Next, Situation, after};
pub use order::{named, names, order, rank};
pub use reported::{goes_on, speaks, undelivered};
pub use rules::{choose, hidden_by};
pub use so_far::{CALL_LEFT_MIN, Failed, SoFar};
