//! A strict reader of OpenMetrics, as far as it is served here.

use std::collections::{BTreeMap, BTreeSet};

pub type Labels = BTreeMap<String, String>;

/// What was served.
#[derive(Debug, Default)]
pub struct Exposition {
    /// Type and help, by name: of counters with `_total`.
    pub families: BTreeMap<String, (String, String)>,
    /// Values, by name and labels.
    pub samples: BTreeMap<(String, Labels), f64>,
}

impl Exposition {
    /// The sum of a metric's values whose labels have all of these; none if there is no such series.
    pub fn find(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let has = |given: &Labels| labels.iter().all(|(label, value)| given.get(*label).is_some_and(|it| it == value));
        let found: Vec<f64> =
            self.samples.iter().filter(|((of, given), _)| of == name && has(given)).map(|(_, value)| *value).collect();
        (!found.is_empty()).then(|| found.iter().sum())
    }

    /// The same; 0 if there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.find(name, labels).unwrap_or(0.0)
    }

    /// The labels that a metric was served with, without those of the format itself.
    pub fn labels_of(&self, family: &str) -> BTreeSet<String> {
        let of = |name: &str| name == family || name.strip_prefix(family).is_some_and(|rest| SUFFIXES.contains(&rest));
        let all = self.samples.keys().filter(|(name, _)| of(name)).flat_map(|(_, labels)| labels.keys().cloned());
        all.filter(|label| label != "le").collect()
    }
}

const SUFFIXES: [&str; 3] = ["_bucket", "_sum", "_count"];

/// Read all of it, or say what is wrong.
pub fn read(text: &str) -> Exposition {
    let body = text.strip_suffix("# EOF\n").expect("it ends with # EOF");
    let (mut told, mut now, mut help) = (Exposition::default(), (String::new(), String::new()), String::new());
    for line in body.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            help = rest.split_once(' ').expect(line).1.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect(line);
            assert!(matches!(kind, "counter" | "gauge" | "histogram"), "{line}");
            now = (name.to_owned(), kind.to_owned());
            let name = if kind == "counter" { format!("{name}_total") } else { name.to_owned() };
            let twice = told.families.insert(name, (kind.to_owned(), std::mem::take(&mut help)));
            assert!(twice.is_none(), "{line}: it is there twice");
        } else if let Some(rest) = line.strip_prefix("# UNIT ") {
            let (name, unit) = rest.split_once(' ').expect(line);
            assert!(name == now.0 && name.ends_with(&format!("_{unit}")), "{line}");
        } else {
            let (name, labels, value) = sample(line);
            let suffix = name.strip_prefix(&now.0).unwrap_or_else(|| panic!("{line} is not of {}", now.0));
            let fits = match now.1.as_str() {
                "counter" => suffix == "_total",
                "gauge" => suffix.is_empty(),
                _ => SUFFIXES.contains(&suffix),
            };
            assert!(fits && (now.1 == "gauge" || value >= 0.0), "{line}");
            assert!(told.samples.insert((name, labels), value).is_none(), "{line}: it is there twice");
        }
    }
    told.samples.keys().filter(|(name, _)| name.ends_with("_bucket")).for_each(|key| rises(&told, key));
    told
}

/// A bucket holds what the one before it holds, and the last one everything.
fn rises(told: &Exposition, (name, labels): &(String, Labels)) {
    let without = |labels: &Labels| labels.iter().filter(|(key, _)| *key != "le").map(own).collect::<Labels>();
    let own_bound = bound(labels);
    let mine = told.samples[&(name.clone(), labels.clone())];
    for ((other, others), value) in &told.samples {
        if other == name && without(others) == without(labels) && bound(others) < own_bound {
            assert!(*value <= mine, "{name} {labels:?}");
        }
    }
    if own_bound.is_infinite() {
        let count = format!("{}_count", name.strip_suffix("_bucket").unwrap());
        assert_eq!(mine, told.samples[&(count, without(labels))], "{name} {labels:?}");
    }
}

fn own((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

fn bound(labels: &Labels) -> f64 {
    labels["le"].replace("+Inf", "inf").parse().unwrap()
}

fn sample(line: &str) -> (String, Labels, f64) {
    let (head, value) = line.rsplit_once(' ').expect(line);
    let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
    let Some((name, rest)) = head.split_once('{') else { return (head.to_owned(), Labels::new(), value) };
    let mut labels = Labels::new();
    let mut rest = rest.strip_suffix('}').expect(line);
    while !rest.is_empty() {
        let (label, after) = rest.split_once("=\"").expect(line);
        let end = after.find('"').expect(line);
        assert!(!after[..end].contains('\\'), "{line}: what is escaped is nobody's name");
        assert!(labels.insert(label.to_owned(), after[..end].to_owned()).is_none(), "{line}");
        rest = after[end + 1..].strip_prefix(',').unwrap_or(&after[end + 1..]);
    }
    (name.to_owned(), labels, value)
}
