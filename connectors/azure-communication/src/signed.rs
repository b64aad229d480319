//! HMAC-SHA256 over date, host and the body's digest.
//! <https://learn.microsoft.com/azure/communication-services/tutorials/hmac-header-tutorial>

use countersign_sdk::encoding::sha256_base64;
use countersign_sdk::{Call, Failure, Moment, Request, signing};

use crate::Config;

const SIGNED: &str = "x-ms-date;host;x-ms-content-sha256";

/// A request to `target`, a path with its query, that is signed by `credential`.
pub(crate) fn request(
    call: &Call,
    config: &Config,
    method: &str,
    target: &str,
    body: &[u8],
    credential: &str,
) -> Result<Request, Failure> {
    let (host, at, digest) = (config.host(), Moment::of(call).http_date(), sha256_base64(body));
    let marker = signing::sign(credential, format!("{method}\n{target}\n{at};{host};{digest}"))?;
    Ok(Request::new(method, format!("https://{host}{target}"))
        .header("x-ms-date", at)
        .header("x-ms-content-sha256", digest)
        .header("authorization", format!("HMAC-SHA256 SignedHeaders={SIGNED}&Signature={marker}"))
        .credential(credential))
}
