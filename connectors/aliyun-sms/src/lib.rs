//! Alibaba Cloud SMS. An account of aliyun.com sends registered templates by `SendSms`, and texts to other countries by
//! `SendMessageToGlobe`; one of alibabacloud.com sends templates to mainland China by `SendMessageWithTemplate`.
//! <https://help.aliyun.com/en/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms>,
//! <https://www.alibabacloud.com/help/en/sms/developer-reference/api-dysmsapi-2018-05-01-sendmessagetoglobe>

mod acs3;
mod report;

use std::collections::BTreeMap;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, connector, exchange, failure, parse_config,
};
use serde::Deserialize;

use acs3::{Operation, Placement};

#[derive(Deserialize)]
pub(crate) struct Config {
    access_key_id: String,
    parameters_in: Placement,
    region: Option<String>,
    sign_name: Option<String>,
    from: Option<String>,
    #[serde(default)]
    outside_templates: BTreeMap<String, String>,
}

const HOST: &str = "dysmsapi.aliyuncs.com";

/// <https://help.aliyun.com/document_detail/101346.html>; without a prefix, those of
/// <https://www.alibabacloud.com/help/en/sms/developer-reference/error-codes>; without underscores, those that every
/// product has. A signature or template that is not approved here may be approved elsewhere: that is no refused content.
const CODES: &CodeTable = &[
    ("isp.GATEWAY_ERROR", K::ProviderUnavailable),
    ("isp.RAM_PERMISSION_DENY", K::AuthenticationFailed),
    ("isp.SYSTEM_ERROR", K::ProviderUnavailable),
    ("isp.UNKNOWN", K::ProviderUnavailable),
    ("isv.ACCOUNT_ABNORMAL", K::AuthenticationFailed),
    ("isv.ACCOUNT_NOT_EXISTS", K::AuthenticationFailed),
    ("isv.AMOUNT_NOT_ENOUGH", K::InsufficientFunds),
    ("isv.BLACK_KEY_CONTROL_LIMIT", K::ContentRejected),
    ("isv.BUSINESS_LIMIT_CONTROL", K::RateLimited),
    ("isv.CUSTOMER_REFUSED", K::RecipientBlocked),
    ("isv.DAY_LIMIT_CONTROL", K::QuotaExceeded),
    ("isv.DENY_IP_RANGE", K::InvalidConfig),
    ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", K::UnsupportedDestination),
    ("isv.EXTEND_CODE_ERROR", K::InvalidConfig),
    ("isv.INVALID_JSON_PARAM", K::InvalidConfig),
    ("isv.INVALID_PARAMETERS", K::InvalidConfig),
    ("isv.MOBILE_NUMBER_ILLEGAL", K::InvalidRecipient),
    ("isv.MONTH_LIMIT_CONTROL", K::QuotaExceeded),
    ("isv.NOT_SUPPORTED_COUNTRY", K::UnsupportedDestination),
    ("isv.OUT_OF_SERVICE", K::InsufficientFunds),
    ("isv.PARAM_LENGTH_LIMIT", K::ContentRejected),
    ("isv.PARAM_NOT_SUPPORT_URL", K::ContentRejected),
    ("isv.PRODUCT_UN_SUBSCRIPT", K::AuthenticationFailed),
    ("isv.PRODUCT_UNSUBSCRIBE", K::AuthenticationFailed),
    ("isv.SIGN_STATE_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_CONTENT_ILLEGAL", K::ContentRejected),
    ("isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE", K::ContentRejected),
    ("isv.SMS_SIGN_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_SIGNATURE_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_TEMPLATE_ILLEGAL", K::InvalidConfig),
    ("isv.TEMPLATE_MISSING_PARAMETERS", K::InvalidConfig),
    ("isv.TEMPLATE_PARAMS_ILLEGAL", K::ContentRejected),
    ("isv.UNSUPPORTED_CONTENT", K::ContentRejected),
    ("ACCOUNT_NOT_EXISTS", K::AuthenticationFailed),
    ("CONTENT_MISSING_PARAMETERS", K::InvalidConfig),
    ("FORBIDDEN_ACTION", K::AuthenticationFailed),
    ("INVALID_JSON_PARAM", K::InvalidConfig),
    ("INVALID_PARAMETERS", K::InvalidConfig),
    ("INVALID_SENDERID", K::InvalidConfig),
    ("MOBILE_NUMBER_ILLEGAL", K::InvalidRecipient),
    ("OUT_OF_SERVICE", K::AuthenticationFailed),
    ("SMS_CONTENT_CODE_ILLEGAL", K::InvalidConfig),
    ("SMS_SIGN_NAME_ILLEGAL", K::InvalidConfig),
    ("InvalidAccessKeyId.NotFound", K::AuthenticationFailed),
    ("InvalidTimeStamp.Expired", K::AuthenticationFailed),
    ("SignatureDoesNotMatch", K::AuthenticationFailed),
    ("SignatureNonceUsed", K::AuthenticationFailed),
    ("Throttling", K::RateLimited),
    ("Throttling.User", K::RateLimited),
];

struct AliyunSms;

