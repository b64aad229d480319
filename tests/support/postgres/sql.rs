//! Asking a database beside the service, on a connection and a thread of its own: tests may or may not be asynchronous.

use futures_util::TryStreamExt as _;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// What statements answered: rows of all of them as text, and how many rows were written.
#[derive(Debug, Default)]
pub struct Answer {
    pub rows: Vec<Vec<Option<String>>>,
    pub written: u64,
}

/// Do something asynchronous to its end, wherever this is called.
pub fn apart<T: Send>(work: impl Future<Output = T> + Send) -> T {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
    std::thread::scope(|scope| scope.spawn(run).join()).unwrap()
}

/// Ask statements, one after the other. Several without their own `BEGIN` are one transaction.
pub fn asked(url: &str, sql: &str) -> Result<Answer, String> {
    apart(async {
        let mut answer = Answer::default();
        for message in connected(url).await?.simple_query(sql).await.map_err(told)? {
            match message {
                SimpleQueryMessage::Row(row) => {
                    answer.rows.push((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect());
                }
                SimpleQueryMessage::CommandComplete(rows) => answer.written += rows,
                _ => {}
            }
        }
        Ok(answer)
    })
}

/// All that is in a database, table by table, as PostgreSQL has it in binary: a secret would be found in it.
pub fn bytes(url: &str) -> Vec<(String, Vec<u8>)> {
    let tables = asked(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").unwrap();
    apart(async {
        let client = connected(url).await.unwrap();
        let mut all = Vec::new();
        for table in tables.rows.into_iter().flatten().flatten() {
            let copy =
                client.copy_out(&format!("COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)")).await.unwrap();
            let copied: Vec<_> = copy.try_collect().await.unwrap();
            all.push((table, copied.concat()));
        }
        all
    })
}

async fn connected(url: &str) -> Result<Client, String> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.map_err(told)?;
    tokio::spawn(connection);
    Ok(client)
}

fn told(error: tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| format!("{error:?}"), |told| told.message().to_owned())
}
