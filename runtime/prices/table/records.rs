//! The syntax of tables: RFC 4180 to the letter, with a byte order mark, semicolons and both ends of lines.

use std::iter::Peekable;
use std::str::Chars;

use super::whole;
use crate::prices::PriceFault;

/// Cells of a row at most: nobody's table of prices has more.
const CELLS_MAX: usize = 16;

/// A row, and the line that it begins in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) line: u32,
    pub(super) cells: Vec<String>,
}

/// Every row that is not empty, and what parts its cells: whichever of comma and semicolon comes first.
pub(super) fn records(bytes: &[u8], records_max: usize) -> Result<(Vec<Record>, char), PriceFault> {
    let text = std::str::from_utf8(bytes).map_err(|wrong| {
        let read = bytes.get(..wrong.valid_up_to()).unwrap_or_default();
        let line = 1 + read.iter().filter(|byte| **byte == b'\n').count();
        whole(&format!("line {line}: the text is not UTF-8; save the table as \"CSV UTF-8\""))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let separator = text.chars().find(|c| matches!(c, ',' | ';')).unwrap_or(',');
    let mut reader = Reader { rest: text.chars().peekable(), line: 1, separator };
    let mut all = Vec::new();
    while reader.rest.peek().is_some() {
        let record = reader.record()?;
        let is_empty = matches!(record.cells.as_slice(), [cell] if cell.is_empty());
        if is_empty {
            continue;
        }
        if all.len() == records_max {
            return Err(whole(&format!("line {}: the table has more than {} rows", record.line, records_max - 1)));
        }
        all.push(record);
    }
    Ok((all, separator))
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: u32,
    separator: char,
}

/// What ends a cell.
enum End {
    Cell,
    Record,
}

impl Reader<'_> {
    fn record(&mut self) -> Result<Record, PriceFault> {
        let (line, mut cells) = (self.line, Vec::new());
        loop {
            let (cell, end) = self.cell()?;
            cells.push(cell);
            if cells.len() > CELLS_MAX {
                return Err(self.fault("the row has more cells than a table of prices has"));
            }
            if let End::Record = end {
                return Ok(Record { line, cells });
            }
        }
    }

    fn cell(&mut self) -> Result<(String, End), PriceFault> {
        let mut cell = String::new();
        let is_quoted = self.rest.next_if_eq(&'"').is_some();
        if is_quoted {
            self.quoted(&mut cell)?;
        }
        loop {
            match self.rest.next() {
                None => return Ok((cell, End::Record)),
                Some('\n') => {
                    self.line = self.line.saturating_add(1);
                    return Ok((cell, End::Record));
                }
                Some('\r') if self.rest.peek() == Some(&'\n') => {}
                Some('\r') => return Err(self.fault("a line ends with a carriage return alone")),
                Some(c) if c == self.separator => return Ok((cell, End::Cell)),
                Some(_) if is_quoted => return Err(self.fault("something stands after a closing quote")),
                Some('"') => return Err(self.fault("a quote stands inside a cell that does not begin with one")),
                Some(c) => cell.push(c),
            }
        }
    }

    fn quoted(&mut self, cell: &mut String) -> Result<(), PriceFault> {
        let begins = self.line;
        loop {
            match self.rest.next() {
                None => return Err(whole(&format!("line {begins}: a quote is not closed"))),
                Some('"') if self.rest.next_if_eq(&'"').is_none() => return Ok(()),
                Some(c) => {
                    self.line = self.line.saturating_add(u32::from(c == '\n'));
                    cell.push(c);
                }
            }
        }
    }

    fn fault(&self, text: &str) -> PriceFault {
        whole(&format!("line {}: {text}", self.line))
    }
}
