//! One revision of a connector, ready to send: its component, configuration, bindings, secrets and way out.

pub mod flights;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::clock::Timestamp;
use crate::connector::call::{Door, Native};
use crate::connector::contract::{
    Call, Callback, CheckRequest, CodeVerdict, Ending, Export, Handled, Message, Receipt, Report, Standing,
    StartRequest, Started,
};
use crate::connector::digest::Digest;
use crate::connector::limits::Limits;
use crate::connector::loader::{LoadFailure, Loader};
use crate::connector::manifest::Content;
use crate::connector::sandbox::Component;
use crate::credentials::Wallet;
use crate::egress::Outlet;
use crate::metrics::{Metrics, Used};
use crate::phone::PhoneNumber;
use crate::random::Nonces;
use crate::texts::{Sender, Template, segments};
use flights::Flights;

/// Everything that one call needs. Immutable; freed when the last call that uses it ends.
#[derive(Clone)]
pub struct Serving {
    /// The environment.
    pub environment: String,
    /// The connector's name.
    pub name: String,
    /// Number of the revision.
    pub revision: u64,
    /// Id and version of its component, for people.
    pub component_name: String,
    /// What its component sends.
    pub content: Content,
    /// Whether its provider makes and checks the codes: then it starts verifications, and sends no messages.
    pub makes_codes: bool,
    /// The connector's own texts.
    pub templates: Vec<Template>,
    /// Who sends where.
    pub senders: Vec<Sender>,
    /// Its configuration without secrets, as the guest gets it.
    pub config: String,
    /// The way out, shared by the revisions whose grants are equal.
    pub outlet: Arc<Outlet>,
    /// What `outlet` was made for: a revision with the same grants takes the same one.
    pub grants_key: String,
    /// Its credentials.
    pub wallet: Arc<Wallet>,
    /// What a call may use.
    pub limits: Limits,
    /// Where its calls' nonces come from.
    pub nonces: Nonces,
    /// Its code.
    pub code: Code,
    /// Why it must not serve any more, if it gave out a secret. Whoever holds it sees that at once.
    pub quarantine: OnceLock<String>,
    /// Its sends that are under way.
    pub flights: Arc<Flights>,
    /// Where its calls are counted.
    pub metrics: Arc<Metrics>,
}

/// What runs when a connector is asked.
#[derive(Clone)]
pub enum Code {
    /// A component in the sandbox, compiled when first needed. Whatever serves is one.
    Component(Arc<LazyComponent>),
    /// The baseline that `bench` measures a component against; nothing else can make one.
    Native(Native),
}

/// A component that is compiled (or taken from the cache) when it is first needed, and once.
pub struct LazyComponent {
    digest: Digest,
    loader: Arc<Loader>,
    cell: OnceCell<Arc<Component>>,
}

impl LazyComponent {
    /// Not loaded yet.
    pub fn new(digest: Digest, loader: Arc<Loader>) -> Self {
        Self { digest, loader, cell: OnceCell::new() }
    }

    /// Its digest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The code; a failure is not kept, so that the next call tries again.
    pub async fn get(&self) -> Result<&Arc<Component>, LoadFailure> {
        match self.cell.get() {
            Some(component) => Ok(component),
            // Apart, since it happens once and its future is large: each send would carry it.
            None => Box::pin(self.cell.get_or_try_init(|| self.loader.load(&self.digest))).await,
        }
    }
}

impl Code {
    /// A component.
    pub fn component(digest: Digest, loader: Arc<Loader>) -> Self {
        Self::Component(Arc::new(LazyComponent::new(digest, loader)))
    }

    /// Compile it, if it has to be.
    pub async fn warm_up(&self) -> Result<(), LoadFailure> {
        match self {
            Self::Component(component) => component.get().await.map(|_| ()),
            Self::Native(_) => Ok(()),
        }
    }
}

impl fmt::Debug for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}#{} ({})", self.environment, self.name, self.revision, self.component_name)
    }
}

impl Serving {
    /// Ask the connector to send `message`, within `wall`.
    pub async fn send(&self, now: Timestamp, message: &Message, wall: Duration, record: bool) -> Report<Receipt> {
        let _flight = self.flights.begin();
        let outlet = self.way_out(message.country.as_deref(), now);
        let (door, call) = (self.door(&outlet, wall, record, sensitive(message)), self.call(now));
        let report = match &self.code {
            Code::Component(component) => match component.get().await {
                Ok(component) => component.send(door, call, &self.config, message).await,
                Err(failure) => Report::unsent(failure.to_string()),
            },
            Code::Native(native) => native.send(door, &call, &self.config, message).await,
        };
        let report = self.counted(Export::Sms, report);
        Report { segments: self.segments(message), ..report }.with_injected(outlet.met())
    }

    /// Ask the connector to start a verification, within `wall`.
    pub async fn start(&self, now: Timestamp, request: &StartRequest, wall: Duration, record: bool) -> Report<Started> {
        let _flight = self.flights.begin();
        let mask = masked_number(&request.to, &request.calling_code);
        let outlet = self.way_out(request.country.as_deref(), now);
        let (door, call) = (self.door(&outlet, wall, record, mask), self.call(now));
        let report = match self.component().await {
            Ok(component) => component.start(door, call, &self.config, request).await.with_injected(outlet.met()),
            Err(why) => Report::unsent(why),
        };
        self.counted(Export::Verification, report)
    }

