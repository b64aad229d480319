//! `countersign dev`: the real binary on a folder that `countersign new` made, and a toolchain that builds it.
//!
//! What it prints is waited for line by line, with a limit: a first build brings the SDK's crates along.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::process::{countersign, output};

mod loops;
mod remote;
mod transcripts;

const LIMIT: Duration = Duration::from_secs(300);
/// In `dev.json` of every folder here, and to be found nowhere.
const TOKEN: &str = "canary-token-of-the-author-0123456789";

/// A connector's folder, with a configuration of the author's own.
struct Folder {
    _scratch: tempfile::TempDir,
    dir: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let dir = made_in(scratch.path());
        let copied = Command::new("cp").arg("-a").arg(crates().join("acme/target")).arg(&dir).status().unwrap();
        assert!(copied.success());
        std::fs::write(dir.join("dev.json"), format!(r#"{{"api_token": "{TOKEN}", "from": "+14155550100"}}"#)).unwrap();
        Self { _scratch: scratch, dir }
    }

    fn path(&self) -> &str {
        self.dir.to_str().unwrap()
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        edit(&self.dir.join(file), from, to);
    }
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{}: {from}", path.display());
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// `countersign dev …`, as the author's shell starts it.
fn command(args: &[&str]) -> Command {
    with_toolchain(countersign(&[&["dev"], args].concat()))
}

/// Where rustup and cargo keep what they have.
fn with_toolchain(mut command: Command) -> Command {
    let given = ["HOME", "CARGO_HOME", "RUSTUP_HOME"].map(|name| (name, std::env::var(name)));
    command.envs(given.into_iter().filter_map(|(name, value)| Some((name, value.ok()?))));
    command
}

/// What cargo made of the crates that every folder brings along: built once for all tests here.
fn crates() -> &'static Path {
    static BUILT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let scratch = tempfile::tempdir().unwrap();
        let dir = made_in(scratch.path());
        let (done, said) = output(&mut command(&[dir.to_str().unwrap(), "--once"]));
        assert!(done, "{said}");
        scratch
    });
    built.path()
}

fn made_in(scratch: &Path) -> PathBuf {
    let dir = scratch.join("acme");
    let (done, said) = output(&mut countersign(&["new", "acme", "--lang", "rust", "--dir", dir.to_str().unwrap()]));
    assert!(done && said.contains("countersign dev "), "{said}");
    dir
}

/// A `countersign dev` that runs, and what it has said.
struct Loop {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Loop {
    fn start(folder: &Folder, more: &[&str]) -> Self {
        let mut command = command(&[&[folder.path()], more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let warnings = sender.clone();
        std::thread::spawn(move || BufReader::new(out).lines().try_for_each(|line| sender.send(line.unwrap())));
        std::thread::spawn(move || BufReader::new(err).lines().try_for_each(|line| warnings.send(line.unwrap())));
        Self { child, lines, said: Vec::new() }
    }

    /// Everything that it says up to the next line that begins like this, with that line.
    fn until(&mut self, begins: &str) -> String {
        let mut block = String::new();
        loop {
            let line = self.lines.recv_timeout(LIMIT);
            let line = line.unwrap_or_else(|_| panic!("no line `{begins}…` after:\n{}\n{block}", self.said.join("\n")));
            block += &line;
            block.push('\n');
            self.said.push(line.clone());
            if line.starts_with(begins) {
                return block;
            }
        }
    }

    fn signal(&mut self) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::INT).unwrap();
    }

    /// Interrupted from the keyboard; answers how it ended and all that it said.
    fn interrupt(mut self) -> (Option<i32>, String) {
        self.signal();
        while let Ok(line) = self.lines.recv_timeout(LIMIT) {
            self.said.push(line);
        }
        (self.child.wait().unwrap().code(), self.said.join("\n"))
    }
}
