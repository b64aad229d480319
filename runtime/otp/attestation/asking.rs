//! A send that may need a proof: judged without its token first, and anew with what came of a look at it.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Asker, Demand, Proof, Unproven};
use crate::otp::settings::Known;
use crate::otp::{Create, Follow, Message, Otp, OtpError, SentMessage, Service, VerificationView, Wait};
use crate::phone::PhoneNumber;
use crate::store::Verification;

impl Otp {
    pub(in crate::otp) async fn make_proven(
        self: &Arc<Self>,
        environment: &str,
        service: &Service,
        request: &Create,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        let settings = self.settings.of(environment).await?;
        let demand = settings.demand(&request.purpose, &request.proof);
        let made = self.make(environment, service, request, demand, wait).await;
        if !is_unread(&made) {
            return self.noted(environment, made);
        }
        let to = PhoneNumber::parse(&request.to)?;
        let asker = Asker { environment, purpose: &request.purpose, country: to.country(), client: request.client_ip };
        let (demand, why) = self.look(&settings, &request.proof, asker).await?;
        self.noted(environment, because(why, self.make(environment, service, request, demand, wait).await))
    }

    pub(in crate::otp) async fn send_again_proven(
        self: &Arc<Self>,
        service: &Service,
        settings: &Arc<Known>,
        found: Verification,
        proof: &Proof,
        wait: Wait,
    ) -> Result<VerificationView, OtpError> {
        let environment = found.environment.clone();
        let demand = settings.demand(&found.purpose, proof);
        let again = demand.is_unread().then(|| found.clone());
        let sent = self.send_again(service, settings, found, demand, wait).await;
        let Some(found) = again.filter(|_| is_unread(&sent)) else { return self.noted(&environment, sent) };
        let (to, purpose) = (self.open_number(&found)?, found.purpose.clone());
        let client: Option<IpAddr> = found.client_ip.as_deref().and_then(|ip| ip.parse().ok());
        let asker = Asker { environment: &environment, purpose: &purpose, country: to.country(), client };
        let (demand, why) = self.look(settings, proof, asker).await?;
        self.noted(&environment, because(why, self.send_again(service, settings, found, demand, wait).await))
    }

    pub(in crate::otp) async fn send_given_proven(
        self: &Arc<Self>,
        environment: &str,
        message: Message,
        follow: Option<Follow>,
        wait: Wait,
    ) -> Result<SentMessage, OtpError> {
        let settings = self.settings.of(environment).await?;
        let demand = settings.demand(&message.purpose, &message.proof);
        let again = demand.is_unread().then(|| (message.clone(), follow.clone()));
        let sent = self.send_given(environment, message, follow, demand, wait).await;
        let Some((message, follow)) = again.filter(|_| is_unread(&sent)) else { return self.noted(environment, sent) };
        let (to, client) = (PhoneNumber::parse(&message.to)?, message.client_ip);
        let asker = Asker { environment, purpose: &message.purpose, country: to.country(), client };
        let (demand, why) = self.look(&settings, &message.proof, asker).await?;
        self.noted(environment, because(why, self.send_given(environment, message, follow, demand, wait).await))
    }

    /// Count a proof that was asked for and not given; a look at one counts itself.
    fn noted<T>(&self, environment: &str, sent: Result<T, OtpError>) -> Result<T, OtpError> {
        if let Err(OtpError::Unproven(Unproven::Required)) = &sent {
            self.metrics.attested(environment, "missing");
        }
        sent
    }
}

impl Known {
    /// What a message of this purpose has to show.
    fn demand(&self, purpose: &str, proof: &Proof) -> Demand {
        self.attestation().map_or(Demand::Nothing, |attestation| attestation.demand(purpose, proof))
    }
}

fn is_unread<T>(sent: &Result<T, OtpError>) -> bool {
    matches!(sent, Err(OtpError::Unproven(Unproven::Unread)))
}

/// What is known of why a token is not good goes with the refusal.
fn because<T>(why: Option<super::Doubt>, sent: Result<T, OtpError>) -> Result<T, OtpError> {
    match (sent, why) {
        (Err(OtpError::Unproven(Unproven::Failed(_))), Some(why)) => Err(OtpError::Unproven(Unproven::Failed(why))),
        (sent, _) => sent,
    }
}
