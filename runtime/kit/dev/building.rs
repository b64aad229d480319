//! One build: the author's toolchain in a process group of its own, its words kept until something is wrong.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::task::AbortOnDropHandle;

use crate::connector::package::{self, Build, Package, Profile};

/// What a failed build says at most: the end of it is where compilers say what is wrong.
const SAID_BYTES_MAX: usize = 64 << 10;
/// How long they are waited for once it has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);
const NONE: (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());

/// A component under the version of this build.
pub(super) struct Built {
    pub(super) package: Package,
    pub(super) wasm: Vec<u8>,
}

impl Built {
    pub(super) fn name(&self) -> String {
        format!("{}@{}", self.package.manifest.id, self.package.manifest.version)
    }
}

/// Build and pack the folder. Dropped, it ends the toolchain and all that it started.
pub(super) async fn build(dir: &Path) -> anyhow::Result<Built> {
    let mut build = Build::of(dir, &Build::package(dir)?, Profile::Quick)?;
    if let Some(command) = build.command.take() {
        run(command).await?;
    }
    let (package, wasm) = package::pack_build(dir, &build.read()?)?;
    Ok(Built { package, wasm })
}

/// Ends a whole process group unless it has ended by itself.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Gone already is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

async fn run(command: std::process::Command) -> anyhow::Result<()> {
    let shown = format!("{command:?}");
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let mut child = command.spawn().with_context(|| format!("can't run {shown}"))?;
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let (output, words) = (child.stdout.take(), child.stderr.take());
    let said = AbortOnDropHandle::new(tokio::spawn(async { tokio::join!(read(output), read(words)) }));
    let status = child.wait().await?;
    group.0 = None;
    if status.success() {
        return Ok(());
    }
    // Whatever it left running in the background may hold the pipes for ever.
    let (output, words) = tokio::time::timeout(LAST_WORDS, said).await.unwrap_or(Ok(NONE))?;
    let said = [output, words].concat();
    let from = said.len().saturating_sub(SAID_BYTES_MAX);
    let said = String::from_utf8_lossy(said.get(from..).unwrap_or_default()).trim().to_owned();
    if said.is_empty() { bail!("{shown} ended with {status}") } else { bail!("{said}") }
}

async fn read(from: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut said = Vec::new();
    if let Some(mut from) = from {
        // What was read until something broke is shown.
        let _ = from.read_to_end(&mut said).await;
    }
    said
}
