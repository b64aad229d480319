//! The table of rules: a column for every purpose that differs, and the field that adds one.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::Shown;
use crate::console::shell;
use crate::console::words::policy as words;
use crate::otp::policy::{Policy, RANGES};
use crate::texts::PURPOSES;

pub(super) fn table(shown: &Shown, is_development: bool) -> Markup {
    let built_in = json!(Policy::built_in(is_development));
    let mut heads = vec![words::RULE, words::EVERY];
    heads.extend(shown.purposes.iter().map(String::as_str));
    heads.extend([words::BUILT_IN, words::RANGE]);
    let row = |&(field, min, max): &(&'static str, u32, u32)| {
        let (name, hint) = words::rule(field);
        let mut cells = vec![html! { (name) @if !hint.is_empty() { p.hint { (hint) } } }];
        cells.push(cell(shown, &format!("/defaults/{field}"), &words::label(name, None), (min, max)));
        for purpose in &shown.purposes {
            let token = purpose.replace('~', "~0").replace('/', "~1");
            let at = format!("/purposes/{token}/{field}");
            cells.push(cell(shown, &at, &words::label(name, Some(purpose)), (min, max)));
        }
        let preset = built_in.get(field).and_then(Value::as_u64).unwrap_or_default();
        let is_none = field == "sends_per_hour_per_client" && preset == 0;
        cells.push(html! { @if is_none { (words::NO_LIMIT) } @else { (shell::number(preset)) } });
        cells.push(html! { (words::range(min, max)) });
        cells
    };
    let rows: Vec<Vec<Markup>> = RANGES.iter().map(row).collect();
    shell::table(words::CAPTION, &heads, &rows)
}

fn cell(shown: &Shown, at: &str, label: &str, (min, max): (u32, u32)) -> Markup {
    let value = shown.document.pointer(at);
    let typed = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let fault = shown.faults.iter().find(|(pointer, _)| pointer == at).map(|(_, text)| text);
    let theirs = shown.theirs.as_ref().map(|theirs| theirs.pointer(at)).filter(|theirs| *theirs != value);
    let told = (fault.is_some() || theirs.is_some()).then(|| format!("{at}-told"));
    html! {
        div.wrong[fault.is_some()] {
            input.short id=(at) name=(at) type="number" inputmode="numeric" min=(min) max=(max) value=[typed] aria-label=(label)
                aria-describedby=[told.as_deref()] aria-invalid=[fault.map(|_| "true")];
            @if let Some(id) = &told {
                p.error[fault.is_some()].hint[fault.is_none()] id=(id) {
                    @if let Some(fault) = fault { (fault) }
                    @else if let Some(theirs) = theirs { (words::theirs(theirs.and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()))) }
                }
            }
        }
    }
}

pub(super) fn add(shown: &Shown) -> Markup {
    html! {
        fieldset.group {
            legend { (words::ADD) }
            div.row {
                label for="_purpose" { (words::PURPOSE) }
                input #_purpose.inline name="_purpose" list="purposes" maxlength="64";
                datalist #purposes { @for purpose in PURPOSES { @if !shown.purposes.contains(*purpose) { option value=(purpose) {} } } }
                button.button name="_add" value="1" formnovalidate { (words::ADD_IT) }
            }
        }
    }
}
