//! What is said to the provider, by the library that knows the protocol.

use std::future::Future;
use std::pin::Pin;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IdToken, IdTokenClaims, IdTokenFields, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Begun, Oidc, OidcError, word};
use crate::clock::Timestamp;
use crate::egress::{AuthorityClient, Fault};

/// Claims that the standard does not name: the operator's.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct More {
    #[serde(flatten)]
    pub(super) claims: Map<String, Value>,
}

impl AdditionalClaims for More {}

type Fields = IdTokenFields<
    More,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Claims = IdTokenClaims<More, CoreGenderClaim>;
type Token = IdToken<More, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type OurClient = Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What the provider vouches for.
pub(super) struct Told {
    pub(super) subject: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) is_verified: bool,
    pub(super) more: Map<String, Value>,
}

/// Signatures by a key of the provider. Not those that the client's own secret could make.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

impl Oidc {
    /// The provider's page, for this beginning.
    pub(super) async fn page(&self, begun: &Begun, now: Timestamp) -> Result<String, OidcError> {
        let provider = self.known(now).await.map_err(|error| unreachable(&error))?;
        let client = self.client(provider, &begun.redirect)?;
        let (state, nonce) = (begun.state.clone(), begun.nonce.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(begun.verifier.clone()));
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, ..) = client
            .authorize_url(flow, move || CsrfToken::new(state), move || Nonce::new(nonce))
            .add_scopes(self.config.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        Ok(url.into())
    }

    /// Give the code for an ID token, and judge that.
    pub(super) async fn exchange(&self, code: &str, begun: &Begun, now: Timestamp) -> Result<Told, OidcError> {
        let provider = self.known(now).await.map_err(|error| unreachable(&error))?;
        let mut client = self.client(provider, &begun.redirect)?;
        let request =
            client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(|error| unreachable(&error))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.clone()));
        let answer = request.request_async(&self.wire).await.map_err(|error| match &error {
            RequestTokenError::ServerResponse(refusal) => OidcError::Refused(word(refusal.error().as_ref())),
            _ => unreachable(&error),
        })?;
        let token = answer.id_token().ok_or_else(|| untrusted(&"there is no ID token"))?;
        let nonce = Nonce::new(begun.nonce.clone());
        let mut claims = judged(token, &client, &nonce, now);
        if claims.as_ref().is_err_and(is_by_another_key) {
            let provider = self.learn(now).await.map_err(|error| unreachable(&error))?;
            client = self.client(provider, &begun.redirect)?;
            claims = judged(token, &client, &nonce, now);
        }
        let claims = claims.map_err(|error| untrusted(&error))?;
        Ok(Told {
            subject: claims.subject().as_str().to_owned(),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned()),
            email: claims.email().map(|email| email.as_str().trim().to_lowercase()),
            is_verified: claims.email_verified() == Some(true),
            more: claims.additional_claims().claims.clone(),
        })
    }

    /// This service, as the provider knows it.
    fn client(&self, provider: CoreProviderMetadata, redirect: &str) -> Result<OurClient, OidcError> {
        let secret = self.secret.as_ref().map(|secret| ClientSecret::new(secret.expose().clone()));
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| unreachable(&error))?;
        let client = Client::from_provider_metadata(provider, ClientId::new(self.config.client_id.clone()), secret);
        Ok(client.set_redirect_uri(redirect))
    }
}

/// What the token vouches for, if it can be trusted at `now`.
fn judged<'t>(
    token: &'t Token,
    client: &OurClient,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<&'t Claims, ClaimsVerificationError> {
    let at = UNIX_EPOCH + std::time::Duration::from_millis(now.as_millis());
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES).set_time_fn(move || at.into());
    token.claims(&verifier, nonce)
}

/// Whether a key that we do not know may have made the signature. It may also bear the name of one that we know.
fn is_by_another_key(error: &ClaimsVerificationError) -> bool {
    use SignatureVerificationError::{CryptoError, NoMatchingKey};
    matches!(error, ClaimsVerificationError::SignatureVerification(NoMatchingKey | CryptoError(_)))
}

/// The library's requests, over the way out that this service has.
pub(super) struct Wire(pub(super) AuthorityClient);

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.exchange(request.map(Bytes::from)).await?;
            Ok(answer.map(|body| body.to_vec()))
        })
    }
}

fn unreachable(cause: &dyn std::error::Error) -> OidcError {
    // The causes below it say who did not answer, or what the provider refused; none has a token.
    let chain: Vec<String> =
        std::iter::successors(Some(cause), |error| error.source()).map(ToString::to_string).collect();
    tracing::warn!(cause = chain.join(": "), "the identity provider could not be asked");
    OidcError::Unreachable
}

fn untrusted(cause: &dyn std::fmt::Display) -> OidcError {
    tracing::warn!(%cause, "what the identity provider answered is not trusted");
    OidcError::Untrusted
}
