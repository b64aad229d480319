//! An RPC call of Alibaba Cloud, signed by ACS3-HMAC-SHA256.
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature>

use countersign_sdk::encoding::{form, sha256_hex};
use countersign_sdk::{Call, Failure, Moment, Request, signing};

const FORM: &str = "application/x-www-form-urlencoded";

/// One operation of a product. The credential is pinned to the action.
pub(crate) struct Operation<'a> {
    pub(crate) host: &'a str,
    pub(crate) action: &'a str,
    pub(crate) version: &'a str,
    pub(crate) credential: &'a str,
}

impl Operation<'_> {
    /// The parameters stand in the body, which the gateway reads as it reads the query: URLs are logged.
    pub(crate) fn request(
        &self,
        call: &Call,
        access_key_id: &str,
        fields: &[(&str, &str)],
    ) -> Result<Request, Failure> {
        // Sorted as the SDKs write them, so that the same call has the same signature.
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        let (body, at) = (form(&sorted), Moment::of(call).iso8601());
        let digest = sha256_hex(&body);
        // In the order in which they are signed; `host` is the host's to write.
        let mut headers = vec![
            ("accept", "application/json"),
            ("content-type", FORM),
            ("host", self.host),
            ("user-agent", "countersign"),
            ("x-acs-action", self.action),
            ("x-acs-content-sha256", &digest),
            ("x-acs-credentials-provider", "static_ak"),
            ("x-acs-date", &at),
            ("x-acs-signature-nonce", &call.nonce),
            ("x-acs-version", self.version),
        ];
        headers.retain(|(name, _)| *name != "content-type" || !body.is_empty());
        let signed = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let canonical = format!("POST\n/\n\n{lines}\n{signed}\n{digest}");
        let marker = signing::sign(self.credential, format!("ACS3-HMAC-SHA256\n{}", sha256_hex(canonical)))?;
        let authorization =
            format!("ACS3-HMAC-SHA256 Credential={access_key_id},SignedHeaders={signed},Signature={marker}");
        let request = Request::post(format!("https://{}/", self.host)).credential(self.credential);
        let request = if body.is_empty() { request } else { request.content(FORM, body.as_str()) };
        let own = headers.iter().filter(|(name, _)| !matches!(*name, "host" | "content-type"));
        let request = own.fold(request, |request, (name, value)| request.header(name, *value));
        Ok(request.header("authorization", authorization))
    }
}
