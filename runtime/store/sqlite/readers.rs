//! A few connections that only read, on threads that may block.

use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::store::{StoreError, Stored};

pub(super) struct Readers {
    free: Arc<Mutex<Vec<Connection>>>,
    turn: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        let turn = Arc::new(Semaphore::new(connections.len()));
        Self { free: Arc::new(Mutex::new(connections)), turn }
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Stored<T> {
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let free = Arc::clone(&self.free);
        let done = tokio::task::spawn_blocking(move || {
            let connection = free.lock().map_err(|_| StoreError::Closed)?.pop().ok_or(StoreError::Closed)?;
            let result = work(&connection);
            free.lock().map_err(|_| StoreError::Closed)?.push(connection);
            drop(turn);
            result.map_err(StoreError::from)
        });
        done.await.map_err(|_| StoreError::Closed)?
    }
}
