//! People: few, found by id, by address, and by what an identity provider calls them.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, at, json, ms, text};
use crate::clock::Timestamp;
use crate::store::{Stored, UserChange, UserRow};

const USER: &str = "SELECT id, name, email, roles, issuer, subject, created_at, disabled_at FROM users";

fn read(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    let subject = row.get::<_, Option<String>>(4)?.zip(row.get::<_, Option<String>>(5)?);
    Ok(UserRow {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        roles: json(row.get(3)?)?,
        subject,
        created_at: at(row.get(6)?),
        disabled_at: row.get::<_, Option<i64>>(7)?.map(at),
    })
}

pub(super) async fn insert_user(store: &Sqlite, u: UserRow) -> Stored<bool> {
    let sql = "INSERT INTO users (id, name, email, roles, created_at, disabled_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (email) DO NOTHING";
    let insert = move |c: &Connection| {
        let row = params![u.id, u.name, u.email, text(&u.roles), ms(u.created_at), u.disabled_at.map(ms)];
        Ok(c.execute(sql, row)? == 1)
    };
    store.write(insert).await
}

pub(super) async fn users(store: &Sqlite) -> Stored<Vec<UserRow>> {
    store.read(|c| c.prepare_cached(&format!("{USER} ORDER BY name, id"))?.query_map([], read)?.collect()).await
}

pub(super) async fn user(store: &Sqlite, id: &str) -> Stored<Option<UserRow>> {
    one(store, "id = ?1", [id.to_owned()]).await
}

pub(super) async fn user_by_email(store: &Sqlite, email: &str) -> Stored<Option<UserRow>> {
    one(store, "email = ?1", [email.to_owned()]).await
}

pub(super) async fn user_by_subject(store: &Sqlite, issuer: &str, subject: &str) -> Stored<Option<UserRow>> {
    one(store, "issuer = ?1 AND subject = ?2", [issuer.to_owned(), subject.to_owned()]).await
}

async fn one<const N: usize>(store: &Sqlite, of: &str, values: [String; N]) -> Stored<Option<UserRow>> {
    let sql = format!("{USER} WHERE {of}");
    store.read(move |c| c.prepare_cached(&sql)?.query_row(rusqlite::params_from_iter(&values), read).optional()).await
}

pub(super) async fn update_user(store: &Sqlite, user: UserRow, now: Timestamp) -> Stored<UserChange> {
    store.write(move |c| update(c, &user, now)).await
}

fn update(c: &Connection, u: &UserRow, now: Timestamp) -> rusqlite::Result<UserChange> {
    let taken = "SELECT EXISTS (SELECT 1 FROM users WHERE email = ?1 AND id <> ?2)";
    if c.query_row(taken, [&u.email, &u.id], |row| row.get(0))? {
        return Ok(UserChange::Taken);
    }
    let had = c.query_row("SELECT roles FROM users WHERE id = ?1", [&u.id], |row| row.get(0)).optional()?;
    let had: Vec<String> = had.map(json).transpose()?.unwrap_or_default();
    let (issuer, subject) = u.subject.clone().unzip();
    let sql = "UPDATE users SET name = ?2, email = ?3, roles = ?4, issuer = ?5, subject = ?6, disabled_at = ?7
               WHERE id = ?1";
    let row = params![u.id, u.name, u.email, text(&u.roles), issuer, subject, u.disabled_at.map(ms)];
    if c.execute(sql, row)? == 0 {
        return Ok(UserChange::Missing);
    }
    // Somebody else may hold a link, or have used one: he is not to gain what this person gains.
    let gains = u.roles.iter().any(|role| !had.contains(role));
    if u.disabled_at.is_some() || gains {
        c.execute("DELETE FROM links WHERE user_id = ?1", [&u.id])?;
        let end = "UPDATE sessions SET ended_at = ?2 WHERE actor_kind = 'user' AND actor_id = ?1 AND ended_at IS NULL
                   AND (how = 'link' OR ?3)";
        c.execute(end, params![u.id, ms(now), u.disabled_at.is_some()])?;
    }
    Ok(UserChange::Done)
}

pub(super) async fn bind_user(store: &Sqlite, id: &str, issuer: &str, subject: &str) -> Stored<bool> {
    let values = [id.to_owned(), issuer.to_owned(), subject.to_owned()];
    let sql = "UPDATE OR IGNORE users SET issuer = ?2, subject = ?3 WHERE id = ?1 AND subject IS NULL";
    store.write(move |c| Ok(c.execute(sql, rusqlite::params_from_iter(&values))? == 1)).await
}

pub(super) async fn delete_user(store: &Sqlite, id: &str) -> Stored<bool> {
    let id = id.to_owned();
    let delete = move |c: &Connection| {
        c.execute("DELETE FROM sessions WHERE actor_kind = 'user' AND actor_id = ?1", [&id])?;
        Ok(c.execute("DELETE FROM users WHERE id = ?1", [&id])? == 1)
    };
    store.write(delete).await
}
