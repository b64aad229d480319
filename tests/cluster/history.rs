//! What callers did and were told, and what reached the provider: all that [`judge`] knows of a run. Times are those of the
//! one process that recorded, whatever the nodes' clocks say.

mod judge;
mod tests;

use std::time::Duration;

pub use judge::judge;

/// Checks that a verification permits.
pub const CHECKS: usize = 5;
/// For how long what was switched off may still send.
pub const STATED: Duration = Duration::from_secs(1);
/// What lies between a message that leaves and its being written down, on a machine that has other things to do.
pub const BUSY: Duration = Duration::from_millis(500);

/// Since the history began.
pub type Moment = Duration;

/// From the request to its answer, or to when nobody waited for one any more.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub began: Moment,
    pub ended: Moment,
}

/// A verification that was asked for. No number is used twice in a history.
#[derive(Clone, Debug)]
pub struct Create {
    pub to: String,
    pub span: Span,
    pub told: Created,
}

#[derive(Clone, Debug)]
pub enum Created {
    /// `201`; whether it was accepted by the provider, and by which revision.
    Made { id: String, accepted: bool, revision: Option<u64> },
    /// Another status. After a `503` it may have been made, and sent.
    Refused(u16),
    /// No answer: it may have been made, and sent.
    Nothing,
}

/// A code that was presented.
#[derive(Clone, Debug)]
pub struct Check {
    pub id: String,
    pub is_right: bool,
    pub span: Span,
    pub told: Checked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Approved,
    /// Counted as a wrong one.
    Wrong,
    /// `409`: the verification takes no codes any more.
    Over,
    /// `404`
    Gone,
    /// Another status. After a `503` the code may have been accepted or counted.
    Refused(u16),
    /// No answer: it may have been accepted or counted.
    Nothing,
}

impl Checked {
    /// Whether nobody knows what became of it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Refused(503) | Self::Nothing)
    }
}

/// A revision that was saved, to serve from then on. Each has a mark of its own, which its sends carry.
#[derive(Clone, Debug)]
pub struct Swap {
    pub mark: u32,
    pub span: Span,
    pub told: Swapped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swapped {
    /// This revision serves on every node.
    Serving(u64),
    /// It is saved, and some nodes did not say in time that they serve it.
    Behind,
    /// It may be saved.
    Nothing,
}

/// A message, as it came to the provider.
#[derive(Clone, Debug)]
pub struct Received {
    pub at: Moment,
    pub to: String,
    pub code: String,
    pub mark: u32,
}

#[derive(Clone, Debug, Default)]
pub struct History {
    pub creates: Vec<Create>,
    pub checks: Vec<Check>,
    pub swaps: Vec<Swap>,
    pub received: Vec<Received>,
}

/// What must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A right code was accepted more than once.
    AcceptedTwice {
        id: String,
    },
    WrongAccepted {
        id: String,
    },
    /// More wrong codes were looked at than a verification permits.
    GuessedTooOften {
        id: String,
    },
    /// A verification that was answered is not there.
    Lost {
        id: String,
        at: Moment,
    },
    /// A right code was refused, and nothing that was asked before explains it.
    RightRefused {
        id: String,
        at: Moment,
    },
    SentTwice {
        to: String,
    },
    /// An answer says that the provider accepted what never came to it.
    NeverSent {
        to: String,
    },
    /// A message left by what had been switched off, so long after the stated second, and so long after it was asked for.
    SwitchedOff {
        to: String,
        mark: u32,
        late: Duration,
        after: Duration,
    },
    /// An answer that is neither of the contract's nor a refusal for now.
    Broken {
        what: String,
        status: u16,
    },
}
