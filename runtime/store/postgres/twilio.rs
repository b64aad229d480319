//! What callers of the Twilio façade hold and name.

use super::keys::under;
use super::locking::{self, Lock};
use super::{Flight, Given, Line, Postgres, given};
use crate::store::{Stored, TwilioCredential, TwilioService};

const CREDENTIAL: &str = "SELECT account_sid, environment, name, token, service_sid, use_from, created_at
    FROM twilio_credentials WHERE ";

fn credential(line: &Line) -> Stored<TwilioCredential> {
    Ok(TwilioCredential {
        account_sid: line.get(0)?,
        environment: line.get(1)?,
        name: line.get(2)?,
        token: line.get(3)?,
        service_sid: line.get(4)?,
        use_from: line.get(5)?,
        created_at: line.get(6)?,
    })
}

const SERVICE: &str = "SELECT sid, environment, friendly_name, purpose, code_length, created_at, updated_at
    FROM twilio_services WHERE environment = $1";

fn service(line: &Line) -> Stored<TwilioService> {
    Ok(TwilioService {
        sid: line.get(0)?,
        environment: line.get(1)?,
        friendly_name: line.get(2)?,
        purpose: line.get(3)?,
        code_length: line.get(4)?,
        created_at: line.get(5)?,
        updated_at: line.get(6)?,
    })
}

const INSERT_SERVICE: &str = "INSERT INTO twilio_services
      (sid, environment, friendly_name, purpose, code_length, created_at, updated_at)
    SELECT $1::text, $2::text, $3::text, $4::text, $5::bigint, $6::bigint, $7::bigint";

fn given_service(row: &TwilioService) -> Vec<Given> {
    given![
        &row.sid,
        &row.environment,
        &row.friendly_name,
        &row.purpose,
        row.code_length,
        row.created_at,
        row.updated_at
    ]
}

pub(super) async fn insert_twilio_credential(
    store: &Postgres,
    row: TwilioCredential,
    service: Option<TwilioService>,
) -> Stored<()> {
    let mut flight = Flight::new();
    locking::take(&mut flight, &[Lock::Setup(&row.environment)]);
    if let Some(service) = &service {
        flight.ask(INSERT_SERVICE, given_service(service));
    }
    let sql = "INSERT INTO twilio_credentials
               (account_sid, environment, name, token, service_sid, use_from, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let given = given![
        &row.account_sid,
        &row.environment,
        &row.name,
        &row.token,
        &row.service_sid,
        row.use_from,
        row.created_at
    ];
    flight.ask(sql, given);
    store.begin().await?.commit(flight).await.map(|_| ())
}

pub(super) async fn twilio_credentials(store: &Postgres, environment: &str) -> Stored<Vec<TwilioCredential>> {
    let sql = format!("{CREDENTIAL} environment = $1 ORDER BY created_at, account_sid");
    store.lines(sql, given![environment]).await?.iter().map(credential).collect()
}

pub(super) async fn twilio_credential(store: &Postgres, account_sid: &str) -> Stored<Option<TwilioCredential>> {
    let sql = format!("{CREDENTIAL} account_sid = $1");
    store.line(sql, given![account_sid]).await?.as_ref().map(credential).transpose()
}

pub(super) async fn delete_twilio_credential(store: &Postgres, environment: &str, account_sid: &str) -> Stored<bool> {
    let sql = "DELETE FROM twilio_credentials WHERE environment = $1 AND account_sid = $2";
    Ok(store.write(sql, given![environment, account_sid]).await? == 1)
}

pub(super) async fn insert_twilio_service(store: &Postgres, row: TwilioService, most: u32) -> Stored<bool> {
    let sql = format!("{INSERT_SERVICE} WHERE (SELECT count(*) FROM twilio_services WHERE environment = $2) < $8");
    let mut given = given_service(&row);
    given.extend(given![most]);
    let (answers, seat) = under(store, Lock::Setup(&row.environment), sql, given).await?;
    Ok(answers.written(seat) == 1)
}

pub(super) async fn twilio_services(store: &Postgres, environment: &str) -> Stored<Vec<TwilioService>> {
    let sql = format!("{SERVICE} ORDER BY created_at, sid");
    store.lines(sql, given![environment]).await?.iter().map(service).collect()
}

pub(super) async fn twilio_service(store: &Postgres, environment: &str, sid: &str) -> Stored<Option<TwilioService>> {
    let sql = format!("{SERVICE} AND sid = $2");
    store.line(sql, given![environment, sid]).await?.as_ref().map(service).transpose()
}

pub(super) async fn update_twilio_service(store: &Postgres, row: TwilioService) -> Stored<bool> {
    let sql = "UPDATE twilio_services SET friendly_name = $3, purpose = $4, code_length = $5, updated_at = $6
               WHERE environment = $1 AND sid = $2";
    let given = given![row.environment, row.sid, row.friendly_name, row.purpose, row.code_length, row.updated_at];
    Ok(store.write(sql, given).await? == 1)
}
