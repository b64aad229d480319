//! Amazon SNS, `Publish`, by Signature Version 4.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use countersign_sdk::encoding::{form, sha256_hex};
use countersign_sdk::{Call, Failure, Message, Moment, Request, signing};

use crate::Config;

const TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";
const SIGNED: &str = "content-type;host;x-amz-date";

pub(crate) fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let now = Moment::of(call);
    let (key, region) = (config.text("access_key_id")?, config.text("region")?);
    let (host, at) = (format!("sns.{region}.amazonaws.com"), now.iso8601_basic());
    let body = form(&[
        ("Action", "Publish"),
        ("Version", "2010-03-31"),
        ("PhoneNumber", &message.to),
        ("Message", &message.text),
        ("MessageAttributes.entry.1.Name", "AWS.SNS.SMS.SMSType"),
        ("MessageAttributes.entry.1.Value.DataType", "String"),
        ("MessageAttributes.entry.1.Value.StringValue", "Transactional"),
    ]);
    let headers = format!("content-type:{TYPE}\nhost:{host}\nx-amz-date:{at}\n");
    let canonical = format!("POST\n/\n\n{headers}\n{SIGNED}\n{}", sha256_hex(&body));
    let scope = format!("{}/{region}/sns/aws4_request", now.date_basic());
    let marker = signing::sign("aws", format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", sha256_hex(canonical)))?;
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={SIGNED}, Signature={marker}");
    Ok(Request::post(format!("https://{host}/"))
        .content(TYPE, body)
        .header("x-amz-date", at)
        .header("authorization", authorization)
        .credential("aws"))
}
