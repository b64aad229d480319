//! What was found of a component, for people.

use maud::{Markup, html};

use crate::connector::check::{Finding, Level};
use crate::console::shell;
use crate::console::words::components as words;
use crate::setup::{Tried, Verdict};

/// What an upload was judged by, and what trying it found.
pub(super) fn verdict(verdict: &Verdict) -> Markup {
    html! {
        section.section {
            h2 { (words::VERDICT) }
            p { (shell::status("good", words::JUDGED)) ": " (verdict.checks.join(", ")) "." }
            @if let Some(tried) = &verdict.tried { (self::tried(tried)) }
        }
    }
}

/// What trying it found.
pub(super) fn tried(tried: &Tried) -> Markup {
    let examined = &tried.examined;
    let groups = [
        (words::PACKAGE, &examined.package),
        (words::PROVIDER_FAULTS, &examined.faults),
        (words::TRAPS, &examined.traps),
    ];
    let (kind, word) = if tried.passed { ("good", words::PASSED) } else { ("bad", words::FAULTS) };
    html! {
        p { strong { (shell::status(kind, word)) } }
        @if let Some(figures) = &examined.figures {
            p { (words::COSTS) ": " (words::costs(figures.send_cpu_us, figures.instantiate_us, figures.peak_memory_kib)) "." }
        }
        @for (title, findings) in groups {
            @if !findings.is_empty() {
                details open[findings.iter().any(|finding| finding.level != Level::Ok)] {
                    summary { (title) " (" (findings.len()) ")" }
                    (table(title, findings))
                }
            }
        }
    }
}

fn table(title: &str, findings: &[Finding]) -> Markup {
    let rows: Vec<Vec<Markup>> = findings.iter().map(row).collect();
    shell::table(title, &[words::FINDING, words::RESULT, words::FOUND], &rows)
}

fn row(finding: &Finding) -> Vec<Markup> {
    let (kind, word) = match finding.level {
        Level::Ok => ("good", words::OK),
        Level::Warning => ("warn", words::WARNING),
        Level::Fault => ("bad", words::FAULT),
    };
    vec![
        html! { code { (finding.check) } },
        shell::status(kind, word),
        html! { (finding.text) @if let Some(hint) = &finding.hint { p.hint { (hint) } } },
    ]
}
