//! What is measured apart from the rest: a way of failing, a country, a network.

use std::fmt;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// The active provider fails hard.
    Outage,
    /// It takes everything, and nothing arrives.
    Silent,
    /// It can't reach one network.
    Carrier,
}

/// What the failing provider does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failing {
    /// An operator injects it.
    Injected(&'static str),
    /// It answers 503.
    Status503,
    /// It takes the connection and never answers.
    Dumb,
    /// It takes the message, and that is all.
    Silent,
    /// It takes the message, and reports that it could not be delivered, for numbers of this network.
    Network(&'static str),
    /// Nothing: this one shows that the others are left alone.
    Nothing,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lane {
    pub(super) name: &'static str,
    pub(super) environment: &'static str,
    pub(super) failing: Failing,
    /// What the numbers begin with, and how many digits follow.
    pub(super) numbers: &'static [Block],
}

/// Numbers of one network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) prefix: &'static str,
    pub(super) first: u64,
    pub(super) network: &'static str,
}

const BLUE: Block = Block { prefix: "+1415", first: 2_000_000, network: "Blue" };
const RED: Block = Block { prefix: "+1212", first: 2_000_000, network: "Red" };
const GREEN: Block = Block { prefix: "+49151", first: 20_000_000, network: "Green" };

const fn way(name: &'static str, environment: &'static str, failing: Failing) -> Lane {
    Lane { name, environment, failing, numbers: &[BLUE, GREEN] }
}

const fn part(name: &'static str, failing: Failing, numbers: &'static [Block]) -> Lane {
    Lane { name, environment: "development", failing, numbers }
}

impl Scenario {
    pub(super) fn lanes(self) -> &'static [Lane] {
        match self {
            Self::Outage => {
                const LANES: &[Lane] = &[
                    way("refused", "refused", Failing::Injected("refused")),
                    way("status 503", "status-503", Failing::Status503),
                    way("no answer", "no-answer", Failing::Dumb),
                    way("bad TLS", "bad-tls", Failing::Injected("bad-tls")),
                ];
                LANES
            }
            Self::Silent => {
                const LANES: &[Lane] =
                    &[part("US", Failing::Silent, &[BLUE, RED]), part("DE", Failing::Silent, &[GREEN])];
                LANES
            }
            Self::Carrier => {
                const LANES: &[Lane] = &[
                    part("US Red", Failing::Network("Red"), &[RED]),
                    part("US Blue", Failing::Nothing, &[BLUE]),
                    part("DE Green", Failing::Nothing, &[GREEN]),
                ];
                LANES
            }
        }
    }

    /// How long all is well at first: so long that it is known what is usual.
    pub(super) fn well_seconds(self) -> u64 {
        match self {
            Self::Outage => 10,
            Self::Silent => 30,
            Self::Carrier => 15,
        }
    }

    /// How long all is well again: at least until a breaker has tried the provider anew.
    pub(super) fn after_seconds(self) -> u64 {
        match self {
            Self::Outage => 45,
            Self::Silent | Self::Carrier => 0,
        }
    }

    /// What is promised, in words.
    pub fn promise(self) -> &'static str {
        match self {
            Self::Outage => "95 % of the traffic elsewhere within 5 s",
            Self::Silent => "moved within 60 s or 50 lost codes, in each country",
            Self::Carrier => {
                "the network moved within 60 s or 50 lost codes; 95 % of the others' traffic stays where it is"
            }
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Outage => "outage",
            Self::Silent => "silent",
            Self::Carrier => "carrier",
        })
    }
}
