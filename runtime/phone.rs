//! Telephone numbers: E.164, judged by libphonenumber's metadata. `Debug` masks; there is no `Display`.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use rlibphonenumber::PHONE_NUMBER_UTIL;
use rlibphonenumber::enums::{PhoneNumberFormat, PhoneNumberType};

/// A valid number in E.164 (ITU-T E.164, at most 15 digits after the plus).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    e164: String,
    calling_code: u16,
    country: Option<String>,
    kind: NumberKind,
}

/// What kind of number it is, as far as the metadata tells. It lags behind new number blocks: policy, not truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "libphonenumber's own words")]
pub enum NumberKind {
    Mobile,
    FixedLine,
    FixedLineOrMobile,
    TollFree,
    PremiumRate,
    SharedCost,
    Voip,
    PersonalNumber,
    Pager,
    Uan,
    Voicemail,
    Unknown,
}

/// Why a text is no number, so that a person can mend it. Never quotes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Without a country code it can't be known where it leads.
    #[error("the number has to begin with `+` and the country code, such as +14155550123")]
    NoCountryCode,
    /// Letters, or nothing at all.
    #[error("this is not a telephone number")]
    NotANumber,
    /// No country has this code.
    #[error("no country has this country code")]
    UnknownCountryCode,
    /// Fewer digits than any number there.
    #[error("the number is too short for its country")]
    TooShort,
    /// More digits than any number there.
    #[error("the number is too long for its country")]
    TooLong,
    /// Nobody can have it.
    #[error("no number of its country looks like this")]
    Invalid,
}

impl PhoneError {
    /// One word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoCountryCode => "no-country-code",
            Self::NotANumber => "not-a-number",
            Self::UnknownCountryCode => "unknown-country-code",
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::Invalid => "invalid",
        }
    }
}

impl PhoneNumber {
    /// Read a number in international form: `+1 (415) 555-0123`.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        use rlibphonenumber::errors::{ParseError, ValidationError};
        let text = text.trim();
        if !text.starts_with(['+', '\u{ff0b}']) {
            let digits = text.chars().any(|c| c.is_ascii_digit());
            return Err(if digits { PhoneError::NoCountryCode } else { PhoneError::NotANumber });
        }
        // The library would read letters as a keypad does; nobody's sign-in goes to a word.
        if text.chars().any(char::is_alphabetic) {
            return Err(PhoneError::NotANumber);
        }
        let number = PHONE_NUMBER_UTIL.parse(text, None).map_err(|error| match error {
            ParseError::InvalidCountryCode => PhoneError::UnknownCountryCode,
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort,
            ParseError::TooLongNsn => PhoneError::TooLong,
            _ => PhoneError::NotANumber,
        })?;
        if number.extension.is_some() {
            return Err(PhoneError::NotANumber);
        }
        match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number) {
            Err(ValidationError::TooShort) => return Err(PhoneError::TooShort),
            Err(ValidationError::TooLong) => return Err(PhoneError::TooLong),
            Err(ValidationError::InvalidCountryCode) => return Err(PhoneError::UnknownCountryCode),
            Err(_) => return Err(PhoneError::Invalid),
            Ok(_) => {}
        }
        if !PHONE_NUMBER_UTIL.is_valid_number(&number) {
            return Err(PhoneError::Invalid);
        }
        Ok(Self {
            e164: number.format_as(PhoneNumberFormat::E164).into_owned(),
            calling_code: u16::try_from(number.country_code).map_err(|_| PhoneError::UnknownCountryCode)?,
            country: PHONE_NUMBER_UTIL
                .get_region_for_number(&number)
                .map(|c| c.to_string())
                .filter(|c| c.len() == 2 && c != "ZZ"),
            kind: kind(PHONE_NUMBER_UTIL.get_number_type(&number)),
        })
    }

    /// `+14155550123`.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// `1`.
    pub fn calling_code(&self) -> u16 {
        self.calling_code
    }

    /// ISO 3166-1 alpha-2, where the number tells: satellite networks have none.
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// What kind of number it is.
    pub fn kind(&self) -> NumberKind {
        self.kind
    }

    /// The number without its last four digits: what a block of numbers under one attack has in common.
    pub fn prefix(&self) -> &str {
        self.e164.get(..self.e164.len().saturating_sub(4)).unwrap_or_default()
    }

    /// The country code and three more digits, with the plus: the block of a network or a region, and no person's number.
    pub fn area(&self) -> &str {
        let digits = 1 + self.calling_code.to_string().len() + 3;
        self.e164.get(..digits).unwrap_or(&self.e164)
    }

    /// Country code and the last two digits: `+1••••••••23`.
    pub fn masked(&self) -> String {
        let code = self.calling_code.to_string();
        let (keep, tail) = self.e164.split_at(self.e164.len().saturating_sub(2));
        let hidden = keep.len().saturating_sub(1 + code.len());
        format!("+{code}{}{tail}", "•".repeat(hidden))
    }
}

