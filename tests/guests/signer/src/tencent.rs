//! Tencent Cloud, `SendSms`, by TC3-HMAC-SHA256 and by the earlier signature in the form.
//! <https://cloud.tencent.com/document/api/382/52071>, <https://cloud.tencent.com/document/api/382/52072>

use countersign_sdk::encoding::{form, sha256_hex};
use countersign_sdk::{Call, Failure, Message, Moment, Request, signing};
use serde::Serialize;

use crate::{Config, spaced};

const HOST: &str = "sms.tencentcloudapi.com";
const VERSION: &str = "2021-01-11";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SendSms<'a> {
    phone_number_set: [&'a str; 1],
    sms_sdk_app_id: &'a str,
    template_id: &'a str,
    sign_name: &'a str,
    template_param_set: [&'a str; 2],
}

pub(crate) fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let now = Moment::of(call);
    let body = spaced::json(&SendSms {
        phone_number_set: [&message.to],
        sms_sdk_app_id: config.text("app_id")?,
        template_id: config.text("template_id")?,
        sign_name: config.text("sign_name")?,
        template_param_set: [config.text("code")?, "10"],
    });
    let headers = format!("content-type:application/json\nhost:{HOST}\n");
    let canonical = format!("POST\n/\n\n{headers}\ncontent-type;host\n{}", sha256_hex(&body));
    let (at, scope) = (now.seconds().to_string(), format!("{}/sms/tc3_request", now.date()));
    let marker = signing::sign("tencent", format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", sha256_hex(canonical)))?;
    let id = config.text("secret_id")?;
    let authorization =
        format!("TC3-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders=content-type;host, Signature={marker}");
    Ok(Request::post(format!("https://{HOST}/"))
        .content("application/json", body)
        .header("x-tc-action", "SendSms")
        .header("x-tc-timestamp", at)
        .header("x-tc-version", VERSION)
        .header("x-tc-region", config.text("region")?)
        .header("x-tc-language", "zh-CN")
        .header("authorization", authorization)
        .credential("tencent"))
}

pub(crate) fn form_request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let at = Moment::of(call).seconds().to_string();
    let nonce = call.nonce.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or_default();
    let nonce = nonce.to_string();
    let mut fields = vec![
        ("PhoneNumberSet.0", message.to.as_str()),
        ("SmsSdkAppId", config.text("app_id")?),
        ("TemplateId", config.text("template_id")?),
        ("SignName", config.text("sign_name")?),
        ("TemplateParamSet.0", config.text("code")?),
        ("TemplateParamSet.1", "10"),
        ("Action", "SendSms"),
        ("RequestClient", config.text("request_client")?),
        ("Nonce", &nonce),
        ("Timestamp", &at),
        ("Version", VERSION),
        ("Region", config.text("region")?),
        ("SecretId", config.text("secret_id")?),
        ("SignatureMethod", "HmacSHA256"),
        ("Language", "zh-CN"),
    ];
    let mut sorted = fields.clone();
    sorted.sort_unstable();
    // Signed as they are, before they are encoded.
    let plain = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let marker = signing::sign("tencent", format!("POST{HOST}/?{plain}"))?;
    fields.push(("Signature", &marker));
    Ok(Request::post(format!("https://{HOST}/"))
        .content("application/x-www-form-urlencoded", form(&fields))
        .credential("tencent"))
}
