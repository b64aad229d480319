//! Where messages may go: countries, types of numbers and first digits, as a part of the form of limits.

use maud::{Markup, html};
use serde_json::{Value, json};

use crate::console::posted::Posted;
use crate::console::shell::{self, Field};
use crate::console::words::policy as words;
use crate::otp::policy::{Countries, Destinations, NumberType};

const AT: &str = "/destinations";
/// Rows to write a further country into; saved, there are as many again.
const ROWS_FREE: usize = 3;
const ROWS_MAX: usize = 500;

/// What was typed, as the API has it. What is no number stays as it was typed.
pub(super) fn typed(posted: &Posted) -> Value {
    let mut document = serde_json::Map::new();
    if let Some(countries) = posted.word(&at("countries")) {
        document.insert("countries".to_owned(), json!(countries));
    }
    let named: Vec<Value> = (0..ROWS_MAX).filter_map(|row| named(posted, row)).collect();
    let lists = [
        ("named", named),
        ("blocked", words_of(posted, "blocked").map(|country| json!(country.to_uppercase())).collect()),
        ("allowed_prefixes", words_of(posted, "allowed_prefixes").map(|prefix| json!(prefix)).collect()),
        ("blocked_prefixes", words_of(posted, "blocked_prefixes").map(|prefix| json!(prefix)).collect()),
    ];
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        document.insert(name.to_owned(), Value::Array(list));
    }
    let name = at("refused_types");
    let mut types: Vec<&str> = posted.all(&name).filter(|word| !word.is_empty()).collect();
    let mut built_in = NumberType::REFUSED.map(NumberType::word);
    types.sort_unstable();
    built_in.sort_unstable();
    if types != built_in {
        document.insert("refused_types".to_owned(), json!(types));
    }
    Value::Object(document)
}

/// Caps that are no numbers, by their pointers.
pub(super) fn no_numbers(document: &Value) -> Vec<String> {
    let named = document.get("named").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let wrong = named.iter().enumerate().filter(|(_, one)| one.get("sends_per_day").is_some_and(Value::is_string));
    wrong.map(|(row, _)| at(&format!("named/{row}/sends_per_day"))).collect()
}

/// The field that a fault is told at, and what it is called. A list is one field.
pub(super) fn place(pointer: &str) -> (String, &'static str) {
    let list = |field: &str| pointer.starts_with(&at(field));
    match pointer {
        _ if list("blocked_prefixes") => (at("blocked_prefixes"), words::BLOCKED_PREFIXES),
        _ if list("blocked") => (at("blocked"), words::BLOCKED),
        _ if list("allowed_prefixes") => (at("allowed_prefixes"), words::ALLOWED_PREFIXES),
        _ if pointer.ends_with("/sends_per_day") => (pointer.to_owned(), words::PER_DAY),
        _ if pointer.ends_with("/country") => (pointer.to_owned(), words::COUNTRY),
        _ => (at("countries"), words::COUNTRIES),
    }
}

fn at(field: &str) -> String {
    format!("{AT}/{field}")
}

fn named(posted: &Posted, row: usize) -> Option<Value> {
    let country = posted.word(&at(&format!("named/{row}/country")));
    let per_day = posted.word(&at(&format!("named/{row}/sends_per_day")));
    if country.is_none() && per_day.is_none() {
        return None;
    }
    let mut named = json!({ "country": country.unwrap_or_default().to_uppercase() });
    if let (Some(per_day), Some(named)) = (per_day, named.as_object_mut()) {
        let number = per_day.parse::<u32>().map_or_else(|_| json!(per_day), |number| json!(number));
        named.insert("sends_per_day".to_owned(), number);
    }
    Some(named)
}

/// A list that is written as words.
fn words_of<'a>(posted: &'a Posted, field: &str) -> impl Iterator<Item = &'a str> {
    let text = posted.word(&at(field)).unwrap_or_default();
    text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty())
}

/// What the form shows.
pub(super) struct Shown<'a> {
    /// The policy as it is in the fields.
    pub(super) document: &'a Value,
    pub(super) is_development: bool,
    pub(super) faults: &'a [(String, String)],
    /// What somebody else saved meanwhile.
    pub(super) theirs: Option<&'a Value>,
}

pub(super) fn form(shown: &Shown<'_>) -> Markup {
    let countries = [
        (String::new(), words::as_built_in(shown.is_development).to_owned()),
        ("named".to_owned(), words::NAMED_ONES.to_owned()),
        ("all".to_owned(), words::ALL_COUNTRIES.to_owned()),
    ];
    let (place, chosen) = (at("countries"), shown.text("countries"));
    html! {
        fieldset #destinations.group {
            legend { (words::DESTINATIONS) }
            p.hint { (words::DESTINATIONS_LEAD) }
            @if shown.is_closed() { (shell::notice(&shell::Notice::Warn(html! { (words::CLOSED) }))) }
            @if let Some(theirs) = shown.theirs() { p.hint { (words::their_destinations(&theirs)) } }
            (shell::field(&Field { id: &place, label: words::COUNTRIES, ..Field::default() }, &shell::select(&place, &place, &countries, chosen, None)))
            (named_table(shown))
            (shown.list("blocked", words::BLOCKED, words::BLOCKED_HINT))
            (types(shown))
            (shown.list("allowed_prefixes", words::ALLOWED_PREFIXES, words::ALLOWED_PREFIXES_HINT))
            (shown.list("blocked_prefixes", words::BLOCKED_PREFIXES, words::BLOCKED_PREFIXES_HINT))
        }
    }
}

