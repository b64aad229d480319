//! People: few, found by id, by address, and by what an identity provider calls them.

use super::keys::under;
use super::locking::{self, Lock};
use super::{Flight, Given, Line, Postgres, given, text};
use crate::clock::Timestamp;
use crate::store::{Stored, UserChange, UserRow};

/// No two have the same address, nor the same name at an identity provider: whoever writes either looks first.
const PEOPLE: Lock<'_> = Lock::Service("people");

const USER: &str = "SELECT id, name, email, roles, issuer, subject, created_at, disabled_at FROM users";

fn read(line: &Line) -> Stored<UserRow> {
    Ok(UserRow {
        id: line.get(0)?,
        name: line.get(1)?,
        email: line.get(2)?,
        roles: line.json(3)?,
        subject: line.get::<Option<String>>(4)?.zip(line.get::<Option<String>>(5)?),
        created_at: line.get(6)?,
        disabled_at: line.get(7)?,
    })
}

pub(super) async fn insert_user(store: &Postgres, u: UserRow) -> Stored<bool> {
    let sql = "INSERT INTO users (id, name, email, roles, created_at, disabled_at) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (email) DO NOTHING";
    let given = given![&u.id, &u.name, &u.email, text(&u.roles), u.created_at, u.disabled_at];
    let (answers, seat) = under(store, PEOPLE, sql, given).await?;
    Ok(answers.written(seat) == 1)
}

pub(super) async fn users(store: &Postgres) -> Stored<Vec<UserRow>> {
    store.lines(format!("{USER} ORDER BY name, id"), given![]).await?.iter().map(read).collect()
}

pub(super) async fn user(store: &Postgres, id: &str) -> Stored<Option<UserRow>> {
    one(store, "id = $1", given![id]).await
}

pub(super) async fn user_by_email(store: &Postgres, email: &str) -> Stored<Option<UserRow>> {
    one(store, "email = $1", given![email]).await
}

pub(super) async fn user_by_subject(store: &Postgres, issuer: &str, subject: &str) -> Stored<Option<UserRow>> {
    one(store, "issuer = $1 AND subject = $2", given![issuer, subject]).await
}

async fn one(store: &Postgres, of: &str, given: Vec<Given>) -> Stored<Option<UserRow>> {
    store.line(format!("{USER} WHERE {of}"), given).await?.as_ref().map(read).transpose()
}

pub(super) async fn update_user(store: &Postgres, u: UserRow, now: Timestamp) -> Stored<UserChange> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[PEOPLE]);
    let taken = "SELECT EXISTS (SELECT 1 FROM users WHERE email = $1 AND id <> $2)";
    let taken = first.ask(taken, given![&u.email, &u.id]);
    let had = first.ask("SELECT roles FROM users WHERE id = $1", given![&u.id]);
    let answers = work.send(first).await?;
    if answers.line(taken).map_or(Ok(false), |line| line.get(0))? {
        return Ok(UserChange::Taken);
    }
    let Some(line) = answers.line(had) else { return Ok(UserChange::Missing) };
    let had: Vec<String> = line.json(0)?;
    let mut last = Flight::new();
    let (issuer, subject) = u.subject.clone().unzip();
    let sql = "UPDATE users SET name = $2, email = $3, roles = $4, issuer = $5, subject = $6, disabled_at = $7
               WHERE id = $1";
    last.ask(sql, given![&u.id, &u.name, &u.email, text(&u.roles), issuer, subject, u.disabled_at]);
    // Somebody else may hold a link, or have used one: he is not to gain what this person gains.
    let gains = u.roles.iter().any(|role| !had.contains(role));
    if u.disabled_at.is_some() || gains {
        last.ask("DELETE FROM links WHERE user_id = $1", given![&u.id]);
        let end = "UPDATE sessions SET ended_at = $2 WHERE actor_kind = 'user' AND actor_id = $1 AND ended_at IS NULL
                   AND (how = 'link' OR $3)";
        last.ask(end, given![&u.id, now, u.disabled_at.is_some()]);
    }
    work.commit(last).await?;
    Ok(UserChange::Done)
}

pub(super) async fn bind_user(store: &Postgres, id: &str, issuer: &str, subject: &str) -> Stored<bool> {
    let sql = "UPDATE users SET issuer = $2, subject = $3 WHERE id = $1 AND subject IS NULL
               AND NOT EXISTS (SELECT 1 FROM users o WHERE o.issuer = $2 AND o.subject = $3)";
    let (answers, seat) = under(store, PEOPLE, sql, given![id, issuer, subject]).await?;
    Ok(answers.written(seat) == 1)
}

pub(super) async fn delete_user(store: &Postgres, id: &str) -> Stored<bool> {
    let mut flight = Flight::new();
    locking::take(&mut flight, &[PEOPLE]);
    flight.ask("DELETE FROM sessions WHERE actor_kind = 'user' AND actor_id = $1", given![id]);
    let deleted = flight.ask("DELETE FROM users WHERE id = $1", given![id]);
    Ok(store.begin().await?.commit(flight).await?.written(deleted) == 1)
}
