//! Signature Version 4 over a body that is all there is: one path, no query, the action in a header.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use countersign_sdk::encoding::sha256_hex;
use countersign_sdk::{Call, Failure, Moment, Request, signing};
use serde::Serialize;

use crate::Config;

/// JSON 1.0: <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>.
const TYPE: &str = "application/x-amz-json-1.0";

/// A request of one action, signed by the credential that is pinned to it.
pub(crate) fn signed<T: Serialize>(
    call: &Call,
    config: &Config,
    action: &str,
    body: &T,
    credential: &str,
) -> Result<Request, Failure> {
    let now = Moment::of(call);
    let (host, at, region) = (config.host(), now.iso8601_basic(), &config.region);
    // Serialising to memory fails only for maps whose keys are no strings, which no body of ours has.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let target = format!("PinpointSMSVoiceV2.{action}");
    // In the order in which they are signed: by name.
    let mut headers = vec![("content-type", TYPE), ("host", &host), ("x-amz-date", &at)];
    if let Some(token) = &config.session_token {
        headers.push(("x-amz-security-token", token));
    }
    headers.push(("x-amz-target", &target));
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!("POST\n/\n\n{lines}\n{names}\n{}", sha256_hex(&body));
    let scope = format!("{}/{region}/sms-voice/aws4_request", now.date_basic());
    let marker = signing::sign(credential, format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", sha256_hex(canonical)))?;
    let key = &config.access_key_id;
    let authorization = format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={marker}");
    let request = Request::post(format!("https://{host}/"))
        .content(TYPE, body)
        .header("x-amz-date", &at)
        .header("x-amz-target", &target)
        .header("authorization", authorization)
        .credential(credential);
    Ok(match &config.session_token {
        Some(token) => request.header("x-amz-security-token", token),
        None => request,
    })
}
