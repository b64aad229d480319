//! A plan for people: what is made, changed, kept and deleted, field by field. No secret is in it, and whatever a value
//! holds stays text: it can't move the cursor, colour the line or turn it round.

use std::fmt::Write as _;

use serde_json::Value;

use super::layout::TEMPLATES;
use super::plan::Plan;
use super::read::Files;
use super::told::{Change, ConnectorPart, Need, Part, Step, Told};

/// Colours, where somebody sees them.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    pub(super) on: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// A sign and its line.
    fn step(self, step: Step, line: &str) -> String {
        match step {
            Step::Create => self.with("32", &format!("+ {line}")),
            Step::Change => self.with("33", &format!("~ {line}")),
            Step::Delete => self.with("31", &format!("- {line}")),
            Step::Unchanged => self.dim(&format!("= {line}")),
        }
    }
}

/// How many of each there are.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) create: usize,
    pub(super) change: usize,
    pub(super) delete: usize,
    pub(super) unchanged: usize,
}

impl Counts {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut counts = Self { create: plan.uploads.len(), ..Self::default() };
        for step in plan.environments.iter().flat_map(|one| one.told.steps()) {
            match step {
                Step::Create => counts.create += 1,
                Step::Change => counts.change += 1,
                Step::Delete => counts.delete += 1,
                Step::Unchanged => counts.unchanged += 1,
            }
        }
        counts
    }
}

/// The whole plan.
pub(super) fn plan(plan: &Plan, files: &Files, paint: Paint) -> String {
    let mut out = String::new();
    for component in plan.uploads.iter().filter_map(|index| files.components.get(*index)) {
        let line = format!("component {}@{}  {}", component.id, component.version, component.file);
        let _ = writeln!(out, "{}", paint.step(Step::Create, &line));
    }
    for one in &plan.environments {
        environment(&mut out, &one.told, paint);
    }
    let Counts { create, change, delete, unchanged } = Counts::of(plan);
    let sums = format!("{create} to create, {change} to change, {delete} to delete, {unchanged} unchanged");
    let head = if plan.changes() { "Plan:" } else { "Nothing to do:" };
    let _ = writeln!(out, "\n{} {sums}", paint.bold(head));
    out
}

fn environment(out: &mut String, told: &Told, paint: Paint) {
    let _ = writeln!(out, "\n{}", paint.bold(&format!("environment {}", told.environment)));
    part(out, told.settings.action, "environment.json", &told.settings.changes, paint);
    // In the order in which it is done.
    let (before, after): (Vec<_>, Vec<_>) = told.documents().partition(|(file, _)| *file == TEMPLATES);
    let document = |out: &mut String, (file, document): (&str, &Part)| {
        part(out, document.action, file, &document.changes, paint);
    };
    before.into_iter().for_each(|one| document(out, one));
    let (kept, gone): (Vec<_>, Vec<_>) = told.connectors.iter().partition(|one| one.action != Step::Delete);
    kept.into_iter().for_each(|one| connector(out, one, paint));
    for name in &told.pending {
        let line = format!("connector {name}  judged once its component was uploaded");
        let _ = writeln!(out, "  {}", paint.step(Step::Create, &line));
    }
    for (name, list) in &told.prices {
        part(out, list.action, &format!("prices of {name}"), &list.changes, paint);
    }
    after.into_iter().for_each(|one| document(out, one));
    for webhook in &told.webhooks {
        part(out, webhook.part.action, &format!("webhook {}", plain(&webhook.url)), &webhook.part.changes, paint);
    }
    gone.into_iter().for_each(|one| connector(out, one, paint));
    for name in &told.others {
        let line = format!("  connector {name} is not in the folder and stays; --prune deletes it");
        let _ = writeln!(out, "  {}", paint.dim(&line));
    }
    for url in &told.other_webhooks {
        let line = format!("  webhook {} is not in the folder and stays; --prune deletes it", plain(url));
        let _ = writeln!(out, "  {}", paint.dim(&line));
    }
    for Need { pointer, text, .. } in &told.warnings {
        let place = pointer.as_deref().unwrap_or_default().trim_start_matches('/');
        let _ = writeln!(out, "  {} {place}: {}", paint.with("35", "warning:"), plain(text));
    }
}

fn part(out: &mut String, action: Step, name: &str, changes: &[Change], paint: Paint) {
    let _ = writeln!(out, "  {}", paint.step(action, name));
    let fresh = action == Step::Create;
    changes.iter().for_each(|change| line(out, change, fresh));
}

fn connector(out: &mut String, one: &ConnectorPart, paint: Paint) {
    let revision = match one.revision {
        0 => String::new(),
        n => format!(", revision {n}"),
    };
    part(out, one.action, &format!("connector {}  {}{revision}", one.name, one.component), &[], paint);
    if one.action == Step::Unchanged || one.action == Step::Delete {
        return;
    }
    let fresh = one.action == Step::Create;
    // Its component stands in its line where it is new.
    one.changes
        .iter()
        .filter(|change| !(fresh && change.at == "/component"))
        .for_each(|change| line(out, change, fresh));
    for (field, step) in &one.secrets {
        let _ = writeln!(out, "      config/{field}: (secret) {step}");
    }
    asks(out, one, paint);
}

/// What it would be allowed, where that is new, and whose word it takes.
fn asks(out: &mut String, one: &ConnectorPart, paint: Paint) {
    let words = match &one.approve {
        Some(_) if one.approved => "asks, and gets by --approve:",
        Some(_) => "asks for what nobody has approved:",
        None if one.action == Step::Create => "may:",
        None => return,
    };
    let _ = writeln!(out, "      {}", paint.bold(words));
    one.asks.iter().for_each(|ask| {
        let _ = writeln!(out, "        {}", plain(ask));
    });
    if let Some(digest) = one.approve.as_ref().filter(|_| !one.approved) {
        let _ = writeln!(out, "      {} --approve {digest}", paint.bold("to approve it:"));
    }
}

fn line(out: &mut String, change: &Change, fresh: bool) {
    let place = plain(change.at.trim_start_matches('/'));
    let told = |value: &Option<Value>| match value {
        None | Some(Value::Null) => "(none)".to_owned(),
        Some(value) => plain(&value.to_string()),
    };
    let after = told(&change.after);
    let _ = match fresh {
        true => writeln!(out, "      {place}: {after}"),
        false => writeln!(out, "      {place}: {} → {after}", told(&change.before)),
    };
}

/// So many of something.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Text without anything that a terminal obeys: control characters (also the C1 ones, which JSON leaves as they are) and
/// those that turn the direction of writing.
pub(super) fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let safe = |c: char| {
        let odd = c.is_control() || turns(c);
        if odd { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
    };
    text.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_not_command_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{9b}2Jc\u{202e}d\r\n"), "a\\u001b[31mb\\u009b2Jc\\u202ed\\u000d\\u000a");
        assert_eq!(plain("Ihr Code: {{ code }} ✓"), "Ihr Code: {{ code }} ✓");
    }
}
