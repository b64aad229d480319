//! Codes that a provider makes: which connectors a message may go to, and the one that alone can check its code.
//!
//! A verification has one code. As long as nothing of it may have arrived, whoever is asked decides whose it is; from
//! then on it is either ours, and goes to connectors that send, or a provider's, and everything about it goes to that
//! provider's connector by name, in the revision that serves.

use std::sync::Arc;

use super::{Delivery, NoRoute, heard, quarantine};
use crate::connector::contract::{CheckRequest, CodeVerdict, Failure};
use crate::connector::registry::Routes;
use crate::connector::serving::Serving;
use crate::traces;

/// Whose code a message carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carries<'a> {
    /// Nobody's yet: nothing of its verification may have arrived.
    #[default]
    Open,
    /// One that was made here or by our caller, or no code at all: it is sent as it is given.
    Given,
    /// One that this connector's provider made.
    Of(&'a str),
}

/// Of those that would be asked, whoever can carry the code.
pub(super) fn able(
    environment: &str,
    routes: &Routes,
    mut order: Vec<Arc<Serving>>,
    carries: Carries<'_>,
) -> Result<Vec<Arc<Serving>>, NoRoute> {
    match carries {
        Carries::Open => Ok(order),
        Carries::Of(name) => checker(routes, name).map(|serving| vec![serving]),
        Carries::Given => {
            let makers = order.iter().filter(|serving| serving.makes_codes).map(|serving| serving.name.clone());
            let makers: Vec<String> = makers.collect();
            order.retain(|serving| !serving.makes_codes);
            if order.is_empty() && !makers.is_empty() {
                return Err(NoRoute::OnlyCodeMakers { environment: environment.to_owned(), makers });
            }
            Ok(order)
        }
    }
}

/// The connector that a verification is bound to, as it serves now.
fn checker(routes: &Routes, name: &str) -> Result<Arc<Serving>, NoRoute> {
    let lost = |why: &str| NoRoute::Lost { connector: name.to_owned(), why: why.to_owned() };
    let serving = routes.connectors.get(name).ok_or_else(|| lost("it was deleted, or serves no revision"))?;
    if !serving.makes_codes {
        return Err(lost("it serves a component now that makes no codes"));
    }
    match serving.quarantine.get() {
        Some(why) => Err(lost(&format!("revision {} is quarantined: {why}", serving.revision))),
        None => Ok(Arc::clone(serving)),
    }
}

impl Delivery {
    /// The connector that alone can check a code, if it serves.
    pub fn checker(&self, environment: &str, connector: &str) -> Result<Arc<Serving>, NoRoute> {
        let routes = self.registry.routes(environment).unwrap_or_default();
        checker(&routes, connector)
    }

    /// Ask a provider whether a code is right. Settles within the time of one send.
    pub async fn check_code(&self, serving: &Serving, asked: &CheckRequest) -> Result<CodeVerdict, Failure> {
        let span = traces::span(&traces::CONNECTOR_CALL);
        let report = span.run(serving.check_code(self.clock.now(), asked, self.times.send)).await;
        heard::asked(&span, serving, &report);
        quarantine::judge(&*self.store, serving, &report, self.clock.now()).await;
        let (environment, connector, revision) = (&serving.environment, &serving.name, serving.revision);
        let elapsed_ms = report.elapsed_ms;
        match &report.result {
            Ok(verdict) => {
                let verdict = verdict.as_str();
                tracing::debug!(environment, connector, revision, elapsed_ms, verdict, "a code was checked");
            }
            Err(failure) => {
                let (kind, provider_code) = (failure.kind.as_str(), failure.provider_code.as_deref());
                tracing::warn!(
                    environment,
                    connector,
                    revision,
                    elapsed_ms,
                    kind,
                    provider_code,
                    "a code could not be checked"
                );
            }
        }
        report.result
    }
}
