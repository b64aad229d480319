//! What the pages with texts of messages say.

use crate::texts::{Count, Encoding, segments};

pub(in crate::console) const TITLE: &str = "Texts";
pub(in crate::console) const LEAD: &str = "What messages say in this environment. A connector's own texts come first; behind all stands a built-in English one.";
pub(in crate::console) const TEMPLATES: &str = "Templates";
pub(in crate::console) const AS_TABLE: &str = "Table";
pub(in crate::console) const AS_JSON: &str = "JSON";
pub(in crate::console) const SHOW_AS: &str = "Show as";
pub(in crate::console) const CAPTION: &str = "Templates by purpose and language";
pub(in crate::console) const PURPOSE: &str = "Purpose";
pub(in crate::console) const LANGUAGE: &str = "Language";
pub(in crate::console) const ANY: &str = "any";
pub(in crate::console) const TEXT: &str = "Text";
pub(in crate::console) const MORE: &str = "Registered template, ending";
pub(in crate::console) const TEMPLATE_ID: &str = "Template id";
pub(in crate::console) const TEMPLATE_LOCALE: &str = "Its language there";
pub(in crate::console) const PARAMETERS: &str = "Its values, with commas between";
pub(in crate::console) const ENDING: &str = "Last line";
pub(in crate::console) const ACTIONS: &str = "Actions";
pub(in crate::console) const ADD: &str = "Add a template";
pub(in crate::console) const REMOVE: &str = "Remove";
pub(in crate::console) const PREVIEW: &str = "Preview";
pub(in crate::console) const NO_TEMPLATES: &str = "No templates yet. Messages say the built-in English text.";
pub(in crate::console) const NO_OWN_TEMPLATES: &str =
    "No texts of its own. Messages say the environment's texts, or else the built-in English one.";
pub(in crate::console) const VARIABLES: &str = "Variables: {{ code }}, {{ minutes }}, {{ app }}, {{ purpose }}. Without a language, a template serves every language; the purpose generic stands in for missing ones.";
pub(in crate::console) const JSON_LABEL: &str = "Templates as JSON";
pub(in crate::console) const JSON_HINT: &str =
    "A list of objects with purpose, locale, text, template_id, template_locale, parameters and ending.";
pub(in crate::console) const ENDING_LABEL: &str = "Last line of every text";
pub(in crate::console) const ENDING_HINT: &str = "@shop.example lets browsers on that site fill in the code. The 11-character hash of an Android app hands the message to that app. Empty adds nothing. A template can have its own, or none.";
pub(in crate::console) const SAVED: &str = "The texts are saved. The next message uses them.";
pub(in crate::console) const WORTH_KNOWING: &str = "Worth knowing";
pub(in crate::console) const NOT_IN_A_ROW: &str =
    "has a value that the table would change, such as an empty text or a comma in a name: edit it as JSON";
pub(in crate::console) const STALE: &str = "Somebody saved other texts while you were editing. Nothing of yours was saved. Compare, then save again to replace what is saved now.";
pub(in crate::console) const DIFFERENCES: &str = "Saved now, and yours";
pub(in crate::console) const SAVED_NOW: &str = "Saved now";
pub(in crate::console) const YOURS: &str = "Yours";
pub(in crate::console) const NOT_THERE: &str = "not there";
pub(in crate::console) const DISCARD: &str = "Discard mine";
pub(in crate::console) const NO_DIFFERENCES: &str = "What is saved now is the same as yours.";
pub(in crate::console) const SHOW_PREVIEW: &str = "Show preview";
pub(in crate::console) const PHONE: &str = "The message on a phone";
pub(in crate::console) const COUNTRY: &str = "Country";
pub(in crate::console) const CONNECTOR: &str = "Connector";
pub(in crate::console) const FACTS: &str = "What it takes";
pub(in crate::console) const COUNTED: &str = "Encoding and size";
pub(in crate::console) const CHEAPER: &str = "Cheaper";
pub(in crate::console) const REPLACE: &str = "Replace it";
pub(in crate::console) const AUTOFILL: &str = "Autofill";
pub(in crate::console) const FROM: &str = "Text from";
pub(in crate::console) const BUILT_IN: &str = "the built-in text";
pub(in crate::console) const REGISTERED: &str = "Registered template";
pub(in crate::console) const NO_SENDER: &str = "Your sender";
pub(in crate::console) const FIELD: &str = "In your page";
pub(in crate::console) const INPUT: &str = "<input autocomplete=\"one-time-code\" inputmode=\"numeric\">";
pub(in crate::console) const IN_THE_NAME: &str =
    "It comes from a value, such as the environment's name, and not from the text.";
pub(in crate::console) const ESTIMATE: &str =
    "GSM-7 fits 160 characters into a segment, UCS-2 70. An estimate where the provider swaps characters itself.";
pub(in crate::console) const MIND: &str = "Mind:";
pub(in crate::console) const WORST: &str = "At worst, with a code of 10 digits";
pub(in crate::console) const ENCODING: &str = "Encoding";
pub(in crate::console) const UNITS: &str = "Units";
pub(in crate::console) const SEGMENTS: &str = "Segments";
pub(in crate::console) const CANT_SEND: &str = "can't be sent";
pub(in crate::console) const JSON_FIRST: &str = "There is no preview while the JSON can't be read.";
pub(in crate::console) const NOTHING_SENT: &str =
    "The provider makes the code and the text. None of these texts is sent.";
