//! Volcengine SMS, `SendSms` of 2020-01-01, signed by HMAC-SHA256; BytePlus has the same under another name.
//! <https://www.volcengine.com/docs/6361/67380>, <https://www.volcengine.com/docs/6369/67269>

mod report;

use std::collections::BTreeMap;

use countersign_sdk::encoding::{canonical_query, sha256_hex};
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Moment,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, failure, parse_config,
    signing, values_as_json, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The region in which BytePlus is.
const BYTEPLUS: &str = "ap-singapore-1";

#[derive(Deserialize)]
struct Config {
    access_key_id: String,
    region: String,
    sms_account: String,
    sign: Option<String>,
    from: Option<String>,
    overseas_sms_account: Option<String>,
    #[serde(default)]
    overseas_templates: BTreeMap<String, String>,
}

/// <https://www.volcengine.com/docs/6361/173288>; without a colon, <https://www.volcengine.com/docs/6369/68677> of every
/// product. A signature or template that is not approved here may be approved elsewhere: that is no refused content.
const CODES: &CodeTable = &[
    ("RE:0000", K::AuthenticationFailed),
    ("RE:0001", K::AuthenticationFailed),
    ("RE:0002", K::AuthenticationFailed),
    ("RE:0003", K::InvalidConfig),
    ("RE:0004", K::InvalidConfig),
    ("RE:0005", K::InvalidConfig),
    ("RE:0006", K::InvalidRecipient),
    ("RE:0007", K::AuthenticationFailed),
    ("RE:0009", K::InvalidConfig),
    ("RE:0010", K::InsufficientFunds),
    ("RE:0011", K::UnsupportedDestination),
    ("RE:0012", K::InvalidConfig),
    ("RE:0013", K::QuotaExceeded),
    ("RE:0500", K::ProviderUnavailable),
    ("VE:0001", K::AuthenticationFailed),
    ("VE:0002", K::InvalidConfig),
    ("VE:0003", K::InvalidConfig),
    ("VE:0004", K::InvalidConfig),
    ("AccessDenied", K::AuthenticationFailed),
    ("FailToConnect", K::ProviderUnavailable),
    ("InternalError", K::ProviderUnavailable),
    ("InternalServiceTimeout", K::Timeout),
    ("InvalidAccessKey", K::AuthenticationFailed),
    ("InvalidAuthorization", K::AuthenticationFailed),
    ("InvalidCredential", K::AuthenticationFailed),
    ("InvalidTimestamp", K::AuthenticationFailed),
    ("LackPolicy", K::AuthenticationFailed),
    ("MissingAuthenticationToken", K::AuthenticationFailed),
    ("MissingSignature", K::AuthenticationFailed),
    ("SignatureDoesNotMatch", K::AuthenticationFailed),
];

struct Volcengine;

impl Connector for Volcengine {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for Volcengine {
    /// The message group: key and group are good if it is told.
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let query = [("Action", "GetSubAccountDetail"), ("Version", "2021-01-11"), ("subAccount", &config.sms_account)];
        standing(&exchange(signed(call, &config, "group", &query, None)?)?)
    }
}

impl Reports for Volcengine {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Volcengine, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SendSms<'a> {
    sms_account: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(rename = "TemplateID")]
    template_id: &'a str,
    template_param: &'a str,
    phone_numbers: &'a str,
    tag: &'a str,
}

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let template = message.template_id.as_deref().unwrap_or_default();
    let (mainland, byteplus) = (message.calling_code == "86", config.region == BYTEPLUS);
    let sender = message.sender.as_deref();
    let mut body = SendSms {
        sms_account: &config.sms_account,
        sign: sender.or(config.sign.as_deref()),
        from: None,
        template_id: template,
        template_param: &values_as_json(message),
        phone_numbers: &message.to,
        tag: &message.reference,
    };
    if !mainland {
        body.sms_account = config.overseas_sms_account.as_ref().unwrap_or(&config.sms_account);
        body.template_id = config.overseas_templates.get(template).map_or(template, String::as_str);
    }
    match (mainland, byteplus) {
        (true, _) if body.sign.is_none() => {
            return Err(failure(K::InvalidConfig, "mainland China needs a signature: set `sign`"));
        }
        (true, _) => {}
        // BytePlus has senders, as its SDK's example shows.
        (false, true) => (body.sign, body.from) = (config.sign.as_deref(), sender.or(config.from.as_deref())),
        // Volcengine documents foreign numbers without a sign.
        (false, false) => body.phone_numbers = message.to.trim_start_matches('+'),
    }
    let body = serde_json::to_vec(&body).unwrap_or_default();
    signed(call, config, "send_sms", &[("Action", "SendSms"), ("Version", "2020-01-01")], Some(body))
}

/// A POST of JSON if there is a body, else a GET.
fn signed(
    call: &Call,
    config: &Config,
    credential: &str,
    query: &[(&str, &str)],
    body: Option<Vec<u8>>,
) -> Result<Request, Failure> {
    const JSON: &str = "application/json";
    let host = if config.region == BYTEPLUS { "sms.byteplusapi.com" } else { "sms.volcengineapi.com" };
    let (method, kind, signs) = match body {
        Some(_) => ("POST", format!("content-type:{JSON}\n"), "content-type;host;x-content-sha256;x-date"),
        None => ("GET", String::new(), "host;x-content-sha256;x-date"),
    };
    let (now, query) = (Moment::of(call), canonical_query(query));
    let (at, digest) = (now.iso8601_basic(), sha256_hex(body.as_deref().unwrap_or_default()));
    let headers = format!("{kind}host:{host}\nx-content-sha256:{digest}\nx-date:{at}\n");
    let canonical = format!("{method}\n/\n{query}\n{headers}\n{signs}\n{digest}");
    let scope = format!("{}/{}/volcSMS/request", now.date_basic(), config.region);
    let marker = signing::sign(credential, format!("HMAC-SHA256\n{at}\n{scope}\n{}", sha256_hex(canonical)))?;
    let key = &config.access_key_id;
    let authorization = format!("HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={signs}, Signature={marker}");
    let request = Request::new(method, format!("https://{host}/?{query}")).credential(credential);
    let request = match body {
        Some(body) => request.content(JSON, body),
        None => request,
    };
    Ok(request.header("x-content-sha256", digest).header("x-date", at).header("authorization", authorization))
}

/// The answer, if it is a yes: 200 with an error inside is none.
fn read(response: &Response) -> Result<Value, Failure> {
    let value = response.value();
    let refused = value.pointer("/ResponseMetadata/Error").is_some_and(|error| !error.is_null());
    if response.is_success() && !refused && value.get("Result").is_some_and(Value::is_object) {
        return Ok(value);
    }
    let code = word(&value, "/ResponseMetadata/Error/Code");
    let told = response.refused(CODES, code, word(&value, "/ResponseMetadata/Error/Message"));
    // Its own trouble is no refusal, under whichever status.
    let own = matches!(told.kind, K::ProviderUnavailable | K::Timeout) && response.status < 500;
    Err(if own { told.maybe_sent() } else { told })
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let id = word(&read(response)?, "/Result/MessageID/0");
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer names no message").maybe_sent())?;
    Ok(accepted(ReceiptStatus::Accepted, id))
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let name = word(&read(response)?, "/Result/subAccountName");
    let name = name.ok_or_else(|| failure(K::InvalidResponse, "the answer names no message group"))?;
    Ok(Standing { name: Some(name), balance: None, extra: Vec::new() })
}
