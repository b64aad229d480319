//! The price lists of a plan.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::view::Planned;
use super::{Draft, deeper};
use crate::connector::reason::Reason;
use crate::prices::PriceList;
use crate::setup::{Setup, SetupError};

impl Setup {
    pub(super) async fn plan_prices(&self, draft: &mut Draft<'_>) -> Result<BTreeMap<String, Planned>, SetupError> {
        let (mut planned, environment) = (BTreeMap::new(), draft.place.name.clone());
        let mut currencies: BTreeMap<String, String> =
            self.store.prices(&environment).await?.into_iter().map(|row| (row.connector, row.currency)).collect();
        for (name, wanted) in &draft.wanted.prices {
            let at = format!("/prices/{name}");
            let is_named = draft.wanted.connectors.contains_key(name);
            if !is_named && self.store.connector(&environment, name).await?.is_none() {
                let text = format!("there is no connector `{name}`, and none is to be made");
                draft.needs.push(Reason::at("unknown-connector", &at, &text));
                continue;
            }
            let list = match PriceList::read(wanted) {
                Ok(list) => list,
                Err(faults) => {
                    let reasons = faults.iter().map(|fault| Reason::at("invalid-price", &fault.pointer, &fault.text));
                    draft.needs.extend(reasons.map(|reason| deeper(reason, &at)));
                    continue;
                }
            };
            let currency = list.currency().to_string();
            // As it will be when its turn comes: those before it are written by then.
            if let Some((other, its)) = currencies.iter().find(|(other, its)| *other != name && **its != currency) {
                let text =
                    format!("must be {its}, as in the list of `{other}`: lists of an environment have one currency");
                draft.needs.push(Reason::at("invalid-price", &format!("{at}/currency"), &text));
            }
            currencies.insert(name.clone(), currency);
            // One that can't be read is one to replace.
            let there = self.stored_prices(&environment, name).await.ok().flatten();
            planned.insert(name.clone(), between(there.as_ref().map(|there| &*there.list), &list));
        }
        Ok(planned)
    }
}

/// Of a new list its size is told; of one that differs, the destinations that do.
fn between(there: Option<&PriceList>, wanted: &PriceList) -> Planned {
    match there {
        None => Planned::between(None, &json!({"currency": wanted.currency().to_string(), "rows": wanted.rows()})),
        Some(there) => Planned::between(Some(&by_destination(there)), &by_destination(wanted)),
    }
}

fn by_destination(list: &PriceList) -> Value {
    let draft = list.draft();
    let prices = draft.prices.into_iter().map(|row| (row.destination, Value::String(row.price)));
    json!({"currency": draft.currency, "prices": prices.collect::<Map<_, _>>()})
}
