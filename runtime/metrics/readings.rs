//! What is known elsewhere, and read when somebody asks: nothing is counted twice.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::EncodeMetric as _;
use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeLabelSet};
use prometheus_client::metrics::counter::ConstCounter;

use super::labels::Nothing;
use super::names::{self, Named};
use super::process;
use super::series::Whose;
use crate::clock::{Clock, Timestamp};
use crate::connector::registry::Registry;
use crate::connector::sandbox::Sandbox;
use crate::delivery::health::{Health, State};
use crate::otp::Otp;

/// Where it is read.
pub struct Readings {
    /// What serves.
    pub registry: Arc<Registry>,
    /// How it does.
    pub health: Arc<Health>,
    /// Where it runs.
    pub sandbox: Arc<Sandbox>,
    /// What waits.
    pub otp: Arc<Otp>,
    /// The time.
    pub clock: Clock,
    /// When the service started.
    pub started: Timestamp,
}

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readings").finish_non_exhaustive()
    }
}

/// The states of a breaker.
const STATES: [(State, &str); 3] = [(State::Closed, "closed"), (State::Open, "open"), (State::Probation, "probation")];

/// Series of one gauge, by their labels.
type Gauges<C> = BTreeMap<(Whose, C), i64>;

impl Collector for Readings {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        self.breakers(&mut to)?;
        self.serving(&mut to)?;
        let places = i64::from(self.sandbox.places());
        one(&mut to, &names::PLACES, places)?;
        one(&mut to, &names::PLACES_FREE, i64::from(self.sandbox.places_free()))?;
        one(&mut to, &names::QUEUE, whole(self.otp.in_hand()))?;
        let build = [("version", env!("CARGO_PKG_VERSION")), ("engine", Sandbox::engine_version())];
        gauges(&mut to, &names::BUILD, [(build, 1_i64)])?;
        one(&mut to, &names::START_SECONDS, self.started.as_millis() as f64 / 1e3)?;
        if let Some(bytes) = process::resident_bytes() {
            one(&mut to, &names::RESIDENT_BYTES, i64::try_from(bytes).unwrap_or(i64::MAX))?;
        }
        let mut unit = None;
        ConstCounter::new(process::cpu_seconds()).encode(names::PROCESS_CPU.begin(&mut to, &mut unit)?)
    }
}

impl Readings {
    /// Of the revisions that serve: one on trial is judged beside them, not by a breaker.
    fn breakers(&self, to: &mut DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let (mut countries, mut networks) = (Gauges::new(), Gauges::new());
        let now = self.clock.now();
        for environment in self.registry.environments() {
            let Some(routes) = self.registry.routes(&environment) else { continue };
            for standing in self.health.standings(&environment, now) {
                let serves = routes.connectors.get(&standing.connector);
                if serves.is_none_or(|serving| serving.revision != standing.revision) {
                    continue;
                }
                let whose = Whose::connector_of(&environment, &standing.connector);
                for (state, word) in STATES {
                    let is_it = i64::from(standing.state == state);
                    // A network's name is its provider's word: those are summed up.
                    let (gauge, whose) = match standing.network {
                        Some(_) => (&mut networks, whose.clone()),
                        None => (&mut countries, whose.clone().to(standing.country.as_deref())),
                    };
                    *gauge.entry((whose, [("state", word)])).or_default() += is_it;
                }
            }
        }
        gauges(to, &names::BREAKERS, countries)?;
        gauges(to, &names::NETWORK_BREAKERS, networks)
    }

    fn serving(&self, to: &mut DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let (mut revisions, mut quarantined, mut in_flight) = (Gauges::new(), Gauges::new(), Gauges::new());
        for serving in self.registry.serving() {
            let whose = Whose::connector_of(&serving.environment, &serving.name);
            let revision = i64::try_from(serving.revision).unwrap_or(i64::MAX);
            revisions.insert((whose.clone(), Nothing), revision);
            quarantined.insert((whose, Nothing), i64::from(serving.quarantine.get().is_some()));
        }
        for (environment, connector, running) in self.registry.flights() {
            *in_flight.entry((Whose::connector_of(&environment, &connector), Nothing)).or_default() +=
                i64::try_from(running).unwrap_or(i64::MAX);
        }
        gauges(to, &names::REVISIONS, revisions)?;
        gauges(to, &names::QUARANTINED, quarantined)?;
        gauges(to, &names::IN_FLIGHT, in_flight)
    }
}

/// A gauge without labels.
fn one(to: &mut DescriptorEncoder<'_>, named: &Named, value: impl EncodeGaugeValue) -> Result<(), fmt::Error> {
    gauges(to, named, [(Nothing, value)])
}

fn gauges<L: EncodeLabelSet, V: EncodeGaugeValue>(
    to: &mut DescriptorEncoder<'_>,
    named: &Named,
    all: impl IntoIterator<Item = (L, V)>,
) -> Result<(), fmt::Error> {
    let mut all = all.into_iter().peekable();
    if all.peek().is_none() {
        return Ok(());
    }
    let mut unit = None;
    let mut encoder = named.begin(to, &mut unit)?;
    all.try_for_each(|(labels, value)| encoder.encode_family(&labels)?.encode_gauge(&value))
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
