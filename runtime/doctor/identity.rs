//! The identity provider where people sign in: whether it is there, is the one that is named, and knows this service.

use super::Finding;
use crate::config::{Config, OidcConfig, ServerConfig};
use crate::egress::Egress;
use crate::people::oidc::{self, CALLBACK, Undiscovered};

const PROVIDER: &str = "identity provider";
const CLIENT: &str = "sign-in client";
const ADDRESS: &str = "sign-in address";

/// Look at all three; at nothing where people sign in by keys and links alone.
pub(super) async fn examine(egress: &Egress, config: &Config) -> Vec<Finding> {
    let Some(oidc) = &config.oidc else { return Vec::new() };
    let provider = match egress.authority(None) {
        Ok(client) => provider(oidc, oidc::look(oidc, client).await),
        Err(error) => Finding::fail(PROVIDER, error.to_string(), "correct egress.ca_files"),
    };
    vec![provider, client(oidc), address(&config.server)]
}

fn provider(oidc: &OidcConfig, looked: Result<usize, Undiscovered>) -> Finding {
    let issuer = &oidc.issuer;
    let error = match looked {
        Ok(1) => return Finding::ok(PROVIDER, format!("{issuer} answers as itself, with 1 key")),
        Ok(keys) => return Finding::ok(PROVIDER, format!("{issuer} answers as itself, with {keys} keys")),
        Err(error) => error,
    };
    let fix = match &error {
        Undiscovered::Unreachable(_) => {
            "look whether this machine reaches it (egress.proxy), and trusts its certificate (egress.ca_files)"
        }
        Undiscovered::Strange(_) => {
            "correct oidc.issuer: below it the provider has its document at /.well-known/openid-configuration"
        }
        Undiscovered::OtherIssuer(_) => "write oidc.issuer exactly as the provider's own document has it",
        Undiscovered::Unfit(_) => "mend it at the provider",
    };
    Finding::fail(PROVIDER, format!("nobody can sign in at {issuer}: {error}"), fix)
}

fn client(oidc: &OidcConfig) -> Finding {
    let fix = "give the secret that the provider shows for this client: oidc.client_secret_file, or COUNTERSIGN_OIDC__CLIENT_SECRET";
    let id = &oidc.client_id;
    match oidc.secret() {
        Err(error) => Finding::fail(CLIENT, error.to_string(), fix),
        Ok(Some(secret)) if secret.expose().trim().is_empty() => Finding::fail(CLIENT, "its secret is empty", fix),
        Ok(Some(_)) => Finding::ok(CLIENT, format!("`{id}`, with its secret")),
        Ok(None) => {
            Finding::ok(CLIENT, format!("`{id}`, without a secret: the provider has to know it as a public client"))
        }
    }
}

fn address(server: &ServerConfig) -> Finding {
    let Some(public) = &server.public_url else {
        return Finding::warn(
            ADDRESS,
            "server.public_url is not set, so people come back to whatever address they used: the provider knows one",
            format!("set server.public_url, and register that address with {CALLBACK} at the provider"),
        );
    };
    Finding::ok(
        ADDRESS,
        format!("has to be registered at the provider: {}{CALLBACK}", public.as_str().trim_end_matches('/')),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;
    use crate::secret::Secret;

    fn oidc(more: &str) -> OidcConfig {
        toml::from_str(&format!("issuer = \"https://id.example.com\"\nclient_id = \"countersign\"\n{more}")).unwrap()
    }

    #[test]
    fn each_way_to_be_no_provider_has_its_own_remedy() {
        let judged = |looked| provider(&oidc(""), looked);
        assert_eq!(judged(Ok(2)).status, Status::Ok);
        let errors = [
            Undiscovered::Unreachable("no connection".into()),
            Undiscovered::Strange("status 404".into()),
            Undiscovered::OtherIssuer("https://other.example".into()),
            Undiscovered::Unfit("no key"),
        ];
        let remedies: std::collections::HashSet<_> = errors
            .into_iter()
            .map(|error| judged(Err(error)))
            .map(|found| (found.status == Status::Fail, found.fix))
            .collect();
        assert_eq!(remedies.len(), 4, "{remedies:?}");
        assert!(remedies.iter().all(|(fails, _)| *fails));
    }

    #[test]
    fn a_client_has_a_secret_that_can_be_read_or_none() {
        assert_eq!(client(&oidc("")).status, Status::Ok);
        assert_eq!(client(&oidc("client_secret_file = \"/does/not/exist\"")).status, Status::Fail);
        for (secret, status) in [(" \n", Status::Fail), ("canary-0123", Status::Ok)] {
            let found = client(&OidcConfig { client_secret: Some(Secret::from(secret)), ..oidc("") });
            assert_eq!(found.status, status);
            assert!(!found.seen.contains("canary"));
        }
    }

    #[test]
    fn whoever_signs_in_comes_back_to_one_address() {
        assert_eq!(address(&ServerConfig::default()).status, Status::Warn);
        let server =
            ServerConfig { public_url: Some("https://otp.example.com/".parse().unwrap()), ..Default::default() };
        assert!(address(&server).seen.ends_with("https://otp.example.com/console/sign-in/oidc/callback"));
    }
}
