//! Components and their bytes.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use semver::Version;

use super::{Sqlite, at, json, ms, text};
use crate::store::{ComponentRow, Inserted, NewComponent, Stored};

const COMPONENT: &str = "SELECT id, version, digest, package, size, compile_ms, instantiate_us, exports, built_in, created_at FROM components";

fn component_row(row: &Row<'_>) -> rusqlite::Result<ComponentRow> {
    Ok(ComponentRow {
        id: row.get(0)?,
        version: row.get(1)?,
        digest: row.get(2)?,
        package: json(row.get(3)?)?,
        size: row.get(4)?,
        compile_ms: row.get(5)?,
        instantiate_us: row.get(6)?,
        exports: json(row.get(7)?)?,
        built_in: row.get(8)?,
        created_at: at(row.get(9)?),
    })
}

pub(super) async fn insert_component(store: &Sqlite, new: NewComponent, wasm: Vec<u8>) -> Stored<Inserted> {
    let inserted = store.write(move |c| insert(c, &new, &wasm)).await;
    // After the transaction: until it is written, the pages have to stay.
    store.write(shrink).await?;
    inserted
}

fn insert(c: &Connection, new: &NewComponent, wasm: &[u8]) -> rusqlite::Result<Inserted> {
    let digest_of = "SELECT digest FROM components WHERE digest = ?1 OR (id = ?2 AND version = ?3)";
    let found =
        c.query_row(digest_of, params![new.digest, new.id, new.version], |row| row.get::<_, String>(0)).optional()?;
    match found {
        Some(digest) if digest == new.digest => return Ok(Inserted::Same),
        Some(digest) => return Ok(Inserted::Conflict { digest }),
        None => {}
    }
    c.execute(
        "INSERT INTO components (id, version, digest, package, size, compile_ms, instantiate_us, exports, built_in, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            new.id, new.version, new.digest, text(&new.package), new.size, new.compile_ms, new.instantiate_us,
            text(&new.exports), new.built_in, ms(new.created_at)
        ],
    )?;
    c.execute("INSERT INTO artifacts (digest, wasm) VALUES (?1, ?2)", params![new.digest, wasm])?;
    Ok(Inserted::New)
}

pub(super) async fn measured(
    store: &Sqlite,
    digest: &str,
    exports: Vec<String>,
    compile_ms: u64,
    instantiate_us: u64,
) -> Stored<()> {
    let digest = digest.to_owned();
    let sql = "UPDATE components SET exports = ?2, compile_ms = ?3, instantiate_us = ?4 WHERE digest = ?1";
    store.write(move |c| c.execute(sql, params![digest, text(&exports), compile_ms, instantiate_us]).map(|_| ())).await
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

pub(super) async fn components(store: &Sqlite) -> Stored<Vec<ComponentRow>> {
    store
        .read(|c| Ok(sort(c.prepare_cached(COMPONENT)?.query_map([], component_row)?.collect::<Result<_, _>>()?)))
        .await
}

pub(super) async fn component(store: &Sqlite, id: &str, version: Option<&str>) -> Stored<Option<ComponentRow>> {
    let (id, version) = (id.to_owned(), version.map(str::to_owned));
    let sql = format!("{COMPONENT} WHERE id = ?1 AND (?2 IS NULL OR version = ?2)");
    let read = move |c: &Connection| {
        let rows = c.prepare_cached(&sql)?.query_map(params![id, version], component_row)?.collect::<Result<_, _>>()?;
        Ok(sort(rows).into_iter().next())
    };
    store.read(read).await
}

pub(super) async fn component_by_digest(store: &Sqlite, digest: &str) -> Stored<Option<ComponentRow>> {
    let digest = digest.to_owned();
    let sql = format!("{COMPONENT} WHERE digest = ?1");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([digest], component_row).optional()).await
}

pub(super) async fn wasm(store: &Sqlite, digest: &str) -> Stored<Option<Vec<u8>>> {
    let digest = digest.to_owned();
    let sql = "SELECT wasm FROM artifacts WHERE digest = ?1";
    let read = move |c: &Connection| {
        let wasm = c.prepare_cached(sql)?.query_row([digest], |row| row.get(0)).optional()?;
        shrink(c)?;
        Ok(wasm)
    };
    store.read(read).await
}

/// Give back what a connection keeps of the database's pages: those of a component are read again by nobody, and twenty
/// megabytes of them would stay where the hot ones should.
fn shrink(c: &Connection) -> rusqlite::Result<()> {
    c.execute_batch("PRAGMA shrink_memory")
}

pub(super) async fn component_users(store: &Sqlite, digest: &str) -> Stored<Vec<String>> {
    let digest = digest.to_owned();
    store.read(move |c| users(c, &digest)).await
}

fn users(c: &Connection, digest: &str) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT DISTINCT environment || '/' || connector FROM revisions WHERE component_digest = ?1 ORDER BY 1";
    c.prepare_cached(sql)?.query_map([digest], |row| row.get(0))?.collect()
}

pub(super) async fn delete_component(store: &Sqlite, digest: &str) -> Stored<Vec<String>> {
    let digest = digest.to_owned();
    let delete = move |c: &Connection| {
        let users = users(c, &digest)?;
        if users.is_empty() {
            c.execute("DELETE FROM components WHERE digest = ?1", [&digest])?;
        }
        Ok(users)
    };
    store.write(delete).await
}
