//! Twilio Verify v2: `POST /v2/Services/{service}/Verifications`, and `…/VerificationCheck`.
//! <https://www.twilio.com/docs/verify/api/verification>

use countersign_sdk::{
    Account, Attempt, Call, CodeTable, Fail as _, Failure, FailureKind as K, Request, Response, Standing, StartRequest,
    Started, Verdict, Verification, connector, exchange, failure, parse_config, started,
};
use serde::Deserialize;
use serde_json::json;

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
        let service: Service = response.json()?;
        Ok(Standing { name: Some(service.friendly_name), balance: None, extra: Vec::new() })
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

#[derive(Deserialize)]
struct Told {
    sid: String,
    status: String,
    valid: Option<bool>,
}

#[derive(Deserialize)]
struct Service {
    friendly_name: String,
}

#[derive(Deserialize)]
struct Refused {
    code: Option<u32>,
    message: Option<String>,
}

fn reply(response: &Response) -> Result<Started, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let told: Told = response.json()?;
    match told.status.as_str() {
        "pending" => Ok(started(told.sid)),
        // No code was made, or none that anybody waits for.
        status => Err(failure(K::InvalidResponse, format!("the verification is `{status}`")).maybe_sent()),
    }
}

/// <https://www.twilio.com/docs/verify/api/verification-check>
fn verdict(response: &Response) -> Result<Verdict, Failure> {
    if !response.is_success() {
        let told = refusal(response);
        return match told.provider_code.as_deref() {
            // Used, expired, used up or canceled: from then on Twilio knows it no more.
            Some("20404") => Ok(Verdict::Gone),
            Some("60202") => Ok(Verdict::TooMany),
            // What no code of the service can be, such as one of another length.
            Some("60200") if told.text.contains("Code") => Ok(Verdict::Wrong),
            _ => Err(told),
        };
    }
    let told: Told = response.json()?;
    Ok(match (told.status.as_str(), told.valid) {
        ("approved", Some(true)) => Verdict::Approved,
        ("pending", Some(false)) => Verdict::Wrong,
        ("expired", _) => Verdict::Expired,
        ("max_attempts_reached", _) => Verdict::TooMany,
        ("canceled" | "deleted" | "failed", _) => Verdict::Gone,
        _ => Verdict::Other,
    })
}

fn refusal(response: &Response) -> Failure {
    let Ok(refused) = response.json::<Refused>() else { return response.refused(CODES, None, None) };
    let told = response.refused(CODES, refused.code.map(|code| code.to_string()), refused.message);
    // Of the parameters, only the number is the recipient's.
    let of_number = told.provider_code.as_deref() == Some("60200") && told.text.contains("`To`");
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

    #[test]
    fn only_an_approved_and_valid_one_is_right() {
        let said = |body: &str| verdict(&Response::new(200, body)).ok();
        assert_eq!(said(r#"{"sid": "VE0", "status": "approved", "valid": true}"#), Some(Verdict::Approved));
        assert_eq!(said(r#"{"sid": "VE0", "status": "approved", "valid": false}"#), Some(Verdict::Other));
        assert_eq!(said(r#"{"sid": "VE0", "status": "approved"}"#), Some(Verdict::Other));
        assert!(said("{}").is_none());
    }
}
