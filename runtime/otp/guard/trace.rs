//! Recorded traffic as a file: a head, and a line of JSON for each message that was judged, in the order of judging.
//!
//! **What it tells.** Of a number all but its last four digits; of number and client besides that a pseudonym, which is the
//! same throughout one file and in no other. No code, no whole number, no address. Whoever knows when somebody signed in
//! may find his line: keep it as you keep the log.

use serde::{Deserialize, Serialize};

use super::{Allowed, Asked, GuardRules};
use crate::clock::Timestamp;

/// The first words of a file.
pub const FORMAT: &str = "countersign-traffic-1";

/// The first line of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`FORMAT`].
    pub format: String,
    /// Whose traffic.
    pub environment: String,
    /// When it was written.
    pub exported_at: Timestamp,
    /// The rules at that time.
    pub rules: GuardRules,
}

/// A message that was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its place in the order of judging. Places of other environments are missing.
    pub line: i64,
    /// When it was asked for.
    pub at: Timestamp,
    /// Its country, or `+` and its calling code.
    pub country: String,
    /// Calling code and three more digits.
    pub area: String,
    /// The number without its last four digits.
    pub block: String,
    /// The number's pseudonym.
    pub number: String,
    /// The client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// What it cost or would have, in millionths.
    pub cost_micros: u64,
    /// Whether somebody tells if its code is used.
    pub told: bool,
    /// Its purpose.
    pub purpose: String,
    /// What asked for it.
    pub source: String,
    /// `sent`, `refused` (also where an attestation lacked), `recorded` or `allowed`.
    pub outcome: String,
    /// The rules that fired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fired: Vec<String>,
    /// Which part of the allow list has it, fired or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// When its code was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
    /// After which line that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_after: Option<i64>,
    /// After which line it turned out that it certainly was not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent_after: Option<i64>,
}

/// What can't be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceFault {
    /// The first line.
    #[error("the first line is no head of recorded traffic: {0}")]
    Head(String),
    /// Of a later version, or something else.
    #[error("the first line says `{0}`, and this program reads `{FORMAT}`")]
    Format(String),
    /// A later line.
    #[error("is no recorded message: {0}")]
    Line(String),
    /// Replaying goes by the order of lines.
    #[error("`line` {line} does not come after {before}")]
    Order {
        /// The place.
        line: i64,
        /// The one before.
        before: i64,
    },
}

impl Head {
    /// Read it.
    pub fn read(text: &str) -> Result<Self, TraceFault> {
        let head: Self = serde_json::from_str(text).map_err(|error| TraceFault::Head(error.to_string()))?;
        if head.format == FORMAT { Ok(head) } else { Err(TraceFault::Format(head.format)) }
    }
}

impl Line {
    /// Read it; it follows the line of this place.
    pub fn read(text: &str, before: Option<i64>) -> Result<Self, TraceFault> {
        let line: Self = serde_json::from_str(text).map_err(|error| TraceFault::Line(error.to_string()))?;
        match before {
            Some(before) if line.line <= before => Err(TraceFault::Order { line: line.line, before }),
            _ => Ok(line),
        }
    }

    /// Ask for it as it was asked for. Allow lists may look at what no file tells, the end of a number or the client's
    /// address: there what was let pass stays so while the list names anybody that it could be.
    pub(super) fn asked<T>(&self, rules: &GuardRules, then: impl FnOnce(&Asked) -> T) -> T {
        let was = |part: Allowed| self.allowed.as_deref() == Some(part.word());
        let longer = rules.allow.prefixes.iter().find(|prefix| prefix.starts_with(&self.block));
        let number = longer.filter(|_| was(Allowed::Prefixes)).unwrap_or(&self.block);
        let network = rules.allow.clients.first().filter(|_| was(Allowed::Clients));
        let (number_index, client_index) = (index(&self.number), self.client.as_deref().map(index));
        then(&Asked {
            at: self.at,
            country: &self.country,
            number,
            area: &self.area,
            prefix: &self.block,
            number_index: &number_index,
            client_index: client_index.as_ref(),
            client: network.map(ipnet::IpNet::addr),
            cost_micros: self.cost_micros,
            outcomes_told: self.told,
        })
    }
}

/// Any two pseudonyms differ, and so do these.
fn index(pseudonym: &str) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(pseudonym.as_bytes()).into()
}