pub(in crate::console) const AUTOFILL_MISSING: &str =
    "Not bound to your site: the last line @host #code is missing, so any page may be offered the code.";
pub(in crate::console) const SITE_UNKNOWN: &str = "No site is known here yet. Set it for all texts:";
pub(in crate::console) const LOOK: &str = "Phone";
pub(in crate::console) const AUTOFILL_PROVIDER: &str =
    "The provider's own text decides. Register it with the last line @host #code.";

/// The fields of one template among many.
pub(in crate::console) fn of_template(number: usize) -> String {
    format!(" of template {number}")
}

/// More than a table shows.
pub(in crate::console) fn too_many_rows(count: usize, most: usize) -> String {
    format!("there are {count} templates, and a table has at most {most}: edit them as JSON")
}

/// What a JSON parser complains of.
pub(in crate::console) fn not_json(complaint: &str) -> String {
    format!("this is not JSON: {complaint}")
}

/// Where in the JSON.
pub(in crate::console) fn line(line: usize, column: usize) -> String {
    format!("Line {line}, column {column}")
}

/// Left out of the preview, since it can't be saved as it is.
pub(in crate::console) fn left_out(number: usize, why: &str) -> String {
    format!("Template {number} is left out of the preview: {why}")
}

/// Not shown, since there are so many.
pub(in crate::console) fn and_more(count: usize) -> String {
    format!("and {count} more")
}

/// Over the keyboard of a phone.
pub(in crate::console) fn from_messages(code: &str) -> String {
    format!("From Messages {code}")
}

/// How much of its segments a text takes.
pub(in crate::console) fn room(count: &Count) -> String {
    let unit = if count.encoding == Encoding::Gsm7 { "septets" } else { "units" };
    let segments = if count.segments == 1 { "1 segment".to_owned() } else { format!("{} segments", count.segments) };
    format!("{} of {} {unit} · {segments}", count.units, segments::room(count))
}

/// The name of an encoding.
pub(in crate::console) fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gsm7 => "GSM-7",
        Encoding::Ucs2 => "UCS-2",
    }
}

/// One character makes a text UCS-2.
pub(in crate::console) fn because_of(c: char, at: usize, others: usize) -> String {
    let others = match others {
        0 => String::new(),
        1 => " and 1 more".to_owned(),
        n => format!(" and {n} more"),
    };
    format!("because of {} (U+{:04X}) at character {}{others}", shown(c), u32::from(c), at + 1)
}

/// The letters of a text are of another script.
pub(in crate::console) const OTHER_SCRIPT: &str = "for its script";

/// Characters that take two septets.
pub(in crate::console) fn two_septets(count: usize) -> String {
    if count == 1 { "1 character takes two".to_owned() } else { format!("{count} characters take two") }
}

/// What a mark says.
pub(in crate::console) fn mark(c: char, forces: bool) -> String {
    let what = if forces { "not in GSM-7" } else { "takes two septets" };
    format!("U+{:04X}: {what}", u32::from(c))
}

/// A character that has no shape has a name.
fn shown(c: char) -> String {
    if c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
    {
        return "an unseen character".to_owned();
    }
    c.to_string()
}

/// With what instead.
pub(in crate::console) fn with(to: &str, room: &str) -> String {
    match to {
        "" => format!("Without it, it is {room}."),
        " " => format!("With a plain space it is {room}."),
        to => format!("With {to} it is {room}."),
    }
}

/// With several swaps.
pub(in crate::console) fn with_swaps(count: usize, room: &str) -> String {
    format!("With {count} characters swapped for look-alikes it is {room}.")
}

/// A browser on the site offers the code.
pub(in crate::console) fn bound_to(host: &str) -> String {
    format!("Pages of {host} are offered the code, and no others.")
}

/// A browser on another site than the environment's offers the code.
pub(in crate::console) fn bound_elsewhere(host: &str, site: &str) -> String {
    format!("Pages of {host} are offered the code. The last line of every text here is for {site}.")
}

/// The button that binds a text.
pub(in crate::console) fn add_line(site: &str) -> String {
    format!("Add the line for {site}")
}

/// The button that binds a text to another site.
pub(in crate::console) fn use_line(site: &str) -> String {
    format!("Use the line for {site}")
}

/// In which colours the phone is shown.
pub(in crate::console) fn look(look: &str) -> &'static str {
    match look {
        "light" => "Light",
        "dark" => "Dark",
        _ => "As this page",
    }
}

/// Not shown, since they can't be saved as they are.
pub(in crate::console) fn senders_left_out(why: &str) -> String {
    format!("The senders are left out of the preview: {why}")
}

/// An app gets the message.
pub(in crate::console) fn to_app(hash: &str) -> String {
    format!("Android hands it to the app with the hash {hash}.")
}

/// A template by what it is for.
pub(in crate::console) fn for_whom(purpose: &str, locale: Option<&str>) -> String {
    format!("{purpose} ({})", locale.unwrap_or(ANY))
}

/// Where a text is from.
pub(in crate::console) fn from(source: &str, which: &str) -> String {
    format!("the {source}'s template {which}")
}
