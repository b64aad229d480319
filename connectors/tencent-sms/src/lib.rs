//! Tencent Cloud SMS, `SendSms` of 2021-01-11, signed by TC3-HMAC-SHA256.
//! <https://cloud.tencent.com/document/api/382/55981>, <https://cloud.tencent.com/document/api/382/52071>

mod report;

use std::collections::BTreeMap;

use countersign_sdk::encoding::sha256_hex;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Moment,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, credits, exchange, failure,
    kind_of, parse_config, signing, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
struct Config {
    secret_id: String,
    site: Site,
    region: String,
    app_id: String,
    sign_name: Option<String>,
    overseas_app_id: Option<String>,
    overseas_sign_name: Option<String>,
    sender_id: Option<String>,
    #[serde(default)]
    overseas_templates: BTreeMap<String, String>,
}

/// The Chinese and the international site have accounts, an endpoint and operations of their own.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum Site {
    #[serde(rename = "cloud.tencent.com")]
    China,
    #[serde(rename = "tencentcloud.com")]
    International,
}

impl Site {
    fn host(self) -> &'static str {
        match self {
            Self::China => "sms.tencentcloudapi.com",
            Self::International => "sms.intl.tencentcloudapi.com",
        }
    }
}

const DAY_SECONDS: u64 = 86_400;

/// <https://cloud.tencent.com/document/api/382/59177>, and those of every product,
/// <https://cloud.tencent.com/document/api/382/52075>; a family's name stands for those of its codes that are not here. A
/// signature or template that is not approved here, or a value that does not fit it, may be good elsewhere: that is no
/// refused content.
const CODES: &CodeTable = &[
    ("ActionOffline", K::InvalidConfig),
    ("AuthFailure", K::AuthenticationFailed),
    ("FailedOperation.ContainSensitiveWord", K::ContentRejected),
    ("FailedOperation.FailResolvePacket", K::InvalidConfig),
    ("FailedOperation.InsufficientBalanceInSmsPackage", K::InsufficientFunds),
    ("FailedOperation.JsonParseFail", K::InvalidConfig),
    ("FailedOperation.MarketingSendTimeConstraint", K::InvalidConfig),
    ("FailedOperation.MissingSignature", K::InvalidConfig),
    ("FailedOperation.NotEnterpriseCertification", K::AuthenticationFailed),
    ("FailedOperation.ParametersOtherError", K::InvalidConfig),
    ("FailedOperation.PhoneNumberInBlacklist", K::RecipientBlocked),
    ("FailedOperation.PhoneNumberParseFail", K::InvalidRecipient),
    ("FailedOperation.ProhibitSubAccountUse", K::AuthenticationFailed),
    ("FailedOperation.SignatureIncorrectOrUnapproved", K::InvalidConfig),
    ("FailedOperation.TemplateIdNotExist", K::InvalidConfig),
    ("FailedOperation.TemplateIncorrectOrUnapproved", K::InvalidConfig),
    ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", K::InvalidConfig),
    ("FailedOperation.TemplateUnapprovedOrNotExist", K::InvalidConfig),
    ("InternalError", K::ProviderUnavailable),
    ("InternalError.RequestTimeException", K::AuthenticationFailed),
    ("InternalError.RestApiInterfaceNotExist", K::InvalidConfig),
    ("InternalError.SendAndRecvFail", K::Timeout),
    ("InternalError.SigFieldMissing", K::AuthenticationFailed),
    ("InternalError.SigVerificationFail", K::AuthenticationFailed),
    ("InternalError.Timeout", K::Timeout),
    ("InvalidAction", K::InvalidConfig),
    ("InvalidParameter", K::InvalidConfig),
    ("InvalidParameter.DirtyWordFound", K::ContentRejected),
    ("InvalidParameterValue", K::InvalidConfig),
    ("InvalidParameterValue.ContentLengthLimit", K::ContentRejected),
    ("InvalidParameterValue.IncorrectPhoneNumber", K::InvalidRecipient),
    ("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", K::ContentRejected),
    ("InvalidParameterValue.TemplateWithDirtyWords", K::ContentRejected),
    ("InvalidRequest", K::InvalidConfig),
    ("IpInBlacklist", K::AuthenticationFailed),
    ("IpNotInWhitelist", K::AuthenticationFailed),
    ("LimitExceeded", K::QuotaExceeded),
    ("LimitExceeded.AppCountryOrRegionInBlacklist", K::UnsupportedDestination),
    ("LimitExceeded.DeliveryFrequencyLimit", K::RateLimited),
    ("LimitExceeded.GlobalSmsSendingRateLimit", K::RateLimited),
    ("LimitExceeded.PhoneNumberCountLimit", K::InvalidConfig),
    ("LimitExceeded.PhoneNumberOneHourLimit", K::RateLimited),
    ("LimitExceeded.PhoneNumberThirtySecondLimit", K::RateLimited),
    ("MissingParameter", K::InvalidConfig),
    ("NoSuchProduct", K::InvalidConfig),
    ("NoSuchVersion", K::InvalidConfig),
    ("RequestLimitExceeded", K::RateLimited),
    ("RequestSizeLimitExceeded", K::InvalidConfig),
    ("ResourceInsufficient", K::ProviderUnavailable),
    ("ResourceNotFound", K::InvalidConfig),
    ("ResourceUnavailable", K::ProviderUnavailable),
    ("ServiceUnavailable", K::ProviderUnavailable),
    ("UnauthorizedOperation", K::AuthenticationFailed),
    ("UnauthorizedOperation.ServiceSuspendDueToArrears", K::InsufficientFunds),
    ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", K::InvalidConfig),
    ("UnknownParameter", K::InvalidConfig),
    ("UnsupportedOperation", K::UnsupportedDestination),
    ("UnsupportedProtocol", K::InvalidConfig),
    ("UnsupportedRegion", K::InvalidConfig),
];

