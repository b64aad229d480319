//! Forms that are made of a schema.

pub(in crate::console) const STORED: &str = "Stored. Leave empty to keep it.";
pub(in crate::console) const TYPE_AGAIN: &str = "Type it again: a secret is never shown, so this page did not keep it.";
pub(in crate::console) const REMOVE_STORED: &str = "Remove what is stored";
pub(in crate::console) const NOT_SET: &str = "Not set";
pub(in crate::console) const CHOOSE: &str = "Choose…";
pub(in crate::console) const NAME: &str = "Name";
pub(in crate::console) const VALUE: &str = "Value";
pub(in crate::console) const ADD: &str = "Add";
pub(in crate::console) const REMOVE: &str = "Remove";
pub(in crate::console) const OTHERS: &str = "Other members";
pub(in crate::console) const OTHERS_HINT: &str = "What the configuration has beside the fields above, as JSON.";
pub(in crate::console) const JSON_HINT: &str = "As JSON.";
pub(in crate::console) const JSON_OR_TEXT_HINT: &str = "As JSON, or as plain text.";
pub(in crate::console) const SOMETIMES: &str = "Needed in some cases";
pub(in crate::console) const YES: &str = "yes";
pub(in crate::console) const NO: &str = "no";
pub(in crate::console) const EMPTY_TEXT: &str = "(empty)";
pub(in crate::console) const WHOLE: &str = "The configuration";
pub(in crate::console) const IS_NEEDED: &str = "This is needed.";
pub(in crate::console) const NO_WHOLE_NUMBER: &str = "This has to be a whole number.";
pub(in crate::console) const NO_NUMBER: &str = "This has to be a number.";
pub(in crate::console) const NO_OBJECT: &str = "This has to be a JSON object.";
pub(in crate::console) const NEEDS_NAME: &str = "This value has no name.";

/// What a field is if nothing is given.
pub(in crate::console) fn default(value: &str) -> String {
    format!("Unless given: {value}")
}

/// The choice that is meant if none is made.
pub(in crate::console) fn default_choice(value: &str) -> String {
    format!("{value} (default)")
}

/// A name that was typed twice.
pub(in crate::console) fn twice(name: &str) -> String {
    format!("`{name}` is there twice.")
}

/// What keeps a text from being read as JSON.
pub(in crate::console) fn unreadable(why: &str) -> String {
    sentence(why)
}

/// Words of a judge as a sentence.
pub(in crate::console) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let end = if text.ends_with(['.', '?', '!', ':']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// One row of a list.
pub(in crate::console) fn row(label: &str, number: usize) -> String {
    format!("{label} {number}")
}

/// The button that adds a row.
pub(in crate::console) fn add_to(label: &str) -> String {
    format!("Add to {label}")
}

/// The button that removes a row.
pub(in crate::console) fn remove_from(label: &str, number: usize) -> String {
    format!("Remove {number} of {label}")
}

/// A text that a pattern refuses.
pub(in crate::console) fn wrong_form(pattern: &str, example: Option<&str>) -> String {
    let example = example.map(|example| format!(" An example: `{example}`.")).unwrap_or_default();
    format!("This does not have the right form.{example} The pattern: `{pattern}`")
}

/// Names one after the other: `A`, `A and B`, `A, B and C`.
pub(in crate::console) fn all_of(names: &[&str]) -> String {
    joined(names, "and")
}

/// One of several ways.
pub(in crate::console) fn one_of(ways: &[String], only_one: bool) -> String {
    let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
    let told = match ways.as_slice() {
        [a, b] => format!("{a}, or {b}"),
        _ => joined(&ways, "or"),
    };
    if only_one && ways.len() > 1 { format!("{told}; not both") } else { told }
}

/// What is asked for where none of the ways was taken.
pub(in crate::console) fn give(ways: &str) -> String {
    format!("Give this: {ways}.")
}

/// All or none.
pub(in crate::console) fn together(names: &str) -> String {
    format!("{names} go together")
}

/// One needs others.
pub(in crate::console) fn with(name: &str, others: &str) -> String {
    format!("{name} needs {others}")
}

/// Beside the label of a field.
pub(in crate::console) fn needed_with(condition: &str) -> String {
    format!("Needed {condition}")
}

/// A condition.
pub(in crate::console) fn when(condition: &str, is_so: bool) -> String {
    if is_so { format!("if {condition}") } else { format!("unless {condition}") }
}

/// Of ways that exclude each other, more than one was taken.
pub(in crate::console) fn only_one(ways: &str) -> String {
    format!("Leave all but one of these out: {ways}.")
}

/// What only holds under a condition.
pub(in crate::console) fn under(condition: &str, what: &str) -> String {
    let condition = sentence(condition);
    format!("{}: {what}", condition.trim_end_matches('.'))
}

/// A field has a value.
pub(in crate::console) fn is(name: &str, values: &[&str]) -> String {
    format!("{name} is {}", joined(values, "or"))
}

/// A field is given.
pub(in crate::console) fn is_given(name: &str) -> String {
    format!("{name} is given")
}

fn joined(names: &[&str], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}
