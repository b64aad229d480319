use serde_json::{Value, json};

use super::*;
use crate::console::posted::Posted;

/// What a browser would post of a page that nobody touched, read from its markup.
fn posted(markup: &str) -> Posted {
    let mut pairs = Vec::new();
    let mut rest = markup;
    let mut select: Option<String> = None;
    while let Some((_, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').unwrap();
        rest = after;
        let attribute = |name: &str| {
            let (_, value) = tag.split_once(&format!(" {name}=\""))?;
            Some(plain(value.split_once('"').unwrap().0))
        };
        let is_on = |name: &str| tag.ends_with(&format!(" {name}")) || tag.contains(&format!(" {name} "));
        match tag.split(' ').next().unwrap() {
            "input" => {
                let ticked = !matches!(attribute("type").as_deref(), Some("checkbox" | "radio")) || is_on("checked");
                pairs.extend(attribute("name").filter(|_| ticked).map(|n| (n, attribute("value").unwrap_or_default())));
            }
            "textarea" => {
                let text = plain(after.split_once("</textarea>").unwrap().0);
                let text = text.strip_prefix('\n').map(str::to_owned).unwrap_or(text);
                pairs.extend(attribute("name").map(|name| (name, text)));
            }
            "select" => select = attribute("name"),
            "option" if is_on("selected") || select.is_some() && !after.contains(" selected") => {
                pairs.extend(select.take().map(|name| (name, attribute("value").unwrap())));
            }
            _ => {}
        }
    }
    Posted::of(pairs)
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn page(form: &Form, config: &Value) -> String {
    form.render(&form.typed(config), &Faults::default(), &Look::default()).into_string()
}

/// Through the page and back.
fn round(form: &Form, config: &Value) -> Value {
    let read = form.read(&posted(&page(form, config)));
    assert!(read.is_whole(), "{read:?}");
    read.config
}

fn stored(form: &Form, mut config: Value) -> Value {
    for secret in form.secrets() {
        if let Some(value) = config.get_mut(secret) {
            *value = json!({"set": true});
        }
    }
    config
}

#[test]
fn every_built_in_configuration_comes_through_its_form_as_it_was() {
    let mut count = 0;
    for found in crate::builtin::all() {
        let schema = &found.package().unwrap().schema;
        let form = Form::of(schema);
        let example = stored(&form, schema["examples"][0].clone());
        assert_eq!(round(&form, &example), example, "{}", found.id);
        assert_eq!(round(&form, &json!({})).as_object().unwrap().len(), 0, "{}: nothing given is nothing", found.id);
        count += 1;
    }
    assert!(count > 20, "{count}");
}

#[test]
fn each_kind_of_value_comes_through_as_it_was() {
    let form = Form::of(&json!({"type": "object", "properties": {
        "text": {"type": "string"}, "lines": {"type": "string", "maxLength": 5000}, "empty": {"type": "string"},
        "whole": {"type": "integer"}, "number": {"type": "number"}, "yes": {"type": "boolean", "default": true},
        "no": {"type": "boolean"}, "way": {"enum": ["", "a", "b"], "default": "a"}, "mixed": {"enum": [1, "1", null, true, "x"]},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "list": {"type": "array", "items": {"type": "string"}},
        "objects": {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {
            "a": {"type": "string"}, "b": {"type": "integer"}}}},
        "inner": {"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string"}}},
        "any": {"type": ["object", "string"]}, "~/": {"type": "string"},
    }}));
    let config = json!({
        "text": "<\"&'>", "lines": "\na\nb\n", "empty": "", "whole": -9_007_199_254_740_993_i64, "number": 1.5, "yes": false,
        "no": false, "way": "", "mixed": "1", "headers": {"X/~": "1", "": "2"}, "list": ["a", "b"],
        "objects": [{"a": "x", "b": 2}, {"b": 3}], "inner": {}, "any": {"a": [1]}, "~/": "odd", "unknown": {"kept": true},
    });
    let mut wanted = config.clone();
    wanted["headers"] = json!({"X/~": "1"});
    let read = form.read(&posted(&page(&form, &config)));
    assert_eq!(read.config, wanted);
    assert_eq!(read.faults.len(), 1, "a header without a name is told: {:?}", read.faults);
    for (given, any) in [(json!("yes"), "yes"), (json!("{\"a\": 1}"), "{\"a\": 1}"), (json!("12"), "12")] {
        assert_eq!(round(&form, &json!({"any": given}))["any"], json!(any));
    }
    for value in [json!(1), json!("1"), Value::Null, json!(true), json!("x")] {
        assert_eq!(round(&form, &json!({"mixed": value}))["mixed"], value);
    }
}

#[test]
fn defaults_are_left_out_unless_they_were_given() {
    let form = Form::of(&json!({"properties": {
        "way": {"enum": ["a", "b"], "default": "a"}, "on": {"type": "boolean", "default": true}}}));
    assert_eq!(round(&form, &json!({})), json!({}));
    assert_eq!(round(&form, &json!({"way": "a", "on": true})), json!({"way": "a", "on": true}));
    assert!(page(&form, &json!({})).contains("checked"), "the default is what is shown");
}

