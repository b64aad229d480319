//! One order (RFC 8555 §7.4): every name proven, a fresh key, a certificate that is looked at before anybody sees it.

use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeHandle, ChallengeType, Identifier, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

use super::AcmeError;
use crate::tls::{Certificate, ChallengeAnswered, Serving};

/// How long the authority may take to look, and to sign.
const POLLING: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).backoff(1.5).timeout(Duration::from_secs(120));

/// Order a certificate for these names. With it comes the PEM of key and chain, as it is kept.
pub(super) async fn place(
    account: &Account,
    names: &[String],
    serving: &Arc<Serving>,
) -> Result<(Zeroizing<Vec<u8>>, Certificate), AcmeError> {
    let identifiers: Vec<Identifier> = names.iter().cloned().map(Identifier::Dns).collect();
    let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
    let answered = answer(&mut order, serving).await?;
    let ready = order.poll_ready(&POLLING).await;
    drop(answered);
    match ready {
        Ok(OrderStatus::Ready) => {}
        ready => return Err(why(&mut order, ready.err()).await),
    }
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    order.finalize_csr(params.serialize_request(&key)?.der()).await?;
    let chain = order.poll_certificate(&POLLING).await?;
    let pem = Zeroizing::new([Zeroizing::new(key.serialize_pem()).as_bytes(), chain.as_bytes()].concat());
    let certificate = Certificate::from_pem(&pem, &pem)?;
    match names.iter().find(|name| !certificate.is_for(name)) {
        Some(name) => Err(AcmeError::OtherName(name.clone())),
        None => Ok((pem, certificate)),
    }
}

/// Have the listener answer for each name that is not proven already, and tell the authority to look.
async fn answer(order: &mut Order, serving: &Arc<Serving>) -> Result<Vec<ChallengeAnswered>, AcmeError> {
    let mut answered = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let name = authorization.identifier().to_string();
        let mut challenge =
            authorization.challenge(ChallengeType::TlsAlpn01).ok_or_else(|| AcmeError::NoChallenge(name.clone()))?;
        answered.push(present(&challenge, &name, serving)?);
        challenge.set_ready().await?;
    }
    Ok(answered)
}

/// The certificate that proves a name: signed by itself, for this name alone, with the proof as its critical extension.
fn present(
    challenge: &ChallengeHandle<'_>,
    name: &str,
    serving: &Arc<Serving>,
) -> Result<ChallengeAnswered, AcmeError> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.distinguished_name = DistinguishedName::new();
    let proof = challenge.key_authorization().digest();
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(proof.as_ref())];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    Ok(serving.answer_challenge(name, certificate.der().clone(), key.into())?)
}

/// What the authority has against it. The order may say so; otherwise the name that failed does.
async fn why(order: &mut Order, told: Option<instant_acme::Error>) -> AcmeError {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else { continue };
        let found = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        if let (AuthorizationStatus::Invalid, Some(problem)) = (state.status, found) {
            return AcmeError::NotProven { name: state.identifier().to_string(), why: problem.to_string() };
        }
    }
    AcmeError::Authority(told.unwrap_or(instant_acme::Error::Str("the order became invalid without a reason")))
}
