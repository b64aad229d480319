//! What an author reads: one block a round, or one JSON object.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::TestMessage;
use super::round::Round;
use super::service::Service;
use crate::connector::call::without_digits;
use crate::phone::PhoneNumber;

/// As much of a body as fits a screen.
const BODY_CHARS_MAX: usize = 4000;

/// As much of what a check found wrong.
const WRONG_LINES_MAX: usize = 8;
const LINE_CHARS_MAX: usize = 300;

/// Where it is shown: on standard output.
pub(super) struct Shown {
    pub(super) json: bool,
}

impl Shown {
    /// Where everything is. The key is shown to people alone: what an editor reads may be kept.
    pub(super) fn greet(&self, dir: &Path, service: &Service, message: &TestMessage) {
        let url = &service.url;
        if self.json {
            return print(&format!("{}\n", json!({ "service": url, "own": service.own.is_some() })));
        }
        let mut text = format!("{}\n\n", dir.display());
        match (&service.own, &message.to) {
            (Some(_), _) => {
                let key = service.key.expose();
                text += &format!("  inbox      {url}/inbox    what the stand-in took, as it would arrive\n");
                text += &format!("  API        {url}/docs\n  key        {key}    of this service alone\n");
                text += "  providers  a stand-in answers for them, by transcripts/: nothing leaves this machine\n";
            }
            (None, Some(_)) => {
                text += &format!("  service    {url}\n  providers  the real one is asked: each save sends a message\n");
            }
            (None, None) => {
                let how = "nothing is sent, since the real provider would be asked; --send-to +NUMBER sends";
                text += &format!("  service    {url}\n  providers  {how}\n");
            }
        }
        print(&text);
    }

    pub(super) fn warn(&self, text: &str) {
        // Not among the objects.
        let _ = writeln!(std::io::stderr(), "warning: {text}");
    }

    pub(super) fn begun(&self, round: &Round) {
        let saved: Vec<String> = round.saved.iter().map(|path| clean(&path.display().to_string())).collect();
        let what = if saved.is_empty() { "building".to_owned() } else { format!("saved    {}", saved.join(", ")) };
        self.print(&format!("\n{what}\n"));
    }

    pub(super) fn in_use(&self, round: &Round) {
        let component = round.component.as_deref().unwrap_or_default();
        let mut text = format!(
            "in use   {component}, {} after the save: build {}, load {}\n",
            seconds(round.in_use_ms),
            seconds(round.build_ms),
            seconds(round.load_ms)
        );
        for asked in &round.approved {
            text += &format!("approved {}\n", clean(asked));
        }
        self.print(&text);
    }

    pub(super) fn sent(&self, round: &Round, to: Option<&str>) {
        let mut text = round.test.as_ref().map(|test| sent(test, round.send_ms)).unwrap_or_default();
        for arrived in &round.arrived {
            let from = arrived.from.as_deref().map(|from| format!(" from {from}")).unwrap_or_default();
            text += &format!("arrives  {}{from}: {}\n", arrived.to, arrived.text);
        }
        for note in &round.notes {
            text += &format!("note     {note}\n");
        }
        self.print(&clean(&without_number(&text, to.filter(|to| *to != super::SAMPLE_NUMBER))));
    }

    pub(super) fn ended(&self, round: &Round) {
        if self.json {
            return print(&format!("{}\n", serde_json::to_string(round).unwrap_or_default()));
        }
        let mut text = String::new();
        if let Some(checked) = &round.checked {
            // How many transcripts passed, and the verdict.
            let told = checked.text.lines().filter(|line| line.ends_with("transcripts passed"));
            let told: Vec<&str> = told.chain(checked.text.lines().last()).collect();
            text += &format!("check    {}, {}\n", clean(&told.join("; ")), seconds(round.check_ms));
            if !checked.passed {
                text += &clean(&wrong(&checked.text));
            }
        }
        if let Some(failed) = &round.failed {
            text += &format!("FAILED   {}\n{}\n", failed.step, failed.text);
            if let Some(serving) = failed.serving.as_ref().filter(|_| round.in_use_ms.is_none()) {
                text += &format!("serving  {serving} still\n");
            }
        }
        print(&text);
    }

    fn print(&self, text: &str) {
        if !self.json {
            print(text);
        }
    }
}

/// Whoever started this may not read what it says: that is no reason to end.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn seconds(ms: Option<u64>) -> String {
    let ms = ms.unwrap_or_default();
    format!("{}.{:02} s", ms / 1000, ms % 1000 / 10)
}

