//! A connector whose provider makes and checks the codes: tells what the provider answered, and is careless with what
//! it is asked, so that whatever must not be read in a log or a failure would be.

use countersign_sdk::{
    Account, Attempt, Call, Certainty, Failure, FailureKind, Level, Request, Standing, StartRequest, Started, Verdict,
    Verification, balance, connector, exchange, failure, log, parse_config, started,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Config {
    /// What the provider knows it by.
    account: String,
}

/// What the provider answers.
#[derive(Deserialize)]
struct Told {
    id: Option<String>,
    expires_in: Option<u32>,
    verdict: Option<String>,
    kind: Option<String>,
    certainty: Option<String>,
    retry_after: Option<u32>,
}

struct Guest;

impl Verification for Guest {
    fn start(_call: &Call, config: &str, request: &StartRequest) -> Result<Started, Failure> {
        let config: Config = parse_config(config)?;
        log(Level::Info, &format!("starting for {}", request.to));
        let told = ask(
            "start",
            &json!({
                "account": config.account, "to": request.to, "reference": request.reference, "ip": request.client_ip,
                "length": request.code_length, "previous": request.previous, "app_hash": request.app_hash,
                "locale": request.locale, "purpose": request.purpose, "validity": request.validity_seconds,
                "sender": request.sender,
            }),
        )?;
        let (id, expires_in_seconds) = (told.id.clone(), told.expires_in);
        id.map(|id| Started { expires_in_seconds, ..started(id) }).ok_or_else(|| refused(&told, &request.to))
    }

    fn check(_call: &Call, config: &str, attempt: &Attempt) -> Result<Verdict, Failure> {
        let config: Config = parse_config(config)?;
        log(Level::Info, &format!("checking {} of {}", attempt.code, attempt.to));
        if config.account == "sure-of-itself" {
            return Ok(Verdict::Approved);
        }
        let body = json!({
            "account": config.account, "id": attempt.id, "to": attempt.to, "code": attempt.code,
            "reference": attempt.reference,
        });
        if config.account == "credulous" {
            let request = Request::post("https://api.example.com/check").credential("token").json(&body);
            return exchange(request).map(|_| Verdict::Approved);
        }
        let told = ask("check", &body)?;
        match told.verdict.as_deref() {
            Some("approved") => Ok(Verdict::Approved),
            Some("wrong") => Ok(Verdict::Wrong),
            Some("expired") => Ok(Verdict::Expired),
            Some("too-many") => Ok(Verdict::TooMany),
            Some("gone") => Ok(Verdict::Gone),
            Some(_) => Ok(Verdict::Other),
            None => Err(refused(&told, &attempt.code)),
        }
    }
}

fn ask(path: &str, body: &serde_json::Value) -> Result<Told, Failure> {
    let request = Request::post(format!("https://api.example.com/{path}")).credential("token").json(body);
    exchange(request)?.json()
}

/// Careless: what it was asked stands in its words.
fn refused(told: &Told, asked: &str) -> Failure {
    let kind = match told.kind.as_deref() {
        Some("provider-unavailable") => FailureKind::ProviderUnavailable,
        Some("authentication-failed") => FailureKind::AuthenticationFailed,
        Some("rate-limited") => FailureKind::RateLimited,
        Some("invalid-recipient") => FailureKind::InvalidRecipient,
        _ => FailureKind::Other,
    };
    let certainty = if told.certainty.as_deref() == Some("unknown") { Certainty::Unknown } else { Certainty::NotSent };
    Failure { certainty, retry_after_seconds: told.retry_after, ..failure(kind, format!("refused {asked}")) }
}

impl Account for Guest {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        let answer = exchange(Request::get("https://api.example.com/balance").credential("token"))?;
        if answer.is_success() { Ok(balance("1.00", "EUR")) } else { Err(answer.refused(&[], None, None)) }
    }
}

connector!(Guest, "verification-with-account", "../../../wit", "../../../wit/verification");
