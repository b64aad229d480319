//! A provider that takes a JSON Web Token, as Vonage does.
//! <https://developer.vonage.com/en/getting-started/concepts/authentication#json-web-tokens>

use countersign_sdk::{Failure, Message, Request, signing};
use serde::Serialize;

use crate::Config;

#[derive(Serialize)]
struct Send<'a> {
    to: &'a str,
    message_type: &'a str,
    text: &'a str,
}

pub(crate) fn request(config: &Config, message: &Message) -> Result<Request, Failure> {
    let application = config.text("application_id").ok();
    let claims: Vec<(&str, &str)> = application.into_iter().map(|id| ("application_id", id)).collect();
    let marker = signing::token("signing", &claims)?;
    let body = Send { to: message.to.trim_start_matches('+'), message_type: "text", text: &message.text };
    Ok(Request::post("https://jwt.example.com/v1/messages")
        .json(&body)
        .header("authorization", format!("Bearer {marker}"))
        .credential("signing"))
}