/// Whether a number can have this country: an ISO 3166-1 alpha-2 code in upper case.
pub fn is_country(code: &str) -> bool {
    static CODES: LazyLock<HashSet<String>> =
        LazyLock::new(|| PHONE_NUMBER_UTIL.get_supported_regions().map(|region| region.to_string()).collect());
    CODES.contains(code)
}

/// Whether numbers can begin so: a plus and 1 to 15 digits, the first of them no zero.
pub fn is_beginning(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
}

fn kind(kind: PhoneNumberType) -> NumberKind {
    use PhoneNumberType as T;
    match kind {
        T::Mobile => NumberKind::Mobile,
        T::FixedLine => NumberKind::FixedLine,
        T::FixedLineOrMobile => NumberKind::FixedLineOrMobile,
        T::TollFree => NumberKind::TollFree,
        T::PremiumRate => NumberKind::PremiumRate,
        T::SharedCost => NumberKind::SharedCost,
        T::VoIP => NumberKind::Voip,
        T::PersonalNumber => NumberKind::PersonalNumber,
        T::Pager => NumberKind::Pager,
        T::UAN => NumberKind::Uan,
        T::VoiceMail => NumberKind::Voicemail,
        T::Unknown => NumberKind::Unknown,
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_brought_into_its_one_form() {
        for text in ["+14155552671", "+1 (415) 555-2671", " +1-415-555-2671 ", "+1.415.555.2671"] {
            let number = PhoneNumber::parse(text).unwrap();
            assert_eq!((number.e164(), number.calling_code(), number.country()), ("+14155552671", 1, Some("US")));
        }
        let german = PhoneNumber::parse("+49 1512 3456789").unwrap();
        assert_eq!(
            (german.e164(), german.country(), german.kind()),
            ("+4915123456789", Some("DE"), NumberKind::Mobile)
        );
        assert_eq!(german.prefix(), "+491512345");
    }

    #[test]
    fn a_bad_number_says_what_is_wrong_with_it() {
        assert_eq!(PhoneNumber::parse("4155552671").unwrap_err(), PhoneError::NoCountryCode);
        assert_eq!(PhoneNumber::parse("hello").unwrap_err(), PhoneError::NotANumber);
        assert_eq!(PhoneNumber::parse("").unwrap_err(), PhoneError::NotANumber);
        assert_eq!(PhoneNumber::parse("+1415").unwrap_err(), PhoneError::TooShort);
        assert_eq!(PhoneNumber::parse("+1415555267199").unwrap_err(), PhoneError::TooLong);
        assert_eq!(PhoneNumber::parse("+999123456789").unwrap_err(), PhoneError::UnknownCountryCode);
        assert_eq!(PhoneNumber::parse("+11155552671").unwrap_err(), PhoneError::Invalid);
        assert!(PhoneNumber::parse("+14155552671;ext=5").is_err());
        assert_eq!(PhoneNumber::parse("+1800FLOWERS").unwrap_err(), PhoneError::NotANumber);
    }

    #[test]
    fn debug_masks_the_number() {
        let shown = format!("{:?}", PhoneNumber::parse("+14155552671").unwrap());
        assert_eq!(shown, "+1••••••••71");
        assert!(!shown.contains("415555"));
    }

    #[test]
    fn the_number_of_the_readme_is_valid() {
        assert!(PhoneNumber::parse("+14155550123").is_ok());
    }
}
