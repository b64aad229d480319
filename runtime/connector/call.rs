//! One call of a connector: a fresh instance, armed before its first instruction, dropped after its last.
//!
//! Two clocks: the epoch callback looks at the guest's own CPU time, a timer at the wall clock. Whatever ends the call (an
//! answer, a trap, a limit, the deadline), its store is dropped, and what the host saw on the wire corrects what the
//! guest says of it.

mod certainty;
mod host;
mod lane;
mod native;
mod net;
mod pace;
mod scrub;
mod state;
mod told;
mod wasi;

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Engine, Store, StoreContextMut, UpdateDeadline};

use super::bindings;
use super::compile::LoadError;
use super::contract::{
    Call, Callback, CheckRequest, CodeVerdict, Export, Failure, Handled, Message, Receipt, Report, Standing,
    StartRequest, Started,
};
use super::limits::Limits;
use super::sandbox::Component;
use crate::credentials::Wallet;
use crate::egress::Outlet;

pub use lane::Lane;
pub use native::Native;
pub(crate) use native::{Answer, Asked};
use pace::paced;
pub(crate) use scrub::without_digits;
pub use state::State;
use state::Stopped;

/// What a call may reach and use.
pub struct Door {
    /// The way out.
    pub outlet: Arc<Outlet>,
    /// Its credentials.
    pub wallet: Arc<Wallet>,
    /// What it may use.
    pub limits: Limits,
    /// Whether to keep what went over the wire.
    pub record: bool,
    /// What must not be read in a log or a failure: number, code, text.
    pub mask: Vec<String>,
}

impl Component {
    /// Ask it to send a message.
    pub async fn send(&self, door: Door, call: Call, config: &str, message: &Message) -> Report<Receipt> {
        let wall_ms = door.limits.send_ms;
        let state = State::new(Some(door), Export::Sms, &call);
        let lowered = bindings::lower_call(&call, wall_ms);
        let guest = async |store: &mut Store<State>, instance: &Instance| {
            self.exported.send(store, instance, &lowered, config, message).await
        };
        self.run(state, wall_ms, guest).await
    }

    /// Ask it to start a verification.
    pub async fn start(&self, door: Door, call: Call, config: &str, request: &StartRequest) -> Report<Started> {
        let wall_ms = door.limits.send_ms;
        let state = State::new(Some(door), Export::Verification, &call);
        let lowered = bindings::lower_call(&call, wall_ms);
        let guest = async |store: &mut Store<State>, instance: &Instance| {
            self.exported.verification()?.start(store, instance, &lowered, config, request).await
        };
        self.run(state, wall_ms, guest).await
    }

    /// Ask it whether a code is right.
    pub async fn check_code(&self, door: Door, call: Call, config: &str, asked: &CheckRequest) -> Report<CodeVerdict> {
        let wall_ms = door.limits.send_ms;
        let state = State::new(Some(door), Export::Verification, &call);
        let lowered = bindings::lower_call(&call, wall_ms);
        let guest = async |store: &mut Store<State>, instance: &Instance| {
            self.exported.verification()?.check(store, instance, &lowered, config, asked).await
        };
        self.run(state, wall_ms, guest).await
    }

    /// Ask it whether its credentials are good.
    pub async fn check_account(&self, door: Door, call: Call, config: &str) -> Report<Standing> {
        let wall_ms = door.limits.send_ms;
        let state = State::new(Some(door), Export::Account, &call);
        let lowered = bindings::lower_call(&call, wall_ms);
        let guest = async |store: &mut Store<State>, instance: &Instance| {
            self.exported.check_account(store, instance, &lowered, config).await
        };
        self.run(state, wall_ms, guest).await
    }

    /// Let it read a provider's callback. It reaches nothing; it can only verify.
    pub async fn handle_callback(&self, door: Door, call: Call, config: &str, callback: &Callback) -> Report<Handled> {
        let wall_ms = door.limits.send_ms;
        let state = State::new(Some(door), Export::DeliveryReports, &call);
        let lowered = bindings::lower_call(&call, wall_ms);
        let guest = async |store: &mut Store<State>, instance: &Instance| {
            self.exported.handle(store, instance, &lowered, config, callback).await
        };
        self.run(state, wall_ms, guest).await
    }

    /// How long it takes to make an instance, in microseconds.
    pub async fn time_instance(&self) -> Result<u64, LoadError> {
        let closing = |_| LoadError::Instance("the sandbox is closing".to_owned());
        let share = self.share.acquire().await.map_err(closing)?;
        let _places = (share, self.calls.acquire().await.map_err(closing)?);
        try_instance(&self.engine, &self.lane, &self.pre, &self.exported).await
    }

