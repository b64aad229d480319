//! Twilio Verify v2: `POST /v2/Services/{service}/Verifications`, and `…/VerificationCheck`.
//! <https://www.twilio.com/docs/verify/api/verification>

use countersign_sdk::{
    Account, Attempt, Call, CodeTable, Fail as _, Failure, FailureKind as K, Request, Response, Standing, StartRequest,
    Started, Verdict, Verification, connector, exchange, failure, parse_config, started, word,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Config {
    api_key_sid: Option<String>,
    service_sid: String,
    template_sid: Option<String>,
    language: Language,
    risk_check: Option<String>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Language {
    Request,
    Number,
}

impl Config {
    fn service(&self) -> String {
        format!("https://verify.twilio.com/v2/Services/{}", self.service_sid)
    }

    fn credential(&self, account: &'static str, key: &'static str) -> &'static str {
        if self.api_key_sid.is_some() { key } else { account }
    }
}

/// Languages of Verify's own texts: any other is answered with 404.
/// <https://www.twilio.com/docs/verify/supported-languages>
const LANGUAGES: &[&str] = &[
    "af", "ar", "ca", "zh", "zh-CN", "zh-HK", "hr", "cs", "da", "nl", "en", "en-GB", "et", "fi", "fr", "de", "el",
    "he", "hi", "hu", "id", "it", "ja", "kn", "ko", "lt", "ms", "mr", "nb", "pl", "pt-BR", "pt", "ro", "ru", "sk",
    "es", "sv", "tl", "te", "th", "tr", "uk", "vi",
];

/// <https://www.twilio.com/docs/verify/return-and-error-codes>
const CODES: &CodeTable = &[
    ("20003", K::AuthenticationFailed),
    ("20005", K::AuthenticationFailed),
    ("20006", K::AuthenticationFailed),
    ("20008", K::AuthenticationFailed),
    ("20010", K::AuthenticationFailed),
    ("20403", K::AuthenticationFailed),
    ("20404", K::InvalidConfig),
    ("20429", K::RateLimited),
    ("20500", K::ProviderUnavailable),
    ("20503", K::ProviderUnavailable),
    ("21211", K::InvalidRecipient),
    ("21408", K::UnsupportedDestination),
    ("21608", K::UnsupportedDestination),
    ("21610", K::RecipientBlocked),
    ("21614", K::InvalidRecipient),
    ("60200", K::InvalidConfig),
    ("60202", K::RateLimited),
    ("60203", K::RateLimited),
    ("60204", K::InvalidConfig),
    ("60205", K::InvalidRecipient),
    ("60206", K::InvalidConfig),
    ("60212", K::RateLimited),
    ("60220", K::UnsupportedDestination),
    ("60223", K::InvalidConfig),
    ("60238", K::FraudBlocked),
    ("60410", K::FraudBlocked),
    ("60605", K::UnsupportedDestination),
];

struct TwilioVerify;

impl Verification for TwilioVerify {
    fn start(_call: &Call, config: &str, request: &StartRequest) -> Result<Started, Failure> {
        reply(&exchange(verification(&parse_config(config)?, request))?)
    }

    fn check(_call: &Call, config: &str, attempt: &Attempt) -> Result<Verdict, Failure> {
        verdict(&exchange(check(&parse_config(config)?, attempt))?)
    }
}

impl Account for TwilioVerify {
    /// The service: that it is there says that account, credentials and SID belong together.
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let credential = config.credential("account_service", "api_key_service");
        let response = exchange(Request::get(config.service()).credential(credential))?;
        if !response.is_success() {
            return Err(refusal(&response));
        }
        let unnamed = || failure(K::InvalidResponse, "the answer tells of no service");
        let name = word(&response.value(), "/friendly_name").ok_or_else(unnamed)?;
        Ok(Standing { name: Some(name), balance: None, extra: Vec::new() })
    }
}

connector!(TwilioVerify, "verification-with-account");

