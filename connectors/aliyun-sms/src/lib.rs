//! Alibaba Cloud SMS. An account of aliyun.com sends registered templates by `SendSms`, and texts to other countries by
//! `SendMessageToGlobe`; one of alibabacloud.com sends templates to mainland China by `SendMessageWithTemplate`.
//! <https://help.aliyun.com/en/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms>,
//! <https://www.alibabacloud.com/help/en/sms/developer-reference/api-dysmsapi-2018-05-01-sendmessagetoglobe>

mod report;

use std::collections::BTreeMap;

use countersign_sdk::signing::acs3::{self, Operation, Placement};
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, failure, kind_of, parse_config,
    values_as_json, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Config {
    access_key_id: String,
    /// The query, by the schema's default: where Alibaba Cloud documents them, and where its SDKs put them.
    parameters_in: Placement,
    region: Option<String>,
    sign_name: Option<String>,
    from: Option<String>,
    #[serde(default)]
    outside_templates: BTreeMap<String, String>,
}

const HOST: &str = "dysmsapi.aliyuncs.com";

/// <https://help.aliyun.com/document_detail/101346.html>. A signature or template that is not approved here, or a value that
/// does not fit it, may be good elsewhere: that is no refused content.
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
    ("isv.CODE_ERROR", K::InvalidConfig),
    ("isv.CODE_EXCEED_LIMIT", K::InvalidConfig),
    ("isv.CUSTOMER_REFUSED", K::RecipientBlocked),
    ("isv.DAY_LIMIT_CONTROL", K::QuotaExceeded),
    ("isv.DENY_IP_RANGE", K::InvalidConfig),
    ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", K::UnsupportedDestination),
    ("isv.EXTEND_CODE_ERROR", K::InvalidConfig),
    ("isv.INVALID_JSON_PARAM", K::InvalidConfig),
    ("isv.INVALID_PARAMETERS", K::InvalidConfig),
    ("isv.MOBILE_COUNT_OVER_LIMIT", K::InvalidConfig),
    ("isv.MOBILE_NUMBER_ILLEGAL", K::InvalidRecipient),
    ("isv.MONTH_LIMIT_CONTROL", K::QuotaExceeded),
    ("isv.NOT_SUPPORTED_COUNTRY", K::UnsupportedDestination),
    ("isv.ONE_CODE_MULTIPLE_SIGN", K::InvalidConfig),
    ("isv.OUT_OF_SERVICE", K::InsufficientFunds),
    ("isv.PARAM_LENGTH_LIMIT", K::InvalidConfig),
    ("isv.PARAM_NOT_SUPPORT_URL", K::ContentRejected),
    ("isv.PRODUCT_UN_SUBSCRIPT", K::AuthenticationFailed),
    ("isv.PRODUCT_UNSUBSCRIBE", K::AuthenticationFailed),
    ("isv.SECURITY_FROZEN_ACCOUNT", K::AuthenticationFailed),
    ("isv.SIGN_NAME_ILLEGAL", K::InvalidConfig),
    ("isv.SIGN_STATE_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_CONTENT_ILLEGAL", K::ContentRejected),
    ("isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE", K::ContentRejected),
    ("isv.SMS_SIGN_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_SIGNATURE_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", K::InvalidConfig),
    ("isv.SMS_TEMPLATE_ILLEGAL", K::InvalidConfig),
    // A test signature goes to numbers that were bound to the account.
    ("isv.SMS_TEST_NUMBER_LIMIT", K::UnsupportedDestination),
    ("isv.SMS_TEST_SIGN_TEMPLATE_LIMIT", K::InvalidConfig),
    ("isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL", K::InvalidConfig),
    ("isv.TEMPLATE_MISSING_PARAMETERS", K::InvalidConfig),
    ("isv.TEMPLATE_PARAMS_ILLEGAL", K::InvalidConfig),
    ("isv.UNSUPPORTED_CONTENT", K::ContentRejected),
    ("template_parameter_count_illegal", K::InvalidConfig),
];

