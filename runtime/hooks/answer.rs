//! What a sender is answered: each shows its user, or its operator, something else of it.

use serde_json::{Value, json};

use super::{Sender, supabase};

/// Why nothing was sent, in the API's own words and numbers.
#[derive(Clone, Copy, Debug)]
pub struct Fault<'a> {
    /// The status that the API answers it with.
    pub status: u16,
    /// One sentence for a person.
    pub detail: &'a str,
    /// Whether the same call may do better in a second.
    pub passing: bool,
}

/// An answer's shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// JSON under a status of success.
    Json(Value),
    /// The sentence, under the fault's status.
    Text(String),
    /// The problem document, as the API answers it.
    Problem,
}

/// The message was taken: sent, or written and on its way.
pub fn taken(sender: Sender, message_id: &str) -> Answer {
    match sender {
        // Whatever else it holds, Supabase reads `{}`.
        Sender::Supabase => Answer::Json(json!({})),
        // Novu and others take the id from the answer.
        _ => Answer::Json(json!({ "id": message_id })),
    }
}

/// Nothing was sent.
pub fn refused(sender: Sender, fault: &Fault<'_>) -> Answer {
    match sender {
        Sender::Supabase => supabase::refused(fault),
        // Their user, or their operator, is shown the body as it is.
        Sender::Logto | Sender::Generic => Answer::Text(fault.detail.to_owned()),
        // They look at the status, and log the rest.
        Sender::Kratos | Sender::Zitadel => Answer::Problem,
    }
}
