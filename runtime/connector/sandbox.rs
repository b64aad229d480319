//! The sandbox: one engine, one linker for each kind of component, and components ready to be instantiated.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::{InstancePre, Linker};

use super::bindings::{self, Exported};
use super::cache::{self, Cache};
use super::call::{Lane, State};
use super::compile::Compiler;
use super::contract::Export;
use super::digest::Digest;
use super::inspect::{Bounds, Inspection};
use super::judgement;
pub use super::judgement::Judged;
use super::limits::Limits;
use super::reason::Reason;

pub mod engine;

pub use super::compile::LoadError;

/// How the sandbox is set up.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// What a call may use.
    pub limits: Limits,
    /// Calls in flight at once; derived from the machine unless given.
    pub slots: Option<u32>,
    /// Folder of compiled components.
    pub cache_dir: PathBuf,
    /// The program whose `compile-component` compiles.
    pub compiler: PathBuf,
    /// Size of an upload.
    pub upload_bytes_max: u64,
    /// Time to compile one.
    pub compile_deadline: Duration,
    /// Memory to compile one.
    pub compile_memory_bytes: u64,
}

const COMPILE_SECONDS: [f64; 9] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// Why the sandbox can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The engine.
    #[error("the WebAssembly engine can't be started: {0}")]
    Engine(String),
    /// The cache.
    #[error("the compile cache can't be used: {0}")]
    Cache(#[from] std::io::Error),
}

/// Runs components.
pub struct Sandbox {
    engine: Engine,
    plain: Linker<State>,
    /// With WASI beside the contract: only for components that import it.
    wasi: Linker<State>,
    bounds: Bounds,
    cache: Cache,
    compiler: Compiler,
    calls: Arc<Semaphore>,
    /// How many of them one component may have.
    share: usize,
    lane: Lane,
    /// Who may judge an upload: one at a time, so that a flood of them leaves processors to serve with.
    judges: Arc<Semaphore>,
    slots: u32,
    /// Calls that it can have at once: fewer than slots.
    places: u32,
    /// How long components took to compile.
    compile_seconds: Histogram,
    /// Components that somebody uses: the same bytes are loaded once, and freed with their last user.
    loaded: Mutex<HashMap<Digest, Weak<Component>>>,
    /// Ends the ticking thread when the sandbox goes.
    _ticking: Sender<()>,
}

/// A component, compiled and linked: an instance of it takes microseconds.
pub struct Component {
    pub(super) engine: Engine,
    pub(super) pre: InstancePre<State>,
    pub(super) exported: Exported,
    pub(super) calls: Arc<Semaphore>,
    /// Half of all places: a component that sleeps, or whose provider does, leaves the rest to the others.
    pub(super) share: Semaphore,
    pub(super) lane: Lane,
    digest: Digest,
    exports: BTreeSet<Export>,
    compile_ms: u64,
    instantiate_us: u64,
}

impl Component {
    /// What it is.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What it can do.
    pub fn exports(&self) -> &BTreeSet<Export> {
        &self.exports
    }

    /// How long compiling took, in milliseconds; 0 if it came from the cache.
    pub fn compile_ms(&self) -> u64 {
        self.compile_ms
    }

    /// How long an instance took to make, in microseconds.
    pub fn instantiate_us(&self) -> u64 {
        self.instantiate_us
    }
}

impl Sandbox {
    /// Set it up.
    pub fn new(options: SandboxOptions) -> Result<Arc<Self>, SandboxError> {
        let failed = |error: wasmtime::Error| SandboxError::Engine(error.to_string());
        let (engine, slots) = engine::for_running(engine::slots(options.slots)).map_err(failed)?;
        let (plain, wasi) = bindings::linkers(&engine).map_err(failed)?;
        let cache = Cache::open(&options.cache_dir, &engine)?;
        let compiler = Compiler {
            program: options.compiler,
            deadline: options.compile_deadline,
            memory_bytes: options.compile_memory_bytes,
            turn: tokio::sync::Mutex::new(()),
        };
        // Below the pool's size: callers queue here rather than fail there.
        let free = (slots - slots / 10).max(1);
        let places = free as usize;
        Ok(Arc::new(Self {
            _ticking: tick(&engine)?,
            engine,
            plain,
            wasi,
            bounds: Bounds { size_max: options.upload_bytes_max, ..Bounds::default() },
            cache,
            compiler,
            calls: Arc::new(Semaphore::new(places)),
            share: (places / 2).max(1),
            // The runtime has as many threads as the machine has processors.
            lane: Lane::new(std::thread::available_parallelism().map_or(1, usize::from)),
            judges: Arc::new(Semaphore::new(1)),
            slots,
            places: free,
            compile_seconds: Histogram::new(COMPILE_SECONDS),
            loaded: Mutex::default(),
        }))
    }

