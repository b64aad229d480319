//! Vonage Verify v2: `POST /v2/verify` with one SMS as its workflow, `POST /v2/verify/{request}` with the code.
//! <https://developer.vonage.com/en/api/verify.v2>

use countersign_sdk::encoding::percent_encode;
use countersign_sdk::{
    Account, Attempt, Call, CodeTable, Fail as _, Failure, FailureKind as K, Request, Response, Standing, StartRequest,
    Started, Verdict, Verification, balance, connector, exchange, failure, parse_config, signing, started, word,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Config {
    application_id: Option<String>,
    brand: String,
    from: Option<String>,
    entity_id: Option<String>,
    content_id: Option<String>,
}

const API: &str = "https://api.nexmo.com/v2/verify";

/// How long Vonage waits for the code of an SMS, in seconds: with one step in the workflow, the code's life.
const LIFE: std::ops::RangeInclusive<u32> = 15..=900;
/// Digits that a code may have.
const DIGITS: std::ops::RangeInclusive<u8> = 4..=10;

/// Languages of Vonage's texts: the one that a language alone stands for is the first of it.
const LANGUAGES: &[&str] = &[
    "en-us", "en-gb", "es-es", "es-mx", "es-us", "it-it", "fr-fr", "de-de", "ru-ru", "hi-in", "pt-br", "pt-pt", "id-id",
];

/// The last part of a problem's type. <https://developer.vonage.com/en/api-errors>
const CODES: &CodeTable = &[
    ("account-suspended", K::AuthenticationFailed),
    ("concurrent", K::RateLimited),
    ("conflict", K::RateLimited),
    ("forbidden", K::AuthenticationFailed),
    ("invalid-api-key", K::AuthenticationFailed),
    ("invalid-json", K::InvalidConfig),
    ("invalid-params", K::InvalidConfig),
    ("invalid-signature", K::AuthenticationFailed),
    ("jwt-expired", K::AuthenticationFailed),
    ("jwt-revoked", K::AuthenticationFailed),
    ("low-balance", K::InsufficientFunds),
    ("no-code", K::InvalidConfig),
    ("not-found", K::InvalidConfig),
    ("throttled", K::RateLimited),
    ("unauthorized", K::AuthenticationFailed),
    ("unprovisioned", K::AuthenticationFailed),
];

struct VonageVerify;

impl Verification for VonageVerify {
    fn start(_call: &Call, config: &str, request: &StartRequest) -> Result<Started, Failure> {
        let config: Config = parse_config(config)?;
        if let Some(previous) = &request.previous {
            // Of a number, Vonage takes one at a time. What has ended meanwhile can't be canceled, and need not be.
            exchange(signed(&config, Request::new("DELETE", of(previous)))?)?;
        }
        let life = request.validity_seconds.clamp(*LIFE.start(), *LIFE.end());
        let asked = signed(&config, Request::post(API).json(&body(&config, request, life)))?;
        reply(&exchange(asked)?, life)
    }

    fn check(_call: &Call, config: &str, attempt: &Attempt) -> Result<Verdict, Failure> {
        let config: Config = parse_config(config)?;
        let unknown =
            "Vonage checks a code by its request's id alone, and the answer that had it never came: send it again";
        let id = attempt.id.as_ref().ok_or_else(|| failure(K::Other, unknown))?;
        let asked = Request::post(of(id)).json(&json!({ "code": attempt.code }));
        verdict(&exchange(signed(&config, asked)?)?)
    }
}

impl Account for VonageVerify {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        let asked = Request::get("https://rest.nexmo.com/account/get-balance").credential("balance");
        let response = exchange(asked)?;
        if !response.is_success() {
            return Err(refusal(&response));
        }
        let nothing = || failure(K::InvalidResponse, "the answer tells no balance");
        Ok(balance(word(&response.value(), "/value").ok_or_else(nothing)?, "EUR"))
    }
}

connector!(VonageVerify, "verification-with-account");

fn of(id: &str) -> String {
    format!("{API}/{}", percent_encode(id))
}

/// For an application, with a token of its key; else with the account's key.
fn signed(config: &Config, request: Request) -> Result<Request, Failure> {
    if config.application_id.is_none() {
        return Ok(request.credential("key"));
    }
    let token = signing::token("application", &[])?;
    Ok(request.credential("application").header("authorization", format!("Bearer {token}")))
}

#[derive(Serialize)]
struct Body<'a> {
    brand: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'static str>,
    channel_timeout: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_length: Option<u8>,
    workflow: [Sms<'a>; 1],
}

#[derive(Serialize)]
struct Sms<'a> {
    channel: &'static str,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_id: Option<&'a str>,
}

