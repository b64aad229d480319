//! Tencent Cloud SMS, `SendSms` of 2021-01-11, signed by TC3-HMAC-SHA256.
//! <https://cloud.tencent.com/document/api/382/55981>, <https://cloud.tencent.com/document/api/382/52071>

mod report;

use std::collections::BTreeMap;

use countersign_sdk::encoding::sha256_hex;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Field, Handled, Message,
    Moment, Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, failure,
    kind_of, parse_config, signing,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    secret_id: String,
    region: String,
    app_id: String,
    sign_name: Option<String>,
    overseas_app_id: Option<String>,
    overseas_sign_name: Option<String>,
    sender_id: Option<String>,
    #[serde(default)]
    overseas_templates: BTreeMap<String, String>,
}

const HOST: &str = "sms.tencentcloudapi.com";
const DAY_SECONDS: u64 = 86_400;

/// <https://cloud.tencent.com/document/api/382/59177>; a family's name stands for those of its codes that are not here. A
/// signature or template that is not approved here may be approved elsewhere: that is no refused content.
const CODES: &CodeTable = &[
    ("AuthFailure", K::AuthenticationFailed),
    ("FailedOperation.ContainSensitiveWord", K::ContentRejected),
    ("FailedOperation.InsufficientBalanceInSmsPackage", K::InsufficientFunds),
    ("FailedOperation.MarketingSendTimeConstraint", K::ContentRejected),
    ("FailedOperation.PhoneNumberInBlacklist", K::RecipientBlocked),
    ("FailedOperation.PhoneNumberParseFail", K::InvalidRecipient),
    ("FailedOperation.FailResolvePacket", K::InvalidConfig),
    ("FailedOperation.JsonParseFail", K::InvalidConfig),
    ("FailedOperation.SignatureIncorrectOrUnapproved", K::InvalidConfig),
    ("FailedOperation.TemplateIdNotExist", K::InvalidConfig),
    ("FailedOperation.TemplateIncorrectOrUnapproved", K::InvalidConfig),
    ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", K::InvalidConfig),
    ("FailedOperation.TemplateUnapprovedOrNotExist", K::InvalidConfig),
    ("InternalError", K::ProviderUnavailable),
    ("InternalError.RequestTimeException", K::AuthenticationFailed),
    ("InternalError.RestApiInterfaceNotExist", K::InvalidConfig),
    ("InternalError.SigFieldMissing", K::AuthenticationFailed),
    ("InternalError.SigVerificationFail", K::AuthenticationFailed),
    ("InternalError.Timeout", K::Timeout),
    ("InternalError.SendAndRecvFail", K::Timeout),
    ("InvalidParameter", K::InvalidConfig),
    ("InvalidParameter.DirtyWordFound", K::ContentRejected),
    ("InvalidParameterValue", K::InvalidConfig),
    ("InvalidParameterValue.ContentLengthLimit", K::ContentRejected),
    ("InvalidParameterValue.IncorrectPhoneNumber", K::InvalidRecipient),
    ("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", K::ContentRejected),
    ("InvalidParameterValue.TemplateParameterFormatError", K::ContentRejected),
    ("InvalidParameterValue.TemplateParameterLengthLimit", K::ContentRejected),
    ("IpInBlacklist", K::AuthenticationFailed),
    ("IpNotInWhitelist", K::AuthenticationFailed),
    ("LimitExceeded", K::QuotaExceeded),
    ("LimitExceeded.AppCountryOrRegionInBlacklist", K::UnsupportedDestination),
    ("LimitExceeded.DeliveryFrequencyLimit", K::RateLimited),
    ("LimitExceeded.GlobalSmsSendingRateLimit", K::RateLimited),
    ("LimitExceeded.PhoneNumberDailyLimit", K::RateLimited),
    ("LimitExceeded.PhoneNumberOneHourLimit", K::RateLimited),
    ("LimitExceeded.PhoneNumberSameContentDailyLimit", K::RateLimited),
    ("LimitExceeded.PhoneNumberThirtySecondLimit", K::RateLimited),
    ("MissingParameter", K::InvalidConfig),
    ("RequestLimitExceeded", K::RateLimited),
    ("ServiceUnavailable", K::ProviderUnavailable),
    ("UnauthorizedOperation", K::AuthenticationFailed),
    ("UnauthorizedOperation.ServiceSuspendDueToArrears", K::InsufficientFunds),
    ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", K::InvalidConfig),
    ("UnsupportedOperation", K::UnsupportedDestination),
    ("UnsupportedRegion", K::InvalidConfig),
];

