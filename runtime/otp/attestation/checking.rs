//! One look at a token: used before, then judged by whoever judges it.

use std::net::IpAddr;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::{Attestation, Demand, Doubt, Kind, OnError, Proof, Unproven, aad, endpoint, siteverify};
use crate::egress::{Question, Receiver};
use crate::otp::settings::Known;
use crate::otp::{Otp, OtpError};
use crate::secret::Secret;
use crate::webhooks::signature;

/// How long whoever judges a token may take: a person waits.
const WALL: Duration = Duration::from_secs(2);

/// For whom a token is shown. Neither number nor code is anybody else's business.
#[derive(Clone, Copy)]
pub(in crate::otp) struct Asker<'a> {
    pub(super) environment: &'a str,
    pub(super) purpose: &'a str,
    pub(super) country: Option<&'a str>,
    pub(super) client: Option<IpAddr>,
}

/// What came of a look.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// It is good.
    Passed,
    /// It is not.
    Doubted(Doubt),
    /// Nobody could tell; why, for the log.
    Unknown(String),
}

impl Otp {
    /// Look at a token; answers what the message still has to show, and what is wrong with the token.
    pub(super) async fn look(
        &self,
        settings: &Known,
        proof: &Proof,
        asker: Asker<'_>,
    ) -> Result<(Demand, Option<Doubt>), OtpError> {
        let (Some(attestation), Proof::Token(token)) = (settings.attestation(), proof) else {
            return Ok((Demand::Nothing, None));
        };
        let (environment, when) = (asker.environment, attestation.rule.when);
        let failed = |doubt| Ok((Demand::Failed(when), Some(doubt)));
        let used = &self.attestations.used;
        let index = self.vault.index("attestation", token.expose().as_bytes());
        // Taken before it is judged: of two that race with one token, one is judged.
        if !used.take(index, self.clock.now()) {
            self.metrics.attested(environment, "replayed");
            return failed(Doubt::Used);
        }
        match self.judged(settings, attestation, token, asker).await {
            Came::Passed => {
                self.metrics.attested(environment, "passed");
                Ok((Demand::Nothing, None))
            }
            Came::Doubted(doubt) => {
                used.give_back(&index);
                self.metrics.attested(environment, "failed");
                failed(doubt)
            }
            Came::Unknown(why) => {
                let allowed = attestation.rule.on_error == OnError::Allow;
                tracing::warn!(environment, why, allowed, "an attestation could not be checked");
                self.metrics.attested(environment, if allowed { "unchecked-allowed" } else { "unchecked-refused" });
                if allowed {
                    return Ok((Demand::Nothing, None));
                }
                used.give_back(&index);
                Err(OtpError::Unproven(Unproven::Unavailable))
            }
        }
    }

    async fn judged(
        &self,
        settings: &Known,
        attestation: &Attestation,
        token: &Secret<String>,
        asker: Asker<'_>,
    ) -> Came {
        let rule = &attestation.rule;
        let question = match self.question(attestation, token, asker) {
            Ok(question) => question,
            Err(why) => return Came::Unknown(why),
        };
        let Ok(url) = Url::parse(&rule.url) else { return Came::Unknown("its URL can't be read".to_owned()) };
        let development = settings.is_development();
        let receiver = Receiver { url: &url, development, plain: development };
        match self.attestations.origins.ask(receiver, question, WALL).await {
            Ok((status @ 200..300, body)) => match rule.kind {
                Kind::Siteverify => siteverify::read(rule, &body),
                Kind::Endpoint => endpoint::read(&body),
            }
            .unwrap_or_else(|| Came::Unknown(format!("the answer, of status {status}, can't be read"))),
            Ok((status, _)) => Came::Unknown(format!("the answer has status {status}")),
            Err(fault) => Came::Unknown(fault.to_string()),
        }
    }

    fn question(
        &self,
        attestation: &Attestation,
        token: &Secret<String>,
        asker: Asker<'_>,
    ) -> Result<Question, String> {
        let sealed = hex::decode(&attestation.sealed).map_err(|_| "its secret can't be read".to_owned())?;
        let secret = self.vault.open(&aad(asker.environment), &sealed).map_err(|error| error.to_string())?;
        match attestation.rule.kind {
            Kind::Siteverify => Ok(Question {
                content_type: "application/x-www-form-urlencoded",
                headers: Vec::new(),
                body: siteverify::form(&secret, token, asker.client),
            }),
            Kind::Endpoint => {
                let body = endpoint::body(token, asker);
                let (id, seconds) = (format!("att_{}", Uuid::now_v7().simple()), self.clock.now().as_millis() / 1000);
                let signature = signature::sign(&[secret], &id, seconds, &body);
                let headers = vec![
                    ("webhook-id", id),
                    ("webhook-timestamp", seconds.to_string()),
                    ("webhook-signature", signature),
                ];
                Ok(Question { content_type: "application/json", headers, body })
            }
        }
    }
}
