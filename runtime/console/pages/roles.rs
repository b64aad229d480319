//! Roles as boxes to tick: nobody gives one that he lacks.

use maud::{Markup, html};

use crate::console::posted::Posted;
use crate::console::words::people as words;
use crate::keys::Role;

const FIELD: &str = "/roles";

/// The boxes. One that the visitor lacks can't be ticked by him; where it is, it stays.
pub(super) fn boxes(legend: &str, ticked: &[Role], own: &[Role], error: Option<&str>) -> Markup {
    html! {
        fieldset.group #roles {
            legend { (legend) }
            @if let Some(error) = error { p.error #roles-error { (error) } }
            @for role in Role::ALL {
                @let (is_ticked, is_own) = (ticked.contains(&role), own.contains(&role));
                label.check {
                    input type="checkbox" name=(FIELD) value=(role) checked[is_ticked] disabled[!is_own];
                    span { (role) ": " (words::role(role)) }
                }
                @if is_ticked && !is_own { input type="hidden" name=(FIELD) value=(role); }
            }
        }
    }
}

/// The boxes that were ticked.
pub(super) fn ticked(posted: &Posted) -> Vec<Role> {
    posted.all(FIELD).filter_map(|word| word.parse().ok()).collect()
}
