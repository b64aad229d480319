//! One case of `tests/vectors/plain.json`, named by the message's text: has its data signed or its values hashed, and
//! writes the marker into the case's place.

use countersign_sdk::encoding::form;
use countersign_sdk::{Failure, FailureKind, Message, Request, failure, signing};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::Config;

#[derive(Deserialize)]
struct Case {
    place: Place,
    data: Option<String>,
    values: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Place {
    header: Option<String>,
    query: Option<String>,
    form: Option<String>,
    json: Option<String>,
    xml: Option<String>,
    attribute: Option<String>,
}

pub(crate) fn request(config: &Config, message: &Message) -> Result<Request, Failure> {
    let name = message.text.as_str();
    let case = config.0.get("cases").and_then(|cases| cases.get(name)).cloned().unwrap_or_default();
    let case: Case = serde_json::from_value(case)
        .map_err(|error| failure(FailureKind::InvalidConfig, format!("the case `{name}`: {error}")))?;
    let marker = match (&case.data, &case.values) {
        (Some(data), _) => signing::sign(name, data)?,
        (None, Some(values)) => {
            let pairs: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
            signing::digest(name, &pairs)?
        }
        (None, None) => return Err(failure(FailureKind::InvalidConfig, "the case has nothing to sign")),
    };
    Ok(placed(&case.place, &marker).credential(name))
}

fn placed(place: &Place, marker: &str) -> Request {
    let post = |rest: &str| Request::post(format!("https://plain.example.com/v1/send{rest}"));
    if let Some(name) = &place.header {
        post("").header(name, format!("before {marker}, after"))
    } else if let Some(name) = &place.query {
        post(&format!("?before=%7E1+2&{name}={marker}&after=%C3%BC"))
    } else if let Some(name) = &place.form {
        post("").content("application/x-www-form-urlencoded", form(&[("a", "1 2"), (name, marker), ("z", "ü")]))
    } else if let Some(pointer) = &place.json {
        let inner = |name: &str| json!({"z": 1.50, name: marker, "a": "ü"});
        match pointer.trim_start_matches('/').split_once('/') {
            Some((outer, name)) => post("").json(&json!({ outer: inner(name) })),
            None => post("").json(&inner(pointer.trim_start_matches('/'))),
        }
    } else if place.xml.is_some() {
        let element = match &place.attribute {
            Some(name) => format!("<n:b x=\"1\" {name}=\"{marker}\"/>"),
            None => format!("<n:b x=\"1\">{marker}</n:b>"),
        };
        post("").content("application/xml", format!("<n:a xmlns:n=\"urn:n\"><n:c>&amp;</n:c>{element}</n:a>"))
    } else {
        post(&format!("/{marker}"))
    }
}
