//! Which connector is asked, and which one next. Pure: no clock, no chance but the message's own id, no I/O.
//!
//! 1. `rules`: who may send this message, in order, as the operator wrote it;
//! 2. `cheapest`: who of them is first where the least cost is preferred, at equal conversion;
//! 3. `order`: who is asked first, given who was asked before and who fails lately;
//! 4. `after`: whether another one is asked after a failure;
//! 5. `so_far`: the same, where a message has attempts behind it;
//! 6. `reported`: what a provider's final report says of the provider, and whether the message goes on.

mod after;
mod chance;
mod cheapest;
mod order;
mod reported;
mod rules;
mod so_far;

pub(in crate::delivery) use after::another_may_do_better;
pub use after::{LIFE_LEFT_MIN, Next, Situation, after};
pub use chance::below;
pub use cheapest::{Beside, Candidate, Choice, OF, Record, arranged, cheapest};
pub use order::{named, names, order, rank};
pub use reported::{goes_on, speaks, undelivered};
pub use rules::{choose, hidden_by, splits};
pub use so_far::{CALL_LEFT_MIN, Failed, SoFar};
