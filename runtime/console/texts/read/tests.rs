use serde_json::{Value, json};

use super::*;
use crate::console::texts::{Of, Region, region, summary};

fn list(value: Value) -> Vec<Template> {
    serde_json::from_value(value).unwrap()
}

fn post(pairs: &[(&str, &str)]) -> Posted {
    Posted::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// As a browser posts what it was given.
fn reposted(texts: &Texts, more: &[(&str, &str)]) -> Posted {
    let mut pairs = Vec::new();
    match texts.view {
        View::Json => {
            pairs.extend([("templates_view".into(), "json".into()), ("templates_json".into(), texts.json.clone())])
        }
        View::Table => {
            let names = ["purpose", "locale", "text", "template_id", "template_locale", "parameters", "ending"];
            for (index, row) in texts.rows.iter().enumerate() {
                let mut row = row.clone();
                pairs
                    .extend(names.map(|name| (format!("/templates/{index}/{name}"), row.field(name).unwrap().clone())));
            }
        }
    }
    pairs.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Posted::of(pairs)
}

/// Every list of templates in the repository's own files.
fn examples() -> Vec<Vec<Template>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/segments.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let entry = |l: &Value| json!({"purpose": "sign-in", "locale": l["locale"], "text": l["template"]});
    let of_locales = vectors["locales"].as_array().unwrap().iter().map(entry).collect();
    let edges = vectors["edges"].as_array().unwrap().iter().take(150);
    let of_edges = edges.map(|edge| json!({"purpose": "edge", "text": edge["text"]})).collect();
    let registered = json!([
        {"purpose": "generic", "template_id": "SMS_1", "template_locale": "en_US", "parameters": ["code", "minutes"]},
        {"purpose": "sign-in", "locale": "ar", "text": "رمزك {{ code }}", "ending": {"origin": {"host": "shop.example", "embedded_host": "pay.example"}}},
        {"purpose": "sign-in", "text": "{{ code }}", "parameters": [], "ending": {"app_hash": "FA+9qCX9VSu"}},
        {"purpose": "mfa-setup", "text": "\n<b>{{ code }}</b> \u{202e}🎉", "ending": "none"}
    ]);
    [Value::Array(of_locales), Value::Array(of_edges), registered].into_iter().map(list).collect()
}

#[test]
fn nothing_is_lost_between_table_and_json() {
    for templates in examples() {
        let kept: Vec<Template> = templates.into_iter().filter(Row::holds).collect();
        assert!(kept.len() >= 3);
        let mut texts = Texts::of(&kept);
        assert_eq!(texts.view, View::Table);
        for view in ["json", "table", "json", "table"] {
            let posted = reposted(&texts, &[("_view", view)]);
            texts = Texts::posted(&posted);
            assert_eq!(texts.pressed(&posted), Some(Vec::new()));
            let posted = reposted(&texts, &[]);
            let templates = Texts::posted(&posted).read().unwrap();
            let carriage =
                |t: &Template| Template { text: t.text.as_ref().map(|x| x.replace("\r\n", "\n")), ..t.clone() };
            assert_eq!(templates, kept.iter().map(carriage).collect::<Vec<_>>());
        }
    }
}

#[test]
fn rows_come_and_go_by_buttons() {
    let posted = post(&[
        ("/templates/0/purpose", "sign-in"),
        ("/templates/0/text", "{{ code }}"),
        ("/templates/1/purpose", "x"),
        ("_add", "/templates"),
    ]);
    let mut texts = Texts::posted(&posted);
    assert_eq!(texts.pressed(&posted), Some(Vec::new()));
    assert_eq!(texts.rows.len(), 3);
    let posted = reposted(&texts, &[("_remove", "/templates/1")]);
    let mut texts = Texts::posted(&posted);
    texts.pressed(&posted).unwrap();
    assert_eq!(texts.rows.len(), 2);
    assert_eq!(
        texts.read().unwrap(),
        list(json!([{"purpose": "sign-in", "text": "{{ code }}"}])),
        "a blank row falls away"
    );
    for odd in [("_remove", "/templates/99"), ("_remove", "/config/0"), ("_replace", "/templates/7/text")] {
        let posted = reposted(&texts, &[odd]);
        let before = Texts::posted(&posted);
        let mut after = before.clone();
        after.pressed(&posted);
        assert_eq!(after, before, "{odd:?}");
    }
    assert_eq!(
        Texts::posted(&post(&[])).pressed(&post(&[("_add", "/allowedCountries")])),
        None,
        "another list's button"
    );
}

