//! Adding and removing rows of lists, on what was typed.

use super::names::{ADD, REMOVE, ROW, list_of};
use super::{Form, ROWS_MAX};
use crate::console::posted::Posted;

impl Form {
    /// What the form shows after one of its buttons was pressed that add and remove rows; none if none of them was.
    pub(crate) fn edited(&self, posted: &Posted) -> Option<Posted> {
        if let Some(list) = posted.get(ADD) {
            let rows: Vec<&str> = posted.all(ROW).filter(|row| list_of(row) == list).collect();
            let mut pairs = posted.pairs().to_vec();
            if list.starts_with('/') && rows.len() < ROWS_MAX {
                let numbers = rows.iter().filter_map(|row| row.rsplit_once('/')?.1.parse::<u32>().ok());
                let next = numbers.max().map_or(0, |last| last.saturating_add(1));
                pairs.push((ROW.to_owned(), format!("{list}/{next}")));
            }
            return Some(without_buttons(pairs));
        }
        let row = posted.get(REMOVE)?;
        let below = format!("{row}/");
        let is_of_it = |text: &str| text == row || text.starts_with(&below);
        let pairs = posted.pairs().iter().filter(|(name, value)| {
            // The marks of a row name it in their value.
            let own = if name.starts_with('/') { name } else { value };
            !is_of_it(own)
        });
        Some(without_buttons(pairs.cloned().collect()))
    }
}

fn without_buttons(pairs: Vec<(String, String)>) -> Posted {
    Posted::of(pairs.into_iter().filter(|(name, _)| name != ADD && name != REMOVE))
}