/// Those of messages to other countries: <https://help.aliyun.com/zh/sms/error-code-intl>,
/// <https://www.alibabacloud.com/help/en/sms/developer-reference/error-codes>.
const CODES_ABROAD: &CodeTable = &[
    ("ACCOUNT_ILLEGAL", K::AuthenticationFailed),
    ("ACCOUNT_NOT_EXISTS", K::AuthenticationFailed),
    ("AMOUNT_NOT_ENOUGH", K::InsufficientFunds),
    ("BLACK_KEY_CONTROL_LIMIT", K::ContentRejected),
    ("CONTENT_MISSING_PARAMETERS", K::InvalidConfig),
    ("FORBIDDEN_ACTION", K::AuthenticationFailed),
    ("INVALID_JSON_PARAM", K::InvalidConfig),
    ("INVALID_PARAMETERS", K::InvalidConfig),
    ("INVALID_SENDERID", K::InvalidConfig),
    ("MOBILE_COUNT_OVER_LIMIT", K::InvalidConfig),
    ("MOBILE_NUMBER_ILLEGAL", K::InvalidRecipient),
    ("NOT_SUPPORTED_COUNTRY", K::UnsupportedDestination),
    ("ONLINE_BILLING_FAILED", K::ProviderUnavailable),
    ("OUT_OF_SERVICE", K::AuthenticationFailed),
    ("PARAM_LENGTH_LIMIT", K::InvalidConfig),
    ("PRODUCT_NOT_SUBSCRIBED", K::AuthenticationFailed),
    ("QPS_LIMIT_CONTROL", K::RateLimited),
    ("RAM_PERMISSION_DENY", K::AuthenticationFailed),
    ("SMS_CONTENT_CODE_ILLEGAL", K::InvalidConfig),
    ("SMS_CONTENT_ILLEGAL", K::ContentRejected),
    ("SMS_SECURITY_INTERCEPTED", K::FraudBlocked),
    ("SMS_SIGN_NAME_ILLEGAL", K::InvalidConfig),
    ("SYSTEM_ERROR", K::ProviderUnavailable),
];

/// What a code means: a product's, or the gateway's.
pub(crate) fn kind_of_code(code: &str) -> Option<K> {
    kind_of(CODES, code).or_else(|| kind_of(CODES_ABROAD, code)).or_else(|| acs3::kind_of_code(code))
}

struct AliyunSms;

impl Connector for AliyunSms {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for AliyunSms {
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(Operation::CALLER.request(call, &config.access_key_id, config.parameters_in, &[])?)?)
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
    let (sign_name, values) = (signature(config, message)?, values_as_json(message));
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
    let (sign_name, values) = (signature(config, message)?, values_as_json(message));
    let fields = [
        ("To", message.to.trim_start_matches('+')),
        ("From", sign_name),
        ("TemplateCode", id),
        ("TemplateParam", &values),
        ("ValidityPeriod", &validity(message)),
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
    let validity = validity(message);
    let mut fields = vec![("To", message.to.trim_start_matches('+')), ("Message", &message.text)];
    if let Some(sender) = message.sender.as_ref().or(config.from.as_ref()) {
        // A number goes without its sign, as the recipient's does.
        fields.push(("From", sender.trim_start_matches('+')));
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

/// In seconds, from 1 to four hours: <https://www.alibabacloud.com/help/en/sms/user-guide/set-validity-period>.
fn validity(message: &Message) -> String {
    message.validity_seconds.clamp(1, 14_400).to_string()
}

/// The answer's code under either version's name, with its words. `SendSms` and the gateway say `Code`.
fn refused(response: &Response) -> Failure {
    let value = response.value();
    let code = word(&value, "/Code").or_else(|| word(&value, "/ResponseCode"));
    let kind = code.as_deref().and_then(kind_of_code);
    let told = response.refused(&[], code, word(&value, "/Message").or_else(|| word(&value, "/ResponseDescription")));
    let told = Failure { kind: kind.unwrap_or(told.kind), ..told };
    // Its own trouble is no refusal, under whichever status.
    if told.kind == K::ProviderUnavailable && response.status < 500 { told.maybe_sent() } else { told }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let value = response.value();
    let code = word(&value, "/Code").or_else(|| word(&value, "/ResponseCode"));
    if code.as_deref() != Some("OK") || !response.is_success() {
        return Err(refused(response));
    }
    let id = word(&value, "/BizId").or_else(|| word(&value, "/MessageId"));
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer says OK and names no message").maybe_sent())?;
    let segments = word(&value, "/Segments").and_then(|segments| segments.parse().ok()).filter(|parts| *parts > 0);
    Ok(Receipt { segments, ..accepted(ReceiptStatus::Accepted, id) })
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let value = response.value();
    match word(&value, "/Arn").or_else(|| word(&value, "/AccountId")) {
        Some(name) if response.is_success() => Ok(Standing { name: Some(name), balance: None, extra: Vec::new() }),
        _ => Err(refused(response)),
    }
}
