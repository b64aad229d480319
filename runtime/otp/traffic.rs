//! Recorded traffic, written out: [`guard::Traffic`] says what a file tells.

use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream;
use sha2::{Digest as _, Sha256};

use super::guard::{self, Head, Traffic};
use super::{Otp, OtpError};
use crate::clock::Timestamp;
use crate::random;
use crate::store::{Store, StoreError, TrafficRow};

/// Lines that are read at once.
const STEP: u32 = 500;

/// Where an export is.
struct Place {
    store: Arc<dyn Store>,
    environment: String,
    from: Option<Timestamp>,
    to: Timestamp,
    salt: [u8; 32],
    after: i64,
    piece: String,
}

impl Otp {
    /// What the guard judged in an environment, from one time to another, as a file to replay: in pieces, so that nothing is
    /// held while the reader is slow. Ends with what was judged when it began.
    pub async fn traffic(
        &self,
        environment: &str,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<impl Stream<Item = Result<String, StoreError>> + Send + use<>, OtpError> {
        let known = self.settings.of(environment).await?;
        let now = self.clock.now();
        let head = Head {
            format: guard::FORMAT.to_owned(),
            environment: environment.to_owned(),
            exported_at: now,
            rules: known.guard().clone(),
        };
        let place = Place {
            store: Arc::clone(&self.store),
            environment: environment.to_owned(),
            from,
            to: to.unwrap_or(Timestamp::NEVER).min(Timestamp::from_millis(now.as_millis().saturating_add(1))),
            salt: random::bytes(),
            after: 0,
            piece: line(&head),
        };
        Ok(stream::try_unfold(Some(place), |place| async move {
            match place {
                Some(place) => place.step().await.map(Some),
                None => Ok(None),
            }
        }))
    }
}

impl Place {
    async fn step(mut self) -> Result<(String, Option<Self>), StoreError> {
        let rows = self.store.traffic(&self.environment, self.after, STEP).await?;
        let mut piece = std::mem::take(&mut self.piece);
        let fits = |row: &&TrafficRow| row.at < self.to && self.from.is_none_or(|from| row.at >= from);
        rows.iter().filter(fits).for_each(|row| piece.push_str(&line(&self.shown(row))));
        let more = rows.len() >= STEP as usize;
        self.after = rows.last().map_or(self.after, |row| row.line);
        Ok((piece, more.then_some(self)))
    }

    fn shown(&self, row: &TrafficRow) -> Traffic {
        let name = |index: &[u8; 32]| {
            let digest = Sha256::new().chain_update(self.salt).chain_update(index).finalize();
            hex::encode(digest.iter().take(16).copied().collect::<Vec<_>>())
        };
        Traffic {
            line: row.line,
            at: row.at,
            country: row.country.clone(),
            area: row.area.clone(),
            block: row.block.clone(),
            number: name(&row.number_index),
            client: row.client_index.as_ref().map(name),
            cost_micros: row.cost_micros,
            told: row.told,
            purpose: row.purpose.clone(),
            source: row.source.clone(),
            outcome: row.outcome.clone(),
            fired: row.fired.clone(),
            allowed: row.allowed.clone(),
            used_at: row.used_at,
            used_after: row.used_after,
            unsent_after: row.unsent_after,
        }
    }
}

fn line<T: serde::Serialize>(of: &T) -> String {
    let mut text = serde_json::to_string(of).unwrap_or_default();
    text.push('\n');
    text
}
