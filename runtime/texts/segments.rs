//! How many SMS parts a text is. Whoever asks asks here: the judge of a saved text, the preview, and the code that
//! sends; so that what is shown is what is paid for.
//!
//! GSM 03.38: 160 septets alone, 153 a part; a character of the extension table takes two, and both stand in one part.
//! One character outside makes the whole text UCS-2: 70 UTF-16 units alone, 67 a part, surrogate pairs never torn.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// How a text is encoded on the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Encoding {
    /// GSM 03.38, seven bits a character.
    #[serde(rename = "GSM-7")]
    Gsm7,
    /// UTF-16, two bytes a unit.
    #[serde(rename = "UCS-2")]
    Ucs2,
}

/// What a text takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Count {
    /// How it is encoded.
    pub encoding: Encoding,
    /// Characters that a person sees as one each, roughly: Unicode scalar values.
    pub characters: u32,
    /// Septets of GSM-7, or UTF-16 units of UCS-2.
    pub units: u32,
    /// SMS parts: what is paid for.
    pub segments: u32,
}

/// What one character takes in GSM-7: one septet, two, or it has no place there.
pub fn septets(c: char) -> Option<u32> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Count a text.
pub fn count(text: &str) -> Count {
    let in_gsm: Option<Vec<u32>> = text.chars().map(septets).collect();
    let (encoding, costs, alone, a_part) = match in_gsm {
        Some(costs) => (Encoding::Gsm7, costs, 160, 153),
        None => (Encoding::Ucs2, text.chars().map(|c| if c > '\u{ffff}' { 2 } else { 1 }).collect(), 70, 67),
    };
    let units = costs.iter().sum();
    let segments = if units <= alone { 1 } else { parts(&costs, a_part) };
    Count { encoding, characters: u32::try_from(costs.len()).unwrap_or(u32::MAX), units, segments }
}

/// How many units the parts of a text have room for.
pub fn room(count: &Count) -> u32 {
    let (alone, a_part) = if count.encoding == Encoding::Gsm7 { (160, 153) } else { (70, 67) };
    if count.segments <= 1 { alone } else { count.segments.saturating_mul(a_part) }
}

/// Fill parts one after the other; a character that no longer fits whole begins the next.
fn parts(costs: &[u32], a_part: u32) -> u32 {
    let (mut parts, mut used) = (1, 0);
    for cost in costs {
        if used + cost > a_part {
            parts += 1;
            used = 0;
        }
        used += cost;
    }
    parts
}

#[cfg(test)]
mod tests;
