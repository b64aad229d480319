//! Signature Version 4 of AWS, for services that take a POST at their root: the body and a header or two say it all.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
//!
//! The credential of the manifest is an `hmac` whose key the host derives; each of its requests names the action:
//!
//! ```toml
//! [credentials.aws]
//! kind = "hmac"
//! secret = "secret_access_key"
//! digest = "sha256"
//! prefix = "AWS4"
//! chain = ["{date:basic}", "{config.region}", "sns", "aws4_request"]
//! encoding = "hex"
//! place = { header = "authorization" }
//! methods = ["POST"]
//! paths = ["/"]
//! pinned = { "form.Action" = "Publish" }
//! ```

use crate::encoding::sha256_hex;
use crate::{Call, Failure, Moment, Request, signing};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Who asks, and which service in which region.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// Names the key; no secret.
    pub access_key_id: &'a str,
    /// Of temporary credentials. It is signed, so the connector has to know it.
    pub session_token: Option<&'a str>,
    /// `eu-central-1`
    pub region: &'a str,
    /// As in the endpoint: `sns` of `sns.eu-central-1.amazonaws.com`.
    pub service: &'a str,
}

impl Signer<'_> {
    /// A POST of `body` to the service, signed by this credential. `more` are further headers, in lower case.
    pub fn post(
        &self,
        call: &Call,
        credential: &str,
        content_type: &str,
        more: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Result<Request, Failure> {
        let (now, body) = (Moment::of(call), body.into());
        let (host, at) = (format!("{}.{}.amazonaws.com", self.service, self.region), now.iso8601_basic());
        let mut sent = vec![("x-amz-date", at.as_str())];
        sent.extend(self.session_token.map(|token| ("x-amz-security-token", token)));
        sent.extend(more);
        let mut signed = sent.clone();
        signed.extend([("content-type", content_type), ("host", &host)]);
        signed.sort_unstable();

        let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let marker = signing::sign(credential, self.string_to_sign(now, &canonical(&signed, &names, &body)))?;
        let (key, scope) = (self.access_key_id, self.scope(now));
        let authorization = format!("{ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, Signature={marker}");
        let request = Request::post(format!("https://{host}/")).content(content_type, body).credential(credential);
        let request = request.header("authorization", authorization);
        Ok(sent.into_iter().fold(request, |request, (name, value)| request.header(name, value)))
    }

    fn scope(&self, now: Moment) -> String {
        format!("{}/{}/{}/aws4_request", now.date_basic(), self.region, self.service)
    }

    fn string_to_sign(&self, now: Moment, canonical: &str) -> String {
        format!("{ALGORITHM}\n{}\n{}\n{}", now.iso8601_basic(), self.scope(now), sha256_hex(canonical))
    }
}

/// The canonical request of a POST to the root without a query; `signed` by name, which are `names`.
fn canonical(signed: &[(&str, &str)], names: &str, body: &[u8]) -> String {
    let lines: String = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    format!("POST\n/\n\n{lines}\n{names}\n{}", sha256_hex(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::from_hex;
    use crate::signing::vectors::{hmac, vector};
    use serde_json::Value;

    #[test]
    fn what_is_signed_is_what_the_sdk_of_aws_signs() {
        let Some(vector) = vector("sigv4") else { return };
        let text = |pointer: &str| vector.pointer(pointer).and_then(Value::as_str).unwrap();
        let header = |name: &str| {
            let mut headers = vector["request"]["headers"].as_array().unwrap().iter();
            headers.find(|pair| pair[0] == name).and_then(|pair| pair[1].as_str()).unwrap()
        };
        let region = text("/config/region");
        let signer =
            Signer { access_key_id: text("/config/access_key_id"), session_token: None, region, service: "sns" };
        // 2026-01-15T12:00:00Z, as the vector has it.
        let now = Moment::from_seconds(1_768_478_400);
        assert_eq!(now.iso8601(), text("/issued_at"));

        let signed = ["content-type", "host", "x-amz-date"].map(|name| (name, header(name)));
        let canonical = canonical(&signed, "content-type;host;x-amz-date", text("/request/body").as_bytes());
        let secret = format!("AWS4{}", text("/secrets/secret_access_key")).into_bytes();
        let steps = [now.date_basic(), region.to_owned(), "sns".to_owned(), "aws4_request".to_owned()];
        let key = steps.iter().fold(secret, |key, step| hmac(&key, step.as_bytes()).to_vec());
        let signature = hmac(&key, signer.string_to_sign(now, &canonical).as_bytes());
        let theirs = header("authorization").rsplit_once('=').unwrap().1;
        assert_eq!(from_hex(theirs).unwrap(), signature);
        assert!(header("authorization").contains(&format!(
            "Credential={}/{},",
            signer.access_key_id,
            signer.scope(now)
        )));
    }
}
