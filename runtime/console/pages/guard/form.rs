//! The guard's rules as a form. Field names are JSON pointers into them.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::typed::{CONVERSION, LINES, SHARES, Typed};
use crate::console::money;
use crate::console::shell::{self, Field};
use crate::console::words::{common, guard as words};
use crate::otp::guard::GuardRules;

const MODES: [&str; 3] = ["off", "record", "enforce"];

pub(super) fn form(typed: &Typed, env: &str, version: u64, denied: Option<&str>) -> Markup {
    let built_in = json!(GuardRules::default());
    let of = Form { typed, built_in: &built_in };
    html! {
        form method="post" action={ "/console/environments/" (env) "/guard" } novalidate {
            input type="hidden" name="version" value=(version);
            fieldset.group {
                legend { (words::RULES) }
                (of.field("/mode", words::MODE, words::MODE_HINT, |of, field| of.modes("/mode", None, field.described_by().as_deref())))
                (of.text("/budget_micros_per_day", words::BUDGET, words::BUDGET_HINT))
                (of.text("/messages_per_day", words::PER_DAY, words::CAP_HINT))
                (of.text("/messages_per_day_per_prefix", words::PER_PREFIX, words::CAP_HINT))
                (of.text("/message_micros", words::PRICE, words::PRICE_HINT))
                (of.field("/prices", words::PRICES, words::PRICES_HINT, |of, field| html! {
                    textarea id="/prices" name="/prices" rows="4" spellcheck="false" aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")] { "\n" (of.typed.prices) }
                }))
                (of.text("/expected_countries", words::EXPECTED, words::EXPECTED_HINT))
            }
            fieldset.group {
                legend { (words::ALLOW) }
                p.hint { (words::ALLOW_LEAD) }
                (of.text("/allow/countries", words::ALLOW_COUNTRIES, ""))
                (of.text("/allow/prefixes", words::ALLOW_PREFIXES, ""))
                (of.text("/allow/clients", words::ALLOW_CLIENTS, words::ALLOW_CLIENTS_HINT))
            }
            fieldset.group { legend { (words::LINES) } p.hint { (words::LINES_LEAD) } (of.lines()) }
            fieldset.group { legend { (words::MORE) } @for at in SHARES { @let name = words::share(last(at)); (of.text(at, name.0, name.1)) } }
            fieldset.group { legend { (words::CONVERSION) } p.hint { (words::CONVERSION_LEAD) } (of.conversion()) }
            div.save-bar { (shell::button("primary", "_save", "1", common::SAVE, Some(common::SAVING), denied)) }
        }
    }
}

/// What is wrong, each with a link to its field.
pub(super) fn errors(typed: &Typed) -> Markup {
    let mut named: Vec<(String, String, String)> = Vec::new();
    for (at, _) in &typed.faults {
        let field = Typed::field_of(at);
        if named.iter().all(|(known, ..)| *known != field) {
            named.push((field.clone(), label(&field), typed.fault(&field).unwrap_or_default()));
        }
    }
    shell::errors(&named)
}

/// What a field is called.
fn label(at: &str) -> String {
    let fixed = [
        ("/mode", words::MODE),
        ("/budget_micros_per_day", words::BUDGET),
        ("/messages_per_day", words::PER_DAY),
        ("/messages_per_day_per_prefix", words::PER_PREFIX),
        ("/message_micros", words::PRICE),
        ("/prices", words::PRICES),
        ("/expected_countries", words::EXPECTED),
        ("/allow/countries", words::ALLOW_COUNTRIES),
        ("/allow/prefixes", words::ALLOW_PREFIXES),
        ("/allow/clients", words::ALLOW_CLIENTS),
    ];
    if let Some((_, name)) = fixed.into_iter().find(|(field, _)| *field == at) {
        return name.to_owned();
    }
    if SHARES.contains(&at) {
        return words::share(last(at)).0.to_owned();
    }
    let [_, acts, messages, money] = words::LINES_COLUMNS;
    let of_line = at.trim_start_matches('/').split_once('/').filter(|(line, _)| LINES.contains(line));
    match of_line {
        Some((line, "mode")) => words::cell(words::line(line).0, acts),
        Some((line, "micros")) => words::cell(words::line(line).0, money),
        Some((line, _)) => words::cell(words::line(line).0, messages),
        None => CONVERSION
            .into_iter()
            .find(|(mode, number)| [mode, number].contains(&&last(at)))
            .map_or_else(|| at.to_owned(), |(mode, _)| words::conversion(mode).to_owned()),
    }
}

