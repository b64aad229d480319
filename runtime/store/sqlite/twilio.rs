//! What callers of the Twilio façade hold and name.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, at, ms};
use crate::store::{Stored, TwilioCredential, TwilioService};

const CREDENTIAL: &str = "SELECT account_sid, environment, name, token, service_sid, use_from, created_at
    FROM twilio_credentials WHERE ";

fn credential(row: &Row<'_>) -> rusqlite::Result<TwilioCredential> {
    Ok(TwilioCredential {
        account_sid: row.get(0)?,
        environment: row.get(1)?,
        name: row.get(2)?,
        token: row.get(3)?,
        service_sid: row.get(4)?,
        use_from: row.get(5)?,
        created_at: at(row.get(6)?),
    })
}

const SERVICE: &str = "SELECT sid, environment, friendly_name, purpose, code_length, created_at, updated_at
    FROM twilio_services WHERE environment = ?1";

fn service(row: &Row<'_>) -> rusqlite::Result<TwilioService> {
    Ok(TwilioService {
        sid: row.get(0)?,
        environment: row.get(1)?,
        friendly_name: row.get(2)?,
        purpose: row.get(3)?,
        code_length: row.get(4)?,
        created_at: at(row.get(5)?),
        updated_at: at(row.get(6)?),
    })
}

pub(super) async fn insert_twilio_credential(
    store: &Sqlite,
    row: TwilioCredential,
    service: Option<TwilioService>,
) -> Stored<()> {
    let insert = move |c: &Connection| {
        if let Some(service) = &service {
            insert_service(c, service)?;
        }
        let sql = "INSERT INTO twilio_credentials
                   (account_sid, environment, name, token, service_sid, use_from, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let made = ms(row.created_at);
        let values =
            params![row.account_sid, row.environment, row.name, row.token, row.service_sid, row.use_from, made];
        c.execute(sql, values).map(|_| ())
    };
    store.write(insert).await
}

fn insert_service(c: &Connection, row: &TwilioService) -> rusqlite::Result<()> {
    let sql = "INSERT INTO twilio_services
               (sid, environment, friendly_name, purpose, code_length, created_at, updated_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (made, changed) = (ms(row.created_at), ms(row.updated_at));
    let values = params![row.sid, row.environment, row.friendly_name, row.purpose, row.code_length, made, changed];
    c.execute(sql, values).map(|_| ())
}

pub(super) async fn twilio_credentials(store: &Sqlite, environment: &str) -> Stored<Vec<TwilioCredential>> {
    let environment = environment.to_owned();
    let sql = format!("{CREDENTIAL} environment = ?1 ORDER BY created_at, account_sid");
    store.read(move |c| c.prepare_cached(&sql)?.query_map([environment], credential)?.collect()).await
}

pub(super) async fn twilio_credential(store: &Sqlite, account_sid: &str) -> Stored<Option<TwilioCredential>> {
    let account_sid = account_sid.to_owned();
    let sql = format!("{CREDENTIAL} account_sid = ?1");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([account_sid], credential).optional()).await
}

pub(super) async fn delete_twilio_credential(store: &Sqlite, environment: &str, account_sid: &str) -> Stored<bool> {
    let (environment, account_sid) = (environment.to_owned(), account_sid.to_owned());
    let sql = "DELETE FROM twilio_credentials WHERE environment = ?1 AND account_sid = ?2";
    store.write(move |c| Ok(c.execute(sql, [environment, account_sid])? == 1)).await
}

pub(super) async fn insert_twilio_service(store: &Sqlite, row: TwilioService, most: u32) -> Stored<bool> {
    let insert = move |c: &Connection| {
        let sql = "SELECT count(*) FROM twilio_services WHERE environment = ?1";
        let found: u32 = c.query_row(sql, [&row.environment], |row| row.get(0))?;
        if found >= most {
            return Ok(false);
        }
        insert_service(c, &row).map(|()| true)
    };
    store.write(insert).await
}

pub(super) async fn twilio_services(store: &Sqlite, environment: &str) -> Stored<Vec<TwilioService>> {
    let environment = environment.to_owned();
    let sql = format!("{SERVICE} ORDER BY created_at, sid");
    store.read(move |c| c.prepare_cached(&sql)?.query_map([environment], service)?.collect()).await
}

pub(super) async fn twilio_service(store: &Sqlite, environment: &str, sid: &str) -> Stored<Option<TwilioService>> {
    let (environment, sid) = (environment.to_owned(), sid.to_owned());
    let sql = format!("{SERVICE} AND sid = ?2");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([environment, sid], service).optional()).await
}

pub(super) async fn update_twilio_service(store: &Sqlite, row: TwilioService) -> Stored<bool> {
    let sql = "UPDATE twilio_services SET friendly_name = ?3, purpose = ?4, code_length = ?5, updated_at = ?6
               WHERE environment = ?1 AND sid = ?2";
    let update = move |c: &Connection| {
        let changed = ms(row.updated_at);
        let values = params![row.environment, row.sid, row.friendly_name, row.purpose, row.code_length, changed];
        Ok(c.execute(sql, values)? == 1)
    };
    store.write(update).await
}
