//! A PostgreSQL server for the tests: the one that DATABASE_URL names, or one of this process's own, of Debian's binaries,
//! that ends with the process however that ends. Each folder of a service has a database there: copied from one whose
//! schema is made once, and dropped when the folder is gone.
//!
//! `TEST_STORE=postgres` has every service that a test starts keep what it keeps in such a database, not in SQLite.

mod alone;
mod cable;
mod sql;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use countersign::secret::Secret;
use countersign::store::Store as _;
use countersign::store::postgres::{Options, Postgres};

use super::is_there;
#[allow(unused_imports, reason = "the suite `browser` shares this support, and has one node")]
pub use alone::Alone;
#[allow(unused_imports, reason = "the suite `browser` shares this support, and has one node")]
pub use cable::Cable;
pub use sql::{Answer, apart, asked, bytes};

const PREFIX: &str = "countersign_test_";
/// A run that was killed can't drop what it made on a server of somebody else; a later one does.
const STALE: Duration = Duration::from_secs(6 * 3600);

/// Makes a server, says so once it answers, and waits: the other end of its input closes when the tests' process ends.
/// For each line of input, the server ends as in a crash and starts again, and that is said too.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
bin=$1 port=$2 sync=$3
dir=$(mktemp -d /tmp/countersign-postgres.XXXXXX) || exit 1
fail() { cat "$dir/log"; rm -rf "$dir"; exit 1; }
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || fail
serve() {
    "$bin/postgres" -D "$dir/data" -h 127.0.0.1 -p "$port" -k "$dir" -c max_connections=400 -c shared_buffers=64MB \
        -c fsync="$sync" -c full_page_writes="$sync" -c logging_collector=off >>"$dir/log" 2>&1 &
    pid=$!
    until "$bin/pg_isready" -q -h "$dir" -p "$port"; do
        kill -0 "$pid" 2>/dev/null || fail
        sleep 0.1
    done
    echo "ready"
}
serve
while read -r _; do
    kill -QUIT "$pid"
    wait "$pid"
    serve
done
kill -QUIT "$pid"
wait "$pid"
rm -rf "$dir"
"#;

struct Server {
    /// A database that is there anyway.
    url: String,
    /// What the others are copied from.
    template: String,
    /// Closed by the system when this process ends.
    _watched: Option<ChildStdin>,
}

/// Folders, and the names of their databases.
static DATABASES: Mutex<Vec<(PathBuf, String)>> = Mutex::new(Vec::new());

/// Whether the tests' services keep what they keep in PostgreSQL.
pub fn is_store() -> bool {
    match std::env::var("TEST_STORE").as_deref() {
        Err(_) | Ok("" | "sqlite") => false,
        Ok("postgres") => true,
        Ok(other) => panic!("TEST_STORE is `sqlite` or `postgres`, not `{other}`"),
    }
}

/// Whether there is a server for a test that needs one. Where there is none, the test is skipped and says so.
pub fn is_here(what: &str) -> bool {
    is_there(can_be(), what, "PostgreSQL", "apt-get install postgresql, or DATABASE_URL=postgres://…")
}

/// Whether a test is to be left out, since it is about SQLite's own file and the services keep nothing in one.
pub fn is_for_sqlite(what: &str) -> bool {
    if is_store() {
        let line = format!("skipped: {what}. It is about SQLite's file, and TEST_STORE=postgres\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    }
    is_store()
}

/// The database of a folder, where services use one.
pub fn of(folder: &Path) -> Option<String> {
    is_store().then(|| own(folder))
}

/// The database of a folder: the same for as long as the folder is there.
pub fn own(folder: &Path) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let server = server();
    let folder = folder.canonicalize().unwrap();
    let mut known = DATABASES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, name)) = known.iter().find(|(of, _)| *of == folder) {
        return named(&server.url, name);
    }
    let (kept, gone) = std::mem::take(&mut *known).into_iter().partition(|(folder, _)| folder.exists());
    *known = kept;
    let name = format!("{}_{}", server.template, NUMBER.fetch_add(1, Ordering::Relaxed));
    known.push((folder, name.clone()));
    drop(known);
    let gone: Vec<(PathBuf, String)> = gone;
    for (_, name) in &gone {
        drop_database(&server.url, name);
    }
    asked(&server.url, &format!("CREATE DATABASE {name} TEMPLATE {}", server.template)).unwrap();
    named(&server.url, &name)
}

