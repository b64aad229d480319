//! Any gateway that takes a message in one HTTP request, or a webhook of one's own: the configuration says what the
//! request looks like and what its answer means.

mod answer;
mod body;
mod template;

use std::collections::BTreeMap;

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, Request, connector, exchange, parse_config, signing,
};
use serde::Deserialize;

use answer::{Expected, reply};
use body::Body;
use template::{Place, Values, fill};

/// The configuration, with the defaults of its schema.
#[derive(Deserialize)]
pub(crate) struct Config {
    url: String,
    method: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    content_type: String,
    body: Option<Body>,
    #[serde(flatten)]
    expected: Expected,
}

/// The manifest's only credential; an operator may leave it out.
const CREDENTIAL: &str = "authorization";

struct Http;

impl Connector for Http {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        let request = request(&config, Values { call, message })?;
        let request = if signing::is_set(CREDENTIAL) { request.credential(CREDENTIAL) } else { request };
        reply(&config.expected, &exchange(request)?)
    }
}

connector!(Http, "connector");

pub(crate) fn request(config: &Config, values: Values<'_>) -> Result<Request, Failure> {
    let mut request = Request::new(&config.method, url(&config.url, values)?);
    for (name, template) in &config.headers {
        request = request.header(name, fill(template, Place::Plain, values)?);
    }
    // A GET says everything in its URL, unless the operator wants it otherwise.
    if config.method == "GET" && config.body.is_none() {
        return Ok(request);
    }
    let body = body::write(config.body.as_ref(), &config.content_type, values)?;
    Ok(request.content(&config.content_type, body))
}

/// Placeholders stand in the query alone: the path is what the credential is bound to.
fn url(template: &str, values: Values<'_>) -> Result<String, Failure> {
    match template.split_once('?') {
        None => Ok(template.to_owned()),
        Some((before, query)) => Ok(format!("{before}?{}", fill(query, Place::Percent, values)?)),
    }
}

#[cfg(test)]
mod tests {
    use countersign_sdk::Parameter;
    use serde_json::{Value, json};

    use super::*;

    pub(crate) fn call() -> Call {
        Call { issued_at: 0, nonce: String::new(), environment: "production".into(), deadline_ms: 1000 }
    }

    pub(crate) fn message() -> Message {
        Message {
            to: "+14155550123".into(),
            calling_code: "1".into(),
            country: Some("US".into()),
            purpose: "sign-in".into(),
            locale: "en".into(),
            reference: "msg_1".into(),
            validity_seconds: 600,
            sender: None,
            text: "Your code is 123456.".into(),
            template_id: None,
            template_locale: None,
            parameters: vec![Parameter { name: "code".into(), value: "123456".into() }],
            callback_url: None,
            client_ip: None,
            extra: Vec::new(),
        }
    }

    fn made(more: Value) -> Request {
        let mut config = json!({"url": "https://gw.example/send?to={to}&x=1", "method": "POST",
            "content_type": "application/json", "success": "2xx"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let config: Config = serde_json::from_value(config).unwrap();
        request(&config, Values { call: &call(), message: &message() }).unwrap()
    }

    #[test]
    fn only_the_query_of_the_url_is_filled() {
        assert_eq!(made(json!({})).url(), "https://gw.example/send?to=%2B14155550123&x=1");
    }

    #[test]
    fn a_get_has_a_body_only_if_it_is_given_one() {
        assert_eq!(made(json!({"method": "GET"})).body(), "");
        assert_eq!(made(json!({"method": "GET", "body": {"a": "{code}"}})).body(), r#"{"a":"123456"}"#);
    }
}