    /// Ask the connector whether a code is right, within `wall`.
    pub async fn check_code(&self, now: Timestamp, asked: &CheckRequest, wall: Duration) -> Report<CodeVerdict> {
        // The code is a person's: it is in no log and no failure, like one of ours.
        let to = PhoneNumber::parse(&asked.to).ok();
        let calling_code = to.as_ref().map(|to| to.calling_code().to_string());
        let mut mask = masked_number(&asked.to, &calling_code.unwrap_or_default());
        mask.push(asked.code.expose().clone());
        let outlet = self.way_out(to.as_ref().and_then(PhoneNumber::country), now);
        let (door, call) = (self.door(&outlet, wall, false, mask), self.call(now));
        let report = match self.component().await {
            Ok(component) => component.check_code(door, call, &self.config, asked).await.with_injected(outlet.met()),
            Err(why) => Report::unsent(why),
        };
        self.counted(Export::Verification, report)
    }

    async fn component(&self) -> Result<&Arc<Component>, String> {
        match &self.code {
            Code::Component(component) => component.get().await.map_err(|failure| failure.to_string()),
            Code::Native(_) => Err("it is no component".to_owned()),
        }
    }

    /// Parts of the text, where a text is what is sent: nobody here knows what a registered template says.
    pub fn segments(&self, message: &Message) -> Option<u32> {
        let by_id = message.template_id.is_some() && self.content != Content::Text;
        (!by_id && !message.text.is_empty()).then(|| segments::count(&message.text).segments)
    }

    /// Let the connector read a provider's callback. None if it reads none.
    pub async fn handle_callback(
        &self,
        now: Timestamp,
        callback: &Callback,
        wall: Duration,
    ) -> Option<Report<Handled>> {
        let Code::Component(component) = &self.code else { return None };
        let report = match component.get().await {
            Ok(code) if !code.exports().contains(&Export::DeliveryReports) => return None,
            Ok(code) => {
                let door = self.door(&self.outlet, wall, false, Vec::new());
                code.handle_callback(door, self.call(now), &self.config, callback).await
            }
            Err(failure) => Report::unsent(failure.to_string()),
        };
        Some(self.counted(Export::DeliveryReports, report))
    }

    /// Ask the connector whether its credentials are good. None if it can't tell.
    pub async fn check_account(&self, now: Timestamp, wall: Duration) -> Option<Report<Standing>> {
        let Code::Component(component) = &self.code else { return None };
        let report = match component.get().await {
            Ok(code) if !code.exports().contains(&Export::Account) => return None,
            Ok(code) => {
                let outlet = self.way_out(None, now);
                let door = self.door(&outlet, wall, true, Vec::new());
                code.check_account(door, self.call(now), &self.config).await.with_injected(outlet.met())
            }
            Err(failure) => Report::unsent(failure.to_string()),
        };
        Some(self.counted(Export::Account, report))
    }

    fn counted<T>(&self, export: Export, report: Report<T>) -> Report<T> {
        let Report { ending, cpu_us, memory_bytes, .. } = report;
        let used = (ending != Ending::NotBegun).then_some(Used { cpu_us, memory_bytes });
        self.metrics.called(&self.environment, &self.name, export.as_str(), ending.as_str(), used);
        report
    }

    /// Whether its component reads callbacks. One that was never loaded has sent nothing, and hears of nothing.
    pub fn reads_callbacks(&self) -> bool {
        match &self.code {
            Code::Component(component) => {
                component.cell.get().is_some_and(|code| code.exports().contains(&Export::DeliveryReports))
            }
            Code::Native(_) => false,
        }
    }

    /// The way out of a call that concerns a recipient of this country.
    fn way_out(&self, country: Option<&str>, now: Timestamp) -> Arc<Outlet> {
        self.outlet.for_call(&self.environment, &self.name, country, now)
    }

    fn door(&self, outlet: &Arc<Outlet>, wall: Duration, record: bool, mask: Vec<String>) -> Door {
        let mut limits = self.limits.clone();
        limits.send_ms = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
        Door { outlet: Arc::clone(outlet), wallet: Arc::clone(&self.wallet), limits, record, mask }
    }

    fn call(&self, now: Timestamp) -> Call {
        Call { issued_at: now, nonce: self.nonces.next(), environment: self.environment.clone() }
    }
}

/// What must not be read in a log or an error: the number with and without its country, the code, the whole text.
fn sensitive(message: &Message) -> Vec<String> {
    let mut mask = masked_number(&message.to, &message.calling_code);
    mask.push(message.text.clone());
    mask.extend(message.parameters.iter().filter(|p| p.name == "code").map(|p| p.value.clone()));
    mask.retain(|entry| entry.len() >= 4);
    mask
}

fn masked_number(to: &str, calling_code: &str) -> Vec<String> {
    let digits = to.trim_start_matches('+');
    let national = digits.strip_prefix(calling_code).unwrap_or(digits);
    vec![to.to_owned(), digits.to_owned(), national.to_owned()]
}