/// A database with nothing in it, not even our schema.
pub fn empty(folder: &Path) -> String {
    let url = own(folder);
    asked(&url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
    url
}

/// Whoever is connected still loses it.
fn drop_database(server: &str, name: &str) {
    asked(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
}

fn named(server: &str, database: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&format!("/{database}"));
    url.into()
}

fn given() -> Option<String> {
    std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty())
}

fn can_be() -> bool {
    given().is_some() || binaries().is_some()
}

/// Debian's, of the newest version; 15 is the oldest that will do.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| {
        let entry = entry.ok()?;
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let bin = entry.path().join("bin");
        (version >= 15 && bin.join("initdb").exists() && bin.join("pg_isready").exists()).then_some((version, bin))
    });
    versions.max().map(|(_, bin)| bin)
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (url, watched) = match given() {
            Some(url) => {
                sweep(&url);
                (url, None)
            }
            None => {
                let bin = binaries().expect("TEST_STORE=postgres: apt-get install postgresql, or DATABASE_URL=…");
                let started = started(&bin, "off");
                (started.url, Some(started.input))
            }
        };
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let template = format!("{PREFIX}{since}_{}", std::process::id());
        asked(&url, &format!("CREATE DATABASE {template}")).unwrap();
        make_schema(named(&url, &template));
        Server { url, template, _watched: watched }
    })
}

/// A server of this process's own.
struct Started {
    url: String,
    input: ChildStdin,
    said: BufReader<ChildStdout>,
}

/// Start one; `sync` says whether it waits for the disk.
fn started(bin: &Path, sync: &str) -> Started {
    (0..5).find_map(|_| start(bin, sync)).expect("a PostgreSQL server did not start")
}

/// None if the port was taken meanwhile.
#[expect(clippy::zombie_processes, reason = "it ends after this process does, or by its input: nobody waits for it")]
fn start(bin: &Path, sync: &str) -> Option<Started> {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = unprivileged();
    command.args(["-c", SCRIPT, "sh"]).arg(bin).arg(port.to_string()).arg(sync);
    let mut child = command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let input = child.stdin.take().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    if line.trim() == "ready" {
        return Some(Started { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), input, said });
    }
    said.read_to_string(&mut line).unwrap();
    let _ = child.wait();
    assert!(line.contains("could not bind") || line.contains("could not create any TCP/IP sockets"), "{line}");
    None
}

/// A shell. PostgreSQL does not run as root.
fn unprivileged() -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("sh");
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let (user, group) = if users.lines().any(|line| line.starts_with("postgres:")) {
        ("postgres", "postgres")
    } else {
        ("nobody", "nogroup")
    };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", group, "--clear-groups", "sh"]);
    command
}

fn make_schema(url: String) {
    apart(async move {
        let options = Options { url: Secret::new(url), connections: 2, pooled: false, ca: None };
        Postgres::open(&options).await.unwrap().close();
    });
}

/// What runs that were killed have left on a server of somebody else.
fn sweep(url: &str) {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let found = asked(url, &format!("SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'")).unwrap();
    for name in found.rows.into_iter().flatten().flatten() {
        let made = name.trim_start_matches(PREFIX).split('_').next().and_then(|text| text.parse::<u64>().ok());
        if made.is_some_and(|made| made + STALE.as_secs() < now) {
            drop_database(url, &name);
        }
    }
}
