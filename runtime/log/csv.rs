//! The log as a table (RFC 4180), for spreadsheets and scripts.
//!
//! The threat: a spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line's end for a formula and
//! runs it, and callers and providers write some of our cells. Such a cell gets a `'` in front, which spreadsheets read
//! as "this is text" (OWASP, CSV injection). A masked number begins with `+`, so it has one too.

use super::MessageView;

/// What columns are called, in order. Those after `expires_at` are of the last call of a connector.
const COLUMNS: [&str; 23] = [
    "id",
    "verification",
    "status",
    "source",
    "subject",
    "why",
    "to",
    "country",
    "purpose",
    "locale",
    "used",
    "created_at",
    "expires_at",
    "attempts",
    "connector",
    "revision",
    "attempt_status",
    "kind",
    "provider_code",
    "provider_ids",
    "segments",
    "elapsed_ms",
    "reports",
];

/// The first row: the names of the columns.
pub fn header() -> String {
    COLUMNS.join(",") + "\r\n"
}

/// Append a message.
pub fn row(out: &mut String, view: &MessageView) {
    let last = view.attempts.last();
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let of_last = |text: fn(&crate::store::AttemptRow) -> Option<String>| last.and_then(text).unwrap_or_default();
    let cells: [String; COLUMNS.len()] = [
        view.id.clone(),
        view.verification.clone().unwrap_or_default(),
        word(&view.status),
        view.source.clone(),
        view.subject.clone().unwrap_or_default(),
        view.why.unwrap_or_default().to_owned(),
        view.to.clone(),
        view.country.clone().unwrap_or_default(),
        view.purpose.clone(),
        view.locale.clone(),
        view.used.map(|used| used.to_string()).unwrap_or_default(),
        view.created_at.to_string(),
        view.expires_at.to_string(),
        view.attempts.len().to_string(),
        of_last(|attempt| Some(attempt.connector.clone())),
        number(last.map(|attempt| attempt.revision)),
        of_last(|attempt| Some(word(&attempt.status))),
        of_last(|attempt| attempt.kind.clone()),
        of_last(|attempt| attempt.provider_code.clone()),
        of_last(|attempt| Some(attempt.provider_ids.join(" "))),
        number(last.and_then(|attempt| attempt.segments).map(u64::from)),
        number(last.and_then(|attempt| attempt.elapsed_ms)),
        view.reports.len().to_string(),
    ];
    line(out, &cells);
}

/// Append a row of cells.
pub fn line(out: &mut String, cells: &[impl AsRef<str>]) {
    for (index, text) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        cell(out, text.as_ref());
    }
    out.push_str("\r\n");
}

fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// Append a cell: harmless, and quoted where it must be.
fn cell(out: &mut String, text: &str) {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let is_quoted =
        text.contains([',', '"', '\r', '\n']) || text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']);
    let mark = if is_formula { "'" } else { "" };
    if is_quoted {
        out.extend(["\"", mark, &text.replace('"', "\"\""), "\""]);
    } else {
        out.extend([mark, text]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let mut out = String::new();
        cell(&mut out, text);
        out
    }

    #[test]
    fn a_cell_is_quoted_where_it_must_be_and_else_left_alone() {
        assert_eq!(told(""), "");
        assert_eq!(told("sign-in"), "sign-in");
        assert_eq!(told("a,b"), "\"a,b\"");
        assert_eq!(told("he said \"no\""), "\"he said \"\"no\"\"\"");
        assert_eq!(told("two\r\nlines"), "\"two\r\nlines\"");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            let cell = told(hostile);
            assert!(cell.trim_start_matches('"').starts_with('\''), "{cell:?}");
        }
        assert_eq!(told("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
        assert_eq!(told("a=1"), "a=1");
    }
}
