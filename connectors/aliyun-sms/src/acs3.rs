//! An RPC call of Alibaba Cloud, signed by ACS3-HMAC-SHA256.
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature>

use countersign_sdk::encoding::{canonical_query, form, sha256_hex};
use countersign_sdk::{Call, Failure, Moment, Request, signing};
use serde::Deserialize;

const FORM: &str = "application/x-www-form-urlencoded";

/// One operation of a product. The credential is pinned to the action.
pub(crate) struct Operation<'a> {
    pub(crate) host: &'a str,
    pub(crate) action: &'a str,
    pub(crate) version: &'a str,
    pub(crate) credential: &'a str,
}

/// Where an operation's parameters stand. The gateway reads both; URLs are logged, so the body is the default.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Placement {
    Body,
    Query,
}

impl Operation<'_> {
    pub(crate) fn request(
        &self,
        call: &Call,
        access_key_id: &str,
        placement: Placement,
        fields: &[(&str, &str)],
    ) -> Result<Request, Failure> {
        // Sorted as the SDKs write them, so that the same call has the same signature.
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        let (query, body) = match placement {
            Placement::Body => (String::new(), form(&sorted)),
            Placement::Query => (canonical_query(&sorted), String::new()),
        };
        let (digest, at) = (sha256_hex(&body), Moment::of(call).iso8601());
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
        let canonical = format!("POST\n/\n{query}\n{lines}\n{signed}\n{digest}");
        let marker = signing::sign(self.credential, format!("ACS3-HMAC-SHA256\n{}", sha256_hex(canonical)))?;
        let authorization =
            format!("ACS3-HMAC-SHA256 Credential={access_key_id},SignedHeaders={signed},Signature={marker}");
        let mark = if query.is_empty() { "" } else { "?" };
        let request = Request::post(format!("https://{}/{mark}{query}", self.host)).credential(self.credential);
        let request = if body.is_empty() { request } else { request.content(FORM, body.as_str()) };
        let own = headers.iter().filter(|(name, _)| !matches!(*name, "host" | "content-type"));
        let request = own.fold(request, |request, (name, value)| request.header(name, *value));
        Ok(request.header("authorization", authorization))
    }
}