fn named_table(shown: &Shown<'_>) -> Markup {
    let rows = shown.value("named").and_then(Value::as_array).map_or(0, Vec::len);
    let cell = |row: usize, field: &str, label: &str| {
        let place = at(&format!("named/{row}/{field}"));
        let value =
            shown.document.pointer(&place).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let fault = shown.fault(&place);
        let told = format!("{place}-told");
        let is_country = field == "country";
        html! {
            div.wrong[fault.is_some()] {
                input.short id=(place) name=(place) value=[value] aria-label=(label) maxlength=[is_country.then_some("2")] autocapitalize=[is_country.then_some("characters")]
                    inputmode=[(!is_country).then_some("numeric")] aria-invalid=[fault.map(|_| "true")] aria-describedby=[fault.map(|_| told.as_str())];
                @if let Some(fault) = fault { p.error id=(told) { (fault) } }
            }
        }
    };
    let row = |row: usize| {
        let nth = row + 1;
        vec![
            cell(row, "country", &words::nth_country(nth)),
            html! { (cell(row, "sends_per_day", &words::nth_per_day(nth))) p.hint { (if row == 0 { words::FIRST_CAP } else { words::FURTHER_CAP }) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = (0..(rows + ROWS_FREE).min(ROWS_MAX)).map(row).collect();
    shell::table(words::NAMED, &[words::COUNTRY, words::PER_DAY], &rows)
}

fn types(shown: &Shown<'_>) -> Markup {
    let refused = shown.value("refused_types").and_then(Value::as_array);
    let is_refused = |kind: NumberType| match refused {
        Some(words) => words.iter().any(|word| word.as_str() == Some(kind.word())),
        None => NumberType::REFUSED.contains(&kind),
    };
    let name = at("refused_types");
    html! {
        fieldset.group {
            legend { (words::TYPES) }
            p.hint { (words::TYPES_HINT) }
            // So that "none of them" can be told from a form that has no such field.
            input type="hidden" name=(name) value="";
            div.row { @for kind in NumberType::ALL {
                @let id = format!("{name}/{}", kind.word());
                p.check {
                    input id=(id) type="checkbox" name=(name) value=(kind.word()) checked[is_refused(kind)];
                    label for=(id) { (words::number_type(kind)) }
                }
            } }
        }
    }
}

impl Shown<'_> {
    fn value(&self, field: &str) -> Option<&Value> {
        self.document.pointer(&at(field))
    }

    fn text(&self, field: &str) -> &str {
        self.value(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn read(document: &Value) -> Destinations {
        document.get("destinations").and_then(|it| serde_json::from_value(it.clone()).ok()).unwrap_or_default()
    }

    fn is_closed(&self) -> bool {
        let destinations = Self::read(self.document);
        destinations.is_closed(self.is_development) && destinations.countries(self.is_development) == Countries::Named
    }

    fn theirs(&self) -> Option<Destinations> {
        let (theirs, ours) = (Self::read(self.theirs?), Self::read(self.document));
        (theirs != ours).then_some(theirs)
    }

    fn fault(&self, place: &str) -> Option<&str> {
        self.faults.iter().find(|(pointer, _)| pointer == place).map(|(_, text)| text.as_str())
    }

    /// The faults of a list are told at its one field, each with the word it is about.
    fn fault_of_list(&self, field: &str) -> Option<String> {
        let place = at(field);
        let told = self.faults.iter().filter_map(|(pointer, text)| {
            let nth = pointer.strip_prefix(&place).filter(|nth| nth.is_empty() || nth.starts_with('/'))?;
            let word = self.document.pointer(pointer).and_then(Value::as_str).filter(|_| !nth.is_empty());
            Some(word.map_or_else(|| text.clone(), |word| words::about(word, text)))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    fn list(&self, field: &str, label: &str, hint: &str) -> Markup {
        let (id, fault) = (at(field), self.fault_of_list(field));
        let listed = self.value(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let text = listed.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
        let of = Field { id: &id, label, hint: Some(hint), error: fault.as_deref(), ..Field::default() };
        let control = html! { input id=(id) name=(id) value=(text) aria-describedby=[of.described_by()] aria-invalid=[fault.as_ref().map(|_| "true")] spellcheck="false"; };
        shell::field(&of, &control)
    }
}

#[cfg(test)]
mod tests;
