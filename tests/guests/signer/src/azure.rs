//! Azure Communication Services, `POST /sms`, by HMAC-SHA256.
//! <https://learn.microsoft.com/azure/communication-services/tutorials/hmac-header-tutorial>

use countersign_sdk::encoding::sha256_base64;
use countersign_sdk::signing::{nonce_as_uuid, sign};
use countersign_sdk::{Call, Failure, Message, Moment, Request};
use serde::Serialize;

use crate::{Config, spaced};

const TARGET: &str = "/sms?api-version=2021-03-07";
const SIGNED: &str = "x-ms-date;host;x-ms-content-sha256";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Send<'a> {
    from: &'a str,
    sms_recipients: [Recipient<'a>; 1],
    message: &'a str,
    sms_send_options: Options,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recipient<'a> {
    to: &'a str,
    repeatability_request_id: String,
    repeatability_first_sent: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    enable_delivery_report: bool,
}

pub(crate) fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let (host, at) = (config.text("endpoint")?, Moment::of(call).http_date());
    let body = spaced::json(&Send {
        from: config.text("from")?,
        sms_recipients: [Recipient {
            to: &message.to,
            repeatability_request_id: nonce_as_uuid(call),
            repeatability_first_sent: &at,
        }],
        message: &message.text,
        sms_send_options: Options { enable_delivery_report: true },
    });
    let digest = sha256_base64(&body);
    let marker = sign("azure", format!("POST\n{TARGET}\n{at};{host};{digest}"))?;
    Ok(Request::post(format!("https://{host}{TARGET}"))
        .content("application/json", body)
        .header("x-ms-date", at)
        .header("x-ms-content-sha256", digest)
        .header("authorization", format!("HMAC-SHA256 SignedHeaders={SIGNED}&Signature={marker}"))
        .credential("azure"))
}
