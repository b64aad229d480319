//! `countersign replay`: recorded traffic under other rules, without a service.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::otp::guard::{GuardRules, Head, Mode, Outcome, Replay, Sum, Traffic};

/// `countersign replay`
#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// What `GET /v1/environments/{env}/guard/traffic` answered; `-` is standard input.
    file: PathBuf,
    /// Rules as a policy's `guard` has them, in JSON or TOML, by themselves or under `guard`; those of the recording unless
    /// given.
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Count from this time on (RFC 3339); what was before only teaches. Two weeks teach all that the rules look back over.
    #[arg(long)]
    since: Option<String>,
    /// People whose code was used may be refused up to this part of them, in percent.
    #[arg(long, default_value_t = 0.1)]
    refused_max: f64,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// A file could not be replayed, as `check` says that it could not check.
const NOT_REPLAYED: u8 = 2;
/// A line is some hundred bytes, a head some thousand; lists of rules can be long.
const LINE_MAX: u64 = 1 << 20;

/// Replay and print: 0 if few enough people are refused, 1 if not, 2 if it could not be replayed.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn run(args: &ReplayArgs) -> ExitCode {
    match replay(args) {
        Ok((head, rules, outcome)) => {
            match args.json {
                true => println!("{:#}", told(&head, &rules, &outcome)),
                false => print!("{}", table(&head, &rules, &outcome)),
            }
            if part(outcome.real_refused, outcome.real) > args.refused_max {
                ExitCode::FAILURE
            } else {
                ExitCode::SUCCESS
            }
        }
        Err(error) => {
            eprintln!("error: not replayed: {error:#}");
            ExitCode::from(NOT_REPLAYED)
        }
    }
}

fn replay(args: &ReplayArgs) -> anyhow::Result<(Head, GuardRules, Outcome)> {
    let since = args.since.as_deref().map(time).transpose()?;
    let name = args.file.display();
    let mut lines: Box<dyn BufRead> = match args.file.as_os_str() == "-" {
        true => Box::new(std::io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(&args.file).with_context(|| format!("can't read `{name}`"))?)),
    };
    let first = line(&mut lines).with_context(|| format!("{name}:1"))?;
    let head = Head::read(first.as_deref().unwrap_or_default()).with_context(|| format!("{name}:1"))?;
    let rules = match &args.rules {
        Some(path) => rules(path)?,
        None => head.rules.clone(),
    };
    let mut replay = Replay::new(rules.clone(), since);
    let mut before = None;
    for nth in 2u64.. {
        let Some(text) = line(&mut lines).with_context(|| format!("{name}:{nth}"))? else { break };
        let message = Traffic::read(&text, before).with_context(|| format!("{name}:{nth}"))?;
        before = Some(message.line);
        replay.next(&message);
    }
    Ok((head, rules, replay.outcome()))
}

/// The next line; none at the end.
fn line(from: &mut dyn BufRead) -> anyhow::Result<Option<String>> {
    let mut text = String::new();
    let read = from.take(LINE_MAX).read_line(&mut text)?;
    if u64::try_from(read).is_ok_and(|read| read == LINE_MAX) && !text.ends_with('\n') {
        bail!("is longer than {LINE_MAX} bytes");
    }
    Ok((read > 0).then_some(text))
}

fn time(text: &str) -> anyhow::Result<Timestamp> {
    serde_json::from_value(Value::from(text))
        .with_context(|| format!("--since: `{text}` is no time such as 2026-01-15T12:00:00Z"))
}

fn rules(path: &Path) -> anyhow::Result<GuardRules> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("can't read `{name}`"))?;
    let is_toml = path.extension().is_some_and(|extension| extension == "toml");
    let mut document: Value = match is_toml {
        true => toml::from_str(&text).with_context(|| format!("`{name}` is no TOML"))?,
        false => serde_json::from_str(&text).with_context(|| format!("`{name}` is no JSON"))?,
    };
    let guard = document.get_mut("guard").map(Value::take).unwrap_or(document);
    let rules: GuardRules = serde_json::from_value(guard).with_context(|| format!("`{name}` has no guard's rules"))?;
    if let Err(faults) = rules.validate() {
        let faults: Vec<_> = faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.detail)).collect();
        bail!("`{name}`: {}", faults.join("; "));
    }
    Ok(rules)
}

fn told(head: &Head, rules: &GuardRules, outcome: &Outcome) -> Value {
    let real_refused_percent = part(outcome.real_refused, outcome.real);
    json!({"environment": head.environment, "mode": rules.mode, "outcome": outcome, "real_refused_percent": real_refused_percent})
}

fn table(head: &Head, rules: &GuardRules, all: &Outcome) -> String {
    let mut text =
        format!("Recorded traffic of `{}`, under rules whose mode is `{}`\n\n", head.environment, word(rules.mode));
    let mut row = |name: &str, sum: Sum| {
        let _ = writeln!(text, "{name:<34} {:>10} {:>14}", sum.messages, money(sum.cost_micros));
    };
    row("messages", all.messages);
    row("sent", all.sent);
    row("  and their code was not used", all.unused);
    row("refused", all.refused);
    row("sent, and `enforce` would refuse", all.recorded);
    for (rule, sum) in &all.by_rule {
        row(&format!("  by {rule}"), *sum);
    }
    row("people: their code was used", all.real);
    row("people who would be refused", all.real_refused);
    let _ = writeln!(text, "\n{:.3} % of people would be refused", part(all.real_refused, all.real));
    let _ =
        writeln!(text, "{} of {} messages are decided as they were recorded", all.as_recorded, all.messages.messages);
    match &all.first {
        Some(first) => {
            let at = serde_json::to_value(first.at).unwrap_or_default();
            let _ = writeln!(
                text,
                "First refusal: {} by {} in {}, after {} for {} messages without a used code in two days there",
                at.as_str().unwrap_or_default(),
                first.rule,
                first.country,
                money(first.unused_before.cost_micros),
                first.unused_before.messages,
            );
        }
        None => text.push_str("Nothing is refused\n"),
    }
    text
}

fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Off => "off",
        Mode::Record => "record",
        Mode::Enforce => "enforce",
    }
}

fn money(micros: u64) -> String {
    format!("{}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000)
}

/// In percent.
#[expect(clippy::cast_precision_loss, reason = "a share, for people")]
fn part(of: Sum, all: Sum) -> f64 {
    if all.messages == 0 { 0.0 } else { 100.0 * of.messages as f64 / all.messages as f64 }
}
