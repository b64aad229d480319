//! What must not be read in a log or a failure, and what a terminal would obey. Pure.
//!
//! The host knows the number, the code and the text of the message that is being sent, and takes them out of whatever
//! a connector says: also where digits are set apart (`+1 (415) 555-0123`). Deliberate hiding it can't exclude.

/// What is hidden: `mask` as it is, and its digits in any grouping.
pub(super) fn clean(text: &str, mask: &[String]) -> String {
    let mut clean = text.to_owned();
    // The longest first: a text that holds the code is hidden whole.
    let mut whole: Vec<&String> = mask.iter().filter(|hidden| hidden.len() >= HIDDEN_MIN).collect();
    whole.sort_by_key(|hidden| std::cmp::Reverse(hidden.len()));
    for hidden in whole {
        clean = clean.replace(hidden.as_str(), MASK);
    }
    for hidden in mask {
        let digits: Vec<char> = hidden.chars().filter(char::is_ascii_digit).collect();
        // A text that holds digits is not a number: it was looked for as it is.
        let is_number = hidden.chars().all(|c| c.is_ascii_digit() || c == '+');
        if is_number && digits.len() >= HIDDEN_MIN {
            clean = without_digits(&clean, &digits, MASK);
        }
    }
    clean.chars().map(|c| if is_obeyed(c) { '\u{fffd}' } else { c }).collect()
}

const MASK: &str = "•••";
/// Shorter ones stand in ordinary text by chance.
const HIDDEN_MIN: usize = 4;

/// Control characters, and those that make a line read in another order.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}')
}

/// `text` with `instead` in the place of any run of digits and separators that spells `digits`.
pub(crate) fn without_digits(text: &str, digits: &[char], instead: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(character) = characters.get(at) {
        match spelled(characters.get(at..).unwrap_or_default(), digits) {
            Some(length) => {
                out.push_str(instead);
                at += length;
            }
            None => {
                out.push(*character);
                at += 1;
            }
        }
    }
    out
}

/// How many characters at the beginning spell the digits, if they do.
fn spelled(text: &[char], digits: &[char]) -> Option<usize> {
    let mut wanted = digits.iter();
    let mut next = wanted.next()?;
    for (index, character) in text.iter().enumerate() {
        if character == next {
            match wanted.next() {
                Some(following) => next = following,
                None => return Some(index + 1),
            }
        } else if index == 0 || !is_separator(*character) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        clean(text, &["+14155550123".into(), "4155550123".into(), "123456".into(), "Your code is 123456.".into()])
    }

    #[test]
    fn number_and_code_are_hidden_in_any_grouping() {
        for text in
            ["to +14155550123", "to +1 (415) 555-0123", "tel:415.555.0123", "1-415-555-0123", "4 1 5 5 5 5 0 1 2 3"]
        {
            assert!(!masked(text).contains("0123") && masked(text).contains(MASK), "{text}: {}", masked(text));
        }
        assert_eq!(masked("code 12 34 56, 123-456"), format!("code {MASK}, {MASK}"));
        assert_eq!(masked("Your code is 123456."), MASK);
    }

    #[test]
    fn other_digits_are_left() {
        assert_eq!(masked("error 21211 at 10:15, 12345 of 3"), "error 21211 at 10:15, 12345 of 3");
    }

    #[test]
    fn a_terminal_obeys_nothing_and_a_line_reads_as_it_is_written() {
        assert_eq!(masked("a\u{1b}[31mb\u{202e}c\n"), "a\u{fffd}[31mb\u{fffd}c\n");
    }
}
