//! Telnyx Verify: `POST /v2/verifications/sms`, and `…/actions/verify` with the code.
//! <https://developers.telnyx.com/api-reference/verify/trigger-sms-verification>

use countersign_sdk::encoding::percent_encode;
use countersign_sdk::{
    Account, Attempt, Call, CodeTable, Fail as _, Failure, FailureKind as K, Request, Response, Standing, StartRequest,
    Started, Verdict, Verification, balance, connector, exchange, failure, parse_config, started, word,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    verify_profile_id: String,
}

const API: &str = "https://api.telnyx.com/v2";

/// How long a code may live, in seconds.
const LIFE: std::ops::RangeInclusive<u32> = 30..=3600;

/// <https://developers.telnyx.com/development/api-fundamentals/api-errors>
const CODES: &CodeTable = &[
    ("10001", K::InvalidConfig),
    ("10002", K::InvalidRecipient),
    ("10003", K::InvalidConfig),
    ("10004", K::InvalidConfig),
    ("10005", K::InvalidConfig),
    ("10006", K::InvalidConfig),
    ("10007", K::ProviderUnavailable),
    ("10008", K::ProviderUnavailable),
    ("10009", K::AuthenticationFailed),
    ("10010", K::AuthenticationFailed),
    ("10011", K::RateLimited),
    ("10015", K::InvalidConfig),
    ("10016", K::InvalidRecipient),
    ("10039", K::UnsupportedDestination),
    ("20002", K::AuthenticationFailed),
    ("20006", K::AuthenticationFailed),
    ("20012", K::AuthenticationFailed),
    ("20013", K::AuthenticationFailed),
    ("20014", K::InvalidConfig),
    ("20015", K::InvalidConfig),
    ("20016", K::InvalidConfig),
    ("20017", K::InvalidConfig),
    ("20100", K::InsufficientFunds),
];
/// "The requested resource or URL could not be found."
const NOT_FOUND: &str = "10005";

struct TelnyxVerify;

impl Verification for TelnyxVerify {
    /// A resend is another verification: Telnyx has none of its own for it.
    fn start(_call: &Call, config: &str, request: &StartRequest) -> Result<Started, Failure> {
        let config: Config = parse_config(config)?;
        let timeout_secs = request.validity_seconds.clamp(*LIFE.start(), *LIFE.end());
        let body = Start { phone_number: &request.to, verify_profile_id: &config.verify_profile_id, timeout_secs };
        reply(&exchange(Request::post(format!("{API}/verifications/sms")).credential("start").json(&body))?)
    }

    fn check(_call: &Call, config: &str, attempt: &Attempt) -> Result<Verdict, Failure> {
        verdict(&exchange(check(&parse_config(config)?, attempt))?)
    }
}

impl Account for TelnyxVerify {
    fn check(_call: &Call, _config: &str) -> Result<Standing, Failure> {
        let response = exchange(Request::get(format!("{API}/balance")).credential("balance"))?;
        if !response.is_success() {
            return Err(refusal(&response));
        }
        let answer = response.value();
        let found = word(&answer, "/data/balance").zip(word(&answer, "/data/currency"));
        let (amount, currency) = found.ok_or_else(|| failure(K::InvalidResponse, "the answer tells no balance"))?;
        Ok(balance(amount, currency))
    }
}

connector!(TelnyxVerify, "verification-with-account");

#[derive(Serialize)]
struct Start<'a> {
    phone_number: &'a str,
    verify_profile_id: &'a str,
    timeout_secs: u32,
}

#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_profile_id: Option<&'a str>,
}

/// By id, or by number where no start told one.
fn check(config: &Config, attempt: &Attempt) -> Request {
    let (which, verify_profile_id) = match &attempt.id {
        Some(id) => (percent_encode(id), None),
        None => (format!("by_phone_number/{}", attempt.to), Some(config.verify_profile_id.as_str())),
    };
    let body = Code { code: &attempt.code, verify_profile_id };
    Request::post(format!("{API}/verifications/{which}/actions/verify")).credential("check").json(&body)
}

fn reply(response: &Response) -> Result<Started, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let answer = response.value();
    let nothing = || failure(K::InvalidResponse, "the answer names no verification").maybe_sent();
    let id = word(&answer, "/data/id").ok_or_else(nothing)?;
    match word(&answer, "/data/status") {
        // Telnyx says in a 2xx, too, that there is nothing to wait for.
        Some(status) if status != "pending" => {
            Err(failure(K::Other, "the verification does not wait for a code").code(status))
        }
        _ => {
            let life = word(&answer, "/data/timeout_secs").and_then(|seconds| seconds.parse().ok());
            Ok(Started { expires_in_seconds: life, ..started(id) })
        }
    }
}

/// <https://developers.telnyx.com/api-reference/verify/verify-verification-code-by-id>
fn verdict(response: &Response) -> Result<Verdict, Failure> {
    if !response.is_success() {
        let told = refusal(response);
        let gone = response.status == 404 && told.provider_code.as_deref() == Some(NOT_FOUND);
        return if gone { Ok(Verdict::Gone) } else { Err(told) };
    }
    let nothing = || failure(K::InvalidResponse, "the answer does not say whether the code is right").maybe_sent();
    match word(&response.value(), "/data/response_code").ok_or_else(nothing)?.as_str() {
        "accepted" => Ok(Verdict::Approved),
        // Also of a code that expired, or was wrong too often: Telnyx has no other word.
        "rejected" => Ok(Verdict::Wrong),
        _ => Ok(Verdict::Other),
    }
}

fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let text = word(&answer, "/errors/0/detail").or_else(|| word(&answer, "/errors/0/title"));
    response.refused(CODES, word(&answer, "/errors/0/code"), text)
}
