//! Which characters of a text cost more than others, and what it would be without them.

use serde::Serialize;
use utoipa::ToSchema;

use super::lint::cheaper;
use super::segments::{self, Count, Encoding};

/// A character that costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mark {
    /// How many characters stand before it.
    pub at: usize,
    /// The character.
    #[schema(value_type = String)]
    pub char: char,
    /// What it does.
    pub why: Why,
}

/// What a character does to the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It is not in GSM-7, and turns the whole text into UCS-2.
    #[serde(rename = "not-in-gsm-7")]
    NotInGsm7,
    /// It is in GSM-7's extension table, and takes two septets.
    TwoSeptets,
}

/// A text that reads the same and costs less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cheaper {
    /// The text.
    pub text: String,
    /// What it takes.
    #[serde(flatten)]
    pub count: Count,
    /// What was swapped, each once.
    pub swaps: Vec<Swap>,
    /// The template with the same swaps; none if the characters come from a value, such as the environment's name.
    pub template: Option<String>,
}

/// A character, and what stands for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Swap {
    /// What stands there.
    #[schema(value_type = String)]
    pub from: char,
    /// What would do; empty if nothing is like it, and it is left out.
    pub to: String,
}

/// The characters that cost, in their order: those that force UCS-2, or where none does, those that take two septets.
pub fn of(text: &str) -> Vec<Mark> {
    let wanted = match segments::count(text).encoding {
        Encoding::Ucs2 => Why::NotInGsm7,
        Encoding::Gsm7 => Why::TwoSeptets,
    };
    let why = |c: char| match segments::septets(c) {
        None => Some(Why::NotInGsm7),
        Some(2) => Some(Why::TwoSeptets),
        Some(_) => None,
    };
    let all = text.chars().enumerate().filter(|(_, c)| why(*c) == Some(wanted));
    all.map(|(at, char)| Mark { at, char, why: wanted }).collect()
}

/// The same text in GSM-7, if swapping look-alikes gets it there. `source` is the template that it was rendered from.
pub fn cheaper(text: &str, source: Option<&str>) -> Option<Cheaper> {
    let mut froms: Vec<char> = text.chars().filter(|c| segments::septets(*c).is_none()).collect();
    if froms.is_empty() {
        return None;
    }
    let cheap = cheaper::swapped(text)?;
    froms.sort_unstable();
    froms.dedup();
    let swap = |from: char| Swap { from, to: cheaper::substitute(from).unwrap_or_default().to_owned() };
    Some(Cheaper {
        count: segments::count(&cheap),
        text: cheap,
        swaps: froms.into_iter().map(swap).collect(),
        template: source.and_then(|source| outside_tags(source).filter(|swapped| swapped != source)),
    })
}

/// A template with the swaps made in what it says, and not in its expressions, where a quotation mark has a meaning.
fn outside_tags(source: &str) -> Option<String> {
    let mut swapped = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        let close = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")].into_iter().find(|(open, _)| from.starts_with(open));
        let end = match close {
            Some((open, close)) => from.get(open.len()..)?.find(close).map_or(from.len(), |at| at + 4),
            None => 1,
        };
        let (tag, after) = from.split_at_checked(end)?;
        swapped.push_str(&cheaper::swapped(before)?);
        swapped.push_str(tag);
        rest = after;
    }
    swapped.push_str(&cheaper::swapped(rest)?);
    Some(swapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_forces_ucs_2_is_marked_where_it_stands() {
        let marks = of("It’s 123 🎉");
        let told: Vec<_> = marks.iter().map(|mark| (mark.at, mark.char, mark.why)).collect();
        assert_eq!(told, [(2, '’', Why::NotInGsm7), (9, '🎉', Why::NotInGsm7)], "a surrogate pair is one character");
        assert_eq!(of("[123] 5 €").iter().map(|mark| mark.at).collect::<Vec<_>>(), [0, 4, 8]);
        assert!(of("plain").is_empty() && of("").is_empty());
        assert_eq!(of("קוד 1").len(), 3);
    }

    #[test]
    fn a_stray_character_is_swapped_in_the_text_and_in_its_template() {
        let found = cheaper("It’s 123456", Some("It’s {{ code }}")).unwrap();
        assert_eq!((found.text.as_str(), found.template.as_deref()), ("It's 123456", Some("It's {{ code }}")));
        assert_eq!((found.count.encoding, found.count.segments), (Encoding::Gsm7, 1));
        assert_eq!(found.swaps, [Swap { from: '’', to: "'".to_owned() }]);
        let left_out = cheaper("Hi 🎉 1", Some("Hi 🎉 {{ code }}")).unwrap();
        assert_eq!((left_out.text.as_str(), left_out.swaps[0].to.as_str()), ("Hi  1", ""));
    }

    #[test]
    fn expressions_are_left_as_they_are() {
        let source = "{{ app | default(\"“\") }}’s {% if minutes > 1 %}–{% endif %} { {{ code";
        let swapped = outside_tags(source).unwrap();
        assert_eq!(swapped, "{{ app | default(\"“\") }}'s {% if minutes > 1 %}-{% endif %} { {{ code");
    }

    #[test]
    fn a_text_of_another_script_is_what_it_is() {
        assert_eq!(cheaper("Ваш код 123456", None), None);
        assert_eq!(cheaper("Your code is 123456", None), None);
        assert_eq!(cheaper("Bücher’s 1", Some("{{ app }} 1")).unwrap().template, None, "the name has it");
    }
}
