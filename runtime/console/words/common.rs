//! What several pages say.

use crate::keys::Role;

pub(in crate::console) const PRODUCT: &str = "Countersign";
pub(in crate::console) const SKIP: &str = "Skip to the content";
pub(in crate::console) const TO_THE_START: &str = "To the start";
pub(in crate::console) const NAVIGATION: &str = "Main";
pub(in crate::console) const ENVIRONMENT: &str = "Environment";
pub(in crate::console) const SERVICE: &str = "Service";
pub(in crate::console) const YOU_ARE_HERE: &str = "You are here";
pub(in crate::console) const SIGN_IN_AGAIN: &str = "sign in first";
pub(in crate::console) const SIGN_OUT: &str = "Sign out";
pub(in crate::console) const THEME: &str = "Appearance";
pub(in crate::console) const SAVE: &str = "Save";
pub(in crate::console) const SAVING: &str = "Saving…";
pub(in crate::console) const REQUIRED: &str = "Required";
pub(in crate::console) const OPTIONAL: &str = "Optional";
pub(in crate::console) const COPY: &str = "Copy";
pub(in crate::console) const NEWER: &str = "Newer";
pub(in crate::console) const OLDER: &str = "Older";
pub(in crate::console) const PAGES: &str = "Pages";
pub(in crate::console) const PRODUCTION: &str = "Production";
pub(in crate::console) const LOST: &str = "No answer from the server. What you see may be old; try again.";
pub(in crate::console) const MENU: &str = "Menu";

/// The name of a theme.
pub(in crate::console) fn theme(theme: crate::console::prefs::Theme) -> &'static str {
    match theme {
        crate::console::prefs::Theme::System => "System",
        crate::console::prefs::Theme::Light => "Light",
        crate::console::prefs::Theme::Dark => "Dark",
    }
}

/// Why a visitor may not.
pub(in crate::console) fn lacks(role: Role) -> String {
    format!("You lack the role `{role}` that this needs")
}

/// There is none of that name.
pub(in crate::console) fn no_environment(name: &str) -> String {
    format!("there is no environment `{name}`")
}

/// Heads the list of what is wrong in a form.
pub(in crate::console) fn fields_need_attention(count: usize) -> String {
    match count {
        1 => "One field needs attention".to_owned(),
        count => format!("{count} fields need attention"),
    }
}

/// How long ago, in words.
pub(in crate::console) fn ago(seconds: u64) -> String {
    let of = |count: u64, what: &str| match count {
        1 => format!("1 {what} ago"),
        count => format!("{count} {what}s ago"),
    };
    match seconds {
        0..=4 => "now".to_owned(),
        5..=59 => of(seconds, "second"),
        60..=3_599 => of(seconds / 60, "minute"),
        3_600..=86_399 => of(seconds / 3_600, "hour"),
        86_400..=2_591_999 => of(seconds / 86_400, "day"),
        2_592_000..=31_103_999 => of(seconds / 2_592_000, "month"),
        _ => of(seconds / 31_104_000, "year"),
    }
}

/// A number with its thousands told apart.
pub(in crate::console) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut told = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_told_as_people_do() {
        assert_eq!([count(0), count(999), count(1_204), count(1_000_000)], ["0", "999", "1,204", "1,000,000"]);
        assert_eq!(ago(0), "now");
        assert_eq!([ago(60), ago(7_200), ago(90_000)], ["1 minute ago", "2 hours ago", "1 day ago"]);
        assert_eq!(fields_need_attention(1), "One field needs attention");
    }
}
