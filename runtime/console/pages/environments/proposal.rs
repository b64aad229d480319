//! What a promotion comes to: each connector with its changes and secrets, who sends, the documents.

use maud::{Markup, html};
use serde_json::Value;

use super::labels::{self, Labels};
use crate::console::posted::Posted;
use crate::console::shell::{self, Field, Notice};
use crate::console::words::environments as words;
use crate::setup::{Action, Change, Fate, PromotedConnector, Promotion};

/// How a promotion is looked at.
pub(super) struct Sight {
    /// It was promoted just now, and the page says so above.
    pub(super) is_done: bool,
    /// The form offers to copy the secrets.
    pub(super) can_copy: bool,
}

/// All of it: what is in the way first.
pub(super) fn proposal(preview: &Promotion, posted: &Posted, labels: &Labels, sight: &Sight) -> Markup {
    html! {
        @if !preview.ready { (shell::notice(&Notice::Warn(html! { p { (words::NOT_READY) } (needs(preview, labels, sight)) }))) }
        @else if !is_same(preview) { (shell::notice(&Notice::Done(html! { (words::READY) }))) }
        @else if !sight.is_done { (shell::notice(&Notice::Done(html! { (words::all_the_same(&preview.to)) }))) }
        @if !preview.warnings.is_empty() {
            (shell::notice(&Notice::Warn(html! { ul.reasons { @for reason in &preview.warnings { li { (reason.text) } } } })))
        }
        @for connector in &preview.connectors { (one(connector, preview, posted, labels, sight)) }
        (who_sends(preview))
        (documents(preview))
    }
}

/// Whether the target has all of it already.
fn is_same(preview: &Promotion) -> bool {
    let stays = |action: Action| matches!(action, Action::Unchanged | Action::Kept);
    preview.connectors.iter().all(|connector| stays(connector.action))
        && stays(preview.channel.action)
        && preview.documents.values().all(|document| stays(document.action))
}

/// What is in the way. What is asked for in a field of its own leads to it.
fn needs(preview: &Promotion, labels: &Labels, sight: &Sight) -> Markup {
    let mut told: Vec<_> = preview.needs.iter().map(|need| labels.need(need, preview, sight.can_copy)).collect();
    // A component may ask for much: approved at once, it is one need.
    told.dedup();
    html! {
        ul { @for (text, place) in &told {
            li { @match place { Some(place) => a href={ "#" (place) } { (text) }, None => (text) } }
        } }
    }
}

fn one(connector: &PromotedConnector, preview: &Promotion, posted: &Posted, labels: &Labels, sight: &Sight) -> Markup {
    let title = format!("{} {}", connector.name, words::action(connector.action));
    let body = html! {
        p.meta { (connector.component) " · " (preview.from) " #" (connector.from_revision) @if let Some(now) = connector.revision { " → " (preview.to) " #" (now) } }
        (changes(&connector.changes))
        @for (field, fate) in &connector.secrets { (secret(&connector.name, field, *fate, preview, labels, sight)) }
        @let name = labels::approval(connector);
        // While something else is at fault it is not known what is asked for: the tick from before stays.
        @if let (None, Some(digest)) = (&connector.approve, posted.get(&name)) {
            input type="hidden" name=(name) value=(digest);
        }
        @if let Some(digest) = &connector.approve {
            fieldset.group {
                legend { (words::ASKS) }
                ul { @for ask in &connector.asks { li { (ask) } } }
                p.check {
                    input id=(name) type="checkbox" name=(name) value=(digest) checked[posted.get(&name) == Some(digest)];
                    label for=(name) { (words::APPROVE) }
                }
            }
        }
    };
    shell::panel(&title, &body)
}

/// A secret is never shown, and what was typed is not sent back: it has to be typed again.
fn secret(connector: &str, field: &str, fate: Fate, preview: &Promotion, labels: &Labels, sight: &Sight) -> Markup {
    let (name, called) = (labels::place(connector, field), labels.secret(connector, field));
    let fault = preview.needs.iter().find(|need| need.pointer.as_deref() == Some(name.as_str()));
    let fault = fault.map(|fault| labels::secret_fault(fault, called, &preview.to, sight.can_copy));
    // One that was typed and can't be taken is needed as before.
    let needed = matches!(fate, Fate::Needed | Fate::Rebound) || fault.is_some();
    let label = format!("{called} ({})", words::fate(fate));
    let of = Field {
        id: &name,
        label: &label,
        hint: Some(if needed { words::SECRET_NEEDED } else { words::SECRET_HINT }),
        required: Some(needed),
        error: fault.as_deref(),
    };
    shell::field(
        &of,
        &html! { input id=(name) name=(name) type="password" autocomplete="off" aria-describedby=[of.described_by()]; },
    )
}

fn changes(changes: &[Change]) -> Markup {
    let rows: Vec<Vec<Markup>> = changes
        .iter()
        .filter(|change| !is_nothing(change))
        .map(|change| vec![html! { code { (change.at) } }, value(change.before.as_ref()), value(change.after.as_ref())])
        .collect();
    html! { @if !rows.is_empty() { (shell::table(words::WHAT, &[words::WHERE, words::BEFORE, words::AFTER], &rows)) } }
}

/// A part that is empty and was not there before.
fn is_nothing(change: &Change) -> bool {
    change.before.is_none() && change.after.as_ref().and_then(Value::as_object).is_some_and(serde_json::Map::is_empty)
}

fn value(value: Option<&Value>) -> Markup {
    html! {
        @match value {
            Some(Value::String(text)) => (text),
            Some(other) => code { (other.to_string()) },
            None => span.meta { "–" },
        }
    }
}

fn who_sends(preview: &Promotion) -> Markup {
    let way = |way: &crate::setup::Way| {
        let mut told = way.active.clone().unwrap_or_else(|| words::NOBODY.to_owned());
        for next in &way.fallback {
            told.push_str(&format!(", {} {next}", words::FALLBACK));
        }
        html! { (told) @if !way.routes.is_empty() { " · " (way.routes.len()) } }
    };
    let rows = [
        (words::BECOMES, html! { (words::action(preview.channel.action)) }),
        (words::BEFORE, way(&preview.channel.before)),
        (words::AFTER, way(&preview.channel.after)),
    ];
    shell::panel(words::CHANNEL, &shell::facts(&rows))
}

fn documents(preview: &Promotion) -> Markup {
    let unchanged = preview.documents.iter().filter(|(_, document)| document.action == Action::Unchanged);
    let same: Vec<&str> = unchanged.map(|(name, _)| *name).collect();
    html! {
        @if !same.is_empty() { (shell::panel(words::SAME, &html! { p { (same.join(", ")) } })) }
        @for (name, document) in preview.documents.iter().filter(|(_, document)| document.action != Action::Unchanged) {
            (shell::panel(&format!("{name} {}", words::action(document.action)), &changes(&document.changes)))
        }
    }
}
