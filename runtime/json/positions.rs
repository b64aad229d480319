//! Where the values of a JSON text stand, so that what is wrong with one is told at its line. Pure.
//!
//! The text is what somebody is writing, so it may stop anywhere: what was read until then has its place.

use std::collections::HashMap;

use serde::Serialize;

use super::escaped;

/// Deeper, a value has the place of what it lies in.
const DEPTH_MAX: usize = 128;

/// Something to be told at a place of a text. Line and column count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What is wrong there.
    pub text: String,
}

/// What is wrong with a text: where it stops being JSON, or else each fault at the value of its JSON Pointer, or at the
/// nearest one around it that is there.
pub fn json_faults(text: &str, faults: &[(impl AsRef<str>, impl AsRef<str>)]) -> Vec<Mark> {
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let (line, column) = (error.line().max(1), error.column().max(1));
        return vec![Mark { line, column, text: format!("not JSON: {}", super::quiet(&error.to_string())) }];
    }
    let places = Scanner::of(text);
    let mark = |(pointer, fault): &(_, _)| {
        let (line, column) = places.nearest(AsRef::<str>::as_ref(pointer));
        Mark { line, column, text: AsRef::<str>::as_ref(fault).to_owned() }
    };
    faults.iter().map(mark).collect()
}

/// Line and column of a value, or of the nearest one around it that is there.
pub fn position(text: &str, pointer: &str) -> (usize, usize) {
    Scanner::of(text).nearest(pointer)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Where each value begins, in bytes.
    places: HashMap<String, usize>,
}

impl<'a> Scanner<'a> {
    fn of(text: &'a str) -> Self {
        let mut scanner = Self { text, at: 0, places: HashMap::new() };
        scanner.value(&mut String::new(), 0);
        scanner
    }

    fn nearest(&self, pointer: &str) -> (usize, usize) {
        let mut pointer = pointer;
        loop {
            if let Some(at) = self.places.get(pointer) {
                return self.line_and_column(*at);
            }
            match pointer.rsplit_once('/') {
                Some((outer, _)) => pointer = outer,
                None => return (1, 1),
            }
        }
    }

    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or_default();
        let (lines, last) = before.rsplit_once('\n').unwrap_or(("", before));
        let line = if before.contains('\n') { lines.matches('\n').count() + 2 } else { 1 };
        (line, last.chars().count() + 1)
    }

    /// A value, with those below it. None where the text can't be read any further.
    fn value(&mut self, pointer: &mut String, depth: usize) -> Option<()> {
        self.space();
        let first = self.peek()?;
        self.places.entry(pointer.clone()).or_insert(self.at);
        match first {
            b'{' if depth < DEPTH_MAX => self.members(pointer, depth, b'}'),
            b'[' if depth < DEPTH_MAX => self.members(pointer, depth, b']'),
            b'{' | b'[' => None,
            b'"' => self.string().map(drop),
            _ => {
                let end = self.rest().find([',', ']', '}', ' ', '\n', '\t', '\r']);
                let length = end.unwrap_or(self.rest().len());
                self.at += length;
                (length > 0).then_some(())
            }
        }
    }

    fn members(&mut self, pointer: &mut String, depth: usize, close: u8) -> Option<()> {
        self.at += 1;
        for index in 0usize.. {
            self.space();
            if self.peek()? == close {
                break;
            }
            if index > 0 {
                self.take(b',')?;
                self.space();
            }
            let step = match close {
                b'}' => self.name()?,
                _ => index.to_string(),
            };
            let length = pointer.len();
            pointer.push('/');
            pointer.push_str(&step);
            self.value(pointer, depth + 1)?;
            pointer.truncate(length);
        }
        self.take(close)
    }

    fn name(&mut self) -> Option<String> {
        let written = self.string()?;
        // By meaning: "\u0061" and "a" are one name.
        let name: String = serde_json::from_str(written).ok()?;
        self.space();
        self.take(b':')?;
        Some(escaped(&name))
    }

    /// A string as it is written, with its quotes.
    fn string(&mut self) -> Option<&'a str> {
        let text = self.rest();
        if !text.starts_with('"') {
            return None;
        }
        let mut is_escaped = false;
        for (index, byte) in text.bytes().enumerate().skip(1) {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => {
                    self.at += index + 1;
                    return text.get(..=index);
                }
                _ => {}
            }
        }
        None
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.rest().bytes().next()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\n', '\t', '\r']).len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  \"a\": [1,\n    {\"é~/\": true}],\n  \"b\": \"x\\\"}\"\n}";

    #[test]
    fn each_value_has_its_line_and_column() {
        for (pointer, place) in
            [("", (1, 1)), ("/a", (2, 8)), ("/a/0", (2, 9)), ("/a/1", (3, 5)), ("/a/1/é~0~1", (3, 13)), ("/b", (4, 8))]
        {
            assert_eq!(position(TEXT, pointer), place, "{pointer}");
        }
    }

    #[test]
    fn what_is_not_there_is_told_at_what_it_would_lie_in() {
        assert_eq!(position(TEXT, "/a/7/x"), (2, 8));
        assert_eq!(position(TEXT, "/c"), (1, 1));
        assert_eq!(position("", "/c"), (1, 1));
    }

    #[test]
    fn a_text_that_is_no_json_has_one_mark_where_it_stops() {
        let marks = json_faults("{\n  \"a\": 1,\n}", &[("/a", "too small")]);
        assert_eq!((marks.len(), marks[0].line), (1, 3), "{marks:?}");
        assert!(!marks[0].text.contains("line"), "{marks:?}");
        let marks = json_faults(TEXT, &[("/b", "no name"), ("/a/9", "too many")]);
        assert_eq!(marks[0], Mark { line: 4, column: 8, text: "no name".into() });
        assert_eq!((marks[1].line, marks[1].column), (2, 8));
    }

    #[test]
    fn neither_depth_nor_a_text_that_stops_ends_it() {
        for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000), "\"\\".into(), "{\"a\" 1".into(), "[1 2]".into()] {
            position(&text, "/a/0/0");
            assert_eq!(json_faults(&text, &[("", "")]).len(), 1);
        }
    }
}