/// A second one for a number that waits for its code sends the same code under the same SID, so a resend is no other.
fn verification(config: &Config, asked: &StartRequest) -> Request {
    let tags = json!({ "reference": asked.reference }).to_string();
    let mut form = vec![("To", asked.to.as_str()), ("Channel", "sms")];
    let locale = language(&asked.locale).filter(|_| config.language == Language::Request);
    let optional = [
        ("Locale", locale),
        ("AppHash", asked.app_hash.as_deref()),
        ("TemplateSid", config.template_sid.as_deref()),
        ("DeviceIp", asked.client_ip.as_deref()),
        ("RiskCheck", config.risk_check.as_deref()),
        ("Tags", Some(&tags)),
    ];
    form.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let url = format!("{}/Verifications", config.service());
    Request::post(url).credential(config.credential("account", "api_key")).form(form)
}

/// The language as Twilio has it: with its region, or else without.
fn language(locale: &str) -> Option<&'static str> {
    let find = |tag: &str| LANGUAGES.iter().copied().find(|known| known.eq_ignore_ascii_case(tag));
    find(locale).or_else(|| find(locale.split('-').next().unwrap_or_default()))
}

fn check(config: &Config, attempt: &Attempt) -> Request {
    // By number where no start told its SID: Twilio then takes the newest of the service.
    let which = match &attempt.id {
        Some(sid) => ("VerificationSid", sid.as_str()),
        None => ("To", attempt.to.as_str()),
    };
    let url = format!("{}/VerificationCheck", config.service());
    Request::post(url).credential(config.credential("account", "api_key")).form([which, ("Code", &attempt.code)])
}

fn reply(response: &Response) -> Result<Started, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let told: Value = response.json()?;
    match (word(&told, "/status").as_deref(), word(&told, "/sid")) {
        (Some("pending"), Some(sid)) => Ok(started(sid)),
        // No code was made, or none that anybody waits for.
        _ => Err(failure(K::InvalidResponse, "the answer tells of no verification that is pending").maybe_sent()),
    }
}

/// <https://www.twilio.com/docs/verify/api/verification-check>
fn verdict(response: &Response) -> Result<Verdict, Failure> {
    if !response.is_success() {
        let told = refusal(response);
        return match told.provider_code.as_deref() {
            // Used, expired, used up or canceled: from then on Twilio knows it no more.
            Some("20404") if is_of_check(&told.text) => Ok(Verdict::Gone),
            Some("60202") => Ok(Verdict::TooMany),
            // What no code of the service can be, such as one of another length.
            Some("60200") if parameter(&told.text) == Some("Code") => Ok(Verdict::Wrong),
            _ => Err(told),
        };
    }
    let told: Value = response.json()?;
    // `valid` is older than the status, which is to be used instead of it. It may be missing, but must not contradict.
    let valid = told.get("valid").and_then(Value::as_bool);
    Ok(match (word(&told, "/status").as_deref(), valid) {
        (Some("approved"), None | Some(true)) => Verdict::Approved,
        (Some("pending"), None | Some(false)) => Verdict::Wrong,
        (Some("expired"), _) => Verdict::Expired,
        (Some("max_attempts_reached"), _) => Verdict::TooMany,
        (Some("canceled" | "deleted" | "failed"), _) => Verdict::Gone,
        (Some(_), _) => Verdict::Other,
        (None, _) => return Err(failure(K::InvalidResponse, "the answer has no status").maybe_sent()),
    })
}

/// Twilio names the resource that it did not find: of another than the check, such as the service, it says nothing of a code.
fn is_of_check(text: &str) -> bool {
    !text.contains("/Services/") || text.contains("/VerificationCheck")
}

/// Which one 60200 is about: "Invalid parameter `To`: …", "Invalid parameter: Code".
fn parameter(text: &str) -> Option<&str> {
    let (_, named) = text.split_once("parameter")?;
    named.trim_start_matches([':', ' ', '`']).split(|c: char| !c.is_ascii_alphanumeric()).next()
}

fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let told = response.refused(CODES, word(&answer, "/code"), word(&answer, "/message"));
    // Of the parameters, only the number is the recipient's.
    let of_number = told.provider_code.as_deref() == Some("60200") && parameter(&told.text) == Some("To");
    if of_number { Failure { kind: K::InvalidRecipient, ..told } } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_one_that_twilio_has_or_none() {
        assert_eq!(language("pt-BR"), Some("pt-BR"));
        assert_eq!(language("de-AT"), Some("de"));
        assert_eq!(language("EN-gb"), Some("en-GB"));
        assert_eq!(language("cy"), None);
    }
}
