//! What of a form can be shown already: half a text in one row must not hide the others while somebody types.

use std::collections::BTreeSet;

use super::{Asked, Of};
use crate::api::Parts;
use crate::api::error::ApiError;
use crate::connector::reason::Reason;
use crate::console::refusal::Refusal;
use crate::console::texts::row::Row;
use crate::console::texts::{Texts, View, ending_of};
use crate::console::words::texts as words;
use crate::json;
use crate::texts::{GENERIC, Sender, Template, sender, shared};

/// Templates that are looked at in a preview, besides those of its purpose.
const LOOKED_AT_MAX: usize = 500;

/// The texts that could be saved, and a word about those that could not.
pub(super) async fn templates(
    parts: &Parts,
    environment: &str,
    entries: &[(usize, Template)],
    asked: &Asked,
    of: &Of,
) -> Result<(Vec<(usize, Template)>, Vec<String>), Refusal> {
    let row = parts.store.environment(environment).await.map_err(ApiError::from)?;
    let app = row.map(|row| row.display_name).unwrap_or_default();
    let ending = match of {
        Of::Environment { ending } => ending_of(ending).filter(|ending| ending.validate().is_ok()),
        Of::Connector { .. } => parts.setup.texts(environment).await?.ending,
    };
    let matters = |(at, (_, t)): &(usize, &(usize, Template))| {
        *at < LOOKED_AT_MAX || t.purpose == asked.purpose || t.purpose == GENERIC
    };
    let looked_at: Vec<&(usize, Template)> =
        entries.iter().enumerate().filter(matters).map(|(_, entry)| entry).collect();
    let templates: Vec<Template> = looked_at.iter().map(|(_, template)| template.clone()).collect();
    let faults = shared::faults(&templates, &app, ending.as_ref());
    let index = |fault: &Reason| fault.pointer.as_deref()?.split('/').nth(2)?.parse::<usize>().ok();
    let wrong: BTreeSet<usize> = faults.iter().filter_map(index).collect();
    let word = |fault: &Reason| Some(words::left_out(looked_at.get(index(fault)?)?.0 + 1, &fault.text));
    let left_out = faults.iter().filter_map(word).collect();
    let fits = looked_at.iter().enumerate().filter(|(at, _)| !wrong.contains(at));
    Ok((fits.map(|(_, entry)| (*entry).clone()).collect(), left_out))
}

/// The senders that are typed, or why there are none of them in the preview.
pub(super) fn senders(of: &Of) -> (Vec<Sender>, Option<String>) {
    let Of::Connector { senders, .. } = of else { return (Vec::new(), None) };
    if senders.trim().is_empty() {
        return (Vec::new(), None);
    }
    let read: Result<Vec<Sender>, _> = json::strict(senders.as_bytes()).and_then(|list| json::typed(&list));
    let judged = read.map_err(|fault| format!("{} {}", fault.pointer, fault.text).trim().to_owned());
    match judged.and_then(|list| sender::validate(&list).map(|()| list).map_err(|error| error.to_string())) {
        Ok(list) => (list, None),
        Err(why) => (Vec::new(), Some(words::senders_left_out(&why))),
    }
}

impl Texts {
    /// What is typed, each with its place in the form; none if it can't be read.
    pub(in crate::console::texts) fn entries(&self) -> Option<Vec<(usize, Template)>> {
        match self.view {
            View::Table => {
                let rows = self.rows.iter().enumerate().filter(|(_, row)| !row.is_blank());
                Some(rows.map(|(at, row)| (at, Row::read(row))).collect())
            }
            View::Json => self.clone().read().ok().map(|templates| templates.into_iter().enumerate().collect()),
        }
    }
}
