//! Compiling an upload, in a child process.
//!
//! The threat: compiling can't be cancelled, and no bound on its input bounds its time. So it happens in a process of
//! its own: this binary with none of its environment, no descriptors but its three pipes, limits on memory and CPU time,
//! one at a time, killed at a deadline. A fault of the compiler lies there as well, away from every secret.
//!
//! What is limited is the CPU time. The child gives way to whatever serves, so on the wall an interpreter in Wasm takes
//! minutes on a busy machine, which is not its fault; the deadline on the wall is for a child that hangs.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Mutex;

use super::reason::Reason;

pub mod child;

/// Why a component can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It took too long.
    #[error("it takes more than {0} s of CPU time to compile; a service permits more by `sandbox.compile_seconds`")]
    TooSlow(u64),
    /// It took too much memory.
    #[error(
        "it takes more than {0} MiB of memory to compile; a service permits more by `sandbox.compile_memory_mib`, as far as its machine has it"
    )]
    TooMuchMemory(u64),
    /// The compiler refused it or ran out of memory.
    #[error("it can't be compiled: {0}")]
    Compiler(String),
    /// The child could not be run.
    #[error("the compiler can't be run: {0}")]
    Child(String),
    /// It compiles, but does not fit the contract.
    #[error("it does not fit the contract: {0}")]
    Contract(String),
    /// An instance can't be made within the limits.
    #[error("an instance can't be made: {0}")]
    Instance(String),
}

impl LoadError {
    /// As a reason to refuse an upload; none if it is our fault rather than the component's.
    pub fn as_reason(&self) -> Option<Reason> {
        match self {
            Self::TooSlow(_) | Self::TooMuchMemory(_) | Self::Compiler(_) => {
                Some(Reason::new("does-not-compile", self.to_string()))
            }
            Self::Contract(_) => Some(Reason::new("wrong-contract", self.to_string())),
            Self::Instance(_) => Some(Reason::new("does-not-instantiate", self.to_string())),
            Self::Child(_) => None,
        }
    }
}

/// The bounded compiler.
pub(super) struct Compiler {
    pub(super) program: PathBuf,
    /// CPU time.
    pub(super) deadline: Duration,
    pub(super) memory_bytes: u64,
    pub(super) turn: Mutex<()>,
}

/// How much longer than its CPU time compiling may take on the wall.
const WALL_FACTOR: u32 = 10;

/// The largest compiled component that is taken, for a component of so many bytes. It is three times the size as a
/// rule; one that is more was made to be, by instances of instances, and would be slow to load as well.
fn output_bytes_max(wasm_bytes: usize) -> u64 {
    (4 << 20) + 8 * wasm_bytes as u64
}

impl Compiler {
    /// Compile; the result is native code for exactly this engine.
    pub(super) async fn compile(&self, wasm: &[u8]) -> Result<Vec<u8>, LoadError> {
        let _turn = self.turn.lock().await;
        match tokio::time::timeout(self.deadline * WALL_FACTOR, self.run(wasm)).await {
            Ok(result) => result,
            // Dropping the child kills and reaps it.
            Err(_) => Err(LoadError::TooSlow(self.deadline.as_secs())),
        }
    }

    async fn run(&self, wasm: &[u8]) -> Result<Vec<u8>, LoadError> {
        let failed = |error: std::io::Error| LoadError::Child(error.to_string());
        let mut child = Command::new(&self.program)
            .arg("compile-component")
            .args(["--memory-bytes", &self.memory_bytes.to_string()])
            .args(["--cpu-seconds", &self.deadline.as_secs().max(1).to_string()])
            .env_clear()
            // Its allocator would reserve 1 GiB of addresses at once, most of what it may have on a small machine.
            .env("MIMALLOC_ARENA_RESERVE", "0")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let (Some(mut input), Some(output), Some(words)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(LoadError::Child("its pipes are missing".into()));
        };
        // All three at once: whoever writes first into a full pipe would wait for ever.
        let write = async {
            // A child that refuses early closes its input; what it says on standard error tells why.
            let _ = input.write_all(wasm).await;
            drop(input);
        };
        let bytes_max = output_bytes_max(wasm.len());
        let mut compiled = Vec::new();
        let mut said = String::new();
        let (mut output, mut words) = (output.take(bytes_max), words.take(4096));
        let ((), read, _) = tokio::join!(write, output.read_to_end(&mut compiled), words.read_to_string(&mut said));
        read.map_err(failed)?;
        if compiled.len() as u64 == bytes_max {
            return Err(LoadError::Compiler(format!("it compiles to more than {bytes_max} bytes")));
        }
        let status = child.wait().await.map_err(failed)?;
        if status.success() {
            return Ok(compiled);
        }
        Err(self.refusal(status, &said))
    }

    /// Why the child ended without a result.
    fn refusal(&self, status: ExitStatus, said: &str) -> LoadError {
        let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let line = line.trim_start_matches("error: ");
        match status.signal() {
            Some(SIGXCPU) => LoadError::TooSlow(self.deadline.as_secs().max(1)),
            // The allocator had none left; or the kernel had none, and chose the child.
            Some(SIGABRT) if line.is_empty() || line.contains("memory allocation") => self.too_much_memory(),
            Some(SIGKILL) => self.too_much_memory(),
            // The engine asked for memory itself, and was told no.
            _ if line.ends_with("out of memory") => self.too_much_memory(),
            _ if line.is_empty() => LoadError::Compiler(format!("the compiler ended with {status}")),
            _ => LoadError::Compiler(line.to_owned()),
        }
    }

    fn too_much_memory(&self) -> LoadError {
        LoadError::TooMuchMemory(self.memory_bytes >> 20)
    }
}

const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;
const SIGXCPU: i32 = 24;
