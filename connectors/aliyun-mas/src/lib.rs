//! Alibaba Cloud's number verification service, `SendSmsVerifyCode`: a code of ours in a template that it lends.
//! <https://help.aliyun.com/en/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode>

mod report;

use countersign_sdk::signing::acs3::{self, Operation, Placement};
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Parameter,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, failure, kind_of,
    parse_config, values_as_json, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Config {
    access_key_id: String,
    /// The query, by the schema's default: where Alibaba Cloud documents them, and where its SDKs put them.
    parameters_in: Placement,
    sign_name: String,
    scheme_name: Option<String>,
    interval_seconds: Option<u32>,
}

/// <https://help.aliyun.com/zh/pnvs/developer-reference/api-return-code>, and those of SMS, which it sends by:
/// <https://help.aliyun.com/document_detail/101346.html>. They come with and without their prefix. A signature or template
/// that is not lent here may be approved elsewhere: that is no refused content.
const CODES: &CodeTable = &[
    ("ACCOUNT_ABNORMAL", K::AuthenticationFailed),
    ("ACCOUNT_NOT_EXISTS", K::AuthenticationFailed),
    ("AMOUNT_NOT_ENOUGH", K::InsufficientFunds),
    ("BLACK_KEY_CONTROL_LIMIT", K::ContentRejected),
    ("BUSINESS_LIMIT_CONTROL", K::RateLimited),
    ("DAY_LIMIT_CONTROL", K::QuotaExceeded),
    ("FREQUENCY", K::RateLimited),
    ("FREQUENCY_FAIL", K::RateLimited),
    ("FUNCTION_NOT_OPENED", K::AuthenticationFailed),
    ("GATEWAY_ERROR", K::ProviderUnavailable),
    ("INVALID_PARAMETERS", K::InvalidConfig),
    ("MOBILE_NUMBER_ILLEGAL", K::InvalidRecipient),
    ("MONTH_LIMIT_CONTROL", K::QuotaExceeded),
    ("OUT_OF_SERVICE", K::InsufficientFunds),
    ("PRODUCT_UN_SUBSCRIPT", K::AuthenticationFailed),
    ("PRODUCT_UNSUBSCRIBE", K::AuthenticationFailed),
    ("RAM_PERMISSION_DENY", K::AuthenticationFailed),
    ("SMS_CONTENT_ILLEGAL", K::ContentRejected),
    ("SMS_SIGNATURE_ILLEGAL", K::InvalidConfig),
    ("SMS_TEMPLATE_ILLEGAL", K::InvalidConfig),
    ("SYSTEM_ERROR", K::ProviderUnavailable),
    ("TEMPLATE_MISSING_PARAMETERS", K::InvalidConfig),
    ("TEMPLATE_PARAMS_ILLEGAL", K::InvalidConfig),
];

/// What a code means: the product's, or the gateway's.
pub(crate) fn kind_of_code(code: &str) -> Option<K> {
    let bare = ["isv.", "isp.", "biz."].iter().find_map(|prefix| code.strip_prefix(prefix)).unwrap_or(code);
    kind_of(CODES, bare).or_else(|| acs3::kind_of_code(code))
}

struct AliyunMas;

impl Connector for AliyunMas {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for AliyunMas {
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(Operation::CALLER.request(call, &config.access_key_id, config.parameters_in, &[])?)?)
    }
}

impl Reports for AliyunMas {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(AliyunMas, "connector-complete");

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let send = Operation {
        host: "dypnsapi.aliyuncs.com",
        action: "SendSmsVerifyCode",
        version: "2017-05-25",
        credential: "send_sms_verify_code",
    };
    let Some(number) = message.to.strip_prefix("+86") else {
        return Err(failure(K::UnsupportedDestination, "it serves numbers of mainland China only"));
    };
    let (values, interval) = (values(message), config.interval_seconds.map(|seconds| seconds.to_string()));
    let mut fields = vec![
        ("CountryCode", "86"),
        ("PhoneNumber", number),
        ("SignName", message.sender.as_ref().unwrap_or(&config.sign_name)),
        ("TemplateCode", message.template_id.as_deref().unwrap_or_default()),
        ("TemplateParam", &values),
        ("OutId", &message.reference),
    ];
    fields.extend(config.scheme_name.as_deref().map(|name| ("SchemeName", name)));
    fields.extend(interval.as_deref().map(|seconds| ("Interval", seconds)));
    send.request(call, &config.access_key_id, config.parameters_in, &fields)
}

/// The template's values. The templates that are lent also say for how many minutes (`min`) the code is good: rounded up,
/// as our own texts say it.
fn values(message: &Message) -> String {
    if message.parameters.iter().any(|parameter| parameter.name == "min") {
        return values_as_json(message);
    }
    let minutes = message.validity_seconds.div_ceil(60).max(1).to_string();
    let mut told = message.clone();
    told.parameters.push(Parameter { name: "min".to_owned(), value: minutes });
    values_as_json(&told)
}

fn refused(response: &Response) -> Failure {
    let value = response.value();
    let code = word(&value, "/Code");
    let kind = code.as_deref().and_then(kind_of_code);
    let told = response.refused(&[], code, word(&value, "/Message"));
    let told = Failure { kind: kind.unwrap_or(told.kind), ..told };
    // Its own trouble is no refusal, under whichever status.
    if told.kind == K::ProviderUnavailable && response.status < 500 { told.maybe_sent() } else { told }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let value = response.value();
    if word(&value, "/Code").as_deref() != Some("OK") || !response.is_success() {
        return Err(refused(response));
    }
    let id = word(&value, "/Model/BizId");
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer says OK and names no message").maybe_sent())?;
    Ok(accepted(ReceiptStatus::Accepted, id))
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    match word(&response.value(), "/Arn") {
        Some(name) if response.is_success() => Ok(Standing { name: Some(name), balance: None, extra: Vec::new() }),
        _ => Err(refused(response)),
    }
}