/// Outcome, log and exchange of a test send, as the service tells it: redacted.
fn sent(test: &Value, ms: Option<u64>) -> String {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut out = format!("sent     {}", text(test, "status"));
    if let Some(failure) = test.get("failure").filter(|failure| failure.is_object()) {
        let code = failure.get("provider_code").and_then(Value::as_str);
        let code = code.map(|code| format!(", code {code}")).unwrap_or_default();
        let (kind, certainty) = (text(failure, "kind"), text(failure, "certainty"));
        let _ = write!(out, ": {kind}, {certainty}{code}: {}", text(failure, "text"));
    }
    let ids: Vec<String> = list(test, "message_ids").iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    if !ids.is_empty() {
        let _ = write!(out, ": {}", ids.join(", "));
    }
    let _ = writeln!(out, ", {}", seconds(ms));
    for line in list(test, "log") {
        let _ = writeln!(out, "log      {}: {}", text(&line, "level"), indented(&text(&line, "text")));
    }
    for exchange in list(test, "exchanges") {
        let _ = writeln!(out, "  > {} {}", text(&exchange, "method"), text(&exchange, "url"));
        written(&mut out, &list(&exchange, "headers"), &text(&exchange, "body"));
        match exchange.get("status").and_then(Value::as_u64) {
            Some(status) => {
                let _ = writeln!(out, "  < {status}");
                written(&mut out, &list(&exchange, "response_headers"), &text(&exchange, "response_body"));
            }
            None => {
                let _ = writeln!(out, "  < none: {}", text(&exchange, "fault"));
            }
        }
    }
    out
}

fn written(out: &mut String, headers: &[Value], body: &str) {
    for header in headers {
        let part = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(out, "    {}: {}", part("name"), part("value"));
    }
    if body.is_empty() {
        return;
    }
    let shown: String = body.chars().take(BODY_CHARS_MAX).collect();
    let rest = if shown.len() < body.len() { " …" } else { "" };
    let _ = writeln!(out, "    {}{rest}", shown.replace('\n', "\n    "));
}

/// What a check found wrong, as far as it fits a screen.
fn wrong(text: &str) -> String {
    // A fault and the lines that belong to it, which stand further in.
    let mut belongs = false;
    let faults = |line: &&str| {
        belongs = line.starts_with("  FAIL") || (belongs && line.starts_with("       "));
        belongs
    };
    let wrong: Vec<&str> = text.lines().filter(faults).collect();
    let cut = |line: &str| match line.char_indices().nth(LINE_CHARS_MAX) {
        Some((at, _)) => format!("{} …\n", line.get(..at).unwrap_or_default()),
        None => format!("{line}\n"),
    };
    let mut out: String = wrong.iter().take(WRONG_LINES_MAX).map(|line| cut(line)).collect();
    if wrong.len() > WRONG_LINES_MAX {
        let more = wrong.len() - WRONG_LINES_MAX;
        out += &format!("         … and {more} lines more: `countersign check` shows them\n");
    }
    out
}

fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n         ")
}

/// A provider's words on a terminal: nothing in them that it would obey.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// A real recipient's number is not for a terminal, whose lines are kept and pasted.
fn without_number(text: &str, to: Option<&str>) -> String {
    let Some(number) = to.and_then(|to| PhoneNumber::parse(to).ok()) else { return text.to_owned() };
    let digits = number.e164().trim_start_matches('+');
    let national = digits.strip_prefix(&number.calling_code().to_string()).unwrap_or(digits);
    [digits, national]
        .iter()
        .fold(text.to_owned(), |text, digits| without_digits(&text, &digits.chars().collect::<Vec<_>>(), "•••"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_number_is_not_shown_and_a_terminal_obeys_nothing() {
        let test = json!({
            "status": "refused", "message_ids": [], "log": [{"level": "info", "text": "asked"}],
            "failure": {"kind": "other", "certainty": "not-sent", "provider_code": "7", "text": "no"},
            "exchanges": [{
                "method": "POST", "url": "https://a.example/491701234567", "headers": [], "body": "{\"to\": \"0170 1234567\"}",
                "status": 400, "response_headers": [{"name": "x", "value": "\u{1b}[31mred"}], "response_body": "{}",
            }],
        });
        let shown = clean(&without_number(&sent(&test, Some(1234)), Some("+491701234567")));
        assert!(!shown.contains("1234567") && !shown.contains('\u{1b}'), "{shown}");
        for part in [
            "refused: other, not-sent, code 7: no, 1.23 s",
            "log      info: asked",
            "> POST https://a.example/•••",
            "< 400",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
}
