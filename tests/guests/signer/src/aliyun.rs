//! Alibaba Cloud, `SendSms`, by ACS3-HMAC-SHA256 and by the earlier HMAC-SHA1 in the query.
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature>

use countersign_sdk::encoding::{canonical_query, percent_encode, query, sha256_hex};
use countersign_sdk::{Call, Failure, Message, Moment, Request, signing};

use crate::Config;

const HOST: &str = "dysmsapi.aliyuncs.com";
const VERSION: &str = "2017-05-25";

fn fields<'a>(config: &'a Config, message: &'a Message) -> Result<Vec<(&'static str, &'a str)>, Failure> {
    Ok(vec![
        ("PhoneNumbers", message.to.as_str()),
        ("SignName", config.text("sign_name")?),
        ("TemplateCode", config.text("template_code")?),
        ("TemplateParam", config.text("template_param")?),
    ])
}

pub(crate) fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let fields = fields(config, message)?;
    let (at, digest) = (Moment::of(call).iso8601(), sha256_hex(""));
    // In the order in which they are signed; `host` is the host's to write.
    let headers = [
        ("accept", "application/json"),
        ("host", HOST),
        ("user-agent", "countersign"),
        ("x-acs-action", "SendSms"),
        ("x-acs-content-sha256", &digest),
        ("x-acs-credentials-provider", "static_ak"),
        ("x-acs-date", &at),
        ("x-acs-signature-nonce", &call.nonce),
        ("x-acs-version", VERSION),
    ];
    let signed = headers.map(|(name, _)| name).join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!("POST\n/\n{}\n{lines}\n{signed}\n{digest}", canonical_query(&fields));
    let marker = signing::sign("aliyun", format!("ACS3-HMAC-SHA256\n{}", sha256_hex(canonical)))?;
    let key = config.text("access_key_id")?;
    let authorization = format!("ACS3-HMAC-SHA256 Credential={key},SignedHeaders={signed},Signature={marker}");
    let request = Request::post(format!("https://{HOST}/?{}", query(&fields)));
    let own = headers.iter().filter(|(name, _)| *name != "host");
    let request = own.fold(request, |request, (name, value)| request.header(name, *value));
    Ok(request.header("authorization", authorization).credential("aliyun"))
}

pub(crate) fn rpc_request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let mut fields = fields(config, message)?;
    let at = Moment::of(call).iso8601();
    fields.extend([
        ("Version", VERSION),
        ("Action", "SendSms"),
        ("Format", "JSON"),
        ("RegionId", config.text("region")?),
        ("Timestamp", &at),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureType", ""),
        ("SignatureVersion", "1.0"),
        ("SignatureNonce", &call.nonce),
        ("AccessKeyId", config.text("access_key_id")?),
    ]);
    let marker = signing::sign("aliyun", format!("POST&%2F&{}", percent_encode(&canonical_query(&fields))))?;
    fields.push(("Signature", &marker));
    Ok(Request::post(format!("https://{HOST}/?{}", query(&fields))).credential("aliyun"))
}
