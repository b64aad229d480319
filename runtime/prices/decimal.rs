//! Amounts of money in decimals, to and from whole millionths.

/// Millionths of one.
const MILLION: u64 = 1_000_000;
/// A message costs a million of any currency at most: what is more is a mistake, or a lie.
pub const MICROS_MAX: u64 = 1_000_000 * MILLION;
/// Digits after the point that are counted.
const PLACES: usize = 6;
/// Digits of an amount at most: none of ours is longer, and no loop of ours should be.
const DIGITS_MAX: usize = 40;

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalFault {
    /// Signs, exponents, spaces, words, digits of other scripts.
    #[error("is no amount: it has digits and at most one decimal point, such as 0.075, with no sign, unit or exponent")]
    NoDecimal,
    /// More than a message can cost.
    #[error("is more than 1000000, which no message costs")]
    TooMuch,
    /// Finer than what is counted.
    #[error("has more than six digits after the point")]
    TooFine,
}

/// An amount as an operator writes it: exact or refused.
pub fn micros(text: &str) -> Result<u64, DecimalFault> {
    let (whole, fraction) = parts(text)?;
    let (counted, finer) = fraction.split_at(fraction.len().min(PLACES));
    if finer.bytes().any(|digit| digit != b'0') {
        return Err(DecimalFault::TooFine);
    }
    of(whole, counted)
}

/// An amount as a provider tells it: rounded to the next millionth, and what it takes off an account is as much as what it
/// adds to a bill. None if it can't be read or believed.
pub fn told_micros(text: &str) -> Option<u64> {
    let text = text.trim_matches(' ');
    let (whole, fraction) = parts(text.strip_prefix('-').unwrap_or(text)).ok()?;
    let (counted, finer) = fraction.split_at(fraction.len().min(PLACES));
    let up = finer.bytes().next().is_some_and(|digit| digit >= b'5');
    of(whole, counted).ok()?.checked_add(u64::from(up)).filter(|micros| *micros <= MICROS_MAX)
}

/// Digits before and after the point; all of them ASCII.
fn parts(text: &str) -> Result<(&str, &str), DecimalFault> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(DecimalFault::NoDecimal),
        Some(parts) => parts,
        None => (text, ""),
    };
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let fits = !whole.is_empty() && is_digits(whole) && is_digits(fraction);
    if !fits {
        return Err(DecimalFault::NoDecimal);
    }
    if text.len() > DIGITS_MAX { Err(DecimalFault::TooMuch) } else { Ok((whole, fraction)) }
}

fn of(whole: &str, counted: &str) -> Result<u64, DecimalFault> {
    let too_much = |_| DecimalFault::TooMuch;
    let units: u64 = whole.parse().map_err(too_much)?;
    let rest: u64 = format!("{counted:0<PLACES$}").parse().map_err(too_much)?;
    let micros = units.checked_mul(MILLION).and_then(|micros| micros.checked_add(rest));
    micros.filter(|micros| *micros <= MICROS_MAX).ok_or(DecimalFault::TooMuch)
}

/// Millionths as people write them, without zeros at the end.
pub fn written(micros: u64) -> String {
    let (units, rest) = (micros / MILLION, micros % MILLION);
    if rest == 0 {
        return units.to_string();
    }
    format!("{units}.{rest:0PLACES$}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_exactly() {
        for (text, expected) in [
            ("0", 0),
            ("0.0075", 7_500),
            ("0.1", 100_000),
            ("0.000001", 1),
            ("0.07500000000", 75_000),
            ("12", 12_000_000),
            ("012.50", 12_500_000),
            ("1000000", MICROS_MAX),
        ] {
            assert_eq!(micros(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let hostile = [
            "",
            ".",
            ".5",
            "5.",
            "-1",
            "+1",
            "1e3",
            "1E-3",
            "NaN",
            "inf",
            "0x10",
            "1_000",
            "1,5",
            "1.2.3",
            " 1",
            "1 ",
            "1\u{a0}000",
            "١٢",
            "０.１",
            "€1",
            "1€",
            "1\0",
        ];
        for text in hostile {
            assert_eq!(micros(text), Err(DecimalFault::NoDecimal), "{text:?}");
        }
        let huge = format!("1{}", "0".repeat(30));
        for text in ["1000000.000001", "1000001", "18446744073709551616", &huge, &"9".repeat(100_000)] {
            assert_eq!(micros(text), Err(DecimalFault::TooMuch));
        }
        assert_eq!(micros("0.0000001"), Err(DecimalFault::TooFine));
    }

    #[test]
    fn a_providers_amount_is_rounded_and_its_sign_is_its_way_of_writing() {
        for (text, expected) in [
            ("-0.00750", Some(7_500)),
            ("0.0000004", Some(0)),
            ("0.0000005", Some(1)),
            (" 0.05 ", Some(50_000)),
            ("5e-2", None),
            ("NaN", None),
            ("--1", None),
            ("999999.9999999", Some(MICROS_MAX)),
            ("1000000.1", None),
        ] {
            assert_eq!(told_micros(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for amount in [0, 1, 7_500, 100_000, 1_000_000, 12_500_001, MICROS_MAX] {
            assert_eq!(micros(&written(amount)), Ok(amount));
        }
        assert_eq!((written(7_500), written(2_000_000)), ("0.0075".to_owned(), "2".to_owned()));
    }
}
