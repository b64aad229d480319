//! A message is judged by what one flight read, and what follows is written by the next.

use super::super::flight::{Answers, Flight, Seat};
use super::super::webhooks::outbox::{self, Wanted};
use super::{adding, kept, noted, recorded, sends};
use crate::store::{Limited, NewMessage, SendJudge, Stored, Verdict};

/// Where the answers are.
pub(in crate::store::postgres) struct Asked {
    sends: sends::Asked,
    line: Seat,
    wanted: Seat,
}

/// Ask for what the judge looks at, and what writing its verdict needs, under the lock of the environment's sends.
pub(in crate::store::postgres) fn ask(flight: &mut Flight, m: &NewMessage) -> Asked {
    let line = recorded::ask_line(flight);
    Asked { sends: sends::ask(flight, m), line, wanted: outbox::ask(flight, &m.environment) }
}

/// A verdict that is still to be written.
pub(in crate::store::postgres) struct Judged {
    verdict: Verdict,
    line: i64,
    wanted: Wanted,
}

impl Asked {
    /// Judge by what was found.
    pub(in crate::store::postgres) fn judge(
        &self,
        answers: &Answers,
        m: &NewMessage,
        judge: SendJudge,
    ) -> Stored<Judged> {
        let verdict = judge(&self.sends.read(answers, m)?);
        let (line, wanted) = (recorded::line(answers, self.line)?, Wanted::read(answers, self.wanted)?);
        Ok(Judged { verdict, line, wanted })
    }
}

impl Judged {
    /// Whether the message goes out.
    pub(in crate::store::postgres) fn goes_out(&self) -> bool {
        self.verdict.limited.is_none()
    }

    /// Whether it does not, and nothing else is to be written of it.
    pub(in crate::store::postgres) fn is_idle(&self) -> bool {
        let Verdict { limited, writes, receipt: _, decision, traffic } = &self.verdict;
        limited.is_some() && writes.is_empty() && decision.is_none() && traffic.is_none()
    }

    /// Write what follows but for the message itself, which comes before; answers what limits it. `known` is whether
    /// its verification was there before it.
    pub(in crate::store::postgres) fn write(
        self,
        flight: &mut Flight,
        m: &NewMessage,
        known: bool,
    ) -> Stored<Option<Limited>> {
        let Verdict { limited, writes, mut receipt, decision, traffic } = self.verdict;
        if let Some(receipt) = &mut receipt {
            receipt.line = traffic.is_some().then_some(self.line);
        }
        if limited.is_none() {
            kept::keep(flight, m, receipt.as_ref());
        }
        adding::add(flight, &m.environment, &writes);
        if let Some(traffic) = traffic {
            recorded::record(flight, m, &traffic, self.line);
        }
        if let Some(decision) = decision {
            noted::note(flight, m, &decision, limited.is_none());
            outbox::decided(flight, &self.wanted, m, &decision, limited.is_none(), known)?;
        }
        Ok(limited)
    }
}
