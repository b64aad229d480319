//! Netgsm, REST v2: `POST /sms/rest/v2/otp` and `POST /sms/rest/v2/send`.
//! <https://www.netgsm.com.tr/dokuman/#otp-sms>

use countersign_sdk::{
    Account, Call, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Message, Receipt, ReceiptStatus,
    Request, Response, Standing, accepted, connector, credits, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    username: String,
    msgheader: String,
    route: String,
    iysfilter: String,
}

/// `SendOtpSmsErrorCode` of `@netgsm/sms`.
const OTP_CODES: &CodeTable = &[
    ("20", K::ContentRejected),
    ("30", K::AuthenticationFailed),
    ("40", K::InvalidConfig),
    ("41", K::InvalidConfig),
    ("50", K::InvalidRecipient),
    ("51", K::InvalidRecipient),
    ("52", K::InvalidRecipient),
    ("60", K::InsufficientFunds),
    ("70", K::InvalidConfig),
    ("80", K::RateLimited),
    ("85", K::RateLimited),
    ("100", K::ProviderUnavailable),
    ("101", K::ProviderUnavailable),
    ("5000", K::Other),
];

/// `SendSmsErrorCode` of `@netgsm/sms`: 50 and 51 say something else there.
const SMS_CODES: &CodeTable = &[
    ("20", K::ContentRejected),
    ("30", K::AuthenticationFailed),
    ("40", K::InvalidConfig),
    ("50", K::InvalidConfig),
    ("51", K::InvalidConfig),
    ("70", K::InvalidConfig),
    ("80", K::RateLimited),
    ("85", K::RateLimited),
    ("100", K::ProviderUnavailable),
    ("101", K::ProviderUnavailable),
    ("5000", K::Other),
];

/// Characters that one SMS of the OTP package has, beside the code that operators write behind it.
const OTP_CHARACTERS_MAX: usize = 155;

struct Netgsm;

impl Connector for Netgsm {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        if config.route == "otp" && fits_otp(message) {
            return reply(&exchange(otp(&config, message))?, OTP_CODES);
        }
        reply(&exchange(sms(&config, message))?, SMS_CODES)
    }
}

impl Account for Netgsm {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let body = Balance { usercode: &config.username, stip: CREDIT };
        standing(&exchange(Request::post("https://api.netgsm.com.tr/balance").credential("balance").json(&body))?)
    }
}

connector!(Netgsm, "connector-with-account");

/// The OTP package knows no Turkish letters, one part, and mobile numbers of Türkiye.
fn fits_otp(message: &Message) -> bool {
    message.calling_code == "90" && message.text.is_ascii() && message.text.len() <= OTP_CHARACTERS_MAX
}

/// Ten digits in Türkiye, all of them elsewhere.
fn number(message: &Message) -> &str {
    let digits = message.to.trim_start_matches('+');
    if message.calling_code == "90" { digits.strip_prefix("90").unwrap_or(digits) } else { digits }
}

#[derive(Serialize)]
struct Otp<'a> {
    msgheader: &'a str,
    msg: &'a str,
    no: &'a str,
}

fn otp(config: &Config, message: &Message) -> Request {
    let msgheader = message.sender.as_deref().unwrap_or(&config.msgheader);
    let body = Otp { msgheader, msg: &message.text, no: number(message) };
    Request::post("https://api.netgsm.com.tr/sms/rest/v2/otp").credential("login").json(&body)
}

#[derive(Serialize)]
struct Sms<'a> {
    msgheader: &'a str,
    iysfilter: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    messages: [One<'a>; 1],
}

#[derive(Serialize)]
struct One<'a> {
    msg: &'a str,
    no: &'a str,
}

/// Without `stopdate`: a short code's life is less than the span that Netgsm gives a job.
fn sms(config: &Config, message: &Message) -> Request {
    let body = Sms {
        msgheader: message.sender.as_deref().unwrap_or(&config.msgheader),
        iysfilter: &config.iysfilter,
        // It makes a message shorter and dearer: only where there are letters for it.
        encoding: (!message.text.is_ascii()).then_some("TR"),
        messages: [One { msg: &message.text, no: number(message) }],
    };
    Request::post("https://api.netgsm.com.tr/sms/rest/v2/send").credential("login").json(&body)
}

fn reply(response: &Response, codes: &CodeTable) -> Result<Receipt, Failure> {
    let answer = response.value();
    // 01 and 02 are a yes whose dates Netgsm set right.
    let is_yes = response.is_success() && matches!(word(&answer, "/code").as_deref(), Some("00" | "01" | "02"));
    let id = ["/jobid", "/jobID", "/jobId"].iter().find_map(|place| word(&answer, place));
    match id {
        Some(id) if is_yes => Ok(accepted(ReceiptStatus::Accepted, id)),
        _ if is_yes => Err(response.refused(codes, None, None)),
        _ => Err(refusal(response, codes)),
    }
}

fn refusal(response: &Response, codes: &CodeTable) -> Failure {
    let answer = response.value();
    let code = word(&answer, "/code");
    let fault_of_theirs = matches!(code.as_deref(), Some("100" | "101"));
    let told = response.refused(codes, code, word(&answer, "/description").or_else(|| word(&answer, "/message")));
    if fault_of_theirs { told.maybe_sent() } else { told }
}

/// The password is placed by the host.
#[derive(Serialize)]
struct Balance<'a> {
    usercode: &'a str,
    stip: u8,
}

/// `BalanceType.CREDIT`.
const CREDIT: u8 = 2;

/// What Netgsm calls credit has no currency in its answer.
fn standing(response: &Response) -> Result<Standing, Failure> {
    match word(&response.value(), "/balance") {
        Some(left) if response.is_success() => Ok(credits(left)),
        _ => Err(refusal(response, SMS_CODES)),
    }
}
