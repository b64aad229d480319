//! Alibaba Cloud's number verification service, `SendSmsVerifyCode`: a code of ours in a template that it lends.
//! <https://help.aliyun.com/en/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode>

mod acs3;
mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, failure, parse_config,
};
use serde::Deserialize;

use acs3::{Operation, Placement};

#[derive(Deserialize)]
pub(crate) struct Config {
    access_key_id: String,
    parameters_in: Placement,
    sign_name: String,
    scheme_name: Option<String>,
    interval_seconds: Option<u32>,
}

/// <https://help.aliyun.com/zh/pnvs/developer-reference/api-return-code>, those of SMS, which it sends by, and those that
/// every product has. A signature or template that is not lent here may be approved elsewhere: that is no refused
/// content.
const CODES: &CodeTable = &[
    ("BUSINESS_LIMIT_CONTROL", K::RateLimited),
    ("FREQUENCY_FAIL", K::RateLimited),
    ("FUNCTION_NOT_OPENED", K::AuthenticationFailed),
    ("INVALID_PARAMETERS", K::InvalidConfig),
    ("MOBILE_NUMBER_ILLEGAL", K::InvalidRecipient),
    ("biz.FREQUENCY", K::RateLimited),
    ("isp.RAM_PERMISSION_DENY", K::AuthenticationFailed),
    ("isp.SYSTEM_ERROR", K::ProviderUnavailable),
    ("isv.ACCOUNT_ABNORMAL", K::AuthenticationFailed),
    ("isv.ACCOUNT_NOT_EXISTS", K::AuthenticationFailed),
    ("isv.AMOUNT_NOT_ENOUGH", K::InsufficientFunds),
    ("isv.BLACK_KEY_CONTROL_LIMIT", K::ContentRejected),
    ("isv.BUSINESS_LIMIT_CONTROL", K::RateLimited),
    ("isv.DAY_LIMIT_CONTROL", K::QuotaExceeded),
    ("isv.FUNCTION_NOT_OPENED", K::AuthenticationFailed),
    ("isv.INVALID_PARAMETERS", K::InvalidConfig),
    ("isv.MOBILE_NUMBER_ILLEGAL", K::InvalidRecipient),
    ("isv.OUT_OF_SERVICE", K::InsufficientFunds),
    ("isv.PRODUCT_UN_SUBSCRIPT", K::AuthenticationFailed),
    ("isv.PRODUCT_UNSUBSCRIBE", K::AuthenticationFailed),
    ("isv.SMS_CONTENT_ILLEGAL", K::ContentRejected),
    ("isv.SMS_SIGNATURE_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_TEMPLATE_ILLEGAL", K::InvalidConfig),
    ("Forbidden.NoPermission", K::AuthenticationFailed),
    ("InvalidAccessKeyId.Inactive", K::AuthenticationFailed),
    ("InvalidAccessKeyId.NotFound", K::AuthenticationFailed),
    ("InvalidTimeStamp.Expired", K::AuthenticationFailed),
    ("SignatureDoesNotMatch", K::AuthenticationFailed),
    ("SignatureNonceUsed", K::AuthenticationFailed),
    ("Throttling", K::RateLimited),
    ("Throttling.User", K::RateLimited),
];

struct AliyunMas;

impl Connector for AliyunMas {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for AliyunMas {
    /// <https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-getcalleridentity>
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let whose = Operation {
            host: "sts.aliyuncs.com",
            action: "GetCallerIdentity",
            version: "2015-04-01",
            credential: "get_caller_identity",
        };
        standing(&exchange(whose.request(call, &config.access_key_id, config.parameters_in, &[])?)?)
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

/// The template's values, as an object in JSON. The templates that are lent also say for how many minutes (`min`) the
/// code is good: rounded up, as our own texts say it.
fn values(message: &Message) -> String {
    let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let mut members: Vec<_> =
        message.parameters.iter().map(|p| format!("{}:{}", text(&p.name), text(&p.value))).collect();
    if message.parameters.iter().all(|parameter| parameter.name != "min") {
        members.push(format!("\"min\":\"{}\"", message.validity_seconds.div_ceil(60).max(1)));
    }
    format!("{{{}}}", members.join(","))
}

/// What either operation answers, and what the gateway says in its place.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Answer {
    code: Option<String>,
    message: Option<String>,
    model: Option<Model>,
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Model {
    biz_id: Option<String>,
}

impl Answer {
    /// An error page of a proxy says nothing but its status.
    fn of(response: &Response) -> Result<Self, Failure> {
        response.json().or_else(|doubt| if response.is_success() { Err(doubt) } else { Ok(Self::default()) })
    }

    fn refused(self, response: &Response) -> Failure {
        let told = response.refused(CODES, self.code, self.message);
        // Its own trouble is no refusal, under whichever status.
        if told.kind == K::ProviderUnavailable && response.is_success() { told.maybe_sent() } else { told }
    }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = Answer::of(response)?;
    if answer.code.as_deref() != Some("OK") || !response.is_success() {
        return Err(answer.refused(response));
    }
    let id = answer.model.and_then(|model| model.biz_id).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer says OK and names no message").maybe_sent())?;
    Ok(accepted(ReceiptStatus::Accepted, id))
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let mut answer = Answer::of(response)?;
    match answer.arn.take() {
        Some(name) if response.is_success() => Ok(Standing { name: Some(name), balance: None, extra: Vec::new() }),
        _ => Err(answer.refused(response)),
    }
}
