//! A schema's pattern as browsers read the `pattern` of a field: anchored on both sides, with the flag `v`.
//!
//! A browser that reads it otherwise than the judge would keep people from saving what is right. So only what both read
//! alike is handed on; the rest is judged where it is saved.

/// Marks that a class of flag `v` takes only with a backslash.
const ESCAPED_IN_CLASS: &str = "()[{}/|";
/// Marks that mean something of their own there when they stand twice.
const DOUBLED: &str = "&!#$%*+,.:;<=>?@^`~-";

/// The pattern for a browser, if it can have one.
pub(super) fn for_browsers(pattern: &str) -> Option<String> {
    if !pattern.is_ascii() {
        return None;
    }
    let (text, has_choice) = translated(pattern)?;
    let whole = text.starts_with('^') && text.ends_with('$') && !text.ends_with("\\$") && !has_choice;
    Some(if whole { text } else { format!("[\\s\\S]*(?:{text})[\\s\\S]*") })
}

/// The pattern with what flag `v` wants escaped, and whether it has a choice outside of brackets.
fn translated(pattern: &str) -> Option<(String, bool)> {
    let (mut out, mut chars) = (String::new(), pattern.chars().peekable());
    let (mut depth, mut has_choice) = (0usize, false);
    while let Some(c) = chars.next() {
        match c {
            '[' => class(&mut chars, &mut out)?,
            '\\' => out.push_str(&escape(chars.next()?)?),
            '(' => {
                depth += 1;
                out.push(c);
                if chars.next_if_eq(&'?').is_some() {
                    // Of the groups that begin with a question mark, only the one that both know.
                    chars.next_if_eq(&':')?;
                    out.push_str("?:");
                }
            }
            ')' => {
                depth = depth.checked_sub(1)?;
                out.push(c);
            }
            '{' => count(&mut chars, &mut out)?,
            ']' | '}' => return None,
            '|' => {
                has_choice |= depth == 0;
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    (depth == 0).then_some((out, has_choice))
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn class(chars: &mut Chars<'_>, out: &mut String) -> Option<()> {
    out.push('[');
    if chars.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut last = None;
    loop {
        let c = chars.next()?;
        match c {
            ']' if last.is_none() => return None,
            ']' => break,
            '\\' => out.push_str(&escape(chars.next()?)?),
            // At an end it stands for itself.
            '-' if last.is_none() || chars.peek() == Some(&']') => out.push_str("\\-"),
            _ if ESCAPED_IN_CLASS.contains(c) => out.extend(['\\', c]),
            _ if DOUBLED.contains(c) && last == Some(c) => return None,
            _ => out.push(c),
        }
        last = Some(c);
    }
    out.push(']');
    Some(())
}

/// What stands behind a backslash.
fn escape(c: char) -> Option<String> {
    match c {
        'd' | 's' | 'n' | 'r' | 't' => Some(format!("\\{c}")),
        // Outside of a class, flag `v` takes no backslash before what means nothing there.
        '-' => Some("[\\-]".to_owned()),
        _ if "^$\\.*+?()[]{}|/".contains(c) => Some(format!("\\{c}")),
        _ => None,
    }
}

/// `{2}`, `{2,}`, `{2,5}`
fn count(chars: &mut Chars<'_>, out: &mut String) -> Option<()> {
    out.push('{');
    loop {
        let c = chars.next()?;
        out.push(c);
        match c {
            '}' => return (!out.ends_with("{}")).then_some(()),
            ',' | '0'..='9' => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::for_browsers;

    #[test]
    fn what_both_read_alike_is_handed_on() {
        for (given, wanted) in [
            ("^AC[0-9a-fA-F]{32}$", "^AC[0-9a-fA-F]{32}$"),
            ("^https?://", r"[\s\S]*(?:^https?://)[\s\S]*"),
            ("^[A-Za-z0-9 +_&-]{1,11}$", r"^[A-Za-z0-9 +_&\-]{1,11}$"),
            (r"^https?://[^\s/?#{}@]+$", r"^https?://[^\s\/?#\{\}@]+$"),
            ("^a$|^b$", r"[\s\S]*(?:^a$|^b$)[\s\S]*"),
            ("^(a|b)$", "^(a|b)$"),
        ] {
            assert_eq!(for_browsers(given).as_deref(), Some(wanted), "{given}");
        }
    }

    #[test]
    fn what_browsers_could_read_otherwise_is_not() {
        for pattern in
            [r"\p{L}", "(?i)a", "[a&&b]", "[]a]", "a{x}", "[", "(", ")", r"\", "é", "(?<n>a)", r"\b", "a}", ""]
        {
            let found = for_browsers(pattern);
            assert!(found.is_none() || pattern.is_empty(), "{pattern}: {found:?}");
        }
    }
}
