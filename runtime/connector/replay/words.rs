//! A caller's own words, taken out of what a provider says: it may quote them whole, in part, or in other capitals. Pure.

use std::collections::HashSet;

/// Characters in a row that are no accident.
const RUN: usize = 8;
/// Shorter words name nobody.
const WORD_MIN: usize = 3;
/// Stands where words stood.
const HIDDEN: &str = "•••";

/// What a caller wrote.
#[derive(Default)]
pub(super) struct Words {
    runs: HashSet<[char; RUN]>,
    short: Vec<String>,
}

impl Words {
    pub(super) fn of(written: &[&str]) -> Self {
        let (long, short): (Vec<&str>, Vec<&str>) = written.iter().partition(|written| written.chars().count() >= RUN);
        let runs = long.iter().flat_map(|text| windows(&lower(text)).collect::<Vec<_>>()).collect();
        let short = short.into_iter().filter(|word| word.chars().count() >= WORD_MIN).map(str::to_owned).collect();
        Self { runs, short }
    }

    /// `text` without them.
    pub(super) fn hide(&self, text: &str) -> String {
        let text = self.short.iter().fold(text.to_owned(), |text, word| whole_words(&text, word, HIDDEN));
        if self.runs.is_empty() {
            return text;
        }
        // Up to where what was written goes on.
        let mut until = 0;
        let lower = lower(&text);
        let mut hit = windows(&lower).map(|window| self.runs.contains(&window));
        let mut out = String::with_capacity(text.len());
        for (at, character) in text.chars().enumerate() {
            let begins = hit.next().unwrap_or(false);
            if begins && at >= until {
                out.push_str(HIDDEN);
            }
            if begins {
                until = at + RUN;
            }
            if at >= until {
                out.push(character);
            }
        }
        out
    }
}

/// Character by character, so that positions stay.
fn lower(text: &str) -> Vec<char> {
    text.chars().map(|character| character.to_lowercase().next().unwrap_or(character)).collect()
}

fn windows(text: &[char]) -> impl Iterator<Item = [char; RUN]> {
    text.windows(RUN).filter_map(|window| window.try_into().ok())
}

/// `text` with `with` in the place of `word`, where that stands alone.
pub(super) fn whole_words(text: &str, word: &str, with: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        out.push_str(before);
        let joined = before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
        out.push_str(if joined { word } else { with });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_hidden_whole_in_part_and_in_other_capitals() {
        let words = Words::of(&["Dear Alice Example, your parcel is at the door", "Bob", "of"]);
        assert_eq!(words.hide("refused: DEAR ALICE EXAMPLE, your par... (spam)"), "refused: •••... (spam)");
        assert_eq!(words.hide("«parcel is at» and Bob, not Bobby of"), "«•••» and •••, not Bobby of");
    }

    #[test]
    fn what_a_provider_says_of_its_own_stays() {
        let words = Words::of(&["Dear Alice Example"]);
        assert_eq!(words.hide("Dear customer: code 30007, samples"), "Dear customer: code 30007, samples");
        assert_eq!(Words::default().hide("anything"), "anything");
    }
}
