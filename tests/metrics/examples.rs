//! The files for Prometheus and Grafana: what they speak of is what is served.

use std::collections::BTreeSet;
use std::fs;

use countersign::metrics::names::{self, Named, Shape};
use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::guests::root;

/// Labels that Prometheus itself gives.
const ITS_OWN: [&str; 3] = ["le", "job", "instance"];
/// Words of PromQL.
const WORDS: &[&str] = &[
    "sum",
    "max",
    "min",
    "by",
    "rate",
    "increase",
    "histogram_quantile",
    "topk",
    "and",
    "or",
    "offset",
    "vector",
    "absent",
    "label_values",
    "m",
    "h",
    "d",
    "s",
    "without",
    "on",
    "ignoring",
    "unless",
    "count",
    "avg",
    "bool",
    "clamp_min",
    "time",
];

fn file(path: &str) -> String {
    fs::read_to_string(root().join("examples").join(path)).unwrap()
}

fn named(name: &str) -> Option<&'static Named> {
    let histogram = ["_bucket", "_sum", "_count"].into_iter().find_map(|suffix| name.strip_suffix(suffix));
    names::ALL.iter().find(|named| match named.shape {
        Shape::Histogram => histogram == Some(named.name),
        _ => named.name == name,
    })
}

/// Every name in an expression is that of a metric, one of its labels, or a word of the language.
fn holds(expression: &str) {
    let (mut bare, mut quoted) = (String::new(), false);
    for c in expression.chars() {
        quoted ^= c == '"';
        bare.push(if quoted || c == '"' { ' ' } else { c });
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$' || c == '.';
    let words: BTreeSet<&str> =
        bare.split(|c| !is_part(c)).filter(|word| word.starts_with(char::is_alphabetic)).collect();
    let metrics: Vec<&Named> = words.iter().filter_map(|word| named(word)).collect();
    assert!(!metrics.is_empty(), "no metric in: {expression}");
    for word in words.into_iter().filter(|word| named(word).is_none() && !WORDS.contains(word)) {
        let is_label = ITS_OWN.contains(&word) || metrics.iter().any(|metric| metric.labels.contains(&word));
        assert!(is_label, "`{word}` is neither a metric nor a label of one in: {expression}");
    }
    // Labels that are compared with something, and the words they are compared with, belong to one metric each.
    for (at, _) in bare.match_indices('{') {
        let before = bare[..at].rsplit(|c| !is_part(c)).next().unwrap();
        let inside = bare[at + 1..].split('}').next().unwrap();
        let metric = named(before).unwrap_or_else(|| panic!("`{before}` in: {expression}"));
        for label in inside.split(|c| !is_part(c)).filter(|word| word.starts_with(char::is_alphabetic)) {
            assert!(
                ITS_OWN.contains(&label) || metric.labels.contains(&label),
                "`{before}` has no `{label}`: {expression}"
            );
        }
    }
}

fn expressions<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value.as_str() {
            Some(text) if name == "expr" || name == "definition" => found.push(text),
            _ => expressions(value, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

#[test]
fn the_table_of_metrics_is_the_list() {
    let row = |named: &Named| {
        let labels: Vec<String> = named.labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{}` | {} | {} | {} |", named.name, named.shape.as_str(), labels.join(", "), named.help)
    };
    let listed: Vec<String> = names::ALL.iter().map(row).collect();
    let readme = file("grafana/README.md");
    let shown: Vec<&str> = readme.lines().filter(|line| named_row(line)).collect();
    assert_eq!(shown, listed, "the table should be:\n{}", listed.join("\n"));
}

fn named_row(line: &str) -> bool {
    line.starts_with("| `countersign_") || line.starts_with("| `process_")
}

#[test]
fn the_dashboard_asks_for_what_is_served() {
    let dashboard: Value = serde_json::from_str(&file("grafana/countersign.json")).unwrap();
    let mut found = Vec::new();
    expressions(&dashboard, &mut found);
    assert!(found.len() > 40, "{}", found.len());
    found.iter().for_each(|expression| holds(expression));
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len(), "each panel has an id of its own");
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 42);
    let sources = dashboard.to_string().matches(r#""type":"prometheus","uid":"#).count();
    assert_eq!(sources, dashboard.to_string().matches(r#""uid":"${datasource}""#).count(), "no data source of ours");
}

#[test]
fn the_alerts_ask_for_what_is_served() {
    let alerts = YamlLoader::load_from_str(&file("prometheus/alerts.yml")).unwrap().remove(0);
    let rules = alerts["groups"][0]["rules"].as_vec().unwrap();
    assert!(rules.len() >= 10);
    let mut names = BTreeSet::new();
    for rule in rules {
        holds(rule["expr"].as_str().unwrap());
        assert!(names.insert(rule["alert"].as_str().unwrap()), "{rule:?}");
        assert!(matches!(rule["labels"]["severity"].as_str(), Some("critical" | "warning")), "{rule:?}");
        assert!(rule["annotations"]["summary"].as_str().is_some(), "{rule:?}");
    }
}

#[test]
fn the_questions_that_are_asked_often_have_answers() {
    let readme = file("grafana/README.md");
    let block = readme.split("```promql\n").nth(1).unwrap().split("```").next().unwrap();
    let without_comments: Vec<&str> = block.lines().filter(|line| !line.starts_with('#')).collect();
    without_comments.join("\n").split("\n\n").for_each(holds);
}

#[test]
fn prometheus_is_given_a_key_and_the_alerts() {
    let scrape = YamlLoader::load_from_str(&file("prometheus/scrape.yml")).unwrap().remove(0);
    let job = &scrape["scrape_configs"][0];
    assert_eq!(job["authorization"]["type"].as_str(), Some("Bearer"));
    assert_eq!(scrape["rule_files"][0], Yaml::String("alerts.yml".into()));
    assert!(root().join("examples/prometheus/alerts.yml").is_file());
}