    /// Queue, instantiate, call, and take everything out of the store before it goes.
    async fn run<T: told::Told>(
        &self,
        state: State,
        wall_ms: u64,
        guest: impl AsyncFnOnce(&mut Store<State>, &Instance) -> wasmtime::Result<Result<T, Failure>>,
    ) -> Report<T> {
        let started = Instant::now();
        let deadline = tokio::time::Instant::now() + Duration::from_millis(wall_ms);
        let (meter, turn) = (state.meter.clone(), state.turn.clone());
        // Before the store, so that they are given back after it: the pool counts instances, not answers.
        let mut places = None;
        let mut store = arm(&self.engine, &self.lane, state, deadline);
        let call = async {
            // The wait for a place counts: the caller's clock does not stop while it queues.
            let closing = |_| wasmtime::Error::msg("the sandbox is closing");
            let share = self.share.acquire().await.map_err(closing)?;
            places = Some((share, self.calls.acquire().await.map_err(closing)?));
            let instance = self.pre.instantiate_async(&mut store).await?;
            guest(&mut store, &instance).await
        };
        let within = tokio::time::timeout_at(deadline, paced(&meter, &turn, call)).await;
        if within.is_err() {
            store.data_mut().stopped = Some(Stopped::Deadline(wall_ms));
        }
        let answer = within.unwrap_or_else(|_| Err(wasmtime::Error::msg("deadline")));
        let mut state = store.into_data();
        drop(places);
        let answer = answer.and_then(|answer| state.search_printed().map(|()| answer));
        let result = certainty::settle(answer, &mut state);
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        state.into_report(result, elapsed_ms)
    }
}

/// A store with every limit set. Instantiation runs guest code too, so this comes before it.
fn arm(engine: &Engine, lane: &Lane, state: State, deadline: tokio::time::Instant) -> Store<State> {
    let Limits { cpu_ms, hostcall_bytes, handles, .. } = state.limits;
    let lane = lane.clone();
    let mut store = Store::new(engine, state);
    store.data_mut().deadline = deadline;
    store.limiter(|state| state);
    store.set_hostcall_fuel(hostcall_bytes);
    store.set_max_component_handles(handles);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |mut context: StoreContextMut<'_, State>| {
        let state = context.data_mut();
        let spent_ms = state.meter.spent_ms();
        if spent_ms > cpu_ms {
            state.stopped = Some(Stopped::Cpu(cpu_ms));
            return Err(wasmtime::Error::msg("CPU time"));
        }
        // A tick that fell into a wait is none of the guest's work: going on costs nothing, and waiting again would cost
        // every send of a slow provider one more turn through the queue.
        if spent_ms == state.yielded_ms {
            return Ok(UpdateDeadline::Continue(1));
        }
        state.yielded_ms = spent_ms;
        let pause = lane.clone().pause(state.turn.clone(), spent_ms);
        Ok(UpdateDeadline::YieldCustom(1, Box::pin(pause)))
    });
    store
}

/// Make an instance and drop it: does it fit its limits and the contract, and how long does it take? In microseconds.
pub(super) async fn try_instance(
    engine: &Engine,
    lane: &Lane,
    pre: &InstancePre<State>,
    exported: &bindings::Exported,
) -> Result<u64, LoadError> {
    let call =
        Call { issued_at: crate::clock::Timestamp::from_millis(0), nonce: "0".repeat(32), environment: String::new() };
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    let state = State::new(None, Export::Sms, &call);
    let (meter, turn) = (state.meter.clone(), state.turn.clone());
    let mut store = arm(engine, lane, state, deadline);
    let started = Instant::now();
    let made = tokio::time::timeout_at(deadline, paced(&meter, &turn, pre.instantiate_async(&mut store))).await;
    let elapsed = started.elapsed();
    match made {
        Ok(Ok(instance)) => {
            exported.fit(&mut store, &instance).map_err(|error| LoadError::Contract(format!("{error:#}")))?;
            Ok(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX))
        }
        Ok(Err(error)) => {
            let stopped = store.data().stopped.as_ref().map(ToString::to_string);
            Err(LoadError::Instance(stopped.unwrap_or_else(|| error.root_cause().to_string())))
        }
        Err(_) => Err(LoadError::Instance("it takes longer than 5 s".to_owned())),
    }
}