    /// Version of the engine.
    pub fn engine_version() -> &'static str {
        env!("WASMTIME_VERSION")
    }

    /// Calls that can be in flight at once.
    pub fn slots(&self) -> u32 {
        self.slots
    }

    /// Calls that can be in flight at once, and wait for nothing.
    pub fn places(&self) -> u32 {
        self.places
    }

    /// How many of them are free.
    pub fn places_free(&self) -> u32 {
        u32::try_from(self.calls.available_permits()).unwrap_or(u32::MAX)
    }

    /// How long components took to compile.
    pub fn compile_seconds(&self) -> &Histogram {
        &self.compile_seconds
    }

    /// Components that are loaded now.
    pub fn loaded(&self) -> usize {
        self.loaded.lock().map_or(0, |loaded| loaded.values().filter(|weak| weak.strong_count() > 0).count())
    }

    /// Look at a component without compiling it. For a command line: a service calls [`Self::judge`].
    pub fn inspect(&self, wasm: &[u8]) -> Result<Inspection, Vec<Reason>> {
        super::inspect::inspect(wasm, &self.bounds)
    }

    /// Judge an upload, with its manifest, as far as that goes without compiling it.
    pub async fn judge(&self, wasm: Bytes) -> Result<Judged, Vec<Reason>> {
        let turn = Arc::clone(&self.judges).acquire_owned().await.ok();
        judgement::judge(wasm, self.bounds, turn).await
    }

    /// The component, if somebody uses it already.
    pub fn find(&self, digest: &Digest) -> Option<Arc<Component>> {
        self.loaded.lock().ok()?.get(digest)?.upgrade()
    }

    /// Make a component ready: from whoever uses it, from the cache, or by compiling it.
    pub async fn load(&self, wasm: &[u8]) -> Result<Arc<Component>, LoadError> {
        self.load_known(Digest::of(wasm), wasm).await
    }

    /// The same, for bytes whose digest the caller has made himself.
    pub async fn load_known(&self, digest: Digest, wasm: &[u8]) -> Result<Arc<Component>, LoadError> {
        if let Some(found) = self.find(&digest) {
            return Ok(found);
        }
        let made = self.make(digest, wasm).await;
        if made.is_err() {
            // Nothing stays of what was refused, or a flood of refused uploads would fill the disk.
            self.cache.remove(&digest);
        }
        let component = Arc::new(made?);
        if let Ok(mut loaded) = self.loaded.lock() {
            loaded.retain(|_, weak| weak.strong_count() > 0);
            loaded.insert(digest, Arc::downgrade(&component));
        }
        Ok(component)
    }

    async fn make(&self, digest: Digest, wasm: &[u8]) -> Result<Component, LoadError> {
        let started = Instant::now();
        let (compiled, compile_ms) = match self.cache.get(&self.engine, &digest) {
            Some(component) => (component, 0),
            None => (self.compile(wasm, &digest).await?, millis(started.elapsed())),
        };
        let wasi = compiled.component_type().imports(&self.engine).any(|(name, _)| name.starts_with("wasi:"));
        let linker = if wasi { &self.wasi } else { &self.plain };
        let contract = |error: wasmtime::Error| LoadError::Contract(format!("{error:#}"));
        let pre = linker.instantiate_pre(&compiled).map_err(contract)?;
        let exported = Exported::find(&pre).map_err(contract)?;
        // It takes a place like any call, or it would take one from a call.
        let closing = |_| LoadError::Instance("the sandbox is closing".to_owned());
        let place = self.calls.acquire().await.map_err(closing)?;
        let instantiate_us = super::call::try_instance(&self.engine, &self.lane, &pre, &exported).await?;
        drop(place);
        Ok(Component {
            engine: self.engine.clone(),
            exports: exported.exports(),
            pre,
            exported,
            calls: Arc::clone(&self.calls),
            share: Semaphore::new(self.share),
            lane: self.lane.clone(),
            digest,
            compile_ms,
            instantiate_us,
        })
    }

    async fn compile(&self, wasm: &[u8], digest: &Digest) -> Result<wasmtime::component::Component, LoadError> {
        let started = Instant::now();
        let compiled = self.compiler.compile(wasm).await?;
        self.compile_seconds.observe(started.elapsed().as_secs_f64());
        if let Err(error) = self.cache.put(digest, &compiled) {
            tracing::warn!(%error, "a compiled component could not be kept; it will be compiled again");
        }
        // Mapped from its file if possible: pages that are never run are never read.
        match self.cache.get(&self.engine, digest) {
            Some(component) => Ok(component),
            None => cache::load(&self.engine, &compiled).map_err(|error| LoadError::Compiler(error.to_string())),
        }
    }
}

/// A thread that moves the epoch each millisecond, for as long as the engine lives and the sender is kept.
fn tick(engine: &Engine) -> std::io::Result<Sender<()>> {
    let (keep, stop) = channel();
    let engine = engine.weak();
    let ticking = move || {
        while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(Duration::from_millis(1)) {
            let Some(engine) = engine.upgrade() else { return };
            engine.increment_epoch();
        }
    };
    std::thread::Builder::new().name("epoch".into()).spawn(ticking)?;
    Ok(keep)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
