//! From a form to texts, and what the buttons between do.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::row::{Row, ending_of};
use super::{Fault, Faults, PREFIX, ROWS_MAX, Texts, View};
use crate::console::posted::Posted;
use crate::console::words::texts as words;
use crate::json;
use crate::texts::{Template, marks};

impl Texts {
    /// Of a list: as a table, where it can be one.
    pub(crate) fn of(templates: &[Template]) -> Self {
        let json = pretty(templates);
        if not_as_table(templates).is_some() {
            return Self { view: View::Json, json, ..Self::default() };
        }
        Self { rows: templates.iter().map(Row::of).collect(), json, ..Self::default() }
    }

    /// As it was typed.
    pub(crate) fn posted(posted: &Posted) -> Self {
        if posted.get("templates_view") == Some("json") {
            let json = posted.get("templates_json").unwrap_or_default().to_owned();
            return Self { view: View::Json, json, ..Self::default() };
        }
        let mut rows: BTreeMap<usize, Row> = BTreeMap::new();
        for (name, value) in posted.pairs() {
            let Some((index, field)) = place(name) else { continue };
            if let Some(typed) = rows.entry(index).or_default().field(field) {
                value.clone_into(typed);
            }
        }
        let rows: Vec<Row> = rows.into_values().collect();
        // More than a table shows can only have been made by hand: nothing of it is lost.
        if rows.len() > ROWS_MAX {
            let json = pretty(&rows.iter().map(Row::read).collect::<Vec<_>>());
            return Self { view: View::Json, json, ..Self::default() };
        }
        Self { rows, ..Self::default() }
    }

    /// Do what a button of the texts asks. None if none of them was pressed, and the form is meant for something else.
    pub(crate) fn pressed(&mut self, posted: &Posted) -> Option<Faults> {
        let row = |name: &str| posted.get(name).and_then(|pointer| place(pointer)).map(|(index, _)| index);
        if posted.get("_add") == Some(PREFIX) {
            self.focus = Some(self.rows.len());
            self.rows.push(Row::default());
        } else if let Some(index) = row("_remove").filter(|index| *index < self.rows.len()) {
            self.rows.remove(index);
            self.focus = Some(index.min(self.rows.len().saturating_sub(1)));
        } else if let Some(index) = row("_replace") {
            self.focus = Some(index);
            self.replace(index);
        } else if let Some((index, line)) = posted.get("_bind").and_then(bound) {
            self.focus = Some(index);
            self.bind(index, line);
        } else if let Some(view) = posted.get("_view") {
            return Some(self.turn(if view == "json" { View::Json } else { View::Table }).err().unwrap_or_default());
        } else if !posted.has("_preview") {
            return None;
        }
        self.focus = self.focus.filter(|index| *index < self.rows.len());
        Some(Faults::new())
    }

    /// What is typed, as texts; rows that nothing was typed into fall away.
    pub(crate) fn read(&mut self) -> Result<Vec<Template>, Faults> {
        match self.view {
            View::Table => {
                self.rows.retain(|row| !row.is_blank());
                Ok(self.rows.iter().map(Row::read).collect())
            }
            View::Json => parsed(&self.json).map_err(|fault| vec![fault]),
        }
    }

    fn turn(&mut self, to: View) -> Result<(), Faults> {
        if to == self.view {
            return Ok(());
        }
        let templates = self.read()?;
        let refused = not_as_table(&templates).filter(|_| to == View::Table);
        if let Some(fault) = refused {
            return Err(vec![fault]);
        }
        let (rows, json) = (templates.iter().map(Row::of).collect(), pretty(&templates));
        *self = Self { view: to, rows, json, focus: None };
        Ok(())
    }

    /// Look-alikes of GSM-7 for what makes a text costly.
    fn replace(&mut self, index: usize) {
        let swapped = |text: &str| marks::cheaper(text, Some(text)).and_then(|cheaper| cheaper.template);
        match self.view {
            View::Table => {
                let Some(row) = self.rows.get_mut(index) else { return };
                row.text = swapped(&row.text).unwrap_or_else(|| row.text.clone());
            }
            View::Json => {
                let Ok(mut templates) = parsed(&self.json) else { return };
                let Some(text) = templates.get_mut(index).and_then(|template| template.text.as_mut()) else { return };
                *text = swapped(text).unwrap_or_else(|| text.clone());
                self.json = pretty(&templates);
            }
        }
    }

    /// A last line of its own.
    fn bind(&mut self, index: usize, line: &str) {
        match self.view {
            View::Table => {
                let Some(row) = self.rows.get_mut(index) else { return };
                line.clone_into(&mut row.ending);
            }
            View::Json => {
                let Ok(mut templates) = parsed(&self.json) else { return };
                let Some(template) = templates.get_mut(index) else { return };
                template.ending = ending_of(line);
                self.json = pretty(&templates);
            }
        }
    }
}

/// `/templates/3/text` → 3 and `text`.
fn place(pointer: &str) -> Option<(usize, &str)> {
    let rest = pointer.strip_prefix(PREFIX)?.strip_prefix('/')?;
    let (index, field) = rest.split_once('/').unwrap_or((rest, ""));
    Some((index.parse().ok()?, field))
}

/// `/templates/3/ending @shop.example` → 3 and `@shop.example`.
fn bound(value: &str) -> Option<(usize, &str)> {
    let (pointer, line) = value.split_once(' ')?;
    let (index, field) = place(pointer)?;
    (field == "ending").then_some((index, line))
}

/// Why a list can't be a table.
fn not_as_table(templates: &[Template]) -> Option<Fault> {
    if templates.len() > ROWS_MAX {
        return Some(Fault::at(PREFIX.to_owned(), words::too_many_rows(templates.len(), ROWS_MAX)));
    }
    let odd = templates.iter().position(|template| !Row::holds(template))?;
    Some(Fault::at(format!("{PREFIX}/{odd}"), words::NOT_IN_A_ROW))
}

fn pretty(templates: &[Template]) -> String {
    serde_json::to_string_pretty(templates).unwrap_or_default()
}

fn parsed(text: &str) -> Result<Vec<Template>, Fault> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(before, _)| before);
        let place = Some((error.line(), characters(text, error.line(), error.column())));
        return Err(Fault { place, ..Fault::at(PREFIX.to_owned(), words::not_json(message)) });
    }
    let below = |fault: json::Fault| Fault::at(format!("{PREFIX}{}", fault.pointer), fault.text);
    json::strict(text.as_bytes()).and_then(|document| json::typed(&document)).map_err(below)
}

/// A column in characters, of one in bytes.
fn characters(text: &str, line: usize, column: usize) -> usize {
    let line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    line.char_indices().take_while(|(at, _)| *at < column).count().max(1)
}

#[cfg(test)]
mod tests;
