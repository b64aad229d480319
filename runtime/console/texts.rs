//! The texts of messages in a form: as a table and as JSON, both views of one list, and a phone that shows one of them.
//!
//! Every field is named by its JSON Pointer below `/templates`. The form carries what was typed from view to view, so
//! that nothing needs JavaScript and nothing is lost: a row that is wrong stays as it is, and so does JSON that is none.
//! What texts come to is asked of the use case that sends them; nothing is counted here.

use crate::api::error::Problem;

mod autofill;
mod diff;
mod editor;
mod phone;
mod preview;
mod read;
mod region;
mod row;
mod table;
mod told;

pub(crate) use diff::differences;
pub(crate) use preview::{Of, preview};
pub(crate) use region::{Region, region, summary, worth_knowing};
pub(crate) use row::{ending_of, ending_word};

use row::Row;

/// Rows that a table has; more of them are for the editor.
const ROWS_MAX: usize = 200;

/// What the fields of a list of texts begin with.
pub(crate) const PREFIX: &str = "/templates";

/// Texts as they stand in a form, right or wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    /// Which of the two is typed into.
    view: View,
    rows: Vec<Row>,
    json: String,
    /// The row that a button was just pressed for.
    focus: Option<usize>,
}

/// How the texts are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// A row each.
    #[default]
    Table,
    /// As JSON.
    Json,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// JSON Pointer, below [`PREFIX`].
    pub(crate) pointer: String,
    /// For people.
    pub(crate) text: String,
    /// Line and column, if it is a text that is not JSON.
    pub(crate) place: Option<(usize, usize)>,
}

/// Everything that is wrong.
pub(crate) type Faults = Vec<Fault>;

impl Fault {
    fn at(pointer: String, text: impl Into<String>) -> Self {
        Self { pointer, text: text.into(), place: None }
    }
}

impl Texts {
    /// Whether a JSON editor is on the page.
    pub(crate) fn has_editor(&self) -> bool {
        self.view == View::Json
    }
}

/// Where an environment's texts are. Below it is what every form of texts is exchanged with.
pub(crate) fn address(environment: &str) -> String {
    format!("/console/environments/{environment}/texts")
}

/// Whether a pointer of a refusal leads into texts.
pub(crate) fn is_below(pointer: &str) -> bool {
    pointer.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What of a refusal concerns the texts.
pub(crate) fn faults_of(problem: &Problem) -> Faults {
    let ours =
        |pointer: &str| pointer.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let told = problem.errors.iter().filter_map(|fault| {
        let pointer = fault.pointer.as_deref().filter(|pointer| ours(pointer))?;
        Some(Fault::at(pointer.to_owned(), &fault.detail))
    });
    told.collect()
}