struct TencentSms;

impl Connector for TencentSms {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for TencentSms {
    /// What is left of the packages: <https://cloud.tencent.com/document/api/382/55964>. The international site has none, and
    /// is asked for the day's statistics instead, which tell that key and application are good:
    /// <https://www.tencentcloud.com/document/api/382/40528>.
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let now = Moment::of(call).seconds();
        let begin = |days| hour(now.saturating_sub(days * DAY_SECONDS));
        let app = &config.app_id;
        match config.site {
            Site::China => {
                let end_time = hour(now.saturating_sub(DAY_SECONDS / 24));
                let body = Packages { sms_sdk_app_id: app, limit: 100, offset: 0, begin_time: begin(730), end_time };
                packages(now, &exchange(signed(call, &config, "SmsPackagesStatistics", "packages", &body)?)?)
            }
            Site::International => {
                let body =
                    Statistics { begin_time: begin(1), end_time: hour(now), sms_sdk_app_id: app, limit: 0, offset: 0 };
                statistics(&exchange(signed(call, &config, "SendStatusStatistics", "statistics", &body)?)?)
            }
        }
    }
}

impl Reports for TencentSms {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(TencentSms, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SendSms<'a> {
    phone_number_set: [&'a str; 1],
    sms_sdk_app_id: &'a str,
    template_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_name: Option<&'a str>,
    template_param_set: Vec<&'a str>,
    session_context: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Packages<'a> {
    sms_sdk_app_id: &'a str,
    limit: u32,
    offset: u32,
    begin_time: String,
    end_time: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics<'a> {
    begin_time: String,
    end_time: String,
    sms_sdk_app_id: &'a str,
    limit: u32,
    offset: u32,
}

/// `2026011512`. Tencent Cloud's own hour is ahead of UTC, so that this one is always past.
fn hour(seconds: u64) -> String {
    let moment = Moment::from_seconds(seconds);
    format!("{}{:02}", moment.date_basic(), seconds % DAY_SECONDS / 3600)
}

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let template = message.template_id.as_deref().unwrap_or_default();
    let mut body = SendSms {
        phone_number_set: [&message.to],
        sms_sdk_app_id: &config.app_id,
        template_id: template,
        sign_name: message.sender.as_deref().or(config.sign_name.as_deref()),
        template_param_set: message.parameters.iter().map(|parameter| parameter.value.as_str()).collect(),
        session_context: &message.reference,
        sender_id: None,
    };
    if message.calling_code != "86" {
        body.sms_sdk_app_id = config.overseas_app_id.as_ref().unwrap_or(&config.app_id);
        body.template_id = config.overseas_templates.get(template).map_or(template, String::as_str);
        body.sign_name = config.overseas_sign_name.as_deref();
        body.sender_id = message.sender.as_deref().or(config.sender_id.as_deref());
    } else if body.sign_name.is_none() {
        return Err(failure(K::InvalidConfig, "mainland China needs a signature: set `sign_name`"));
    }
    signed(call, config, "SendSms", "send_sms", &body)
}

fn signed<T: Serialize>(
    call: &Call,
    config: &Config,
    action: &str,
    credential: &str,
    body: &T,
) -> Result<Request, Failure> {
    let now = Moment::of(call);
    let host = config.site.host();
    let request = Request::post(format!("https://{host}/")).json(body);
    let headers = format!("content-type:application/json\nhost:{host}\n");
    let canonical = format!("POST\n/\n\n{headers}\ncontent-type;host\n{}", sha256_hex(request.body()));
    let (at, scope) = (now.seconds().to_string(), format!("{}/sms/tc3_request", now.date()));
    let marker = signing::sign(credential, format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", sha256_hex(canonical)))?;
    let key = &config.secret_id;
    let authorization =
        format!("TC3-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=content-type;host, Signature={marker}");
    let request = request.header("authorization", authorization).credential(credential);
    Ok(request
        .header("x-tc-action", action)
        .header("x-tc-version", "2021-01-11")
        .header("x-tc-timestamp", at)
        .header("x-tc-region", config.region.as_str()))
}

/// Tencent Cloud answers 200 whatever it says: `Error` is of the request, `SendStatusSet` of the numbers.
fn reply(response: &Response) -> Result<Receipt, Failure> {
    let value = response.value();
    let of_number = |name: &str| word(&value, &format!("/Response/SendStatusSet/0/{name}"));
    let taken = of_number("Code").is_some_and(|code| code.eq_ignore_ascii_case("ok"));
    if !taken || value.pointer("/Response/Error").is_some() || !response.is_success() {
        return Err(refused(response));
    }
    let id = of_number("SerialNo");
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer says Ok and names no message").maybe_sent())?;
    let segments = of_number("Fee").and_then(|fee| fee.parse().ok()).filter(|parts| *parts > 0);
    Ok(Receipt { segments, ..accepted(ReceiptStatus::Accepted, id) })
}

fn refused(response: &Response) -> Failure {
    let value = response.value();
    let told = |name: &str| {
        let of_request = word(&value, &format!("/Response/Error/{name}"));
        of_request.or_else(|| word(&value, &format!("/Response/SendStatusSet/0/{name}")))
    };
    let code = told("Code").filter(|code| !code.eq_ignore_ascii_case("ok"));
    let family = code.as_deref().and_then(|code| code.split('.').next()).unwrap_or_default();
    let kind = code.as_deref().and_then(|code| kind_of(CODES, code)).or_else(|| kind_of(CODES, family));
    let did_nothing = family == "ServiceUnavailable";
    let told = response.refused(CODES, code, told("Message"));
    let told = Failure { kind: kind.unwrap_or(told.kind), ..told };
    // Its own trouble is no refusal, but for the word that means 503.
    let own = matches!(told.kind, K::ProviderUnavailable | K::Timeout) && response.status < 500;
    if own && !did_nothing { told.maybe_sent() } else { told }
}

fn packages(now: u64, response: &Response) -> Result<Standing, Failure> {
    let value = response.value();
    let packages = value.pointer("/Response/SmsPackagesStatisticsSet").and_then(Value::as_array);
    let Some(packages) = packages.filter(|_| response.is_success()) else {
        return Err(refused(response));
    };
    let number = |package: &Value, name: &str| package.get(name).and_then(Value::as_u64).unwrap_or_default();
    let good = packages.iter().filter(|package| number(package, "PackageExpiredTime") > now);
    let left = good.map(|package| number(package, "PackageAmount").saturating_sub(number(package, "CurrentUsage")));
    Ok(credits(left.sum::<u64>().to_string()))
}

fn statistics(response: &Response) -> Result<Standing, Failure> {
    match response.value().pointer("/Response/SendStatusStatistics") {
        Some(Value::Object(_)) if response.is_success() => {
            Ok(Standing { name: None, balance: None, extra: Vec::new() })
        }
        _ => Err(refused(response)),
    }
}