#[test]
fn json_that_is_none_stays_and_says_where() {
    for (text, place) in [("[\n  {\"é\" 1}]", Some((2, 8))), ("[", Some((1, 1))), ("[1,]", Some((1, 4)))] {
        let posted = post(&[("templates_view", "json"), ("templates_json", text), ("_view", "table")]);
        let mut texts = Texts::posted(&posted);
        let faults = texts.pressed(&posted).unwrap();
        assert_eq!((texts.view, texts.json.as_str(), faults[0].place), (View::Json, text, place), "{faults:?}");
    }
    let typed = |text: &str| Texts::posted(&post(&[("templates_view", "json"), ("templates_json", text)])).read();
    assert_eq!(typed("[{\"purpose\": \"x\", \"txt\": 1}]").unwrap_err()[0].pointer, "/templates/0/txt");
    assert_eq!(typed("[{\"purpose\": 1}]").unwrap_err()[0].pointer, "/templates/0/purpose");
    assert!(typed("[{\"purpose\": \"a\", \"purpose\": \"b\"}]").unwrap_err()[0].text.contains("twice"));
    assert!(typed(&"[".repeat(10_000)).is_err() && typed("{}").is_err());
    assert_eq!(typed("  ").unwrap(), []);
}

fn of() -> Of {
    Of::Environment { ending: String::new() }
}

#[test]
fn a_fault_is_shown_on_its_line_and_at_its_cell() {
    let templates = list(json!([{"purpose": "a", "text": "1"}, {"purpose": "b", "text": "2"}]));
    let faults = [Fault::at("/templates/1/text".to_owned(), "no code")];
    let mut texts = Texts::of(&templates);
    let show = |texts: &Texts| {
        region(&Region { texts, faults: &faults, at: "/p", of: &of(), preview: maud::html! {} }).into_string()
    };
    assert!(show(&texts).contains("id=\"templates-1-text-error\"") && show(&texts).contains("no code"));
    assert_eq!(summary(&texts, &faults)[0].0, "templates-1-text");
    texts.turn(View::Json).unwrap();
    assert_eq!(summary(&texts, &faults)[0].1, "Line 8, column 13", "{}", texts.json);
    for part in ["&quot;line&quot;:8", "&quot;column&quot;:13", "&quot;text&quot;:&quot;no code&quot;"] {
        assert!(show(&texts).contains(part), "{part}: {}", show(&texts));
    }
}

#[test]
fn the_stray_character_is_replaced_in_either_view() {
    let templates = list(json!([{"purpose": "a", "text": "It’s {{ code }}"}]));
    for view in ["table", "json"] {
        let mut texts = Texts::of(&templates);
        texts.turn(if view == "json" { View::Json } else { View::Table }).unwrap();
        assert_eq!(texts.pressed(&post(&[("_replace", "/templates/0/text")])), Some(Vec::new()));
        assert_eq!(texts.read().unwrap()[0].text.as_deref(), Some("It's {{ code }}"));
    }
}

#[test]
fn a_text_is_bound_to_a_site_in_either_view() {
    let templates = list(json!([{"purpose": "a", "text": "{{ code }}", "ending": "none"}]));
    for view in [View::Table, View::Json] {
        let mut texts = Texts::of(&templates);
        texts.turn(view).unwrap();
        let press = |value: &str| post(&[("_bind", value)]);
        for odd in ["", "/templates/0/ending", "/templates/9/ending @a.example", "/templates/0/text @a.example"] {
            texts.pressed(&press(odd));
            assert_eq!(texts.clone().read().unwrap(), templates, "{odd}");
        }
        assert_eq!(texts.pressed(&press("/templates/0/ending @shop.example @pay.example")), Some(Vec::new()));
        let ending = serde_json::to_value(&texts.read().unwrap()[0].ending).unwrap();
        assert_eq!(ending, json!({"origin": {"host": "shop.example", "embedded_host": "pay.example"}}));
    }
}

#[test]
fn ten_thousand_texts_are_json_and_hostile_ones_stay_text() {
    let many: Vec<Template> = (0..10_000)
        .map(|n| Template { purpose: format!("p{n}"), text: Some("{{ code }}".to_owned()), ..Template::default() })
        .collect();
    let mut texts = Texts::of(&many);
    assert_eq!(texts.view, View::Json);
    let refused = texts.turn(View::Table).unwrap_err();
    assert!(refused[0].text.contains("10000 templates"), "{refused:?}");
    assert_eq!(texts.read().unwrap().len(), 10_000);
    let rows: Vec<_> = (0..300).map(|n| (format!("/templates/{n}/purpose"), "x".to_owned())).collect();
    assert_eq!(Texts::posted(&Posted::of(rows)).view, View::Json);
    let hostile = list(json!([{"purpose": "\"><script>", "text": "</textarea><script>alert(1)</script>"}]));
    let mut texts = Texts::of(&hostile);
    for _ in 0..2 {
        let shown =
            region(&Region { texts: &texts, faults: &[], at: "/p", of: &of(), preview: maud::html! {} }).into_string();
        assert!(!shown.contains("<script"), "{shown}");
        texts.turn(View::Json).unwrap();
    }
}
