//! TOML with the place of each value, and the faults that are found in it.

use std::cell::RefCell;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::super::manifest::Manifest;
use super::super::super::reason::Reason;
use super::FILE;

/// Most entries of one table or list: what is read in each call is bounded.
const ENTRIES_MAX: usize = 2000;

/// What every part of the file is read with.
pub(super) struct Reader<'t> {
    text: &'t str,
    pub(super) manifest: &'t Manifest,
    pub(super) schema: &'t Value,
    /// By their lines.
    faults: RefCell<Vec<(usize, Reason)>>,
    /// Credentials whose markers the request may write.
    signed: RefCell<Vec<String>>,
}

/// A value of the file, and where it stands.
#[derive(Clone)]
pub(super) struct Node<'t> {
    pub(super) reader: &'t Reader<'t>,
    pub(super) path: String,
    at: usize,
    value: Seen<'t>,
}

#[derive(Clone, Copy)]
enum Seen<'t> {
    Table(&'t DeTable<'t>),
    Value(&'t DeValue<'t>),
}

/// The line of a byte, counted from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, manifest: &'t Manifest, schema: &'t Value) -> Self {
        Self { text, manifest, schema, faults: RefCell::default(), signed: RefCell::default() }
    }

    pub(super) fn root(&'t self, document: &'t Spanned<DeTable<'t>>) -> Node<'t> {
        Node { reader: self, path: String::new(), at: 0, value: Seen::Table(document.get_ref()) }
    }

    /// From here on, the markers of these credentials may be written.
    pub(super) fn sign(&self, credentials: Vec<String>) {
        *self.signed.borrow_mut() = credentials;
    }

    pub(super) fn is_signed(&self, credential: &str) -> bool {
        self.signed.borrow().iter().any(|known| known == credential)
    }

    /// In the order of the file.
    pub(super) fn into_faults(self) -> Vec<Reason> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|(line, _)| *line);
        faults.into_iter().map(|(_, reason)| reason).collect()
    }
}

impl<'t> Node<'t> {
    /// A fault of this value.
    pub(super) fn refuse(&self, text: impl AsRef<str>) {
        let (line, path) = (line(self.reader.text, self.at), &self.path);
        let place = if path.is_empty() { FILE.to_owned() } else { format!("{FILE}, line {line}: {path}") };
        let reason = Reason::new("provider", format!("{place}: {}", text.as_ref()));
        let mut faults = self.reader.faults.borrow_mut();
        if !faults.iter().any(|(_, known)| *known == reason) {
            faults.push((line, reason));
        }
    }

    /// Entries by name; of what is no table, none and a fault.
    pub(super) fn entries(&self) -> Vec<(&'t str, Node<'t>)> {
        let table = match self.value {
            Seen::Table(table) => table,
            Seen::Value(DeValue::Table(table)) => table,
            Seen::Value(_) => {
                self.refuse("this has to be a table");
                return Vec::new();
            }
        };
        if table.len() > ENTRIES_MAX {
            self.refuse(format!("this has more than {ENTRIES_MAX} entries"));
        }
        let child = |(name, value): (&'t Spanned<_>, &'t Spanned<DeValue<'t>>)| {
            let name: &'t std::borrow::Cow<'t, str> = name.get_ref();
            let path = if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) };
            (name.as_ref(), self.child(path, value))
        };
        table.iter().take(ENTRIES_MAX).map(child).collect()
    }

    fn child(&self, path: String, value: &'t Spanned<DeValue<'t>>) -> Node<'t> {
        Node { reader: self.reader, path, at: value.span().start, value: Seen::Value(value.get_ref()) }
    }

    /// The entry of that name.
    pub(super) fn get(&self, name: &str) -> Option<Node<'t>> {
        self.entries().into_iter().find(|(known, _)| *known == name).map(|(_, node)| node)
    }

    /// The entry of that name; a fault if it is missing.
    pub(super) fn needed(&self, name: &str) -> Option<Node<'t>> {
        let found = self.get(name);
        if found.is_none() {
            self.refuse(format!("it has no `{name}`"));
        }
        found
    }

    /// Every entry is one of these: a misspelt one would say nothing.
    pub(super) fn only(&self, names: &[&str]) {
        for (name, node) in self.entries() {
            if !names.contains(&name) {
                node.refuse(format!("there is no such field; here are {}", names.join(", ")));
            }
        }
    }

    /// A text.
    pub(super) fn text(&self) -> Option<&'t str> {
        let found = self.scalar().and_then(DeValue::as_str);
        if found.is_none() {
            self.refuse("this has to be a text");
        }
        found
    }

    /// A text, a number, true or false, as a provider's answer has it.
    pub(super) fn word(&self) -> Option<String> {
        match self.scalar() {
            Some(DeValue::String(text)) => Some(text.to_string()),
            Some(DeValue::Integer(number)) if number.radix() == 10 => Some(number.to_string()),
            Some(DeValue::Boolean(is)) => Some(is.to_string()),
            _ => {
                self.refuse("this has to be a text, a whole number, true or false");
                None
            }
        }
    }

    /// The elements of a list; of what is none, the value itself.
    pub(super) fn each(&self) -> Vec<Node<'t>> {
        self.list().unwrap_or_else(|| vec![self.clone()])
    }

    /// The elements, if it is a list.
    pub(super) fn list(&self) -> Option<Vec<Node<'t>>> {
        let list = self.scalar()?.as_array()?;
        if list.len() > ENTRIES_MAX {
            self.refuse(format!("this has more than {ENTRIES_MAX} elements"));
        }
        let all = list.iter().take(ENTRIES_MAX).enumerate();
        Some(all.map(|(index, value)| self.child(format!("{}.{index}", self.path), value)).collect())
    }

    pub(super) fn is_table(&self) -> bool {
        matches!(self.value, Seen::Table(_) | Seen::Value(DeValue::Table(_)))
    }

    /// The value, unless it is the whole document.
    pub(super) fn scalar(&self) -> Option<&'t DeValue<'t>> {
        match self.value {
            Seen::Value(value) => Some(value),
            Seen::Table(_) => None,
        }
    }
}
