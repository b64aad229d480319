//! What a check found, for people and for programs.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// How a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Worth a look; fails a check only with `--deny-warnings`.
    Warning,
    /// Wrong: the check fails.
    Fault,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// What was looked at, in one word for programs.
    pub check: String,
    /// How it counts.
    pub level: Level,
    /// What was found, for people.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &str, text: impl Into<String>) -> Self {
        Self { check: check.to_owned(), level: Level::Ok, text: text.into(), hint: None }
    }

    pub(super) fn warning(check: &str, text: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::ok(check, text) }
    }

    pub(super) fn fault(check: &str, text: impl Into<String>) -> Self {
        Self { level: Level::Fault, ..Self::ok(check, text) }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// What a component costs on this machine, at the time when it was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Bytes of the component without its package.
    pub component_bytes: u64,
    /// Bytes of what is uploaded: the component with its manifest, schema, README and logo.
    pub packed_bytes: u64,
    /// Wall-clock time of compiling it, in milliseconds; 0 if it had been compiled before.
    pub compile_ms: u64,
    /// Making an instance, in microseconds: the median of several.
    pub instantiate_us: u64,
    /// Wall-clock time of the first send, in microseconds, with a provider that answers at once.
    pub first_send_us: u64,
    /// CPU time of a send in a fresh instance, in microseconds: the median of several.
    pub send_cpu_us: u64,
    /// The most linear memory that a send had, in KiB.
    pub peak_memory_kib: u64,
}

/// What is found without transcripts: of the package, of the standard faults, of traps that toolchains set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Examined {
    /// Manifest, schema, README, logo, exports, size.
    pub package: Vec<Finding>,
    /// A provider's standard faults, one by one.
    pub faults: Vec<Finding>,
    /// Success without a request, a clock or randomness that stands still, codes where they must not be.
    pub traps: Vec<Finding>,
    /// What it costs; nothing if it could not be run.
    pub figures: Option<Figures>,
}

impl Examined {
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.package.iter().chain(&self.faults).chain(&self.traps)
    }

    /// Whether no fault was found.
    pub fn passed(&self) -> bool {
        self.count(Level::Fault) == 0
    }

    /// How many findings count so.
    pub fn count(&self, level: Level) -> usize {
        self.findings().filter(|finding| finding.level == level).count()
    }
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// `id@version`, or the file where it could not be read.
    pub component: String,
    /// What is found without transcripts.
    pub examined: Examined,
    /// One entry a transcript.
    pub transcripts: Vec<Outcome>,
}

/// What one transcript found.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The transcript's own name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Whether everything was as expected.
    pub passed: bool,
    /// What was not, one line each.
    pub differences: Vec<String>,
    /// What was as expected only because the host corrected the component.
    pub corrected: Option<String>,
}

impl Verdict {
    /// Whether there is no fault, and every transcript passed.
    pub fn passed(&self) -> bool {
        self.faults() == 0
    }

    /// Faults, and transcripts that failed.
    pub fn faults(&self) -> usize {
        self.examined.count(Level::Fault) + self.transcripts.iter().filter(|outcome| !outcome.passed).count()
    }

    /// Warnings, and transcripts that passed by the host's correction.
    pub fn warnings(&self) -> usize {
        self.examined.count(Level::Warning) + self.transcripts.iter().filter(|o| o.corrected.is_some()).count()
    }

    /// For programs: names that stay.
    pub fn to_json(&self) -> Value {
        json!({
            "component": self.component,
            "passed": self.passed(),
            "fault_count": self.faults(),
            "warning_count": self.warnings(),
            "package": self.examined.package,
            "faults": self.examined.faults,
            "traps": self.examined.traps,
            "transcripts": self.transcripts,
            "figures": self.examined.figures,
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", shown(&self.component))?;
        section(f, "package", &self.examined.package)?;
        section(f, "standard faults", &self.examined.faults)?;
        section(f, "traps", &self.examined.traps)?;
        if !self.transcripts.is_empty() {
            writeln!(f, "\ntranscripts")?;
        }
        for outcome in &self.transcripts {
            let level = if outcome.passed { Level::Ok } else { Level::Fault };
            line(f, if outcome.corrected.is_some() { level.max(Level::Warning) } else { level }, &outcome.name)?;
            for difference in outcome.differences.iter().chain(&outcome.corrected) {
                writeln!(f, "         {}", shown(difference))?;
            }
        }
        if let Some(figures) = &self.examined.figures {
            writeln!(f, "\nfigures{figures}")?;
        }
        let passed = self.transcripts.iter().filter(|outcome| outcome.passed).count();
        match self.transcripts.len() {
            0 => writeln!(f, "\nno transcripts were played")?,
            all => writeln!(f, "\n{passed} of {all} transcripts passed")?,
        }
        let word = if self.passed() { "passed" } else { "failed" };
        write!(f, "{word}: {}, {}", counted(self.faults(), "fault"), counted(self.warnings(), "warning"))
    }
}

fn section(f: &mut fmt::Formatter<'_>, name: &str, findings: &[Finding]) -> fmt::Result {
    if !findings.is_empty() {
        writeln!(f, "\n{name}")?;
    }
    for finding in findings {
        line(f, finding.level, &finding.text)?;
        if let Some(hint) = &finding.hint {
            writeln!(f, "         hint: {}", shown(hint))?;
        }
    }
    Ok(())
}

fn line(f: &mut fmt::Formatter<'_>, level: Level, text: &str) -> fmt::Result {
    let word = match level {
        Level::Ok => "ok",
        Level::Warning => "warn",
        Level::Fault => "FAIL",
    };
    writeln!(f, "  {word:<4}   {}", shown(text))
}

/// A component's own words are in it: nothing that a terminal would obey.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |f: &mut fmt::Formatter<'_>, name: &str, value: String| write!(f, "\n  {name:<14} {value}");
        let (component, packed) = (bytes(self.component_bytes), bytes(self.packed_bytes));
        row(f, "size", format!("{component}, {packed} packed"))?;
        row(f, "compile", format!("{} ms", self.compile_ms))?;
        row(f, "instantiate", format!("{} µs", self.instantiate_us))?;
        row(f, "first send", format!("{} µs", self.first_send_us))?;
        row(f, "send, CPU", format!("{} µs", self.send_cpu_us))?;
        row(f, "peak memory", format!("{} KiB", self.peak_memory_kib))
    }
}

/// As people read it: `87 KB`, `4.75 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{:02} MB", bytes / 1_000_000, bytes % 1_000_000 / 10_000),
    }
}

/// The head of a Markdown table of components.
pub const TABLE_HEAD: &str = "\
| component | size | compile ms | instantiate µs | send CPU µs | peak memory KiB | verdict |
|---|---:|---:|---:|---:|---:|---|";

impl Verdict {
    /// One row of that table.
    pub fn row(&self) -> String {
        let verdict = if self.passed() { "passed" } else { "failed" };
        let name = shown(&self.component).replace('|', "\\|");
        match &self.examined.figures {
            None => format!("| {name} | | | | | | {verdict} |"),
            Some(figures) => format!(
                "| {name} | {} | {} | {} | {} | {} | {verdict} |",
                bytes(figures.component_bytes),
                figures.compile_ms,
                figures.instantiate_us,
                figures.send_cpu_us,
                figures.peak_memory_kib,
            ),
        }
    }
}
