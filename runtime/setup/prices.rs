//! Price lists of connectors: read, replaced as a whole, deleted. They are no part of a revision: a provider changes its
//! prices when it likes, and what serves does not change by it.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::{Setup, SetupError};
use crate::connector::reason::Reason;
use crate::connector::registry::{Prices, Routes};
use crate::prices::{Draft, PriceFault, PriceList};
use crate::store::StoreError;

impl Setup {
    /// A connector's price list.
    pub async fn prices(&self, environment: &str, name: &str) -> Result<PriceList, SetupError> {
        let environment = self.environment(environment).await?.name;
        self.existing(&environment, name).await?;
        let list = self.stored_prices(&environment, name).await?;
        list.map(|prices| PriceList::clone(&prices.list)).ok_or_else(|| SetupError::not_found("price list of", name))
    }

    /// Replace a connector's price list. The next send is counted by it.
    pub async fn put_prices(&self, environment: &str, name: &str, list: &PriceList) -> Result<(), SetupError> {
        let environment = self.environment(environment).await?.name;
        let _turn = self.turns.of(&environment).await?;
        self.existing(&environment, name).await?;
        let currency = list.currency().to_string();
        let others = self.store.prices(&environment).await?;
        if let Some(other) = others.iter().find(|other| other.connector != name && other.currency != currency) {
            let text = format!(
                "must be {}, as in the list of `{}`: lists of an environment have one currency, since one budget can't be \
                 of two",
                other.currency, other.connector
            );
            return Err(refused(vec![PriceFault { pointer: "/currency".to_owned(), text }]));
        }
        self.store.put_prices(&environment, name, &currency, json!(list.draft())).await?;
        self.refresh(&environment).await
    }

    /// Delete a connector's price list.
    pub async fn delete_prices(&self, environment: &str, name: &str) -> Result<(), SetupError> {
        let environment = self.environment(environment).await?.name;
        let _turn = self.turns.of(&environment).await?;
        self.existing(&environment, name).await?;
        if !self.store.delete_prices(&environment, name).await? {
            return Err(SetupError::not_found("price list of", name));
        }
        self.refresh(&environment).await
    }

    /// The lists of an environment, for what serves: those of before where they are the same. One that can't be read is
    /// left out: what is sent counts by the policy's prices then, as if there were none.
    pub(super) async fn served_prices(
        &self,
        environment: &str,
        before: Option<&Routes>,
    ) -> Result<HashMap<String, Prices>, SetupError> {
        let mut all = HashMap::new();
        for row in self.store.prices(environment).await? {
            let kept = before.and_then(|before| before.prices.get(&row.connector));
            let prices = match kept.filter(|kept| kept.version == row.version) {
                Some(kept) => Ok(Some(kept.clone())),
                None => self.stored_prices(environment, &row.connector).await,
            };
            match prices {
                Ok(prices) => all.extend(prices.map(|prices| (row.connector, prices))),
                Err(error) => {
                    tracing::error!(environment, connector = row.connector, %error, "its prices can't be used");
                }
            }
        }
        Ok(all)
    }

    pub(super) async fn stored_prices(&self, environment: &str, name: &str) -> Result<Option<Prices>, SetupError> {
        let Some(stored) = self.store.price_list(environment, name).await? else { return Ok(None) };
        let draft: Option<Draft> = serde_json::from_value(stored.document).ok();
        let list = draft.and_then(|draft| PriceList::read(&draft).ok());
        let unreadable = || {
            let text = format!("the price list of `{name}` can't be read; save it again");
            SetupError::Store(StoreError::Database(text))
        };
        let list = Arc::new(list.ok_or_else(unreadable)?);
        Ok(Some(Prices { version: stored.version, list }))
    }

    async fn existing(&self, environment: &str, name: &str) -> Result<(), SetupError> {
        let found = self.store.connector(environment, name).await?;
        found.map(|_| ()).ok_or_else(|| SetupError::not_found("connector", name))
    }
}

/// What is wrong with a price list, as a set-up that was refused.
pub fn refused(faults: Vec<PriceFault>) -> SetupError {
    let reasons = faults.iter().map(|fault| Reason::at("invalid-price", &fault.pointer, &fault.text)).collect();
    SetupError::Refused { what: "the price list", reasons }
}
