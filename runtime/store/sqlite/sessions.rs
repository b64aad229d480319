//! Browsers that are signed in, and links that sign in: found by the hash of what somebody holds.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, at, json, ms, unword, word};
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::{LinkRow, SessionRow, StandingSession, Stored};

/// With the name of its actor as it is now, and his roles, if he may still come.
const SESSION: &str = "SELECT s.id, s.token, s.actor_kind, s.actor_id, coalesce(k.name, u.name, s.actor_name), s.how,
           s.browser, s.created_at, s.last_seen, s.expires_at, s.ended_at, coalesce(k.roles, u.roles)
    FROM sessions s
    LEFT JOIN api_keys k
      ON s.actor_kind = 'key' AND k.id = s.actor_id AND k.revoked_at IS NULL AND k.environment IS NULL
    LEFT JOIN users u ON s.actor_kind = 'user' AND u.id = s.actor_id AND u.disabled_at IS NULL";

fn read(row: &Row<'_>) -> rusqlite::Result<StandingSession> {
    let actor = Actor { kind: unword(row.get(2)?)?, id: row.get(3)?, name: row.get(4)? };
    let session = SessionRow {
        id: row.get(0)?,
        token: row.get(1)?,
        actor,
        how: unword(row.get(5)?)?,
        browser: row.get(6)?,
        created_at: at(row.get(7)?),
        last_seen: at(row.get(8)?),
        expires_at: at(row.get(9)?),
        ended_at: row.get::<_, Option<i64>>(10)?.map(at),
    };
    Ok(StandingSession { session, roles: row.get::<_, Option<String>>(11)?.map(json).transpose()? })
}

pub(super) async fn insert_session(store: &Sqlite, s: SessionRow) -> Stored<()> {
    let sql = "INSERT INTO sessions (id, token, actor_kind, actor_id, actor_name, how, browser, created_at, last_seen,
               expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let insert = move |c: &Connection| {
        c.execute(
            sql,
            params![
                s.id,
                s.token,
                word(&s.actor.kind),
                s.actor.id,
                s.actor.name,
                word(&s.how),
                s.browser,
                ms(s.created_at),
                ms(s.last_seen),
                ms(s.expires_at)
            ],
        )
        .map(|_| ())
    };
    store.write(insert).await
}

pub(super) async fn session(store: &Sqlite, token: &[u8; 32]) -> Stored<Option<StandingSession>> {
    let token = *token;
    let sql = format!("{SESSION} WHERE s.token = ?1");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([token], read).optional()).await
}

pub(super) async fn session_seen(store: &Sqlite, id: &str, now: Timestamp) -> Stored<()> {
    let id = id.to_owned();
    let sql = "UPDATE sessions SET last_seen = ?2 WHERE id = ?1 AND last_seen < ?2";
    store.write(move |c| c.prepare_cached(sql)?.execute(params![id, ms(now)]).map(|_| ())).await
}

pub(super) async fn sessions(store: &Sqlite, now: Timestamp, seen_since: Timestamp) -> Stored<Vec<SessionRow>> {
    let sql = format!(
        "{SESSION} WHERE s.ended_at IS NULL AND s.expires_at > ?1 AND s.last_seen > ?2
           AND (s.actor_kind = 'host' OR coalesce(k.roles, u.roles) IS NOT NULL)
         ORDER BY s.last_seen DESC, s.id"
    );
    let row = |row: &Row<'_>| read(row).map(|standing| standing.session);
    store.read(move |c| c.prepare_cached(&sql)?.query_map([ms(now), ms(seen_since)], row)?.collect()).await
}

pub(super) async fn end_session(store: &Sqlite, id: &str, now: Timestamp) -> Stored<bool> {
    let id = id.to_owned();
    let sql = "UPDATE sessions SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL AND expires_at > ?2";
    store.write(move |c| Ok(c.execute(sql, params![id, ms(now)])? == 1)).await
}

pub(super) async fn end_sessions(store: &Sqlite, of: &Actor, but: Option<&str>, now: Timestamp) -> Stored<u64> {
    let (kind, id, but) = (word(&of.kind), of.id.clone(), but.map(str::to_owned));
    let sql = "UPDATE sessions SET ended_at = ?4
               WHERE actor_kind = ?1 AND actor_id = ?2 AND id IS NOT ?3 AND ended_at IS NULL AND expires_at > ?4";
    store.write(move |c| c.execute(sql, params![kind, id, but, ms(now)]).map(|count| count as u64)).await
}

pub(super) async fn insert_link(store: &Sqlite, link: LinkRow) -> Stored<()> {
    let sql = "INSERT INTO links (token, user_id, expires_at) VALUES (?1, ?2, ?3)";
    store.write(move |c| c.execute(sql, params![link.token, link.user, ms(link.expires_at)]).map(|_| ())).await
}

/// Of the links of a user who may not sign in, none works.
macro_rules! working {
    () => {
        "token = ?1 AND used_at IS NULL AND expires_at > ?2
         AND (user_id IS NULL OR EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.disabled_at IS NULL))"
    };
}

pub(super) async fn link_works(store: &Sqlite, token: &[u8; 32], now: Timestamp) -> Stored<bool> {
    let token = *token;
    let sql = concat!("SELECT EXISTS (SELECT 1 FROM links WHERE ", working!(), ")");
    store.read(move |c| c.query_row(sql, params![token, ms(now)], |row| row.get(0))).await
}

pub(super) async fn use_link(store: &Sqlite, token: &[u8; 32], now: Timestamp) -> Stored<Option<LinkRow>> {
    let token = *token;
    let sql = concat!("UPDATE links SET used_at = ?2 WHERE ", working!(), " RETURNING user_id, expires_at");
    let row = move |row: &Row<'_>| Ok(LinkRow { token, user: row.get(0)?, expires_at: at(row.get(1)?) });
    store.write(move |c| c.query_row(sql, params![token, ms(now)], row).optional()).await
}