#[test]
fn a_secret_is_never_shown_and_is_kept_changed_or_removed() {
    let form = Form::of(&json!({"properties": {"token": {"type": "string", "writeOnly": true}}}));
    assert!(!page(&form, &json!({"token": "canary"})).contains("canary"));
    let read = |pairs: &[(&str, &str)]| {
        let posted = Posted::of(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        assert!(!form.render(&posted, &Faults::default(), &Look::default()).into_string().contains("canary"));
        form.read(&posted)
    };
    assert_eq!(read(&[("/token", " canary ")]).config, json!({"token": "canary"}));
    assert!(read(&[("/token", "canary")]).has_new_secret);
    assert_eq!(read(&[("/token", ""), ("_set", "/token")]).config, json!({"token": {"set": true}}));
    assert_eq!(read(&[("/token", ""), ("_set", "/token"), ("_drop", "/token")]).config, json!({"token": null}));
    assert_eq!(read(&[("/token", "")]).config, json!({}));
}

#[test]
fn rows_are_added_and_removed_by_buttons() {
    let form = Form::of(&json!({"properties": {"list": {"type": "array", "items": {"type": "string"}}}}));
    let press = |typed: &Posted, button: &str, value: &str| {
        let mut pairs =
            posted(&form.render(typed, &Faults::default(), &Look::default()).into_string()).pairs().to_vec();
        pairs.push((button.to_owned(), value.to_owned()));
        form.edited(&Posted::of(pairs)).unwrap()
    };
    let typed = form.typed(&json!({"list": ["a", "b", "c"]}));
    let less = press(&typed, "_remove", "/list/1");
    assert_eq!(form.read(&less).config, json!({"list": ["a", "c"]}));
    let more = press(&less, "_add", "/list");
    assert!(form.render(&more, &Faults::default(), &Look::default()).into_string().contains("name=\"/list/3\""));
    assert_eq!(form.read(&more).config, json!({"list": ["a", "c"]}), "an empty row is no item");
    assert!(form.edited(&typed).is_none());
}

#[test]
fn what_can_not_be_read_stays_as_it_was_typed_and_is_told_at_its_field() {
    let form = Form::of(&json!({"properties": {"n": {"type": "integer", "title": "Count"}, "any": {}}}));
    let typed = Posted::of([("/n".to_owned(), "1x".to_owned()), ("/any".to_owned(), "{oops".to_owned())]);
    let read = form.read(&typed);
    assert!(!read.is_whole());
    let faults = Faults::of(&read, [("/n", "the judge's word"), ("", "all of it")]);
    let markup = form.render(&typed, &faults, &Look::default()).into_string();
    assert!(
        markup.contains("value=\"1x\"") && markup.contains("{oops") && markup.contains("id=\"field-n-error\""),
        "{markup}"
    );
    let summary = form.summary(&faults);
    assert_eq!(summary[0], ("field-n".into(), "Count".into(), "This has to be a whole number.".into()));
    assert_eq!((summary[2].0.as_str(), summary[2].2.as_str()), ("", "All of it."));
}

#[test]
fn a_fault_of_a_row_is_told_where_the_row_was_typed() {
    let form =
        Form::of(&json!({"properties": {"headers": {"type": "object", "additionalProperties": {"type": "string"}}}}));
    let typed = form.typed(&json!({"headers": {"a": "1", "X-B": "2"}}));
    let faults =
        Faults::of(&form.read(&typed), [("/headers/X-B", "too short"), ("/headers/a/deep", "no"), ("/x", "what")]);
    assert_eq!(faults.at("/headers/1/value"), Some("Too short."));
    assert_eq!(faults.at("/headers/0/value"), Some("No."));
    assert_eq!(faults.rest, ["What."]);
}

#[test]
fn ways_are_a_sentence_over_their_fields() {
    let markup = page(&Form::of(&builtin("twilio")), &json!({}));
    assert!(markup.contains("<legend>Auth token, or API key SID and API key secret</legend>"), "{markup}");
    assert!(markup.contains("<legend>Messaging service SID, or Sender</legend>"), "{markup}");
    assert!(markup.contains("<legend>Region and Edge go together</legend>"), "{markup}");
    let markup = page(&Form::of(&builtin("bird")), &json!({}));
    assert!(
        markup.contains("Needed if API is channels") && markup.contains("Needed unless API is channels"),
        "{markup}"
    );
    let markup = page(&Form::of(&builtin("http")), &json!({}));
    assert!(
        markup.contains("Needed in some cases") && markup.contains("Place of the yes needs Text of the yes"),
        "{markup}"
    );
}

#[test]
fn no_schema_is_too_odd() {
    let deep =
        (0..500).fold(json!({"type": "string"}), |inner, _| json!({"type": "object", "additionalProperties": inner}));
    let many: serde_json::Map<String, Value> = (0..5_000).map(|n| (format!("p{n}"), json!({}))).collect();
    for schema in [
        json!(null),
        json!([]),
        json!({"properties": 1}),
        json!({"properties": {"a": 1, "b": {"enum": []}, "c": {"type": 5}}}),
        json!({"properties": {"a": {"$ref": "#/properties/a"}, "b": {"$ref": "x"}}}),
        json!({"properties": {"a": deep}}),
        json!({"properties": many}),
        json!({"required": [1], "anyOf": [[]], "oneOf": {}, "allOf": [1, {"if": 1, "then": {}}], "properties": {"": {}}}),
        json!({"properties": {"a": {"type": "string", "title": "", "pattern": "[", "minLength": -1}, "b": {"type": "integer", "minimum": "x"}}}),
        json!({"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b", "zz"]}, "properties": {"a": {}, "b": {}}}),
    ] {
        let form = Form::of(&schema);
        let config = json!({"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}, "": 1});
        let markup = page(&form, &config);
        assert!(markup.len() < 1_000_000, "{}", markup.len());
        form.read(&posted(&markup));
    }
    let hostile =
        json!({"properties": {"<script>": {"type": "string", "title": "<script>", "description": "\"><script>"}}});
    assert!(!page(&Form::of(&hostile), &json!({"<script>": "<script>"})).contains("<script>"));
}

fn builtin(id: &str) -> Value {
    crate::builtin::find(id).unwrap().package().unwrap().schema.clone()
}
