//! Types of numbers that a policy can refuse.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::phone::NumberKind;

/// What a number is for, as libphonenumber's metadata says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "libphonenumber's own words")]
pub enum NumberType {
    PremiumRate,
    SharedCost,
    TollFree,
    Pager,
    Voicemail,
    FixedLine,
    Voip,
    PersonalNumber,
    Uan,
}

impl NumberType {
    /// Refused unless told otherwise: nobody signs in with one, it costs more than others, or it brings its owner money.
    pub const REFUSED: [Self; 5] = [Self::PremiumRate, Self::SharedCost, Self::TollFree, Self::Pager, Self::Voicemail];

    /// All of them, those that are refused unless told otherwise first.
    pub const ALL: [Self; 9] = [
        Self::PremiumRate,
        Self::SharedCost,
        Self::TollFree,
        Self::Pager,
        Self::Voicemail,
        Self::FixedLine,
        Self::Voip,
        Self::PersonalNumber,
        Self::Uan,
    ];

    /// The type that can be refused. Where a mobile number can't be told from a fixed line, it is not refused as one.
    pub fn of(kind: NumberKind) -> Option<Self> {
        Some(match kind {
            NumberKind::PremiumRate => Self::PremiumRate,
            NumberKind::SharedCost => Self::SharedCost,
            NumberKind::TollFree => Self::TollFree,
            NumberKind::Pager => Self::Pager,
            NumberKind::Voicemail => Self::Voicemail,
            NumberKind::FixedLine => Self::FixedLine,
            NumberKind::Voip => Self::Voip,
            NumberKind::PersonalNumber => Self::PersonalNumber,
            NumberKind::Uan => Self::Uan,
            NumberKind::Mobile | NumberKind::FixedLineOrMobile | NumberKind::Unknown => return None,
        })
    }

    /// As it is written in a policy.
    pub fn word(self) -> &'static str {
        match self {
            Self::PremiumRate => "premium-rate",
            Self::SharedCost => "shared-cost",
            Self::TollFree => "toll-free",
            Self::Pager => "pager",
            Self::Voicemail => "voicemail",
            Self::FixedLine => "fixed-line",
            Self::Voip => "voip",
            Self::PersonalNumber => "personal-number",
            Self::Uan => "uan",
        }
    }
}
