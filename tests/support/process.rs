//! The real binary, as a process that can be killed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::postgres;
use super::service::{cache_dir, compiler};

/// A service that serves, until it is dropped: then it is killed.
pub struct Running {
    pub child: Child,
    pub url: String,
    /// The admin key, where this was a first start.
    pub key: Option<String>,
}

impl Drop for Running {
    /// `Child::kill` is SIGKILL: no handler runs, nothing is flushed.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn countersign(args: &[&str]) -> Command {
    let mut command = Command::new(compiler());
    command
        .args(args)
        .env_clear()
        .env("COUNTERSIGN_CACHE__DIR", cache_dir())
        .env("PATH", std::env::var("PATH").unwrap());
    command
}

/// The command line in a service's folder, with the database that goes with it where the tests run on one.
pub fn beside(dir: &Path, args: &[&str]) -> Command {
    let mut command = countersign(args);
    if let Some(url) = postgres::of(dir) {
        // Many services run at once over one server.
        command.env("COUNTERSIGN_STORE", url).env("COUNTERSIGN_POSTGRES__CONNECTIONS", "8");
    }
    command.current_dir(dir);
    command
}

/// Begin to start the service as a newcomer does, on a port of its own.
pub fn start(dir: &Path, more: &[&str]) -> Child {
    let data = dir.join("data");
    let mut args = vec!["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    args.extend(more);
    beside(dir, &args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Where a service that was started says that it serves.
pub fn address(child: &mut Child) -> String {
    let first = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    first.split_whitespace().find(|word| word.starts_with("http")).unwrap_or_else(|| panic!("{first}")).to_owned()
}

/// Start it with this admin key and these arguments, and its log in the file `log` of the folder.
pub fn serve_logged(dir: &Path, key: &str, more: &[&str]) -> Running {
    let mut child = beside(dir, &[&["serve", "--listen", "127.0.0.1:0"], more].concat())
        .env("COUNTERSIGN_ADMIN_KEY", key)
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(dir.join("log")).unwrap())
        .spawn()
        .unwrap();
    let url = address(&mut child);
    Running { child, url, key: None }
}

/// Start it, and read what it prints once it serves.
pub fn serve(dir: &Path, more: &[&str]) -> Running {
    let mut child = start(dir, more);
    let mut printed = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        printed.push_str(&line);
        printed.push('\n');
        if line.contains("content-type") {
            break;
        }
    }
    let word = |from: &str| printed.split_whitespace().find(|word| word.starts_with(from)).map(str::to_owned);
    Running { child, url: word("http").unwrap_or_else(|| panic!("{printed}")), key: word("cs_admin_") }
}

/// Run a command to its end: whether it succeeded, and all that it said.
pub fn output(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    (
        output.status.success(),
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)),
    )
}
