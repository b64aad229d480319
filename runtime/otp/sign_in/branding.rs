//! The colour of the sign-in pages, and whether people can tell it from the page.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::connector::reason::Reason;

const POINTER: &str = "/branding/accent";
/// What the pages are: light and dark.
const PAGES: [(&str, Accent); 2] = [("light", Accent([0xff, 0xff, 0xff])), ("dark", Accent([0x1a, 0x1a, 0x19]))];
/// WCAG 2.2, 1.4.11: a control against what surrounds it.
const CONTRAST_MIN: f64 = 3.0;

/// How the sign-in pages look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Branding {
    /// Colour of buttons, as `#rrggbb`. Their text is black or white, whichever is easier to read on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "#0b6b4f")]
    pub accent: Option<String>,
}

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent([u8; 3]);

impl Branding {
    /// Whether nothing was chosen.
    pub fn is_plain(&self) -> bool {
        self.accent.is_none()
    }

    /// The chosen colour.
    pub fn colour(&self) -> Option<Accent> {
        self.accent.as_deref().and_then(Accent::parse)
    }

    pub(super) fn fault(&self) -> Option<Reason> {
        let is_wrong = self.accent.is_some() && self.colour().is_none();
        is_wrong.then(|| Reason::at("colour", POINTER, "is a colour as `#rrggbb`, such as `#0b6b4f`"))
    }

    pub(super) fn warnings(&self) -> Vec<Reason> {
        let Some(colour) = self.colour() else { return Vec::new() };
        let faint = PAGES.into_iter().filter(|(_, page)| colour.contrast(*page) < CONTRAST_MIN);
        let told = |(name, page): (&str, Accent)| {
            let ratio = colour.contrast(page);
            let text = format!(
                "a button of this colour hardly stands out from a {name} page: {ratio:.1} to 1, and 3 to 1 is the least that people can see well"
            );
            Reason::at("contrast", POINTER, &text)
        };
        faint.map(told).collect()
    }
}

impl Accent {
    /// Of `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let mut bytes = [0; 3];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// As six digits, without the `#`.
    pub fn digits(self) -> String {
        hex::encode(self.0)
    }

    /// The colour of text on it: at least 4.5 to 1, as one of black and white always is.
    pub fn text(self) -> &'static str {
        if self.contrast(Self([0; 3])) >= self.contrast(Self([0xff; 3])) { "#000000" } else { "#ffffff" }
    }

    /// WCAG's contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG's relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branding(accent: &str) -> Branding {
        Branding { accent: Some(accent.to_owned()) }
    }

    #[test]
    fn a_colour_is_six_digits_and_nothing_else() {
        for wrong in ["", "#", "0b6b4f", "#0b6", "#0b6b4fff", "#0b6b4g", "red", "#000;}*{x:y", "#ééé"] {
            assert!(branding(wrong).fault().is_some(), "{wrong}");
        }
        assert_eq!(Accent::parse("#0B6b4F").unwrap().digits(), "0b6b4f");
        assert!(Branding::default().fault().is_none());
    }

    #[test]
    fn a_colour_that_hardly_stands_out_is_warned_of() {
        let pages = |accent: &str| branding(accent).warnings().len();
        assert_eq!([pages("#1f8a68"), pages("#ffffff"), pages("#000000")], [0, 1, 1]);
        assert!(branding("#ffee00").warnings()[0].text.contains("light page"));
    }

    #[test]
    fn text_on_any_colour_can_be_read() {
        for step in 0..=255_u8 {
            for colour in [Accent([step; 3]), Accent([step, 0, 0]), Accent([0, step, 255]), Accent([255, step, 0])] {
                let text = Accent::parse(colour.text()).unwrap();
                assert!(colour.contrast(text) >= 4.5, "{}", colour.digits());
            }
        }
        assert!((Accent([0; 3]).contrast(Accent([255; 3])) - 21.0).abs() < 0.01);
    }
}
