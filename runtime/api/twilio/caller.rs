//! Who asks: HTTP Basic (RFC 7617), the account's SID and its token; or an API key's SID and the same token.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::AppState;
use super::super::server::Client;
use crate::secret::Secret;
use crate::twilio::{Account, Fault, Kind};

/// A caller of the façade.
pub(super) struct Caller(pub Account);

impl Caller {
    /// Whether the path speaks of the caller's own account.
    pub(super) fn owns(&self, account: &str) -> Result<(), Fault> {
        if self.0.sid.eq_ignore_ascii_case(account) { Ok(()) } else { Err(denied()) }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let peer = parts.extensions.get::<Client>().map(|client| client.address);
        if let Some(seconds) = peer.and_then(|peer| state.parts.failures.blocked(peer)) {
            return Err(Fault::later(Kind::TooManyRequests, seconds));
        }
        let (user, password) = basic(&parts.headers).ok_or_else(denied)?;
        let found = state.parts.twilio.authenticate(&user, password.expose()).await?;
        let wrong = || {
            if let Some(peer) = peer {
                state.parts.failures.count(peer);
            }
            denied()
        };
        found.map(Self).ok_or_else(wrong)
    }
}

fn denied() -> Fault {
    Fault::with(Kind::Authenticate, "invalid username or password")
}

fn basic(headers: &HeaderMap) -> Option<(String, Secret<String>)> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let open = Secret::new(String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?);
    let (user, password) = open.expose().split_once(':')?;
    Some((user.to_owned(), Secret::from(password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_pair_of_name_and_password_counts() {
        let with = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            basic(&headers).map(|(user, password)| (user, password.expose().clone()))
        };
        // `AC1:a:b`: a password may have a colon, a user may not.
        assert_eq!(with(&["Basic QUMxOmE6Yg=="]), Some(("AC1".into(), "a:b".into())));
        for values in [&[][..], &["Bearer QUMxOmE="], &["Basic"], &["Basic ????"], &["Basic QUMx"]] {
            assert_eq!(with(values), None, "{values:?}");
        }
        assert_eq!(with(&["Basic QUMxOmE6Yg==", "Basic QUMxOmE6Yg=="]), None);
    }
}
