//! Components and their bytes.

use semver::Version;

use super::locking::{self, Lock};
use super::{Flight, Line, Postgres, given, text};
use crate::store::{ComponentRow, Inserted, NewComponent, Stored};

/// Components are of the whole service.
const COMPONENTS: Lock<'_> = Lock::Service("components");

const COMPONENT: &str = "SELECT id, version, digest, package, size, compile_ms, instantiate_us, exports, built_in,
    created_at FROM components";

fn component_row(line: &Line) -> Stored<ComponentRow> {
    Ok(ComponentRow {
        id: line.get(0)?,
        version: line.get(1)?,
        digest: line.get(2)?,
        package: line.json(3)?,
        size: line.get(4)?,
        compile_ms: line.get(5)?,
        instantiate_us: line.get(6)?,
        exports: line.json(7)?,
        built_in: line.get(8)?,
        created_at: line.get(9)?,
    })
}

pub(super) async fn insert_component(store: &Postgres, new: NewComponent, wasm: Vec<u8>) -> Stored<Inserted> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[COMPONENTS]);
    // The same bytes before others of that name.
    let found = "SELECT digest FROM components WHERE digest = $1 OR (id = $2 AND version = $3) ORDER BY digest <> $1";
    let found = first.ask(found, given![&new.digest, &new.id, &new.version]);
    let answers = work.send(first).await?;
    match answers.line(found).map(|line| line.get::<String>(0)).transpose()? {
        Some(digest) if digest == new.digest => return Ok(Inserted::Same),
        Some(digest) => return Ok(Inserted::Conflict { digest }),
        None => {}
    }
    let mut last = Flight::new();
    let component = "INSERT INTO components
        (id, version, digest, package, size, compile_ms, instantiate_us, exports, built_in, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let given = given![
        new.id,
        new.version,
        &new.digest,
        &new.package,
        new.size,
        new.compile_ms,
        new.instantiate_us,
        text(&new.exports),
        new.built_in,
        new.created_at
    ];
    last.ask(component, given);
    last.ask("INSERT INTO artifacts (digest, wasm) VALUES ($1, $2)", given![new.digest, wasm]);
    work.commit(last).await?;
    Ok(Inserted::New)
}

pub(super) async fn measured(
    store: &Postgres,
    digest: &str,
    exports: Vec<String>,
    compile_ms: u64,
    instantiate_us: u64,
) -> Stored<()> {
    let sql = "UPDATE components SET exports = $2, compile_ms = $3, instantiate_us = $4 WHERE digest = $1";
    store.write(sql, given![digest, text(&exports), compile_ms, instantiate_us]).await.map(|_| ())
}

/// Newest first. Released versions come before pre-releases and before what `--watch` loaded, so that a bare id never
/// means a developer's build; then as semver says, which SQL can't; then the younger of two builds.
fn sort(mut rows: Vec<ComponentRow>) -> Vec<ComponentRow> {
    let rank = |row: &ComponentRow| {
        let version = Version::parse(&row.version).unwrap_or(Version::new(0, 0, 0));
        let released = version.pre.is_empty() && !version.build.starts_with("dev.");
        (released, version.major, version.minor, version.patch, version.pre, row.created_at)
    };
    rows.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| rank(b).cmp(&rank(a))));
    rows
}

pub(super) async fn components(store: &Postgres) -> Stored<Vec<ComponentRow>> {
    let rows = store.lines(format!("{COMPONENT} ORDER BY digest"), given![]).await?;
    rows.iter().map(component_row).collect::<Stored<_>>().map(sort)
}

pub(super) async fn component(store: &Postgres, id: &str, version: Option<&str>) -> Stored<Option<ComponentRow>> {
    let sql = format!("{COMPONENT} WHERE id = $1 AND ($2::text IS NULL OR version = $2) ORDER BY digest");
    let rows = store.lines(sql, given![id, version]).await?;
    let rows = rows.iter().map(component_row).collect::<Stored<_>>()?;
    Ok(sort(rows).into_iter().next())
}

pub(super) async fn component_by_digest(store: &Postgres, digest: &str) -> Stored<Option<ComponentRow>> {
    let sql = format!("{COMPONENT} WHERE digest = $1");
    store.line(sql, given![digest]).await?.as_ref().map(component_row).transpose()
}

pub(super) async fn wasm(store: &Postgres, digest: &str) -> Stored<Option<Vec<u8>>> {
    let line = store.line("SELECT wasm FROM artifacts WHERE digest = $1", given![digest]).await?;
    line.map(|line| line.get(0)).transpose()
}

const USERS: &str =
    "SELECT DISTINCT environment || '/' || connector FROM revisions WHERE component_digest = $1 ORDER BY 1";

fn users(lines: &[Line]) -> Stored<Vec<String>> {
    lines.iter().map(|line| line.get(0)).collect()
}

pub(super) async fn component_users(store: &Postgres, digest: &str) -> Stored<Vec<String>> {
    users(&store.lines(USERS, given![digest]).await?)
}

pub(super) async fn delete_component(store: &Postgres, digest: &str) -> Stored<Vec<String>> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[COMPONENTS]);
    // Whoever saves a revision of it right now is waited for, and then counts. Whoever does so later finds none of it.
    first.ask("SELECT 1 FROM components WHERE digest = $1 FOR UPDATE", given![digest]);
    let found = first.ask(USERS, given![digest]);
    let users = users(work.send(first).await?.lines(found))?;
    if users.is_empty() {
        let mut last = Flight::new();
        last.ask("DELETE FROM components WHERE digest = $1", given![digest]);
        work.commit(last).await?;
    }
    Ok(users)
}
