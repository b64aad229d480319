//! Where the values of secrets come from: a variable of the environment or a file of the folder, never the reviewed file.

use serde_json::{Map, Value};

use super::folder::{Fault, Folder};
use super::layout::SECRET_BYTES_MAX;
use crate::config::client_variable;

/// Variables that are this program's own keys, which no connector gets.
const OWN: [&str; 3] = ["COUNTERSIGN_KEY", "COUNTERSIGN_ADMIN_KEY", "COUNTERSIGN_MASTER_KEY"];

/// A reference to a secret's value.
pub(super) enum Reference<'a> {
    /// A variable.
    Variable(&'a str),
    /// A file, from the folder.
    File(&'a str),
}

/// Read a reference: an object of exactly one name, `env` or `file`.
pub(super) fn reference(value: &Value) -> Option<Reference<'_>> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let named = |name: &str| object.get(name).and_then(Value::as_str);
    named("env").map(Reference::Variable).or_else(|| named("file").map(Reference::File))
}

/// A configuration as it is sent: references to secrets replaced by their values. `secrets` are the component's fields.
pub(super) fn resolved(
    folder: &Folder,
    file: &str,
    config: &Map<String, Value>,
    secrets: &[String],
) -> Result<Map<String, Value>, Vec<Fault>> {
    let (mut sent, mut faults) = (Map::new(), Vec::new());
    for (field, value) in config {
        let value = if secrets.contains(field) { secret(folder, value) } else { public(value, secrets) };
        match value {
            Ok(value) => {
                sent.insert(field.clone(), value);
            }
            Err(text) => faults.push(Fault::new(file, &format!("/config/{}", crate::json::escaped(field)), text)),
        }
    }
    if faults.is_empty() { Ok(sent) } else { Err(faults) }
}

/// What is no secret is written where it can be reviewed.
fn public(value: &Value, secrets: &[String]) -> Result<Value, String> {
    let names = || match secrets {
        [] => "this component has none".to_owned(),
        names => format!("of this component those are {}", names.join(", ")),
    };
    match reference(value) {
        Some(_) => Err(format!("only the value of a secret comes from elsewhere, and {}: write it here", names())),
        None => Ok(value.clone()),
    }
}

fn secret(folder: &Folder, value: &Value) -> Result<Value, String> {
    let text = match reference(value) {
        Some(Reference::Variable(name)) => variable(name)?,
        Some(Reference::File(path)) => file(folder, path)?,
        None if value.is_null() || *value == serde_json::json!({"set": true}) => return Ok(value.clone()),
        None => {
            return Err("a secret does not stand in a file: say where its value comes from, {\"env\": \"NAME\"} or \
                        {\"file\": \"secrets/name\"}, or {\"set\": true} to keep the one that is there"
                .into());
        }
    };
    Ok(Value::String(text))
}

fn variable(name: &str) -> Result<String, String> {
    let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !letters || name.is_empty() || name.len() > 256 || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("the name of a variable has letters, digits and underscores".into());
    }
    if OWN.contains(&name) {
        return Err(format!("the variable `{name}` is no connector's secret"));
    }
    client_variable(name).ok_or_else(|| format!("the variable `{name}` is not set"))
}

/// One end of line belongs to the file, not to the secret.
fn file(folder: &Folder, path: &str) -> Result<String, String> {
    let told = |text: String| format!("the file `{path}` {text}");
    let text = folder.text(path, SECRET_BYTES_MAX).map_err(told)?;
    let text = text.ok_or_else(|| told("is not there".into()))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() { Err(told("is empty".into())) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolve(config: Value) -> Result<Map<String, Value>, Vec<Fault>> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("token"), "from-a-file\r\n").unwrap();
        resolved(&Folder::new(dir.path()), "x.json", config.as_object().unwrap(), &["token".to_owned()])
    }

    #[test]
    fn a_secret_comes_from_its_place_and_everything_else_stands_in_the_file() {
        let sent = resolve(json!({"token": {"file": "token"}, "headers": {"env": 1}, "note": "x"})).unwrap();
        assert_eq!(Value::Object(sent), json!({"token": "from-a-file", "headers": {"env": 1}, "note": "x"}));
        for kept in [json!({"token": {"set": true}}), json!({"token": null}), json!({})] {
            assert_eq!(Value::Object(resolve(kept.clone()).unwrap()), kept);
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_its_place_and_quotes_no_value() {
        for (config, pointer, word) in [
            (json!({"token": "canary-in-the-file"}), "/config/token", "does not stand in a file"),
            (json!({"token": ["canary"]}), "/config/token", "does not stand"),
            (json!({"token": {"env": "NOT_SET_ANYWHERE_1"}}), "/config/token", "`NOT_SET_ANYWHERE_1` is not set"),
            (json!({"token": {"env": "A B=canary"}}), "/config/token", "name of a variable"),
            (json!({"token": {"env": "COUNTERSIGN_MASTER_KEY"}}), "/config/token", "no connector's secret"),
            (json!({"token": {"file": "none"}}), "/config/token", "`none` is not there"),
            (json!({"token": {"file": "../token"}}), "/config/token", "not a path in this folder"),
            (json!({"a/b": {"env": "PATH"}}), "/config/a~1b", "only the value of a secret"),
        ] {
            let faults = resolve(config).unwrap_err();
            assert_eq!(faults[0].pointer, pointer);
            assert!(faults[0].text.contains(word) && !faults[0].text.contains("canary"), "{faults:?}");
        }
    }
}
