//! `countersign new`: a connector's folder in one of the languages, which builds, packs and passes `check` as it is.
//!
//! The provider in it is made up, and answers like many do: an author replaces what is his own and keeps the rest.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use super::embedded;

/// What a connector can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Rust, with the SDK that the built-in connectors use.
    Rust,
    /// JavaScript, run by QuickJS.
    Js,
    /// TypeScript, which is checked and then run as JavaScript.
    Ts,
    /// Python, by componentize-py.
    Python,
    /// Go, which needs no module but the SDK that is written beside it.
    Go,
    /// C23, with an SDK of its own; built by Zig, which is a C compiler as well.
    C,
    /// Zig, with an SDK of its own.
    Zig,
    /// Nothing: a file says what the request is and what its answers mean.
    None,
}

/// How a folder of this language is made and built.
struct Recipe {
    /// Folders and files of this repository and where they go; a later one replaces what an earlier one wrote.
    folders: &'static [(&'static str, &'static str)],
    /// Command and what it makes, for `connector.toml`; none where cargo is enough.
    build: Option<(&'static str, &'static str)>,
}

impl Language {
    fn recipe(self) -> Recipe {
        match self {
            Self::Rust => Recipe {
                // The SDK finds the contract two folders above itself, here as in this repository.
                folders: &[
                    ("runtime/kit/new/rust", ""),
                    ("connectors/sdk/src", "vendor/sdk/src"),
                    ("connectors/sdk/Cargo.toml", "vendor/sdk/Cargo.toml"),
                    ("wit", "wit"),
                    ("rust-toolchain.toml", "rust-toolchain.toml"),
                    (".cargo", ".cargo"),
                ],
                build: None,
            },
            // A module of its own beside the author's: Go would treat a folder called `vendor` by rules of its own.
            Self::Go => Recipe {
                folders: &[("runtime/kit/new/go", ""), ("connectors/sdk/go", "sdk"), ("wit", "wit")],
                build: Some(("sh build.sh", "out/connector.wasm")),
            },
            Self::None => Recipe { folders: &[("runtime/kit/new/none", "")], build: None },
            Self::C => Recipe {
                folders: &[("runtime/kit/new/c", ""), ("connectors/sdk/c", "vendor/sdk"), ("wit", "wit")],
                build: Some(("sh vendor/sdk/build.sh connector.c", "build/connector.wasm")),
            },
            Self::Zig => Recipe {
                folders: &[("runtime/kit/new/zig", ""), ("connectors/sdk/zig", "vendor/sdk"), ("wit", "wit")],
                build: Some(("sh vendor/sdk/build.sh connector.zig", "build/connector.wasm")),
            },
            Self::Js => Recipe {
                folders: &[("runtime/kit/new/js", ""), ("connectors/sdk/js", "sdk"), ("wit", "wit")],
                build: NPM,
            },
            Self::Ts => Recipe {
                folders: &[("runtime/kit/new/ts", ""), ("connectors/sdk/js", "sdk"), ("wit", "wit")],
                build: NPM,
            },
            Self::Python => Recipe {
                // The SDK's build finds the contract three folders above itself, here as in this repository.
                folders: &[
                    ("runtime/kit/new/python", ""),
                    ("connectors/sdk/python", "vendor/sdk/python"),
                    ("wit", "wit"),
                ],
                build: Some(("sh vendor/sdk/python/build.sh provider", "target/component.wasm")),
            },
        }
    }
}

/// `prebuild` of package.json installs what the lock has, where it is not installed yet.
const NPM: Option<(&str, &str)> = Some(("npm run --silent build", "build/component.wasm"));

/// What all languages share: the manifest, the form, the texts, the logo and the transcripts.
const COMMON: (&str, &str) = ("runtime/kit/new/common", "");
/// Only what lies here has places to fill: `{{id}}`, `{{snake}}`, `{{name}}`, `{{build}}`.
const TEMPLATES: &str = "runtime/kit/new/";
/// Longest id of a connector.
const ID_LENGTH_MAX: usize = 64;

/// Write a new connector's folder, `dir` or `./NAME`; answers where it is.
pub fn write(name: &str, language: Language, dir: Option<&Path>) -> anyhow::Result<PathBuf> {
    let id = id_of(name)?;
    let dir = dir.map_or_else(|| PathBuf::from(&id), Path::to_path_buf);
    if dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("`{}` is there already and not empty; --dir puts the connector elsewhere", dir.display());
    }
    for (path, bytes) in files(&id, language)? {
        let path = dir.join(path);
        let parent = path.parent().unwrap_or(&dir);
        std::fs::create_dir_all(parent).with_context(|| format!("can't make `{}`", parent.display()))?;
        std::fs::write(&path, bytes).with_context(|| format!("can't write `{}`", path.display()))?;
    }
    Ok(dir)
}