impl Connector for AliyunSms {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for AliyunSms {
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

impl Reports for AliyunSms {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(AliyunSms, "connector-complete");

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let mainland = message.calling_code == "86";
    let template = message.template_id.as_deref();
    let outside = template.and_then(|id| config.outside_templates.get(id)).map(String::as_str);
    match (&config.region, template) {
        (None, Some(id)) if mainland => template_of_aliyun(call, config, message, id),
        // What has no international template goes out as text, if there is one.
        (None, Some(id)) if outside.is_some() || message.text.is_empty() => {
            template_of_aliyun(call, config, message, outside.unwrap_or(id))
        }
        (Some(region), Some(id)) if mainland => template_of_alibaba_cloud(call, config, message, region, id),
        (_, None) if mainland => {
            Err(failure(K::InvalidConfig, "mainland China takes registered templates only, and the message has none"))
        }
        (region, _) if !message.text.is_empty() => text(call, config, message, region.as_deref()),
        _ => Err(failure(K::InvalidConfig, "outside mainland China a text is sent, and the message has none")),
    }
}

fn template_of_aliyun(call: &Call, config: &Config, message: &Message, id: &str) -> Result<Request, Failure> {
    let send = Operation { host: HOST, action: "SendSms", version: "2017-05-25", credential: "send_sms" };
    let digits = message.to.trim_start_matches('+');
    // Of mainland China it is the number alone, of other countries the calling code too.
    let number = message.to.strip_prefix("+86").unwrap_or(digits);
    let (sign_name, values) = (signature(config, message)?, values(message));
    let fields = [
        ("PhoneNumbers", number),
        ("SignName", sign_name),
        ("TemplateCode", id),
        ("TemplateParam", &values),
        ("OutId", &message.reference),
    ];
    send.request(call, &config.access_key_id, config.parameters_in, &fields)
}

fn template_of_alibaba_cloud(
    call: &Call,
    config: &Config,
    message: &Message,
    region: &str,
    id: &str,
) -> Result<Request, Failure> {
    let send = Operation {
        host: &format!("dysmsapi.{region}.aliyuncs.com"),
        action: "SendMessageWithTemplate",
        version: "2018-05-01",
        credential: "send_message_with_template",
    };
    let (sign_name, values) = (signature(config, message)?, values(message));
    let fields = [
        ("To", message.to.trim_start_matches('+')),
        ("From", sign_name),
        ("TemplateCode", id),
        ("TemplateParam", &values),
        ("ValidityPeriod", &message.validity_seconds.to_string()),
    ];
    send.request(call, &config.access_key_id, config.parameters_in, &fields)
}

fn text(call: &Call, config: &Config, message: &Message, region: Option<&str>) -> Result<Request, Failure> {
    let send = Operation {
        host: &region.map_or_else(|| HOST.to_owned(), |region| format!("dysmsapi.{region}.aliyuncs.com")),
        action: "SendMessageToGlobe",
        version: "2018-05-01",
        credential: "send_message_to_globe",
    };
    let has_code = message.parameters.iter().any(|parameter| parameter.name == "code");
    let validity = message.validity_seconds.to_string();
    let mut fields = vec![("To", message.to.trim_start_matches('+')), ("Message", &message.text)];
    if let Some(sender) = message.sender.as_ref().or(config.from.as_ref()) {
        fields.push(("From", sender));
    }
    fields.extend([
        ("Type", if has_code { "OTP" } else { "NOTIFY" }),
        ("TaskId", &message.reference),
        ("ValidityPeriod", &validity),
    ]);
    send.request(call, &config.access_key_id, config.parameters_in, &fields)
}

fn signature<'a>(config: &'a Config, message: &'a Message) -> Result<&'a str, Failure> {
    let name = message.sender.as_deref().or(config.sign_name.as_deref());
    name.ok_or_else(|| failure(K::InvalidConfig, "a registered template needs a signature: set `sign_name`"))
}

/// The template's values, as an object in JSON.
fn values(message: &Message) -> String {
    let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let members = message.parameters.iter().map(|p| format!("{}:{}", text(&p.name), text(&p.value)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// What any of the operations answers, and what the gateway says in its place.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Answer {
    code: Option<String>,
    message: Option<String>,
    biz_id: Option<String>,
    response_code: Option<String>,
    response_description: Option<String>,
    message_id: Option<String>,
    segments: Option<Word>,
    arn: Option<String>,
    account_id: Option<String>,
}

impl Answer {
    /// An error page of a proxy says nothing but its status.
    fn of(response: &Response) -> Result<Self, Failure> {
        response.json().or_else(|doubt| if response.is_success() { Err(doubt) } else { Ok(Self::default()) })
    }

    fn refused(self, response: &Response) -> Failure {
        let code = self.code.or(self.response_code);
        let told = response.refused(CODES, code, self.message.or(self.response_description));
        // Its own trouble is no refusal, under whichever status.
        if told.kind == K::ProviderUnavailable && response.is_success() { told.maybe_sent() } else { told }
    }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = Answer::of(response)?;
    if answer.code.as_deref().or(answer.response_code.as_deref()) != Some("OK") || !response.is_success() {
        return Err(answer.refused(response));
    }
    let id = answer.biz_id.or(answer.message_id).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer says OK and names no message").maybe_sent())?;
    let mut receipt = accepted(ReceiptStatus::Accepted, id);
    receipt.segments = answer.segments.and_then(|segments| segments.as_str().parse().ok()).filter(|parts| *parts > 0);
    Ok(receipt)
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = Answer::of(response)?;
    match answer.arn.clone().or(answer.account_id.clone()) {
        Some(name) if response.is_success() => Ok(Standing { name: Some(name), balance: None, extra: Vec::new() }),
        _ => Err(answer.refused(response)),
    }
}