struct TencentSms;

impl Connector for TencentSms {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for TencentSms {
    /// What is left of the packages: <https://cloud.tencent.com/document/api/382/55965>.
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let now = Moment::of(call).seconds();
        let body = Packages {
            sms_sdk_app_id: &config.app_id,
            limit: 100,
            offset: 0,
            begin_time: hour(now.saturating_sub(730 * DAY_SECONDS)),
            end_time: hour(now.saturating_sub(DAY_SECONDS / 24)),
        };
        standing(now, &exchange(signed(call, &config, "SmsPackagesStatistics", "packages", &body)?)?)
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
    let request = Request::post(format!("https://{HOST}/")).json(body);
    let headers = format!("content-type:application/json\nhost:{HOST}\n");
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    response: Inner,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Inner {
    error: Option<Said>,
    send_status_set: Vec<Said>,
    sms_packages_statistics_set: Option<Vec<Package>>,
}

/// What is said of the request, or of one number.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Said {
    code: String,
    message: Option<String>,
    serial_no: Option<String>,
    fee: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Package {
    package_amount: u64,
    current_usage: u64,
    package_expired_time: u64,
}

/// Tencent Cloud answers 200 whatever it says; any other status is a proxy's.
fn inner(response: &Response) -> Result<Inner, Failure> {
    match response.json::<Answer>() {
        Ok(answer) => Ok(answer.response),
        Err(doubt) if response.is_success() => Err(doubt),
        Err(_) => Ok(Inner::default()),
    }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let told = inner(response)?;
    let Some(said) = told.error.or_else(|| told.send_status_set.into_iter().next()) else {
        return Err(response.refused(CODES, None, None));
    };
    if !said.code.eq_ignore_ascii_case("ok") || !response.is_success() {
        return Err(refusal(response, said));
    }
    let id = said.serial_no.filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer says Ok and names no message").maybe_sent())?;
    Ok(Receipt { segments: said.fee.filter(|parts| *parts > 0), ..accepted(ReceiptStatus::Accepted, id) })
}

fn refusal(response: &Response, said: Said) -> Failure {
    let family = said.code.split('.').next().unwrap_or_default();
    let kind = kind_of(CODES, &said.code).or_else(|| kind_of(CODES, family));
    let told = response.refused(CODES, Some(said.code), said.message);
    let told = Failure { kind: kind.unwrap_or(told.kind), ..told };
    // Its own trouble is no refusal.
    if matches!(told.kind, K::ProviderUnavailable | K::Timeout) && response.is_success() {
        return told.maybe_sent();
    }
    told
}

fn standing(now: u64, response: &Response) -> Result<Standing, Failure> {
    match inner(response)? {
        Inner { error: Some(said), .. } => Err(refusal(response, said)),
        Inner { sms_packages_statistics_set: Some(packages), .. } if response.is_success() => {
            let good = packages.iter().filter(|package| package.package_expired_time > now);
            let left: u64 = good.map(|package| package.package_amount.saturating_sub(package.current_usage)).sum();
            let extra = vec![Field { name: "messages-left".to_owned(), value: left.to_string() }];
            Ok(Standing { name: None, balance: None, extra })
        }
        _ => Err(response.refused(CODES, None, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_that_of_packages_that_are_still_good() {
        let package = |amount, used, expires| {
            format!(r#"{{"PackageAmount":{amount},"CurrentUsage":{used},"PackageExpiredTime":{expires}}}"#)
        };
        let packages = [package(1000, 250, 2000), package(100, 10, 500), package(5, 7, 2000)].join(",");
        let body = format!(r#"{{"Response":{{"SmsPackagesStatisticsSet":[{packages}]}}}}"#);
        let extra = standing(1000, &Response::new(200, body)).unwrap().extra;
        assert_eq!(extra.first().map(|field| field.value.as_str()), Some("750"));
    }
}
