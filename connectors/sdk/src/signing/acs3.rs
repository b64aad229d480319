//! `ACS3-HMAC-SHA256`, by which Alibaba Cloud signs the operations of its RPC style: one path, the operation in a header.
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature>
//!
//! The credential is of kind `hmac` with `digest = "sha256"`, `encoding = "hex"`, `place = { header = "authorization" }`,
//! `paths = ["/"]` and `pinned = { "header.x-acs-action" = … }`: every operation of every product has that path.

use serde::Deserialize;

use super::sign;
use crate::encoding::{canonical_query, form, sha256_hex};
use crate::{Call, CodeTable, Failure, FailureKind as K, Moment, Request, kind_of};

const SCHEME: &str = "ACS3-HMAC-SHA256";
const FORM: &str = "application/x-www-form-urlencoded";

/// One operation of a product, and the credential that is pinned to it.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// The product's endpoint, without a scheme.
    pub host: &'a str,
    /// Its name, such as `SendSms`.
    pub action: &'a str,
    /// The version of the product's API, which is a date.
    pub version: &'a str,
    /// A credential of the manifest.
    pub credential: &'a str,
}

/// Where an operation's parameters stand. Its metadata says `in`, and SDKs follow it; a body keeps them out of URLs, which
/// proxies and gateways log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// As a form.
    Body,
    /// In the URL, as Alibaba Cloud's SDKs write those parameters that its metadata calls `query`.
    Query,
}

impl Operation<'static> {
    /// Whose key it is: tells no secret, costs nothing and needs no permission.
    /// <https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-getcalleridentity>
    pub const CALLER: Self = Self {
        host: "sts.aliyuncs.com",
        action: "GetCallerIdentity",
        version: "2015-04-01",
        credential: "get_caller_identity",
    };
}

impl Operation<'_> {
    /// The signed POST of this operation with these parameters.
    pub fn request(
        &self,
        call: &Call,
        access_key_id: &str,
        placement: Placement,
        parameters: &[(&str, &str)],
    ) -> Result<Request, Failure> {
        let unsigned = Unsigned::of(self, call, placement, parameters);
        let marker = sign(self.credential, unsigned.to_sign())?;
        Ok(unsigned.signed(access_key_id, &marker).credential(self.credential))
    }
}

/// The gateway's own codes, which every product has; of a code with a dot, the first word stands for them all.
const CODES: &CodeTable = &[
    ("Forbidden", K::AuthenticationFailed),
    ("IncompleteSignature", K::AuthenticationFailed),
    ("InternalError", K::ProviderUnavailable),
    ("InvalidAccessKeyId", K::AuthenticationFailed),
    ("InvalidAction", K::InvalidConfig),
    ("InvalidTimeStamp", K::AuthenticationFailed),
    ("InvalidVersion", K::InvalidConfig),
    ("NoPermission", K::AuthenticationFailed),
    ("ServiceUnavailable", K::ProviderUnavailable),
    ("SignatureDoesNotMatch", K::AuthenticationFailed),
    ("SignatureNonceUsed", K::AuthenticationFailed),
    ("Throttling", K::RateLimited),
];

/// What a code means if it is the gateway's and no product's: a key that is unknown, a signature that is wrong, a RAM user
/// without permission, too many requests.
pub fn kind_of_code(code: &str) -> Option<K> {
    kind_of(CODES, code.split('.').next().unwrap_or_default())
}

/// A request before its signature: the host makes that of [`Self::to_sign`].
struct Unsigned {
    url: String,
    query: String,
    body: String,
    /// In the order in which they are signed.
    headers: Vec<(&'static str, String)>,
}

impl Unsigned {
    fn of(operation: &Operation, call: &Call, placement: Placement, parameters: &[(&str, &str)]) -> Self {
        // Sorted as the SDKs write them, so that the same call has the same signature.
        let mut sorted = parameters.to_vec();
        sorted.sort_unstable();
        let (query, body) = match placement {
            Placement::Body => (String::new(), form(&sorted)),
            Placement::Query => (canonical_query(&sorted), String::new()),
        };
        let mut headers = vec![
            ("accept", "application/json".to_owned()),
            ("content-type", FORM.to_owned()),
            ("host", operation.host.to_owned()),
            ("user-agent", "countersign".to_owned()),
            ("x-acs-action", operation.action.to_owned()),
            ("x-acs-content-sha256", sha256_hex(&body)),
            ("x-acs-credentials-provider", "static_ak".to_owned()),
            ("x-acs-date", Moment::of(call).iso8601()),
            ("x-acs-signature-nonce", call.nonce.clone()),
            ("x-acs-version", operation.version.to_owned()),
        ];
        headers.retain(|(name, _)| *name != "content-type" || !body.is_empty());
        let mark = if query.is_empty() { "" } else { "?" };
        // The SDKs for Python sign a space as `%20` and send it as `+`: every other `+` is escaped.
        let sent = query.replace("%20", "+");
        Self { url: format!("https://{}/{mark}{sent}", operation.host), query, body, headers }
    }

