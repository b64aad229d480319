//! Hears `NOTIFY` on a connection of its own, so that a change is known as it is committed. It is a help and no promise:
//! whoever waits for news looks again after a moment anyway, since a connection may be cut off without a word, and a pooler
//! in transaction mode passes nothing on.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::AsyncMessage;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::pool::{self, Options};
use super::trouble;
use crate::store::{StoreError, Stored};

/// After a connection broke, or could not be made.
const AGAIN: Duration = Duration::from_secs(1);

/// Hears what other nodes, and this one, have changed.
pub(super) struct Listener {
    heard: Arc<Notify>,
    task: Option<JoinHandle<()>>,
}

impl Listener {
    /// Begin to hear. Behind a pooler there is nothing to be heard.
    pub(super) fn start(options: &Options) -> Self {
        let heard = Arc::new(Notify::new());
        let task = (!options.pooled).then(|| tokio::spawn(listen(options.clone(), Arc::clone(&heard))));
        Self { heard, task }
    }

    /// Returns when something was heard since the last call.
    pub(super) async fn heard(&self) {
        self.heard.notified().await;
    }

    pub(super) fn stop(&self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn listen(options: Options, heard: Arc<Notify>) {
    loop {
        if let Err(error) = hear(&options, &heard).await {
            tracing::debug!(%error, "changes are not heard of, and looked for instead");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn hear(options: &Options, heard: &Notify) -> Stored<()> {
    let tls = MakeRustlsConnect::new(pool::tls(options)?);
    let connected = pool::config(options)?.connect(tls).await;
    let (client, mut connection) = connected.map_err(|error| trouble::stored(&error))?;
    let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
    let listens = client.batch_execute("LISTEN countersign");
    tokio::pin!(listens);
    let mut begun = false;
    loop {
        tokio::select! {
            done = &mut listens, if !begun => {
                done.map_err(|error| trouble::stored(&error))?;
                begun = true;
                // What changed before it listened.
                heard.notify_one();
            }
            message = messages.next() => match message {
                Some(Ok(AsyncMessage::Notification(_))) => heard.notify_one(),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(trouble::stored(&error)),
                None => return Err(StoreError::Unreachable("the connection that hears of changes ended".into())),
            },
        }
    }
}
