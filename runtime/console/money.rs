//! Money in fields and tables: decimals for people, millionths within.

const MICROS: u64 = 1_000_000;

/// With two decimals, or as many more as it needs.
pub(crate) fn shown(micros: u64) -> String {
    let (whole, rest) =
        (micros.checked_div(MICROS).unwrap_or_default(), micros.checked_rem(MICROS).unwrap_or_default());
    let decimals = format!("{rest:06}");
    let needed = decimals.trim_end_matches('0').len().max(2);
    format!("{whole}.{}", decimals.get(..needed).unwrap_or_default())
}

/// What was typed, exactly; none if it is no amount with at most six decimals. A comma may stand for the point.
pub(crate) fn read(text: &str) -> Option<u64> {
    let text = text.trim();
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 6 || !digits(whole) || !digits(decimals) {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?.checked_mul(MICROS)?;
    let rest = format!("{decimals:0<6}").parse::<u64>().ok()?;
    whole.checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_back_as_it_is_shown() {
        for (micros, text) in
            [(0, "0.00"), (80_000, "0.08"), (75_500, "0.0755"), (1, "0.000001"), (25_000_000, "25.00")]
        {
            assert_eq!(shown(micros), text);
            assert_eq!(read(text), Some(micros));
        }
        assert_eq!((read("12"), read("0,08"), read(" 3. ")), (Some(12_000_000), Some(80_000), Some(3_000_000)));
        for wrong in ["", ".", ".5", "-1", "1e3", "1.1234567", "1.2.3", "$4", "٣", "99999999999999999999", "1 000"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