/// The folder's files by path, each once.
fn files(id: &str, language: Language) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let recipe = language.recipe();
    let mut files = std::collections::BTreeMap::new();
    for (from, to) in std::iter::once(&COMMON).chain(recipe.folders) {
        let mut any = false;
        for (path, bytes) in embedded() {
            let at = match path.strip_prefix(from) {
                Some("") => PathBuf::from(to),
                Some(rest) => match rest.strip_prefix('/') {
                    Some(rest) => Path::new(to).join(written_as(rest)),
                    None => continue,
                },
                None => continue,
            };
            let bytes = match path.starts_with(TEMPLATES) {
                true if path.ends_with("/Cargo.lock") => in_order(&filled(bytes, id, &recipe)?).into_bytes(),
                true => filled(bytes, id, &recipe)?.into_bytes(),
                false => bytes.to_vec(),
            };
            files.insert(at, bytes);
            any = true;
        }
        if !any {
            bail!("this binary has no `{from}`");
        }
    }
    Ok(files.into_iter().collect())
}

/// A template can't be called `.gitignore` here, where git would follow it.
fn written_as(path: &str) -> String {
    path.replace("gitignore", ".gitignore")
}

/// A lock file whose packages stand by their names: in any other order, `cargo build --locked` calls it stale.
fn in_order(lock: &str) -> String {
    let mut packages: Vec<&str> = lock.split("[[package]]\n").map(str::trim_end).collect();
    if let [_, packages @ ..] = packages.as_mut_slice() {
        packages.sort_by_key(|package| package.lines().next());
    }
    packages.join("\n\n[[package]]\n") + "\n"
}

fn filled(bytes: &[u8], id: &str, recipe: &Recipe) -> anyhow::Result<String> {
    let text = std::str::from_utf8(bytes)?;
    let build = recipe.build.map_or_else(String::new, |(build, output)| {
        format!("build = {}\noutput = {}\n", toml::Value::from(build), toml::Value::from(output))
    });
    let text = text.replace("{{id}}", id).replace("{{snake}}", &id.replace('-', "_")).replace("{{name}}", &title(id));
    Ok(text.replace("{{build}}\n", &build))
}

/// The id that a name makes: `Acme SMS` is `acme-sms`.
fn id_of(name: &str) -> anyhow::Result<String> {
    let id: String =
        name.trim().chars().map(|c| if c == ' ' || c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let fits = id.len() <= ID_LENGTH_MAX
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !id.ends_with('-')
        && !id.contains("--");
    if !fits {
        bail!(
            "a connector's name has 1 to {ID_LENGTH_MAX} of a-z, 0-9 and single hyphens between them, a letter first: `{name}`"
        );
    }
    if crate::builtin::is_reserved(&id) {
        bail!("`{id}` comes with this binary, so a service would refuse it: choose another name");
    }
    Ok(id)
}

/// `acme-sms` for people: `Acme Sms`.
fn title(id: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
    };
    id.split('-').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_an_id_or_is_refused_with_the_rule() {
        assert_eq!(id_of("Acme SMS").unwrap(), "acme-sms");
        for wrong in ["", "1st", "a/b", "../x", "ä", "a--b", "a-", &"a".repeat(65)] {
            assert!(id_of(wrong).unwrap_err().to_string().contains("a-z"), "{wrong}");
        }
        assert!(id_of("twilio").unwrap_err().to_string().contains("comes with this binary"));
    }

    #[test]
    fn a_lock_is_in_order_whatever_the_connector_is_called() {
        for id in ["aa", "serde-sms", "zz"] {
            let files = files(id, Language::Rust).unwrap();
            let (_, lock) = files.iter().find(|(path, _)| path == Path::new("Cargo.lock")).unwrap();
            let lock = std::str::from_utf8(lock).unwrap();
            let names: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
            assert!(
                names.len() > 20 && names.is_sorted() && names.contains(&format!("\"{id}\"").as_str()),
                "{names:?}"
            );
            assert!(lock.starts_with("# This file") && lock.ends_with('\n') && !lock.ends_with("\n\n"), "{lock}");
            assert!(lock.parse::<toml::Table>().is_ok(), "{lock}");
        }
    }

    #[test]
    fn every_language_has_all_files_and_no_place_left_open() {
        for language in Language::value_variants() {
            let files = files("acme-sms", *language).unwrap();
            for needed in ["connector.toml", "config.schema.json", "README.md", "logo.svg", "transcripts/sent.json"] {
                assert!(files.iter().any(|(path, _)| path == Path::new(needed)), "{language:?} has no {needed}");
            }
            for (path, bytes) in files {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                for place in ["{{id}}", "{{snake}}", "{{name}}", "{{build}}"] {
                    assert!(!text.contains(place), "{language:?}: {} has {place}", path.display());
                }
            }
        }
    }
}
