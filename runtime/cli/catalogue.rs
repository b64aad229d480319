//! `countersign catalogue`: which connectors come with this program.

#![expect(clippy::print_stdout, reason = "a command prints for people")]

use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args;

use crate::builtin::catalogue::{self, Entry};

/// `countersign catalogue`
#[derive(Debug, Args)]
pub(super) struct CatalogueArgs {
    /// Only those in whose id, name, summary or countries this word stands.
    word: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// As the page in `connectors/`.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

pub(super) fn run(args: &CatalogueArgs) -> anyhow::Result<ExitCode> {
    let mut entries =
        catalogue::entries().map_err(|reasons| anyhow!("a built-in connector can't be read: {reasons:?}"))?;
    if let Some(word) = &args.word {
        entries.retain(|entry| has(entry, word));
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&entries)?);
    } else if args.markdown {
        print!("{}", catalogue::markdown(&entries));
    } else {
        print(&entries);
    }
    Ok(if entries.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn has(entry: &Entry, word: &str) -> bool {
    let word = word.to_lowercase();
    let countries = entry.countries.iter().any(|country| country.to_lowercase() == word);
    countries || [&entry.id, &entry.name, &entry.summary].iter().any(|text| text.to_lowercase().contains(&word))
}

fn print(entries: &[Entry]) {
    let width = entries.iter().map(|entry| entry.id.len()).max().unwrap_or_default();
    for entry in entries {
        println!("{:width$}  {}", entry.id, entry.summary);
    }
    let size: usize = entries.iter().map(|entry| entry.size).sum();
    println!("\n{} connectors, {} KB of this program", entries.len(), size / 1000);
    println!("hint: `countersign catalogue --json` tells what each can do, GET /v1/components/ID how it is set up");
}
