//! Browsers that are signed in, and links that sign in: found by the hash of what somebody holds.

use super::{Flight, Line, Postgres, given, word};
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

fn read(line: &Line) -> Stored<StandingSession> {
    let actor = Actor { kind: line.word(2)?, id: line.get(3)?, name: line.get(4)? };
    let session = SessionRow {
        id: line.get(0)?,
        token: line.get(1)?,
        actor,
        how: line.word(5)?,
        browser: line.get(6)?,
        created_at: line.get(7)?,
        last_seen: line.get(8)?,
        expires_at: line.get(9)?,
        ended_at: line.get(10)?,
    };
    Ok(StandingSession { session, roles: line.json_if_any(11)? })
}

pub(super) async fn insert_session(store: &Postgres, s: SessionRow) -> Stored<()> {
    let sql = "INSERT INTO sessions (id, token, actor_kind, actor_id, actor_name, how, browser, created_at, last_seen,
               expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let given = given![
        s.id,
        s.token,
        word(&s.actor.kind),
        s.actor.id,
        s.actor.name,
        word(&s.how),
        s.browser,
        s.created_at,
        s.last_seen,
        s.expires_at
    ];
    store.write(sql, given).await.map(|_| ())
}

pub(super) async fn session(store: &Postgres, token: &[u8; 32]) -> Stored<Option<StandingSession>> {
    store.line(format!("{SESSION} WHERE s.token = $1"), given![token]).await?.as_ref().map(read).transpose()
}

pub(super) async fn session_seen(store: &Postgres, id: &str, now: Timestamp) -> Stored<()> {
    let sql = "UPDATE sessions SET last_seen = $2 WHERE id = $1 AND last_seen < $2";
    store.write(sql, given![id, now]).await.map(|_| ())
}

pub(super) async fn sessions(store: &Postgres, now: Timestamp, seen_since: Timestamp) -> Stored<Vec<SessionRow>> {
    let sql = format!(
        "{SESSION} WHERE s.ended_at IS NULL AND s.expires_at > $1 AND s.last_seen > $2
           AND (s.actor_kind = 'host' OR coalesce(k.roles, u.roles) IS NOT NULL)
         ORDER BY s.last_seen DESC, s.id"
    );
    let row = |line: &Line| read(line).map(|standing| standing.session);
    store.lines(sql, given![now, seen_since]).await?.iter().map(row).collect()
}

pub(super) async fn end_session(store: &Postgres, id: &str, now: Timestamp) -> Stored<bool> {
    let sql = "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND expires_at > $2";
    Ok(store.write(sql, given![id, now]).await? == 1)
}

pub(super) async fn end_sessions(store: &Postgres, of: &Actor, but: Option<&str>, now: Timestamp) -> Stored<u64> {
    let sql = "UPDATE sessions SET ended_at = $4
               WHERE actor_kind = $1 AND actor_id = $2 AND id IS DISTINCT FROM $3 AND ended_at IS NULL
                 AND expires_at > $4";
    store.write(sql, given![word(&of.kind), &of.id, but, now]).await
}

pub(super) async fn insert_link(store: &Postgres, link: LinkRow) -> Stored<()> {
    let sql = "INSERT INTO links (token, user_id, expires_at) VALUES ($1, $2, $3)";
    store.write(sql, given![link.token, link.user, link.expires_at]).await.map(|_| ())
}

/// Of the links of a user who may not sign in, none works.
macro_rules! working {
    () => {
        "token = $1 AND used_at IS NULL AND expires_at > $2
         AND (user_id IS NULL OR EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.disabled_at IS NULL))"
    };
}

pub(super) async fn link_works(store: &Postgres, token: &[u8; 32], now: Timestamp) -> Stored<bool> {
    let sql = concat!("SELECT EXISTS (SELECT 1 FROM links WHERE ", working!(), ")");
    store.line(sql, given![token, now]).await?.map_or(Ok(false), |line| line.get(0))
}

pub(super) async fn use_link(store: &Postgres, token: &[u8; 32], now: Timestamp) -> Stored<Option<LinkRow>> {
    let mut flight = Flight::new();
    // Of two at once the second waits for the first, and looks again then.
    let sql = concat!("UPDATE links SET used_at = $2 WHERE ", working!(), " RETURNING user_id, expires_at");
    let used = flight.ask(sql, given![token, now]);
    let answers = store.begin().await?.commit(flight).await?;
    let link = |line: &Line| Ok(LinkRow { token: *token, user: line.get(0)?, expires_at: line.get(1)? });
    answers.line(used).map(link).transpose()
}
