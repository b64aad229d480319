//! Signature Version 4 over a body that is all there is: one path, no query.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use countersign_sdk::encoding::sha256_hex;
use countersign_sdk::{Call, Failure, Moment, Request, signing};

use crate::Config;

pub(crate) const TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

pub(crate) fn signed(call: &Call, config: &Config, body: String, credential: &str) -> Result<Request, Failure> {
    let now = Moment::of(call);
    let (host, at, region) = (config.host(), now.iso8601_basic(), &config.region);
    let mut headers = vec![("content-type", TYPE), ("host", &host), ("x-amz-date", &at)];
    if let Some(token) = &config.session_token {
        headers.push(("x-amz-security-token", token));
    }
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!("POST\n/\n\n{lines}\n{names}\n{}", sha256_hex(&body));
    let scope = format!("{}/{region}/sns/aws4_request", now.date_basic());
    let marker = signing::sign(credential, format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", sha256_hex(canonical)))?;
    let key = &config.access_key_id;
    let authorization = format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={marker}");
    let request = Request::post(format!("https://{host}/"))
        .content(TYPE, body)
        .header("x-amz-date", &at)
        .header("authorization", authorization)
        .credential(credential);
    Ok(match &config.session_token {
        Some(token) => request.header("x-amz-security-token", token),
        None => request,
    })
}
