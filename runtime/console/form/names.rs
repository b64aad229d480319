//! Names of fields, and the ids that are made of them.

use crate::json::escaped;

/// A secret that is stored.
pub(super) const STORED: &str = "_set";
/// A secret to take away.
pub(super) const REMOVED: &str = "_drop";
/// A field that is to be written although it says nothing new.
pub(super) const GIVEN: &str = "_given";
/// A row of a list.
pub(super) const ROW: &str = "_row";
/// Members that the schema does not name.
pub(super) const REST: &str = "_rest";
/// The form was shown: a box that was not posted is not ticked.
pub(super) const SHOWN: &str = "_shown";
/// The button that adds a row.
pub(super) const ADD: &str = "_add";
/// The button that removes one.
pub(super) const REMOVE: &str = "_remove";

/// The name of a member's field.
pub(super) fn member(parent: &str, name: &str) -> String {
    format!("{parent}/{}", escaped(name))
}

/// The list that a row belongs to.
pub(super) fn list_of(row: &str) -> &str {
    row.rsplit_once('/').map_or("", |(list, _)| list)
}

/// The id of a field's control.
pub(crate) fn id_of(name: &str) -> String {
    let mut id = String::from("field");
    for c in name.chars() {
        match c {
            '/' => id.push('-'),
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => id.push(c),
            _ => id.push_str(&format!(".{:x}", u32::from(c))),
        }
    }
    id
}