    fn to_sign(&self) -> String {
        let lines: String = self.headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let (query, signed, digest) = (&self.query, self.names(), sha256_hex(&self.body));
        format!("{SCHEME}\n{}", sha256_hex(format!("POST\n/\n{query}\n{lines}\n{signed}\n{digest}")))
    }

    fn names(&self) -> String {
        self.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";")
    }

    fn signed(self, access_key_id: &str, signature: &str) -> Request {
        let signed = self.names();
        let authorization = format!("{SCHEME} Credential={access_key_id},SignedHeaders={signed},Signature={signature}");
        let request = Request::post(self.url);
        let request = if self.body.is_empty() { request } else { request.content(FORM, self.body) };
        // `host` is the host's to write, and `content` wrote the other.
        let own = self.headers.into_iter().filter(|(name, _)| !matches!(*name, "host" | "content-type"));
        own.fold(request, |request, (name, value)| request.header(name, value)).header("authorization", authorization)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::vectors::{hex, hmac, vector};
    use serde_json::Value;

    fn call(vector: &Value) -> Call {
        Call {
            issued_at: Moment::milliseconds_of(vector["issued_at"].as_str().unwrap()).unwrap(),
            nonce: vector["nonce"].as_str().unwrap().to_owned(),
            environment: String::new(),
            deadline_ms: 0,
        }
    }

    fn signed(vector: &Value, placement: Placement) -> Request {
        let told = |pointer: &str| vector.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        let send =
            Operation { host: "dysmsapi.aliyuncs.com", action: "SendSms", version: "2017-05-25", credential: "send" };
        let (to, name) = (told("/message/to"), told("/config/sign_name"));
        let (code, values) = (told("/config/template_code"), told("/config/template_param"));
        let parameters =
            [("TemplateParam", &*values), ("PhoneNumbers", &to), ("SignName", &name), ("TemplateCode", &code)];
        let unsigned = Unsigned::of(&send, &call(vector), placement, &parameters);
        let signature = hex(&hmac(told("/secrets/access_key_secret").as_bytes(), unsigned.to_sign().as_bytes()));
        unsigned.signed(&told("/config/access_key_id"), &signature)
    }

    #[test]
    fn a_request_is_that_of_alibaba_clouds_sdk() {
        let Some(vector) = vector("acs3") else { return };
        let (method, url, headers, body, _) = signed(&vector, Placement::Query).into_parts();
        assert_eq!((method.as_str(), Some(url.as_str())), ("POST", vector["request"]["url"].as_str()));
        assert_eq!(body, b"");
        for expected in vector["request"]["headers"].as_array().unwrap() {
            let (name, value) = (expected[0].as_str().unwrap(), expected[1].as_str());
            let found = headers.iter().find(|header| header.name == name).map(|header| header.value.as_str());
            assert_eq!(found, value.filter(|_| name != "host"), "{name}");
        }
    }

    #[test]
    fn the_gateways_codes_are_known_by_their_first_word() {
        assert_eq!(kind_of_code("Throttling.User"), Some(K::RateLimited));
        assert_eq!(kind_of_code("InvalidAccessKeyId.NotFound"), Some(K::AuthenticationFailed));
        assert_eq!(
            (kind_of_code("SignatureDoesNotMatch"), kind_of_code("isv.X")),
            (Some(K::AuthenticationFailed), None)
        );
    }

    #[test]
    fn parameters_in_the_body_leave_the_url_and_are_signed() {
        let Some(vector) = vector("acs3") else { return };
        let (query, body) = (signed(&vector, Placement::Query), signed(&vector, Placement::Body));
        assert_eq!(body.url(), "https://dysmsapi.aliyuncs.com/");
        assert!(body.body().starts_with("PhoneNumbers=%2B14155550123&SignName="), "{}", body.body());
        let header = |request: Request, name: &str| {
            let (_, _, headers, _, _) = request.into_parts();
            headers.into_iter().find(|header| header.name == name).map(|header| header.value).unwrap_or_default()
        };
        let digest = sha256_hex(body.body());
        assert_eq!(header(body.clone(), "x-acs-content-sha256"), digest);
        assert_eq!(header(body.clone(), "content-type"), FORM);
        assert!(header(body.clone(), "authorization").contains("SignedHeaders=accept;content-type;host;"));
        assert_ne!(header(body, "authorization"), header(query, "authorization"));
    }
}