fn body<'a>(config: &'a Config, asked: &'a StartRequest, life: u32) -> Body<'a> {
    let extra = |name: &str| asked.extra.iter().find(|field| field.name == name).map(|field| field.value.as_str());
    let from = asked.sender.as_deref().or(config.from.as_deref());
    let sms = Sms {
        channel: "sms",
        to: digits(&asked.to),
        from: from.map(digits),
        app_hash: asked.app_hash.as_deref(),
        entity_id: extra("dlt-entity-id").or(config.entity_id.as_deref()),
        content_id: extra("dlt-template-id").or(config.content_id.as_deref()),
    };
    Body {
        brand: &config.brand,
        locale: language(&asked.locale),
        channel_timeout: life,
        code_length: asked.code_length.map(|digits| digits.clamp(*DIGITS.start(), *DIGITS.end())),
        workflow: [sms],
    }
}

/// Vonage writes numbers without their plus.
fn digits(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

fn language(locale: &str) -> Option<&'static str> {
    let wanted = locale.to_ascii_lowercase();
    let alone = wanted.split('-').next().unwrap_or_default();
    let same = |known: &&&str| **known == wanted;
    let first = |known: &&&str| known.split('-').next() == Some(alone);
    LANGUAGES.iter().find(same).or_else(|| LANGUAGES.iter().find(first)).copied()
}

fn reply(response: &Response, life: u32) -> Result<Started, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let nothing = || failure(K::InvalidResponse, "the answer names no request").maybe_sent();
    let id = word(&response.value(), "/request_id").ok_or_else(nothing)?;
    Ok(Started { expires_in_seconds: Some(life), ..started(id) })
}

/// <https://developer.vonage.com/en/api/verify.v2#checkCode>
fn verdict(response: &Response) -> Result<Verdict, Failure> {
    let answer = response.value();
    let (code, title) = (code_of(&answer), word(&answer, "/title"));
    match (response.status, code.as_deref(), title.as_deref()) {
        (200..=299, ..) => {
            let nothing = || failure(K::InvalidResponse, "the answer has no status").maybe_sent();
            let status = word(&answer, "/status").ok_or_else(nothing)?;
            Ok(if status == "completed" { Verdict::Approved } else { Verdict::Other })
        }
        (400, Some("invalid-code"), _) | (400, _, Some("Invalid Code")) => Ok(Verdict::Wrong),
        // What no code of Vonage's can be, such as one of three digits.
        (422, ..) if is_about(&answer, "code") => Ok(Verdict::Wrong),
        // A gateway's 404, also one in JSON, says nothing of a code.
        (404, Some("not-found"), _) | (404, _, Some("Not Found")) => Ok(Verdict::Gone),
        (410, Some(_), _) | (410, _, Some(_)) => Ok(Verdict::TooMany),
        _ => Err(refusal(response)),
    }
}

/// What the type of a problem ends with.
fn code_of(problem: &Value) -> Option<String> {
    word(problem, "/type")?.rsplit_once('#').map(|(_, code)| code.to_owned())
}

/// The fields that a problem names: `code`, `workflow[0].to`.
fn parameters(problem: &Value) -> &[Value] {
    problem.get("invalid_parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn is_about(problem: &Value, field: &str) -> bool {
    let last = |name: String| name.rsplit(['.', '/']).next() == Some(field);
    parameters(problem).iter().any(|parameter| word(parameter, "/name").is_some_and(last))
}

fn refusal(response: &Response) -> Failure {
    let problem = response.value();
    let code = code_of(&problem);
    let has_type = code.is_some();
    let told = response.refused(CODES, code, text(&problem));
    let kind = match response.status {
        _ if is_about(&problem, "to") => K::InvalidRecipient,
        // Older answers have no type: of a number, another one is under way.
        409 if !has_type && word(&problem, "/title").is_some() => K::RateLimited,
        _ => told.kind,
    };
    Failure { kind, ..told }
}

/// The detail says only that a field is wrong, so the field's own words go behind it.
fn text(problem: &Value) -> Option<String> {
    let mut said = word(problem, "/detail").or_else(|| word(problem, "/title"))?;
    for parameter in parameters(problem) {
        let words = [word(parameter, "/name"), word(parameter, "/reason")].map(Option::unwrap_or_default);
        said.push_str(&format!("; {}", words.join(" ").trim()));
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_one_that_vonage_has_or_none() {
        assert_eq!(language("es-MX"), Some("es-mx"));
        assert_eq!(language("de-AT"), Some("de-de"));
        assert_eq!(language("en"), Some("en-us"));
        assert_eq!(language("cy"), None);
    }
}