fn last(at: &str) -> &str {
    at.rsplit('/').next().unwrap_or_default()
}

/// A value as its field shows it.
fn value(document: &Value, at: &str) -> String {
    let is_money = at.contains("micros");
    match document.pointer(at) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) if is_money => number.as_u64().map(money::shown).unwrap_or_default(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    }
}

struct Form<'a> {
    typed: &'a Typed,
    built_in: &'a Value,
}

impl Form<'_> {
    fn field(&self, at: &str, label: &str, hint: &str, control: impl Fn(&Self, &Field<'_>) -> Markup) -> Markup {
        let fault = self.typed.fault(at);
        let built_in = value(self.built_in, at);
        let hint = match (hint, built_in.as_str()) {
            ("", "") => None,
            (hint, "") => Some(hint.to_owned()),
            ("", built_in) => Some(words::built_in(built_in)),
            (hint, _) if at == "/mode" => Some(hint.to_owned()),
            (hint, built_in) => Some(format!("{}. {}.", hint.trim_end_matches('.'), words::built_in(built_in))),
        };
        let of = Field { id: at, label, hint: hint.as_deref(), error: fault.as_deref(), ..Field::default() };
        shell::field(&of, &control(self, &of))
    }

    fn text(&self, at: &str, label: &str, hint: &str) -> Markup {
        self.field(at, label, hint, |of, field| {
            html! { input id=(at) name=(at) value=(value(&of.typed.document, at)) spellcheck="false" autocomplete="off" aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")]; }
        })
    }

    fn modes(&self, at: &str, label: Option<&str>, described_by: Option<&str>) -> Markup {
        let chosen = value(&self.typed.document, at);
        html! {
            select id=(at) name=(at) aria-label=[label] aria-describedby=[described_by] {
                @for mode in MODES { option value=(mode) selected[mode == chosen] { (words::mode(mode)) } }
            }
        }
    }

    /// A field in a cell of a table.
    fn cell(&self, at: &str) -> Markup {
        let (fault, told) = (self.typed.fault(at), format!("{at}-told"));
        html! {
            div.wrong[fault.is_some()] {
                input.short id=(at) name=(at) value=(value(&self.typed.document, at)) aria-label=(label(at)) inputmode="decimal" autocomplete="off"
                    aria-invalid=[fault.as_ref().map(|_| "true")] aria-describedby=[fault.as_ref().map(|_| told.as_str())];
                @if let Some(fault) = &fault { p.error id=(told) { (fault) } }
            }
            p.hint { (words::built_in(&value(self.built_in, at))) }
        }
    }

    fn lines(&self) -> Markup {
        let row = |line: &&str| {
            let (name, meaning) = words::line(line);
            let mode = format!("/{line}/mode");
            vec![
                html! { (name) @if !meaning.is_empty() { p.hint { (meaning) } } },
                self.modes(&mode, Some(&label(&mode)), None),
                self.cell(&format!("/{line}/messages")),
                self.cell(&format!("/{line}/micros")),
            ]
        };
        shell::table(words::LINES, &words::LINES_COLUMNS, &LINES.iter().map(row).collect::<Vec<_>>())
    }

    fn conversion(&self) -> Markup {
        let [_, acts, _] = words::CONVERSION_COLUMNS;
        let row = |(mode, number): &(&str, &str)| {
            let name = words::conversion(mode);
            let at = format!("/conversion/{mode}");
            vec![
                html! { (name) },
                self.modes(&at, Some(&words::cell(name, acts)), None),
                self.cell(&format!("/conversion/{number}")),
            ]
        };
        shell::table(words::CONVERSION, &words::CONVERSION_COLUMNS, &CONVERSION.iter().map(row).collect::<Vec<_>>())
    }
}
